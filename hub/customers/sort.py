"""Orders of the customer list."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.names import fold


class SortField(StrEnum):
    """What the list can be sorted by, besides urgency."""

    NAME = "name"
    EXPIRES = "expires"
    """The earliest end among the active subscriptions and trials."""
    LICENSES = "licenses"
    ASSIGNED = "assigned"


_NAMES: Mapping[str, SortField] = {
    "name": SortField.NAME,
    "customer": SortField.NAME,
    "nombre": SortField.NAME,
    "cliente": SortField.NAME,
    "expires": SortField.EXPIRES,
    "vence": SortField.EXPIRES,
    "vencimiento": SortField.EXPIRES,
    "licenses": SortField.LICENSES,
    "licences": SortField.LICENSES,
    "licencias": SortField.LICENSES,
    "assigned": SortField.ASSIGNED,
    "asignadas": SortField.ASSIGNED,
}


@dataclass(frozen=True)
class Sort:
    """A field and a direction; customers without a value come last either way, equal ones by name."""

    field: SortField
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> "Sort":
        """Read `expires`, or `-expires` for descending.

        Raises:
            ValueError: lists cannot be sorted by that.

        """
        name = text.strip().removeprefix("-")
        try:
            return cls(_NAMES[fold(name)], descending=name != text.strip())
        except KeyError:
            raise ValueError(f"no order of customers: {text!r}") from None

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.field}"
