"""The columns of the customer CSV, and how a header names them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from hub.importing import cells
from hub.importing.problems import Fault, UnusableFile
from hub.names import fold


@dataclass(frozen=True)
class Column:
    """A column: its name in English and Spanish, how a cell is read, and what an empty one means."""

    name: str
    spanish: str
    read: Callable[[str], Any]
    empty: Any = None


SUBSCRIPTION = ("type", "start_date", "end_date", "auto_renew", "invoice", "setup")
"""Columns that all rows of a subscription share."""
COUNTS = ("total", "assigned", "used_7d", "used_3m")
CUSTOMER = ("created", "region", "country", "managed_by", "last_admin_activity", "external_id")
"""Columns that all rows of a customer share, beside the name."""
REQUIRED = ("customer", "org_id")


def columns(*, dayfirst: bool) -> tuple[Column, ...]:
    """Return every column that is known."""
    day = partial(cells.day, dayfirst=dayfirst)
    moment = partial(cells.moment, dayfirst=dayfirst)
    return (
        Column("customer", "cliente", cells.name),
        Column("org_id", "id de la organización", cells.uuid),
        Column("region", "región", cells.region),
        Column("country", "país", cells.country),
        Column("managed_by", "administrado por", cells.managed_by),
        Column("created", "creado", day),
        Column("last_admin_activity", "última actividad", moment),
        Column("external_id", "id externo", cells.text),
        Column("subscription_id", "id de suscripción", cells.text),
        Column("type", "tipo", cells.kind),
        Column("product", "producto", cells.product),
        Column("start_date", "fecha de inicio", day),
        Column("end_date", "fecha de vencimiento", day),
        Column("auto_renew", "renovación automática", cells.yes_or_no, empty=False),
        Column("invoice", "factura", cells.invoice),
        Column("setup", "configuración", cells.setup, empty="complete"),
        Column("total", "total", cells.count),
        Column("assigned", "asignadas", cells.count),
        Column("used_7d", "usadas 7 días", cells.count),
        Column("used_3m", "usadas 3 meses", cells.count),
    )


@dataclass(frozen=True)
class Header:
    """What the first line of a file says."""

    columns: tuple[Column | None, ...]
    """By position; None where a column is not known."""
    ignored: tuple[str, ...]
    """Names of columns that are not known, as they are given."""


def read_header(names: Sequence[str], known: Sequence[Column]) -> Header:
    """Find the columns that a header names, without case, accents, spaces and underscores.

    Raises:
        UnusableFile: it names none, lacks one that is required, or names one twice.

    """
    found = tuple(match(name, known) for name in names)
    recognised = [column.name for column in found if column]
    if not recognised:
        raise UnusableFile(Fault.NO_HEADER)
    if missing := [name for name in REQUIRED if name not in recognised]:
        raise UnusableFile(Fault.MISSING_COLUMN, columns=", ".join(missing))
    if repeated := sorted({name for name in recognised if recognised.count(name) > 1}):
        raise UnusableFile(Fault.REPEATED_COLUMN, columns=", ".join(repeated))
    ignored = tuple(name.strip() for name, column in zip(names, found, strict=True) if not column and name.strip())
    return Header(tuple(_remembering(column) if column else None for column in found), ignored)


def match(name: str, known: Sequence[Column]) -> Column | None:
    """Return the column of this name."""
    key = _key(name)
    return next((column for column in known if key in (_key(column.name), _key(column.spanish))), None)


def _key(name: str) -> str:
    return fold(name).replace(" ", "").replace("_", "")


def _remembering(column: Column) -> Column:
    """Cells repeat from row to row; reading each only once makes large files three times as fast."""
    return Column(column.name, column.spanish, lru_cache(maxsize=4096)(column.read), column.empty)
