"""What is wrong in a customer's week, compared with the eight weeks before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from hub import weeks
from hub.bulk import find
from hub.tables import calling_week

HISTORY_WEEKS = 8
LEAST_WEEKS = 4
"""A median of fewer weeks says little: then nothing is compared with it."""
USUAL_CALLS = 50
FALL = 0.4
POOR_PCT = 5.0
POOR_TIMES = 2
ABANDONED_PCT = 20.0


class Oddity(StrEnum):
    """What can be wrong."""

    CALLS_FELL = "calls_fell"
    POOR_LEGS = "poor_legs"
    ABANDONED = "abandoned_calls"


@dataclass(frozen=True)
class Anomaly:
    """Something wrong in a customer's week."""

    kind: Oddity
    org_id: str
    week: date
    value: float
    """Calls; or per cent of legs that are poor, or of queue calls that are abandoned."""
    usual: float | None
    """The median of the weeks before; None where it is not compared with that."""
    count: int
    """Calls, poor legs or abandoned calls."""


@dataclass(frozen=True)
class Figures:
    """Of a customer's week, what is looked at."""

    calls: int | None = None
    legs: int | None = None
    poor_legs: int | None = None
    queue_calls: int | None = None
    queue_abandoned: int | None = None


def judge(org_id: str, week: date, now: Figures, past: Sequence[Figures]) -> list[Anomaly]:
    """Return what is wrong in a week; `past` are the weeks before that are known."""
    found = []
    usual_calls = _median([each.calls for each in past])
    if now.calls is not None and usual_calls is not None and now.calls <= usual_calls * (1 - FALL):
        fall = Anomaly(Oddity.CALLS_FELL, org_id, week, now.calls, usual_calls, now.calls)
        found += [fall] if usual_calls >= USUAL_CALLS else []
    poor = _pct(now.poor_legs, now.legs)
    usual_poor = _median([_pct(each.poor_legs, each.legs) for each in past])
    if poor is not None and poor > POOR_PCT and usual_poor is not None and poor >= POOR_TIMES * usual_poor:
        found.append(Anomaly(Oddity.POOR_LEGS, org_id, week, round(poor, 1), round(usual_poor, 1), now.poor_legs or 0))
    abandoned = _pct(now.queue_abandoned, now.queue_calls)
    if abandoned is not None and abandoned > ABANDONED_PCT:
        value = round(abandoned, 1)
        found.append(Anomaly(Oddity.ABANDONED, org_id, week, value, None, now.queue_abandoned or 0))
    return found


def anomalies(session: Session, week: date) -> list[Anomaly]:
    """Return what is wrong in a week, by customer.

    Only customers at whom something may be wrong are looked at with their history: the week alone rules most out.
    """
    now, past = calling_week.c, calling_week.alias("past")
    columns = [now[name] for name in _NAMES]
    first = week - weeks.WEEK * HISTORY_WEEKS
    usual = and_(past.c.org_id == now.org_id, past.c.week >= first, past.c.week < week)
    # A median is at most the largest of its values.
    fell = select(past.c.org_id).where(usual, past.c.calls >= USUAL_CALLS, now.calls <= past.c.calls * (1 - FALL))
    suspect = or_(
        now.poor_legs * 100 > now.legs * POOR_PCT,
        now.queue_abandoned * 100 > now.queue_calls * ABANDONED_PCT,
        fell.exists(),
    )
    rows = session.connection().execute(select(now.org_id, *columns).where(now.week == week, suspect)).all()
    history: dict[str, list[Figures]] = {row.org_id: [] for row in rows}
    for row in find(session, now.org_id, history.keys(), now.org_id, now.week, *columns):
        if first <= row.week < week:
            history[row.org_id].append(_figures(row))
    return [found for row in rows for found in judge(row.org_id, week, _figures(row), history[row.org_id])]


_NAMES = ("calls", "legs", "poor_legs", "queue_calls", "queue_abandoned")


def _figures(row: Any) -> Figures:
    return Figures(**{name: getattr(row, name) for name in _NAMES})


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if len(known) >= LEAST_WEEKS else None


def _pct(part: int | None, whole: int | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
