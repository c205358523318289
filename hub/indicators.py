"""The five indicators: how many customers are in each section, and how many there are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlmodel import Session

from hub import days as calendar
from hub.filters import Filter
from hub.outlook import remembered
from hub.outlook.keeping import bit
from hub.outlook.terms import on_outline
from hub.products import BOTH, KNOWN
from hub.scope import Scope
from hub.sections.low import low_rows
from hub.sections.overage import overage_rows
from hub.sections.section import Question, ready_for
from hub.tables import customer, licence, outline, subscription


@dataclass(frozen=True)
class Kpis:
    """Numbers of customers."""

    total_customers: int
    nearing_expiration: int
    nearing_renewal: int
    low_assignment: int
    over_limit: int


def kpis(session: Session, scope: Scope, days: int = 90, products: frozenset[str] = BOTH) -> Kpis:
    """Count the customers with any of the products by the five indicators.

    Whether a subscription is active matters to all but the total.
    """
    now = ready_for(session, scope)
    if now is not None:
        return remembered(
            session, now, (kpis, scope, days, products), lambda: _count(session, scope, days, products, now)
        )
    return _count(session, scope, days, products, now)


def _count(session: Session, scope: Scope, days: int, products: frozenset[str], now: int | None) -> Kpis:
    ready = now is not None
    connection = session.connection()
    low = low_rows(session, scope, products, now=now).customers()
    over = overage_rows(scope, products, ready=ready).customers()
    near = Question(scope, products, Filter.everything, calendar.ends_within(scope.today, days), ready)
    org_id = subscription.c.org_id
    # Both in one pass: the rows are the same, and looking at them is what takes the time.
    ending = near.rows(*(func.count(case((how, org_id)).distinct()) for how in (calendar.lapses(), calendar.renews())))
    expiring, renewing = connection.execute(ending).one()
    return Kpis(
        total_customers=connection.scalars(_total(scope, products, ready=ready)).one(),
        nearing_expiration=expiring,
        nearing_renewal=renewing,
        low_assignment=connection.scalars(low).one(),
        over_limit=connection.scalars(over).one(),
    )


def _total(scope: Scope, products: frozenset[str], *, ready: bool) -> Select[Any]:
    if ready:
        bits = sum(bit(KNOWN, product) for product in products)
        chosen = outline.c.held.bitwise_and(bits) != 0, on_outline(scope.customers())
        return select(func.count()).select_from(outline).where(*chosen)
    everybody = select(func.count(licence.c.org_id.distinct())).where(licence.c.product.in_(sorted(products)))
    if scope.sees_everybody:
        return everybody
    return everybody.join(customer, customer.c.org_id == licence.c.org_id).where(scope.customers())
