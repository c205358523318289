"""Whether the dates are known on which statuses and sections depend."""

from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlmodel import Session

from hub.scope import Scope
from hub.tables import customer, subscription


def are_unknown(session: Session, scope: Scope) -> bool:
    """Whether the start or end of any subscription or trial of the scope's customers is unknown.

    Webex tells no dates; they come from the feed or an imported CSV.
    """
    lacking = or_(
        *(exists(_of(scope).where(dated.is_(None))) for dated in (subscription.c.end_date, subscription.c.start_date))
    )
    return bool(session.connection().scalar(select(lacking)))


def _of(scope: Scope) -> Select[Any]:
    found = select(1).select_from(subscription)
    if scope.sees_everybody:
        return found
    return found.join(customer, customer.c.org_id == subscription.c.org_id).where(scope.customers())
