"""What is summed of Webex Calling: expressions over customers' weeks, by the name of the sum.

Everything here is a sum, so that sums over regions can be added. A percentage or average sums only rows whose numerator
and denominator are known: `…_part` and `…_whole`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func

from hub.calling.saving import FIGURES
from hub.tables import calling_week

Sums = Mapping[str, int | None]


class Endpoint(StrEnum):
    """What people call with."""

    APP = "app"
    DESK_PHONE = "desk_phone"
    ROOM_DEVICE = "room_device"
    OTHER = "other"


class Feature(StrEnum):
    """What a call came in by."""

    HUNT_GROUP = "hunt_group"
    AUTO_ATTENDANT = "auto_attendant"
    CALL_QUEUE = "call_queue"


VOLUMES = ("users_by_calls_0", "users_by_calls_1_5", "users_by_calls_6_20", "users_by_calls_20")

FELL_FROM = 50
"""Calls in the week before, from which on a fall is worth a word."""
DOUBLED_TO = 10
"""Poor legs, from which on doubling is worth a word."""

before = calling_week.alias("before")
"""The same customer's week before."""

week = calling_week.c
has_queues: ColumnElement[bool] = week.queue_calls > 0
"""Webex does not tell whether a customer has call queues; one whose queues were called surely does."""


def _share(name: str, part: ColumnElement[Any], whole: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    known = and_(part.is_not(None), whole.is_not(None))
    return {f"{name}_part": func.sum(case((known, part))), f"{name}_whole": func.sum(case((known, whole)))}


SUMS: Mapping[str, ColumnElement[Any]] = {
    "customers": func.count(),
    **{name: func.sum(week[name]) for name in FIGURES},
    **_share("poor", week.poor_legs, week.legs),
    **{
        name: expression
        for kind in Endpoint
        for name, expression in _share(
            f"poor_{kind}", week[f"endpoints_{kind}_poor_legs"], week[f"endpoints_{kind}_legs"]
        ).items()
    },
    "queue_customers": func.sum(case((has_queues, 1), else_=0)),
    **{f"queued_{kind}": func.sum(case((has_queues, week[f"features_{kind}"]))) for kind in Feature},
    **_share("abandoned", week.queue_abandoned, week.queue_calls),
    **_share("answer", week.queue_answer_seconds, week.queue_answered),
    **_share("wait", week.queue_abandon_wait_seconds, week.queue_abandoned),
}
"""Sums over a week's rows."""

_fell = and_(before.c.calls >= FELL_FROM, week.calls * 10 <= before.c.calls * 6)
_doubled = and_(week.poor_legs >= DOUBLED_TO, week.poor_legs >= before.c.poor_legs * 2)

_endpoints_known = and_(*(week[f"endpoints_{kind}_poor_legs"].is_not(None) for kind in Endpoint))

COMPARED: Mapping[str, ColumnElement[Any]] = {
    "fell": func.sum(case((_fell, 1), else_=0)),
    "doubled": func.sum(case((_doubled, 1), else_=0)),
    # Of those whose endpoints are known, that a share of them can be told.
    "doubled_poor": func.sum(case((and_(_doubled, _endpoints_known), week.poor_legs))),
    **{f"doubled_poor_{kind}": func.sum(case((_doubled, week[f"endpoints_{kind}_poor_legs"]))) for kind in Endpoint},
}
"""Sums over a week's rows beside the week before of the same customers."""


@dataclass(frozen=True)
class Week:
    """Sums of a week over some customers; what no row tells is unknown."""

    week: date
    sums: Sums

    def __getitem__(self, name: str) -> int | None:
        return self.sums.get(name)

    def pct(self, name: str) -> float | None:
        """Return the percentage of the sums of a share, with one decimal."""
        part, whole = self[f"{name}_part"], self[f"{name}_whole"]
        return round(100 * part / whole, 1) if part is not None and whole else None

    def mean(self, name: str) -> float | None:
        """Return part ÷ whole of the sums of a share, with one decimal."""
        part, whole = self[f"{name}_part"], self[f"{name}_whole"]
        return round(part / whole, 1) if part is not None and whole else None
