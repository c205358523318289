"""A made-up partner: the same customers for the same seed and day, whatever their number.

Every customer lives one of the `STORIES`. The first customers live each story once, so that even a small partner
shows every status; the rest are drawn by weight.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from sandbox import cast
from sandbox.names import company_name
from sandbox.partner import (
    Counts,
    Customer,
    Invoice,
    Line,
    ManagedBy,
    Partner,
    Setup,
    Subscription,
    SubscriptionType,
    Tag,
)

Range = tuple[int, int]
T = TypeVar("T")

COUNTRIES = {"EU": ("DE", "FR", "ES", "IT", "NL", "PL", "SE"), "US": ("US",), "CA": ("CA",), "UAE": ("AE",)}
TAGS = ("gold", "silver", "legacy", "wholesale", "renewal-2026", "España")


@dataclass(frozen=True)
class Plan:
    """One subscription of a story. Ranges in days: since the start, until the end; `assigned` in % of the total."""

    type: SubscriptionType = SubscriptionType.SUBSCRIPTION
    age: Range = (120, 900)
    left: Range = (95, 700)
    auto_renew: bool = True
    assigned: Range = (55, 97)
    invoice: Invoice = Invoice.PAID
    setup: Setup = Setup.COMPLETE
    products: tuple[str, ...] = ()
    counts_known: bool = True
    dates_known: bool = True


@dataclass(frozen=True)
class Story:
    """What a customer has, and how many days ago an administrator signed in; its share of all by `weight`.

    Most customers of size have several contracts: `more` allows as many uneventful ones beside the story's own.
    """

    weight: int
    plans: tuple[Plan, ...]
    idle: Range = (0, 20)
    more: int = 0


TRIAL = SubscriptionType.TRIAL
STORIES = (
    Story(38, (Plan(),), more=4),
    Story(3, (Plan(left=(0, 7), auto_renew=False),), more=2),
    Story(3, (Plan(invoice=Invoice.UNPAID),), more=2),
    Story(5, (Plan(assigned=(104, 160)),), more=4),
    Story(4, (Plan(left=(-200, -1), auto_renew=False),), idle=(10, 120)),
    Story(3, (Plan(age=(0, 20), setup=Setup.PENDING, assigned=(0, 20)),)),
    Story(5, (Plan(),), idle=(30, 200), more=4),
    Story(5, (Plan(TRIAL, left=(10, 60), assigned=(10, 80)),)),
    Story(2, (Plan(TRIAL, left=(0, 6), assigned=(20, 100)),)),
    Story(8, (Plan(left=(8, 90), auto_renew=False),), more=4),
    Story(10, (Plan(left=(5, 88)),), more=4),
    Story(4, (Plan(assigned=(2, 22)),), more=4),
    Story(4, (Plan(age=(1, 80), assigned=(20, 80)),)),
    Story(3, (Plan(products=("Meetings",)), Plan(TRIAL, left=(5, 55), products=("Calling",), assigned=(10, 60)))),
    Story(2, (Plan(products=("Messaging",)),)),
    Story(1, (Plan(age=(-40, -5), setup=Setup.PENDING, assigned=(0, 0)),)),
    Story(1, (Plan(counts_known=False),)),
    Story(1, (Plan(dates_known=False),)),
    Story(1, ()),
    Story(2, (Plan(left=(-300, -30), auto_renew=False), Plan(age=(5, 60), assigned=(30, 90)))),
)
_WEIGHTS = [story.weight for story in STORIES]

_MIXES = (
    (("Meetings",), 20),
    (("Calling",), 18),
    (("Meetings", "Calling"), 25),
    (("Meetings", "Messaging"), 8),
    (("Meetings", "Calling", "Messaging"), 10),
    (("Calling", "Call on Webex"), 5),
    (("Meetings", "Real-Time Translations"), 5),
    (("Calling", "Contact Center"), 5),
    (("Calling", "Devices"), 4),
)
_SIZES = ((10, 10), (25, 20), (50, 25), (100, 20), (250, 14), (500, 8), (1000, 3))


def make_partner(customers: int, seed: int, now: datetime) -> Partner:
    """The partner with this many customers."""
    partner = Partner()
    maker = _Maker(partner, seed, now)
    for number in range(customers):
        maker.add(number)
    return partner


class _Maker:
    def __init__(self, partner: Partner, seed: int, now: datetime) -> None:
        self._partner = partner
        self._seed = seed
        self._now = now
        self._today = now.date()
        self._assignee = cast.Named(cast.BEN.email).uuid(seed)

    def add(self, number: int) -> None:
        """Make the customer with this number and what it has, at most ten subscriptions."""
        rng = Random(f"{self._seed}/customer/{number}")  # noqa: S311  (repeatable by design)
        story = STORIES[number] if number < len(STORIES) else rng.choices(STORIES, _WEIGHTS)[0]
        customer = self._partner.add_customer(self._customer(number, story, rng))
        plans = [*story.plans, *[Plan()] * rng.randint(0, story.more)]
        for position, plan in enumerate(plans):
            subscription = self._subscription(number * 10 + position, customer, plan, rng)
            self._partner.add_subscription(subscription)
        starts = [subscription.start for subscription in customer.subscriptions if subscription.start]
        first_start = min(starts, default=self._today)
        customer.created = min(first_start, self._today) - timedelta(days=rng.randint(0, 60))

    def _customer(self, number: int, story: Story, rng: Random) -> Customer:
        region = rng.choices(("EU", "US", "CA", "UAE", None), (40, 35, 10, 10, 5))[0]
        country = rng.choice(COUNTRIES[region]) if region else None
        uuid = str(UUID(int=rng.getrandbits(128), version=4))
        customer = Customer(
            # The first customer is where the cast's outsider works.
            uuid=cast.OUTSIDE_ORG.uuid(self._seed) if number == 0 else uuid,
            sequence=number + 1,
            name=company_name(number, country),
            created=self._today,
            updated=self._now,
            region=region,
            country=country,
            managed_by=rng.choices((ManagedBy.PARTNER, ManagedBy.EXTERNAL, None), (80, 18, 2))[0],
            last_admin_activity=self._days_ago(rng.randint(*story.idle), rng) if rng.random() > 0.04 else None,
            external_id=f"CRM-{number:06d}" if rng.random() < 0.3 else None,
        )
        if rng.random() < 0.25:
            customer.tags = [Tag(name) for name in rng.sample(TAGS, rng.randint(1, 2))]
        if number % 3 == 0:
            customer.admins.add(self._assignee)
        return customer

    def _days_ago(self, days: int, rng: Random) -> datetime:
        day = self._today - timedelta(days=days + 1)
        return datetime.combine(day, time(rng.randint(0, 23), rng.randint(0, 59)), UTC)

    def _subscription(self, number: int, customer: Customer, plan: Plan, rng: Random) -> Subscription:
        start, end = self._dates(plan, rng)
        is_trial = plan.type is TRIAL
        return Subscription(
            id=subscription_id(plan.type, self._seed, number),
            sequence=number + 1,
            customer=customer,
            type=plan.type,
            updated=self._now,
            start=start if plan.dates_known else None,
            end=end if plan.dates_known else None,
            auto_renew=plan.auto_renew and not is_trial,
            invoice=None if is_trial else plan.invoice,
            setup=plan.setup,
            lines=[self._line(product, plan, rng) for product in plan.products or _pick(_MIXES, rng)],
        )

    def _dates(self, plan: Plan, rng: Random) -> tuple[date, date]:
        end = self._today + timedelta(days=rng.randint(*plan.left))
        if plan.type is TRIAL:
            left = (end - self._today).days
            days = rng.choice([days for days in (30, 60, 90) if days > left])
            return end - timedelta(days=days), end
        start = self._today - timedelta(days=rng.randint(*plan.age))
        return (start, end) if start < end else (end - timedelta(days=365), end)

    def _line(self, product: str, plan: Plan, rng: Random) -> Line:
        total = _pick(_SIZES, rng)
        assigned = total * rng.randint(*plan.assigned) // 100
        used = assigned * rng.randint(40, 95) // 100
        used_3m = rng.randint(used, assigned)
        counts = Counts(total, assigned, used, used_3m) if plan.counts_known else Counts()
        grows = rng.random() < 0.6
        return Line(
            product,
            [(self._today, counts)],
            weekly_assigned=round(total * rng.uniform(-0.004, 0.02)) if grows else 0,
            weekly_used=round(total * rng.uniform(-0.01, 0.02)) if grows else 0,
        )


def subscription_id(kind: SubscriptionType, seed: int, number: int) -> str:
    """An id of nine digits; no two numbers get the same, for the factor shares none with 10⁹."""
    digits = (number * 2_654_435_761 + seed * 97) % 10**9
    return f"{'Trial' if kind is TRIAL else 'Sub'}{digits:09d}"


def _pick(weighted: tuple[tuple[T, int], ...], rng: Random) -> T:
    values = [value for value, _ in weighted]
    return rng.choices(values, [weight for _, weight in weighted])[0]
