"""Why a customer carries a status: the subscriptions, counts and dates behind it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from hub.statuses import DEFAULTS, Status, Thresholds, by_subscription, licence_overage
from hub.tables import customer, licence, subscription

Evidence = Mapping[str, Any]
"""JSON: `subscription_id`, `product`, `total`, `assigned`, `end_date`, `last_admin_activity`; only what applies."""


def of(
    session: Session, wanted: Iterable[tuple[str, Status]], today: date, thresholds: Thresholds = DEFAULTS
) -> dict[tuple[str, Status], list[Evidence]]:
    """Return what is behind each (organization id, status), which the organization carries on that day."""
    by_status: dict[Status, list[str]] = defaultdict(list)
    for org_id, status in wanted:
        by_status[status].append(org_id)
    found: dict[tuple[str, Status], list[Evidence]] = defaultdict(list)
    for status, org_ids in by_status.items():
        for row in session.connection().execute(_query(status, org_ids, today, thresholds)).mappings():
            found[row["org_id"], status].append(
                {
                    name: value.isoformat() if hasattr(value, "isoformat") else value
                    for name, value in row.items()
                    if name != "org_id" and value is not None
                }
            )
    return dict(found)


def _query(status: Status, org_ids: list[str], today: date, thresholds: Thresholds) -> Select[Any]:
    if status is Status.INACTIVE:
        return select(customer.c.org_id, customer.c.last_admin_activity).where(customer.c.org_id.in_(org_ids))
    if status is Status.EXPIRED:
        return (
            select(subscription.c.org_id, func.max(subscription.c.end_date).label("end_date"))
            .where(subscription.c.org_id.in_(org_ids))
            .group_by(subscription.c.org_id)
        )
    of_subscription = select(subscription.c.org_id, subscription.c.subscription_id, subscription.c.end_date).where(
        subscription.c.org_id.in_(org_ids), by_subscription(today, thresholds)[status]
    )
    if status is not Status.OVERAGE:
        return of_subscription.order_by(subscription.c.end_date, subscription.c.subscription_id)
    return (
        of_subscription.add_columns(licence.c.product, licence.c.total, licence.c.assigned)
        .join(licence, licence.c.subscription_id == subscription.c.subscription_id)
        .where(licence_overage())
        .order_by(subscription.c.subscription_id, licence.c.product)
    )
