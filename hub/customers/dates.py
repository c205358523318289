"""How much of the dates is unknown on which statuses and sections depend."""

from sqlalchemy import func, or_, select
from sqlmodel import Session

from hub.outlook import remembered, version
from hub.scope import Scope
from hub.tables import customer, subscription

MOST_COUNTED = 1000
"""Above that it is many; counting on would cost more than every other part of an answer."""


def count_undated(session: Session, scope: Scope) -> int:
    """Count the subscriptions and trials of the scope's customers whose start or end is unknown, to one above the most.

    Webex tells no dates; they come from the feed or an imported CSV.
    """
    undated = select(subscription.c.subscription_id).where(
        or_(subscription.c.end_date.is_(None), subscription.c.start_date.is_(None))
    )
    if not scope.sees_everybody:
        undated = undated.join(customer, customer.c.org_id == subscription.c.org_id).where(scope.customers())
    counted = select(func.count()).select_from(undated.limit(MOST_COUNTED + 1).subquery())

    def count() -> int:
        return int(session.connection().scalar(counted) or 0)

    now = version(session, scope.today, scope.thresholds)
    return count() if now is None else remembered(session, now, (count_undated, scope), count)
