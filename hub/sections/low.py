"""Low licence assignment: rows whose assigned ÷ total is far below what is usual for the product."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, false, func
from sqlmodel import Session

from hub import days as calendar
from hub.filters import Filter
from hub.products import BOTH
from hub.scope import Scope
from hub.sections.section import Question, Section, percentage, share, shares
from hub.sections.weekly import with_weekly_changes
from hub.tables import licence

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
    question = low_rows(session, scope, products, where)
    summary = (
        session.connection()
        .execute(
            question.summary(
                *shares("assigned", licence.c.assigned, licence.c.total),
                *shares("used", licence.c.used_7d, licence.c.total),
                func.sum(licence.c.total - licence.c.assigned).label("unassigned"),
            )
        )
        .one()
    )

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
        with_weekly_changes(question.page(_ratio)),
        row,
    )


def low_rows(session: Session, scope: Scope, products: frozenset[str], where: Filter = Filter.everything) -> Question:
    """Return which rows `low` is about."""
    bounds = low_bounds(session, scope)
    is_low = _ratio < case(bounds, value=licence.c.product) if bounds else false()
    return Question(scope, products, where, and_(_has_ratio(scope), is_low))


def low_bounds(session: Session, scope: Scope) -> dict[str, float]:
    """Return for each product the ratio below which assignment is low: a part of the median over the active rows.

    All of the partner's customers count, whatever the scope. A product with too few rows has no bound.
    """
    everybody = Scope(scope.today)
    rows = Question(everybody, BOTH, Filter.everything, _has_ratio(everybody)).rows(licence.c.product, _ratio)
    ratios = defaultdict(list)
    for product, ratio in session.connection().execute(rows):
        ratios[product].append(ratio)
    # The median is taken here: sorting in SQLite takes three times as long as fetching the rows.
    return {
        product: scope.thresholds.low_assignment_ratio * median(of_product)
        for product, of_product in ratios.items()
        if len(of_product) >= scope.thresholds.low_assignment_rows
    }


def _has_ratio(scope: Scope) -> ColumnElement[bool]:
    return and_(calendar.active(scope.today), licence.c.total > 0, licence.c.assigned.is_not(None))
