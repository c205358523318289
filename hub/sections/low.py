"""Low licence assignment: rows whose assigned ÷ total is far below what is usual for the product."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, and_, cast, false, func, or_, select
from sqlmodel import Session

from hub import days as calendar
from hub.filters import Filter
from hub.products import BOTH
from hub.scope import Scope
from hub.sections.section import Question, Section, percentage, share, shares
from hub.sections.weekly import with_weekly_changes
from hub.tables import licence, subscription

_ratio = cast(licence.c.assigned, Float) / licence.c.total
_has_ratio = and_(licence.c.total > 0, licence.c.assigned.is_not(None))


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
    below = [
        and_(licence.c.product == product, _ratio < bounds[product])
        for product in sorted(products)
        if product in bounds
    ]
    return Question(scope, products, where, and_(calendar.active(scope.today), _has_ratio, or_(false(), *below)))


def low_bounds(session: Session, scope: Scope) -> Mapping[str, float]:
    """Return for each product the ratio below which assignment is low: a part of the median over the active rows.

    All of the partner's customers count, whatever the scope. A product with too few rows has no bound.
    """
    ratios = (
        select(
            licence.c.product,
            _ratio.label("ratio"),
            func.row_number().over(partition_by=licence.c.product, order_by=_ratio).label("place"),
            func.count().over(partition_by=licence.c.product).label("rows"),
        )
        .join_from(subscription, licence, licence.c.subscription_id == subscription.c.subscription_id)
        .where(calendar.active(scope.today), _has_ratio, licence.c.product.in_(sorted(BOTH)))
        .subquery()
    )
    # One row in the middle of an odd number, two of an even.
    is_middle = (2 * ratios.c.place).between(ratios.c.rows, ratios.c.rows + 2)
    medians = (
        select(ratios.c.product, func.avg(ratios.c.ratio).label("median"))
        .where(is_middle, ratios.c.rows >= scope.thresholds.low_assignment_rows)
        .group_by(ratios.c.product)
    )
    found = session.connection().execute(medians)
    return {row.product: scope.thresholds.low_assignment_ratio * row.median for row in found}
