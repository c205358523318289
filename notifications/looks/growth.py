"""Overage that grew since it was last told."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from hub import days
from hub.statuses import licence_overage
from hub.tables import licence, subscription
from notifications import keys
from notifications.kinds import GREW
from notifications.looks.looking import Looking
from storage.tables import Event, Excess

MORE_THAN = 10
"""Percent by which the licences in overage of a subscription and product must have grown."""


def growth(look: Looking) -> Iterable[Event]:
    """Yield an event for each subscription and product whose overage grew; and remember what was told.

    Growth counts from what was last told, so that what creeps up is told, too, and what goes up and down is not told
    each time. A customer that enters overage is told as that.
    """
    wanted = select(Excess).where(col(Excess.org_id).in_(look.org_ids))
    known = {(each.subscription_id, each.product): each for each in look.session.scalars(wanted)}
    were_over = {each.org_id for each in known.values()}
    now = {(row.subscription_id, row.product): row for row in over(look.session, look, look.org_ids)}
    for key, row in now.items():
        excess, told = row.assigned - row.total, known.get(key)
        if told and excess * 100 <= told.licences * (100 + MORE_THAN):
            continue
        before = told.licences if told else 0
        look.session.merge(remembered(row))
        if row.org_id in were_over:
            yield Event(
                key=keys.grew(row.subscription_id, row.product, look.at),
                kind=GREW,
                at=look.at,
                org_id=row.org_id,
                subscription_id=row.subscription_id,
                before={"excess": before},
                after={
                    "excess": excess,
                    "product": row.product,
                    "products": [row.product],
                    "total": row.total,
                    "assigned": row.assigned,
                    "statuses": list(look.statuses.get(row.org_id, ())),
                },
            )
    for key, each in known.items():
        if key not in now:
            look.session.delete(each)


def over(session: Session, look: Looking, org_ids: Sequence[str] | None = None) -> Sequence[Any]:
    """Return the rows of active subscriptions and trials that are over their limit."""
    wanted = (
        select(licence.c.subscription_id, licence.c.product, licence.c.org_id, licence.c.total, licence.c.assigned)
        .join(subscription, subscription.c.subscription_id == licence.c.subscription_id)
        .where(licence_overage(), days.active(look.today))
    )
    if org_ids is not None:
        wanted = wanted.where(licence.c.org_id.in_(org_ids))
    return session.connection().execute(wanted).all()


def remembered(row: Any) -> Excess:
    """Return what is remembered of a row that `over` returned."""
    return Excess(
        subscription_id=row.subscription_id,
        product=row.product,
        org_id=row.org_id,
        licences=row.assigned - row.total,
    )
