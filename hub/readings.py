"""What a source told about customers, in one form for every source.

A field that the source does not know is `LACKING`; `None` means that the source says "unknown".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from itertools import chain
from typing import Any, Literal, TypeVar, Union


class Lacking(Enum):
    """The type of `LACKING`."""

    LACKING = "lacking"


LACKING: Literal[Lacking.LACKING] = Lacking.LACKING
"""The source has no such field, so what another source told stays."""

T = TypeVar("T")
Told = Union[T, Literal[Lacking.LACKING]]  # noqa: UP007 - a generic alias, which `|` cannot spell before 3.12


@dataclass(frozen=True, slots=True)
class CustomerReading:
    """An organization."""

    org_id: str
    name: str
    created: Told[date | None] = LACKING
    region: Told[str | None] = LACKING
    country: Told[str | None] = LACKING
    managed_by: Told[str | None] = LACKING
    last_admin_activity: Told[datetime | None] = LACKING
    external_id: Told[str | None] = LACKING


@dataclass(frozen=True, slots=True)
class SubscriptionReading:
    """A subscription or trial.

    `products` is for sources that list a subscription's products completely: products that are not in it are gone.
    """

    subscription_id: str
    org_id: str
    type: Told[str] = LACKING
    start_date: Told[date | None] = LACKING
    end_date: Told[date | None] = LACKING
    auto_renew: Told[bool] = LACKING
    invoice: Told[str | None] = LACKING
    setup: Told[str] = LACKING
    invoice_details: Told[dict[str, Any] | None] = LACKING
    orders: Told[list[dict[str, Any]]] = LACKING
    products: Told[frozenset[str]] = LACKING


@dataclass(frozen=True, slots=True)
class LicenceReading:
    """The counts of one product in one subscription."""

    subscription_id: str
    product: str
    total: Told[int | None] = LACKING
    assigned: Told[int | None] = LACKING
    used_7d: Told[int | None] = LACKING
    used_3m: Told[int | None] = LACKING


@dataclass(frozen=True, slots=True)
class DayReading:
    """The counts of one product in one subscription on a day gone by."""

    day: date
    subscription_id: str
    product: str
    total: int | None
    assigned: int | None
    used_7d: int | None


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything one source told at one time; of two readings of one thing the last stands."""

    customers: Sequence[CustomerReading] = ()
    subscriptions: Sequence[SubscriptionReading] = ()
    licences: Sequence[LicenceReading] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a kind were new, changed or as known."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class Changes:
    """What merging readings did. A subscription counts as changed when one of its licences did."""

    customers: Tally = field(default_factory=Tally)
    subscriptions: Tally = field(default_factory=Tally)
    org_ids: frozenset[str] = frozenset()
    """Customers of whom anything is new or changed."""

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.customers + other.customers, self.subscriptions + other.subscriptions, self.org_ids | other.org_ids
        )


def by_customer(readings: Readings, size: int) -> Iterator[Readings]:
    """Cut readings into parts of at most `size` customers, each with all that belongs to them."""
    owners = {reading.subscription_id: reading.org_id for reading in readings.subscriptions}
    parts: dict[str, int] = {}
    for org_id in chain((reading.org_id for reading in readings.customers), owners.values()):
        parts.setdefault(org_id, len(parts) // size)
    found: list[tuple[list[CustomerReading], list[SubscriptionReading], list[LicenceReading]]] = [
        ([], [], []) for _ in range(max(parts.values(), default=-1) + 1)
    ]
    for customer in readings.customers:
        found[parts[customer.org_id]][0].append(customer)
    for subscription in readings.subscriptions:
        found[parts[subscription.org_id]][1].append(subscription)
    for licence in readings.licences:
        found[parts[owners[licence.subscription_id]]][2].append(licence)
    yield from (Readings(*part) for part in found)
