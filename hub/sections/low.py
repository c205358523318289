"""Low licence assignment: rows whose assigned ÷ total is far below what is usual for the product."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import attrgetter
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, false, func, select
from sqlmodel import Session

from hub import days as calendar
from hub.filters import Filter
from hub.outlook import remembered
from hub.products import BOTH
from hub.scope import Scope
from hub.sections.section import Question, Section, percentage, ready_for, share, shares, summarised
from hub.sections.weekly import with_weekly_changes
from hub.tables import licence, ratio_count, running

_ratio = cast(licence.c.assigned, Float) / licence.c.total


@dataclass(frozen=True)
class LowKpis:
    """`used_of_assigned_pct` is used ÷ total, as Partner Hub's help defines it; `unassigned` is a count of licences."""

    customers: int
    assigned_pct: float | None
    used_of_assigned_pct: float | None
    unassigned: int


@dataclass(frozen=True)
class LowRow:
    """A product of a subscription or trial of which few licences are assigned."""

    customer: str
    org_id: str
    subscription_id: str
    product: str
    months_since_added: int
    assigned: int
    assigned_pct: float | None
    total: int
    used: int | None
    available: int
    assigned_weekly_change: int | None


LowSection = Section[LowKpis, LowRow]


def low(
    session: Session, scope: Scope, products: frozenset[str] = BOTH, where: Filter = Filter.everything
) -> LowSection:
    """Find the active rows with low assignment, lowest first."""
    now = ready_for(session, scope)
    question = low_rows(session, scope, products, where, now)
    statement = question.summary(
        *shares("assigned", licence.c.assigned, licence.c.total),
        *shares("used", licence.c.used_7d, licence.c.total),
        func.sum(licence.c.total - licence.c.assigned).label("unassigned"),
    )
    summary = summarised(session, statement, now, low, scope, products, where)

    def row(found: Any) -> LowRow:
        return LowRow(
            customer=found.customer,
            org_id=found.org_id,
            subscription_id=found.subscription_id,
            product=found.product,
            months_since_added=calendar.months_between(found.start_date, scope.today),
            assigned=found.assigned,
            assigned_pct=percentage(found.assigned, found.total),
            total=found.total,
            used=found.used,
            available=found.available,
            assigned_weekly_change=found.assigned_weekly_change,
        )

    return Section(
        LowKpis(summary.customers, share(summary, "assigned"), share(summary, "used"), int(summary.unassigned or 0)),
        summary.rows,
        session,
        with_weekly_changes(question.page(running.c.ratio if question.ready else _ratio)),
        row,
    )


def low_rows(
    session: Session,
    scope: Scope,
    products: frozenset[str],
    where: Filter = Filter.everything,
    now: int | None = None,
) -> Question:
    """Return which rows `low` is about; `now` is the version of what is kept ready, if it may be used."""
    bounds = low_bounds(session, scope, now)
    if not bounds:
        return Question(scope, products, where, false(), now is not None)
    if now is not None:
        # The highest bound is a range of an index, within which each product has its own.
        is_low = and_(running.c.ratio < max(bounds.values()), running.c.ratio < case(bounds, value=running.c.product))
        return Question(scope, products, where, is_low, ready=True)
    is_low = _ratio < case(bounds, value=licence.c.product)
    return Question(scope, products, where, and_(_has_ratio(scope), is_low))


def low_bounds(session: Session, scope: Scope, now: int | None = None) -> dict[str, float]:
    """Return for each product the ratio below which assignment is low: a part of the median over the active rows.

    All of the partner's customers count, whatever the scope. A product with too few rows has no bound.
    """
    if now is None:
        medians = _medians(session, scope)
    else:
        medians = remembered(session, now, low_bounds, lambda: _ready_medians(session))
    return {
        product: scope.thresholds.low_assignment_ratio * middle
        for product, (rows, middle) in medians.items()
        if rows >= scope.thresholds.low_assignment_rows
    }


def _medians(session: Session, scope: Scope) -> dict[str, tuple[int, float]]:
    """Return for each product how many ratios there are, and their median."""
    everybody = Scope(scope.today)
    rows = Question(everybody, BOTH, Filter.everything, _has_ratio(everybody)).rows(licence.c.product, _ratio)
    ratios = defaultdict(list)
    for product, ratio in session.connection().execute(rows):
        ratios[product].append(ratio)
    # The median is taken here: sorting in SQLite takes three times as long as fetching the rows.
    return {product: (len(of_product), median(of_product)) for product, of_product in ratios.items()}


def _ready_medians(session: Session) -> dict[str, tuple[int, float]]:
    """Return the same from the counts of the ratios, which are kept in order."""
    counts = select(ratio_count).order_by(ratio_count.c.product, ratio_count.c.ratio)
    medians = {}
    for product, of_product in groupby(session.connection().execute(counts).all(), key=attrgetter("product")):
        ratios = list(of_product)
        ends = list(accumulate(row.rows for row in ratios))
        middle = (ratios[bisect_right(ends, place)].ratio for place in ((ends[-1] - 1) // 2, ends[-1] // 2))
        medians[product] = (ends[-1], sum(middle) / 2)
    return medians


def _has_ratio(scope: Scope) -> ColumnElement[bool]:
    return and_(calendar.active(scope.today), licence.c.total > 0, licence.c.assigned.is_not(None))
