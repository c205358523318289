"""Over the licence limit: rows with more licences assigned than bought."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func
from sqlmodel import Session

from hub import days as calendar
from hub.filters import Filter
from hub.products import BOTH
from hub.scope import Scope
from hub.sections.section import (
    STATEMENTS_KEPT,
    Question,
    Section,
    Statements,
    percentage,
    ready_for,
    summarised,
)
from hub.statuses import licence_overage
from hub.tables import licence, running

_excess = licence.c.assigned - licence.c.total


@dataclass(frozen=True)
class OverageKpis:
    """`average_overage` is licences in overage ÷ customers in overage."""

    customers: int
    licenses_in_overage: int
    average_overage: float | None


@dataclass(frozen=True)
class OverageRow:
    """A product of a subscription or trial over its limit."""

    customer: str
    org_id: str
    subscription_id: str
    product: str
    months_left: int
    auto_renew: bool
    total: int
    assigned: int
    assigned_pct: float | None
    used: int | None
    used_pct: float | None


OverageSection = Section[OverageKpis, OverageRow]


def overage(
    session: Session, scope: Scope, products: frozenset[str] = BOTH, where: Filter = Filter.everything
) -> OverageSection:
    """Find the active rows over their limit, largest excess first."""
    now = ready_for(session, scope)
    statements = _statements(scope, products, where, ready=now is not None)
    summary = summarised(session, statements.summary, now, overage, scope, products, where)
    excess = int(summary.excess or 0)

    def row(found: Any) -> OverageRow:
        return OverageRow(
            customer=found.customer,
            org_id=found.org_id,
            subscription_id=found.subscription_id,
            product=found.product,
            months_left=calendar.months_between(scope.today, found.end_date),
            auto_renew=found.auto_renew,
            total=found.total,
            assigned=found.assigned,
            assigned_pct=percentage(found.assigned, found.total),
            used=found.used,
            used_pct=percentage(found.used, found.total),
        )

    return Section(
        OverageKpis(summary.customers, excess, round(excess / summary.customers, 1) if summary.customers else None),
        summary.rows,
        session,
        statements.page,
        row,
    )


def overage_rows(
    scope: Scope, products: frozenset[str], where: Filter = Filter.everything, *, ready: bool = False
) -> Question:
    """Return which rows `overage` is about."""
    # What is kept ready is active, and its excess is in an index.
    holds = running.c.excess > 0 if ready else calendar.active(scope.today) & licence_overage()
    return Question(scope, products, where, holds, ready)


@lru_cache(STATEMENTS_KEPT)
def _statements(scope: Scope, products: frozenset[str], where: Filter, *, ready: bool) -> Statements:
    question = overage_rows(scope, products, where, ready=ready)
    excess = running.c.excess if ready else _excess
    return Statements(question.summary(func.sum(_excess).label("excess")), question.page(excess.desc()))
