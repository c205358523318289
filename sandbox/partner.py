"""The partner's customers: organizations, subscriptions and trials, their licence counts over time, tags."""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from operator import itemgetter
from typing import Self

from sandbox.errors import NotFound


class SubscriptionType(StrEnum):
    """Paid, or free for some weeks."""

    SUBSCRIPTION = "subscription"
    TRIAL = "trial"


class Invoice(StrEnum):
    """Whether a subscription is paid for."""

    PAID = "paid"
    UNPAID = "unpaid"


class Setup(StrEnum):
    """Whether an order is set up."""

    COMPLETE = "complete"
    PENDING = "pending"


class ManagedBy(StrEnum):
    """Whether the customer belongs to the partner, or the partner administers it from outside."""

    PARTNER = "partner"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Counts:
    """Licences of one product in one subscription; None where nobody knows."""

    total: int | None = None
    assigned: int | None = None
    used_7d: int | None = None
    used_3m: int | None = None

    def drifted(self, assigned: int, used: int) -> Self:
        """These counts some licences later or earlier, never below 0 nor newly above what bounds them."""
        now_assigned = _drift(self.assigned, assigned, self.total)
        now_used = _drift(self.used_7d, used, now_assigned)
        used_3m = None if self.used_3m is None else max(self.used_3m, now_used or 0)
        return replace(self, assigned=now_assigned, used_7d=now_used, used_3m=used_3m)


def _drift(count: int | None, by: int, bound: int | None) -> int | None:
    if count is None:
        return None
    most = count if bound is None else max(count, bound)
    return min(max(count + by, 0), most)


@dataclass(eq=False, slots=True)
class Line:
    """One product of a subscription.

    Its counts are told for some days (`anchors`, ascending) and drift by a little every week between and around
    them, so that the past and the weeks to come need not be stored.
    """

    product: str
    anchors: list[tuple[date, Counts]]
    weekly_assigned: int = 0
    weekly_used: int = 0

    def on(self, day: date) -> Counts:
        """The counts of a day."""
        known = bisect_right(self.anchors, day, key=itemgetter(0))
        anchor, counts = self.anchors[max(known - 1, 0)]
        weeks = (day - anchor).days // 7
        return counts.drifted(weeks * self.weekly_assigned, weeks * self.weekly_used) if weeks else counts

    def tell(self, day: date, counts: Counts) -> None:
        """From this day on the counts are these."""
        if self.anchors[-1][0] == day and len(self.anchors) > 1:
            self.anchors.pop()
        self.anchors.append((day, counts))


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on a customer or a subscription."""

    name: str
    description: str = ""


@dataclass(eq=False, slots=True)
class Customer:
    """An organization that the partner manages; `admins` are UUIDs of the partner administrators assigned."""

    uuid: str
    sequence: int
    name: str
    created: date
    updated: datetime
    region: str | None = None
    country: str | None = None
    managed_by: ManagedBy | None = None
    last_admin_activity: datetime | None = None
    external_id: str | None = None
    tags: list[Tag] = field(default_factory=list)
    admins: set[str] = field(default_factory=set)
    subscriptions: list["Subscription"] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Subscription:
    """A contract or a trial; `end` is its last active day."""

    id: str
    sequence: int
    customer: Customer
    type: SubscriptionType
    updated: datetime
    start: date | None = None
    end: date | None = None
    auto_renew: bool = False
    invoice: Invoice | None = None
    setup: Setup = Setup.COMPLETE
    lines: list[Line] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    deleted: bool = False

    @property
    def is_trial(self) -> bool:
        """Whether it is a trial."""
        return self.type is SubscriptionType.TRIAL

    def is_active(self, day: date) -> bool:
        """Whether the day lies between start and end, both included; unknown dates bound nothing."""
        started = self.start is None or self.start <= day
        return not self.deleted and started and (self.end is None or day <= self.end)

    def line(self, product: str) -> Line | None:
        """The line of a product."""
        return next((line for line in self.lines if line.product == product), None)


class Partner:
    """Every customer and subscription, in the order in which they came."""

    def __init__(self) -> None:
        self.customers: list[Customer] = []
        self.subscriptions: list[Subscription] = []
        self._by_uuid: dict[str, Customer] = {}
        self._by_id: dict[str, Subscription] = {}

    def add_customer(self, customer: Customer) -> Customer:
        """A new customer."""
        self.customers.append(customer)
        self._by_uuid[customer.uuid] = customer
        return customer

    def add_subscription(self, subscription: Subscription) -> Subscription:
        """A new subscription or trial of a customer."""
        self.subscriptions.append(subscription)
        subscription.customer.subscriptions.append(subscription)
        self._by_id[subscription.id] = subscription
        return subscription

    def customer(self, uuid: str) -> Customer:
        """The customer with this UUID; NotFound otherwise."""
        if uuid not in self._by_uuid:
            raise NotFound("Organization not found.")
        return self._by_uuid[uuid]

    def unassign_all(self, person: str) -> None:
        """Take every customer from the partner administrator with this UUID."""
        for customer in self.customers:
            customer.admins.discard(person)

    def subscription(self, subscription_id: str) -> Subscription:
        """The subscription or trial with this id; NotFound when there is none, or none any more."""
        found = self._by_id.get(subscription_id)
        if found is None or found.deleted:
            raise NotFound("Subscription not found.")
        return found

    def age(self, since: date, now: datetime) -> None:
        """Time went on: mark as updated whose counts are other than they were on the day `since`."""
        today = now.date()
        for subscription in self.subscriptions:
            if any(line.on(since) != line.on(today) for line in subscription.lines):
                subscription.updated = now
