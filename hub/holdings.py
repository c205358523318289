"""What a customer holds: its active subscriptions and trials, and their licences, in a select on `customer`."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from hub import days
from hub.tables import customer, licence, subscription


def active(today: date, column: Any = 1) -> Select[Any]:
    """Select from the customer's active subscriptions and trials."""
    return (
        select(column)
        .select_from(subscription)
        .where(subscription.c.org_id == customer.c.org_id, days.active(today))
        .correlate(customer)
    )


def licences(today: date, column: Any = 1) -> Select[Any]:
    """Select from their licence rows."""
    return active(today, column).join(licence, licence.c.subscription_id == subscription.c.subscription_id)


def counted(today: date, column: Any) -> Select[Any]:
    """Select from those licence rows whose total and assigned are both known."""
    return licences(today, column).where(licence.c.total.is_not(None), licence.c.assigned.is_not(None))


def next_end(today: date) -> ColumnElement[date]:
    """Return the earliest end among the active subscriptions and trials."""
    return active(today, func.min(subscription.c.end_date)).scalar_subquery()
