"""Webex Calling usage of the synthetic partner: one source for the feed's weeks and for the partner reports.

A week's figures follow from seed, customer and week, so nothing is stored. They begin with the people: who has a
licence, who used it, who made how many calls. Days and locations are cuts of a week that add up to it exactly. Some
customers have troubles (`Trouble`), each in every fourth week.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from random import Random

from sandbox.partner import Customer, Line
from sandbox.usage import Usage

PRODUCT = "Calling"
WEEK = timedelta(weeks=1)
TROUBLE_EVERY_WEEKS = 4
# The share of each day, Sunday first, in per cent.
_DAYS = (2, 19, 20, 20, 20, 17, 2)


class Trouble(StrEnum):
    """What goes wrong at a customer in some weeks."""

    QUIET = "quiet"
    """Most people stop calling."""
    CHOPPY = "choppy"
    """Many legs are poor, most of them on room devices."""
    SWAMPED = "swamped"
    """Callers give up in the queues; needs queues."""


class Endpoint(StrEnum):
    """The kinds of endpoint, as the feed names them."""

    APP = "app"
    DESK_PHONE = "desk_phone"
    ROOM_DEVICE = "room_device"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Week:
    """A customer's week, Sunday to Saturday in UTC; waits are sums in seconds."""

    customer: Customer
    start: date
    users_by_calls: tuple[int, int, int, int]
    """How many people made 0, 1 to 5, 6 to 20, more than 20 calls."""
    usage: Usage
    poor_by_endpoint: dict[Endpoint, int]
    answer_seconds: int
    abandon_wait_seconds: int

    @property
    def active_users(self) -> int:
        """Who made a call."""
        return sum(self.users_by_calls[1:])

    @property
    def answered(self) -> int:
        """The calls to queues that an agent answered, or that were moved to another queue."""
        usage = self.usage
        return usage.queue_calls - usage.abandoned - usage.timed_out - usage.overflowed

    @property
    def legs_by_endpoint(self) -> dict[Endpoint, int]:
        """Every leg, by kind of endpoint."""
        usage = self.usage
        devices = usage.desk_phone_legs + usage.room_device_legs + usage.other_legs
        return {
            Endpoint.APP: usage.legs - devices,
            Endpoint.DESK_PHONE: usage.desk_phone_legs,
            Endpoint.ROOM_DEVICE: usage.room_device_legs,
            Endpoint.OTHER: usage.other_legs,
        }

    def between(self, first: date, last: date, place: int = 0, places: int = 1) -> Usage:
        """What one of so many places, all of a size, used from the first to the last day, both included."""
        begin = sum(_DAYS[: max((first - self.start).days, 0)])
        end = sum(_DAYS[: max((last - self.start).days + 1, 0)])
        if end <= begin:
            return Usage()
        whole = sum(_DAYS)
        through = self.usage.first(place * whole + end, places * whole)
        return through - self.usage.first(place * whole + begin, places * whole)


def sunday_of(day: date) -> date:
    """The first day of the day's week."""
    return day - timedelta(days=day.isoweekday() % 7)


class Calling:
    """The usage of every customer that has Webex Calling; Call on Webex is another product."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def week(self, customer: Customer, start: date) -> Week | None:
        """The week that begins on this Sunday; None when the customer had no Webex Calling on it."""
        if not had_calling(customer, start):
            return None
        licensed, active = _people(customer, start)
        known = habits(self._seed, customer.uuid)
        rng = Random(f"{self._seed}/calling/{customer.uuid}/{start}")  # noqa: S311  (repeatable by design)
        trouble = known.trouble if (start.toordinal() // 7 + known.phase) % TROUBLE_EVERY_WEEKS == 0 else None
        if trouble is Trouble.QUIET:
            active = active * rng.randint(20, 40) // 100
        often = active * round(known.often * rng.uniform(0.9, 1.1)) // 100
        seldom = active * round(known.seldom * rng.uniform(0.9, 1.1)) // 100
        some = active - often - seldom
        calls = round(seldom * rng.uniform(2, 4) + some * rng.uniform(9, 14) + often * rng.uniform(24, 32))
        traffic = _Traffic(calls, known, trouble, rng)
        return Week(
            customer,
            start,
            (licensed - active, seldom, some, often),
            traffic.usage,
            traffic.poor,
            traffic.answer_seconds,
            traffic.abandon_wait_seconds,
        )


def had_calling(customer: Customer, day: date) -> bool:
    """Whether the customer had Webex Calling on a day."""
    return bool(_lines(customer, day))


def _lines(customer: Customer, day: date) -> list[Line]:
    return [
        line
        for subscription in customer.subscriptions
        if subscription.is_active(day)
        for line in subscription.lines
        if line.product == PRODUCT
    ]


def _people(customer: Customer, day: date) -> tuple[int, int]:
    """How many had a licence on a day, and how many of them made calls."""
    counts = [line.on(day) for line in _lines(customer, day)]
    licensed = sum(_UNKNOWN_PEOPLE if one.assigned is None else one.assigned for one in counts)
    active = sum(_UNKNOWN_PEOPLE if one.used_7d is None else one.used_7d for one in counts)
    return licensed, min(active, licensed)


_UNKNOWN_PEOPLE = 20
"""Who works at a customer whose counts nobody knows."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What a customer is like in every week; shares in per cent. A feature without a share is not there."""

    seldom: int
    often: int
    minutes_per_call: float
    legs_per_call: float
    video: int
    desk_phone: int
    room_device: int
    other: int
    poor: float
    hunt_group: int
    auto_attendant: int
    queue: int
    abandoned: int
    patience_seconds: int
    trouble: Trouble | None
    phase: int


@lru_cache(maxsize=4096)
def habits(seed: int, customer: str) -> Habits:
    """What the customer with this UUID is like."""
    rng = Random(f"{seed}/calling/{customer}")  # noqa: S311  (repeatable by design)
    return Habits(
        seldom=rng.randint(25, 50),
        often=rng.randint(5, 18),
        minutes_per_call=rng.uniform(2.2, 5.5),
        legs_per_call=rng.uniform(1.7, 2.3),
        video=rng.randint(5, 30),
        desk_phone=rng.randint(15, 45),
        room_device=rng.randint(3, 12),
        other=rng.randint(0, 8),
        poor=rng.uniform(0.4, 1.5),
        hunt_group=rng.choice((0, rng.randint(3, 12))),
        auto_attendant=rng.choice((0, rng.randint(3, 12))),
        queue=rng.choice((0, rng.randint(8, 25))),
        abandoned=rng.randint(3, 8),
        patience_seconds=rng.randint(50, 140),
        trouble=rng.choices((None, *Trouble), (73, 9, 9, 9))[0],
        phase=rng.randrange(TROUBLE_EVERY_WEEKS),
    )


class _Traffic:
    """The legs, minutes and queues that belong to a number of calls."""

    def __init__(self, calls: int, known: Habits, trouble: Trouble | None, rng: Random) -> None:
        legs = round(calls * known.legs_per_call)
        by_endpoint = {
            Endpoint.DESK_PHONE: legs * known.desk_phone // 100,
            Endpoint.ROOM_DEVICE: legs * known.room_device // 100,
            Endpoint.OTHER: legs * known.other // 100,
        }
        by_endpoint[Endpoint.APP] = legs - sum(by_endpoint.values())
        self.poor = {one: round(count * _poor_share(one, known, trouble, rng)) for one, count in by_endpoint.items()}
        minutes = round(calls * known.minutes_per_call * rng.uniform(0.95, 1.05))
        queue = legs * known.queue // 100
        give_up = rng.randint(26, 40) if trouble is Trouble.SWAMPED else known.abandoned
        abandoned, timed_out, overflowed = queue * give_up // 100, queue * 2 // 100, queue // 100
        answered = queue - abandoned - timed_out - overflowed
        patience = known.patience_seconds * (3 if trouble is Trouble.SWAMPED else 1)
        self.answer_seconds = round(answered * patience * rng.uniform(0.25, 0.4))
        self.abandon_wait_seconds = round(abandoned * patience * rng.uniform(0.9, 1.1))
        self.usage = Usage(
            calls=calls,
            legs=legs,
            poor_legs=sum(self.poor.values()),
            minutes=minutes,
            video_minutes=minutes * known.video // 100,
            video_legs=legs * known.video // 100,
            desk_phone_legs=by_endpoint[Endpoint.DESK_PHONE],
            room_device_legs=by_endpoint[Endpoint.ROOM_DEVICE],
            other_legs=by_endpoint[Endpoint.OTHER],
            hunt_group=legs * known.hunt_group // 100,
            auto_attendant=legs * known.auto_attendant // 100,
            queue_calls=queue,
            timed_out=timed_out,
            overflowed=overflowed,
            transferred=answered * 4 // 100,
            abandoned=abandoned,
        )


def _poor_share(endpoint: Endpoint, known: Habits, trouble: Trouble | None, rng: Random) -> float:
    share = known.poor / 100 * rng.uniform(0.8, 1.2) * (2 if endpoint is Endpoint.ROOM_DEVICE else 1)
    if trouble is Trouble.CHOPPY:
        return rng.uniform(0.7, 0.9) if endpoint is Endpoint.ROOM_DEVICE else share + 0.04
    return share
