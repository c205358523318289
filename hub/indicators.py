"""The five indicators: how many customers are in each section, and how many there are."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from hub.products import BOTH
from hub.scope import Scope
from hub.sections.ending import expiring_rows, renewing_rows
from hub.sections.low import low_rows
from hub.sections.overage import overage_rows
from hub.tables import customer, licence


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
    everybody = select(func.count(licence.c.org_id.distinct())).where(licence.c.product.in_(sorted(products)))
    if not scope.sees_everybody:
        everybody = everybody.join(customer, customer.c.org_id == licence.c.org_id).where(scope.customers())
    counts = select(
        everybody.scalar_subquery(),
        expiring_rows(scope, days, products).customers().scalar_subquery(),
        renewing_rows(scope, days, products).customers().scalar_subquery(),
        low_rows(session, scope, products).customers().scalar_subquery(),
        overage_rows(scope, products).customers().scalar_subquery(),
    )
    return Kpis(*session.connection().execute(counts).one())
