"""Recently added: active subscriptions and trials that started not long ago."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func
from sqlmodel import Session

from hub import days as calendar
from hub.filters import Filter
from hub.products import BOTH
from hub.scope import Scope
from hub.sections.section import STATEMENTS_KEPT, Question, Section, Statements, ready_for, summarised
from hub.sections.weekly import with_weekly_changes
from hub.tables import licence, subscription


@dataclass(frozen=True)
class RecentKpis:
    """Customers with something new, and the licences of all the rows."""

    new_customers: int
    total_licenses: int


@dataclass(frozen=True)
class RecentRow:
    """A product of a subscription or trial that started `days_since_added` days ago."""

    customer: str
    org_id: str
    subscription_id: str
    product: str
    days_since_added: int
    total: int | None
    used: int | None
    assigned: int | None
    available: int | None
    assigned_weekly_change: int | None
    used_weekly_change: int | None


RecentSection = Section[RecentKpis, RecentRow]


def recent(
    session: Session,
    scope: Scope,
    days: int = 90,
    products: frozenset[str] = BOTH,
    where: Filter = Filter.everything,
) -> RecentSection:
    """Find what started within the days, newest first."""
    now = ready_for(session, scope)
    statements = _statements(scope, days, products, where, ready=now is not None)
    summary = summarised(session, statements.summary, now, recent, scope, days, products, where)

    def row(found: Any) -> RecentRow:
        return RecentRow(
            customer=found.customer,
            org_id=found.org_id,
            subscription_id=found.subscription_id,
            product=found.product,
            days_since_added=(scope.today - found.start_date).days,
            total=found.total,
            used=found.used,
            assigned=found.assigned,
            available=found.available,
            assigned_weekly_change=found.assigned_weekly_change,
            used_weekly_change=found.used_weekly_change,
        )

    return Section(
        RecentKpis(summary.customers, int(summary.licenses or 0)),
        summary.rows,
        session,
        statements.page,
        row,
    )


@lru_cache(STATEMENTS_KEPT)
def _statements(scope: Scope, days: int, products: frozenset[str], where: Filter, *, ready: bool) -> Statements:
    question = Question(scope, products, where, calendar.started_within(scope.today, days), ready)
    return Statements(
        question.summary(func.sum(licence.c.total).label("licenses")),
        with_weekly_changes(question.page(subscription.c.start_date.desc())),
    )
