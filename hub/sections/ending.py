"""About to expire and about to renew: subscriptions and trials whose last day is near."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement
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
    ready_for,
    share,
    shares,
    summarised,
)
from hub.tables import licence, subscription


@dataclass(frozen=True)
class EndingKpis:
    """`assigned_pct` is assigned ÷ total, `used_pct` used in the last 7 days ÷ total."""

    customers: int
    assigned_pct: float | None
    used_pct: float | None


@dataclass(frozen=True)
class EndingRow:
    """A product of a subscription or trial that ends or renews in `days_left` days."""

    customer: str
    org_id: str
    subscription_id: str
    product: str
    days_left: int
    total: int | None
    used: int | None
    assigned: int | None
    available: int | None
    used_3m: int | None


EndingSection = Section[EndingKpis, EndingRow]


def expiring(
    session: Session,
    scope: Scope,
    days: int = 90,
    products: frozenset[str] = BOTH,
    where: Filter = Filter.everything,
) -> EndingSection:
    """Find what ends within the days unless somebody acts: trials, and subscriptions that do not renew themselves."""
    return _section(session, expiring_rows, scope, days, products, where)


def renewing(
    session: Session,
    scope: Scope,
    days: int = 90,
    products: frozenset[str] = BOTH,
    where: Filter = Filter.everything,
) -> EndingSection:
    """Find the subscriptions that renew themselves within the days."""
    return _section(session, renewing_rows, scope, days, products, where)


def expiring_rows(
    scope: Scope, days: int, products: frozenset[str], where: Filter = Filter.everything, *, ready: bool = False
) -> Question:
    """Return which rows `expiring` is about."""
    return _ending(scope, days, products, where, calendar.lapses(), ready=ready)


def renewing_rows(
    scope: Scope, days: int, products: frozenset[str], where: Filter = Filter.everything, *, ready: bool = False
) -> Question:
    """Return which rows `renewing` is about."""
    return _ending(scope, days, products, where, calendar.renews(), ready=ready)


def _ending(
    scope: Scope, days: int, products: frozenset[str], where: Filter, how: ColumnElement[bool], *, ready: bool
) -> Question:
    return Question(scope, products, where, how & calendar.ends_within(scope.today, days), ready)


@lru_cache(STATEMENTS_KEPT)
def _statements(
    rows: Callable[..., Question], scope: Scope, days: int, products: frozenset[str], where: Filter, *, ready: bool
) -> Statements:
    question = rows(scope, days, products, where, ready=ready)
    return Statements(
        question.summary(
            *shares("assigned", licence.c.assigned, licence.c.total),
            *shares("used", licence.c.used_7d, licence.c.total),
        ),
        question.page(subscription.c.end_date),
    )


def _section(
    session: Session,
    rows: Callable[..., Question],
    scope: Scope,
    days: int,
    products: frozenset[str],
    where: Filter,
) -> EndingSection:
    today, now = scope.today, ready_for(session, scope)
    statements = _statements(rows, scope, days, products, where, ready=now is not None)
    summary = summarised(session, statements.summary, now, rows, scope, days, products, where)

    def row(found: Any) -> EndingRow:
        return EndingRow(
            customer=found.customer,
            org_id=found.org_id,
            subscription_id=found.subscription_id,
            product=found.product,
            days_left=(found.end_date - today).days,
            total=found.total,
            used=found.used,
            assigned=found.assigned,
            available=found.available,
            used_3m=found.used_3m,
        )

    return Section(
        EndingKpis(summary.customers, share(summary, "assigned"), share(summary, "used")),
        summary.rows,
        session,
        statements.page,
        row,
    )
