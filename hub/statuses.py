"""The statuses of a customer: what each means, in SQL, so that lists and alerts share one definition.

Most statuses hold when *any* subscription or trial of the customer meets a condition. Two do not: expired looks at all
of them together, and inactive at the customer alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlmodel import Session

from hub import days
from hub.tables import customer, licence, subscription


class Status(StrEnum):
    """In order of urgency; lists show the most urgent first."""

    SUSPENDED = "suspended"
    EXPIRED = "expired"
    OVERAGE = "overage"
    EXPIRING = "expiring"
    SETUP = "setup"
    INACTIVE = "inactive"
    TRIAL = "trial"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True)
class Thresholds:
    """The numbers that definitions depend on; each is a setting of the service."""

    expiring_soon_days: int = 7
    inactive_days: int = 30
    low_assignment_ratio: float = 0.5
    """Of the median of assigned ÷ total over the partner's rows of a product."""
    low_assignment_rows: int = 5
    """With fewer rows of a product there is no verdict."""


DEFAULTS = Thresholds()


def condition(status: Status, today: date, thresholds: Thresholds = DEFAULTS) -> ColumnElement[bool]:
    """Return the condition on `customer` under which it carries a status."""
    if status is Status.INACTIVE:
        return _inactive(today, thresholds)
    if status is Status.EXPIRED:
        return and_(_has(), not_(_has(_keeps_from_expiring(today))))
    return _has(by_subscription(today, thresholds)[status])


def of(
    session: Session, org_ids: Iterable[str] | None, today: date, thresholds: Thresholds = DEFAULTS
) -> dict[str, tuple[Status, ...]]:
    """Return every customer's statuses, the most urgent first; None asks for all customers."""
    wanted = select(customer.c.org_id, *columns(today, thresholds))
    if org_ids is not None:
        wanted = wanted.where(customer.c.org_id.in_(list(org_ids)))
    return {row.org_id: carried(row) for row in session.connection().execute(wanted)}


@lru_cache(16)  # Composing eight conditions takes longer than looking up one customer.
def columns(today: date, thresholds: Thresholds) -> tuple[ColumnElement[bool], ...]:
    """Return a column for each status, telling whether `customer` carries it; `carried` reads them."""
    return tuple(condition(status, today, thresholds).label(status) for status in Status)


def carried(row: Any) -> tuple[Status, ...]:
    """Return the statuses whose column is true."""
    return tuple(status for status in Status if row._mapping[status])


def licence_overage() -> ColumnElement[bool]:
    """More licences of the product assigned than bought; an unknown count is never over."""
    return licence.c.assigned > licence.c.total


def by_subscription(today: date, thresholds: Thresholds) -> dict[Status, ColumnElement[bool]]:
    """Conditions on one subscription or trial that give its customer a status."""
    over = (
        exists()
        .where(licence.c.subscription_id == subscription.c.subscription_id, licence_overage())
        .correlate(subscription)
    )
    return {
        Status.SUSPENDED: and_(days.is_subscription(), subscription.c.invoice == "unpaid", days.not_ended(today)),
        Status.OVERAGE: and_(days.active(today), over),
        Status.EXPIRING: and_(days.lapses(), days.ends_within(today, thresholds.expiring_soon_days)),
        Status.SETUP: and_(subscription.c.setup == "pending", days.not_ended(today)),
        Status.TRIAL: and_(days.is_trial(), days.active(today)),
        Status.SUBSCRIPTION: and_(days.is_subscription(), days.active(today)),
    }


def _keeps_from_expiring(today: date) -> ColumnElement[bool]:
    # Unknown dates keep it as well: what may be running must not be called expired.
    return or_(days.not_ended(today), subscription.c.start_date > today)


def _inactive(today: date, thresholds: Thresholds) -> ColumnElement[bool]:
    last_quiet_day = days.shift(today, -thresholds.inactive_days)
    # Said in two parts, so that the negation holds for a customer whose last activity is unknown.
    last = customer.c.last_admin_activity
    return and_(last.is_not(None), last < days.midnight(days.shift(last_quiet_day, 1)))


def _has(holds: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Whether any subscription or trial of the customer (meets a condition)."""
    own = exists().where(subscription.c.org_id == customer.c.org_id).correlate(customer)
    return own if holds is None else own.where(holds)
