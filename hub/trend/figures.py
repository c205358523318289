"""The trend of licence distribution over the last 13 weeks, of which the last is the current one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from hub import days as calendar
from hub import weeks
from hub.filters import Filter
from hub.products import BOTH
from hub.scope import Scope
from hub.sections.section import STATEMENTS_KEPT, Question, percentage, ready_for, shares, summarised
from hub.tables import customer, licence, licence_week, licence_week_total, snapshot, subscription
from hub.trend.building import PAST, built_weeks, last_of_week, together
from hub.trend.counts import SUMS, sums

WEEKS = PAST + 1


@dataclass(frozen=True)
class TrendWeek:
    """The licences of a week, at its end; of the current week, now. None is unknown."""

    week: date
    """Its Sunday."""
    used: int | None
    assigned_unused: int | None
    available: int | None
    """Total less assigned, never below 0 in a subscription."""
    overage: int | None
    total: int | None
    assigned: int | None


@dataclass(frozen=True)
class Trend:
    """The last 13 weeks, oldest first."""

    weeks: list[TrendWeek]
    used_pct: float | None
    """Used ÷ total now, over the rows where both are known."""


def trend(session: Session, scope: Scope, products: frozenset[str] = BOTH, where: Filter = Filter.everything) -> Trend:
    """Return the last 13 weeks, oldest first, of subscriptions and trials that were active then."""
    *past, this_week = weeks.up_to(weeks.week_of(scope.today), WEEKS)
    built = built_weeks(session).intersection(past)
    figures = _built(session, scope, products, where, past) if built else {}
    for week in past:
        if week not in built:
            figures[week] = _sums(session, _unbuilt(scope, products, where, week))
    ready = ready_for(session, scope)
    # Of some customers, their own licences are found faster than those among all that run.
    everybody = scope.sees_everybody and where == Filter.everything
    current = _current(scope, products, where, ready=ready is not None and everybody)
    now = summarised(session, current, ready, _current, scope, products, where)._mapping
    figures[this_week] = together([now])
    found = [_week(week, figures.get(week, {})) for week in (*past, this_week)]
    return Trend(found, percentage(now["used_part"], now["used_whole"]))


def _sums(session: Session, statement: Select[Any]) -> dict[str, int | None]:
    return together([session.connection().execute(statement).mappings().one()])


def _built(
    session: Session, scope: Scope, products: frozenset[str], where: Filter, past: Sequence[date]
) -> dict[date, dict[str, int | None]]:
    if where == Filter.everything and not scope.assigned_to:
        by_week: dict[date, list[Any]] = {}
        totals = select(licence_week_total).where(licence_week_total.c.week.in_(past))
        for row in session.connection().execute(totals):
            counts = row.product in products and scope.region in (None, row.region)
            by_week.setdefault(row.week, []).extend([row.figures] if counts else [])
        if by_week:
            return {week: together(rows) for week, rows in by_week.items()}
    found = session.connection().execute(_by_week(scope, products, where, past[0], past[-1])).mappings()
    return {row["week"]: together([row]) for row in found}


@lru_cache(STATEMENTS_KEPT)
def _unbuilt(scope: Scope, products: frozenset[str], where: Filter, week: date) -> Select[Any]:
    return (
        last_of_week(week)
        .join(customer, customer.c.org_id == subscription.c.org_id)
        .where(
            snapshot.c.product.in_(sorted(products)),
            scope.customers(),
            where.condition(scope.today, scope.thresholds),
        )
    )


@lru_cache(STATEMENTS_KEPT)
def _current(scope: Scope, products: frozenset[str], where: Filter, *, ready: bool) -> Select[Any]:
    counts = sums(licence.c.total, licence.c.assigned, licence.c.used_7d)
    used = shares("used", licence.c.used_7d, licence.c.total)
    return Question(scope, products, where, calendar.active(scope.today), ready).rows(*counts, *used)


@lru_cache(STATEMENTS_KEPT)
def _by_week(scope: Scope, products: frozenset[str], where: Filter, first: date, last: date) -> Select[Any]:
    return (
        select(licence_week.c.week, *(func.sum(licence_week.c[name]).label(name) for name in SUMS))
        .join(customer, customer.c.org_id == licence_week.c.org_id)
        .where(
            licence_week.c.week.between(first, last),
            licence_week.c.product.in_(sorted(products)),
            scope.customers(),
            where.condition(scope.today, scope.thresholds),
        )
        .group_by(licence_week.c.week)
    )


def _week(week: date, figures: Any) -> TrendWeek:
    return TrendWeek(
        week,
        used=figures.get("used"),
        assigned_unused=figures.get("unused"),
        available=figures.get("available"),
        overage=figures.get("overage"),
        total=figures.get("total"),
        assigned=figures.get("assigned"),
    )
