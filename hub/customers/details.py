"""Everything about one customer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session

from hub.customers.listing import CustomerRow, rows
from hub.scope import Scope
from hub.tables import assignment, customer, licence, subscription, subscription_tag


class State(StrEnum):
    """Where today lies between start and end; pages show them in this order."""

    ACTIVE = "active"
    LATER = "later"
    UNKNOWN = "unknown"
    """A date is not known."""
    ENDED = "ended"


@dataclass(frozen=True)
class ProductCounts:
    """The licences of one product; None means unknown."""

    product: str
    total: int | None
    assigned: int | None
    used: int | None
    available: int | None
    used_3m: int | None


@dataclass(frozen=True)
class SubscriptionDetails:
    """A subscription or trial."""

    subscription_id: str
    type: str | None
    state: State
    start_date: date | None
    end_date: date | None
    days_left: int | None
    """None unless the end is known and not past."""
    auto_renew: bool
    invoice: str | None
    invoice_details: Mapping[str, Any] | None
    setup: str
    orders: Sequence[Mapping[str, Any]]
    tags: tuple[str, ...]
    products: tuple[ProductCounts, ...]


@dataclass(frozen=True)
class CustomerDetails(CustomerRow):
    """The row of the list, and what only the customer's page shows."""

    country: str | None
    created: date | None
    last_admin_activity: datetime | None
    external_id: str | None
    subscriptions: tuple[SubscriptionDetails, ...]
    trials: tuple[SubscriptionDetails, ...]
    administrators: tuple[str, ...]
    """E-mails of the partner administrators the customer is assigned to."""


def details(session: Session, scope: Scope, org_id: str) -> CustomerDetails | None:
    """Read everything about a customer; None where there is none that the scope shows."""
    listed = rows(session, scope, and_(scope.customers(), customer.c.org_id == org_id))
    if not listed:
        return None
    connection = session.connection()
    profile = connection.execute(
        select(customer.c.country, customer.c.created, customer.c.last_admin_activity, customer.c.external_id).where(
            customer.c.org_id == org_id
        )
    ).one()
    emails = connection.scalars(select(assignment.c.email).where(assignment.c.org_id == org_id))
    held = _subscriptions(session, scope.today, org_id)
    return CustomerDetails(
        **{name: getattr(listed[0], name) for name in CustomerRow.__dataclass_fields__},
        country=profile.country,
        created=profile.created,
        last_admin_activity=profile.last_admin_activity,
        external_id=profile.external_id,
        subscriptions=tuple(one for one in held if one.type != "trial"),
        trials=tuple(one for one in held if one.type == "trial"),
        administrators=tuple(sorted(emails)),
    )


def _subscriptions(session: Session, today: date, org_id: str) -> list[SubscriptionDetails]:
    """Read what the customer holds or held, by state and end."""
    connection = session.connection()
    counts = defaultdict(list)
    for row in connection.execute(select(licence).where(licence.c.org_id == org_id).order_by(licence.c.product)):
        available = row.total - row.assigned if row.total is not None and row.assigned is not None else None
        counts[row.subscription_id].append(
            ProductCounts(row.product, row.total, row.assigned, row.used_7d, available, row.used_3m)
        )
    tags = defaultdict(list)
    tagged = (
        select(subscription_tag)
        .join(subscription, subscription.c.subscription_id == subscription_tag.c.subscription_id)
        .where(subscription.c.org_id == org_id)
    )
    for row in connection.execute(tagged):
        tags[row.subscription_id].append(row.tag)
    held = [
        SubscriptionDetails(
            subscription_id=row.subscription_id,
            type=row.type,
            state=_state(row.start_date, row.end_date, today),
            start_date=row.start_date,
            end_date=row.end_date,
            days_left=(row.end_date - today).days if row.end_date and row.end_date >= today else None,
            auto_renew=row.auto_renew,
            invoice=row.invoice,
            invoice_details=row.invoice_details,
            setup=row.setup,
            orders=row.orders,
            tags=tuple(sorted(tags[row.subscription_id])),
            products=tuple(counts[row.subscription_id]),
        )
        for row in connection.execute(select(subscription).where(subscription.c.org_id == org_id))
    ]
    return sorted(held, key=lambda one: (list(State).index(one.state), one.end_date or date.max, one.subscription_id))


def _state(start: date | None, end: date | None, today: date) -> State:
    if start is None or end is None:
        return State.UNKNOWN
    if start <= today <= end:
        return State.ACTIVE
    return State.LATER if start > today else State.ENDED
