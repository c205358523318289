"""Trials that are started elsewhere: asked for here, checked, and awaited until their customer appears."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlmodel import Session, col

from hub.names import fold
from hub.tables import customer, subscription
from hub.trials.changes import Order
from hub.trials.request import TrialRequest
from storage import Database
from storage.tables import Audit, AwaitedTrial

REQUESTED = "trial request"
"""What the audit trail calls it."""
KNOWN_CUSTOMERS, KNOWN_SUBSCRIPTIONS = "known_customers", "known_subscriptions"
"""Under these names a request keeps what there was when it was made: what appears is none of it."""


class Await(StrEnum):
    """How far an awaited trial has come."""

    WAITING = "waiting"
    APPEARED = "appeared"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Awaited:
    """What became of one: `org_id` is the customer that appeared."""

    key: str
    company: str
    who: str
    room_id: str
    asked_at: datetime
    state: Await
    org_id: str | None = None


def await_trial(database: Database, request: TrialRequest, order: Order, room_id: str, days: int) -> datetime:
    """Wait for a trial that somebody starts elsewhere; returns when the waiting ends. One order waits once."""
    with database.write() as session:
        known = session.get(AwaitedTrial, order.key)
        if known:
            return known.lapses_at
        folded = fold(request.company)
        organizations = list(session.scalars(select(customer.c.org_id).where(customer.c.name_folded == folded)))
        held = select(subscription.c.subscription_id).where(subscription.c.org_id.in_(organizations))
        lapses_at = order.now + timedelta(days=days)
        asked = request.as_json()
        session.add(
            AwaitedTrial(
                key=order.key,
                company=request.company,
                company_folded=folded,
                request={**asked, KNOWN_CUSTOMERS: organizations, KNOWN_SUBSCRIPTIONS: list(session.scalars(held))},
                who=order.who,
                room_id=room_id,
                asked_at=order.now,
                lapses_at=lapses_at,
            )
        )
        session.add(
            Audit(
                at=order.now,
                who=order.who,
                what=REQUESTED,
                target=f"trial:{order.key}",
                after=asked,
                room_id=order.room_id,
            )
        )
        order.told(session)
    return lapses_at


def settle(
    database: Database,
    now: datetime,
    before: Callable[[Awaited], bool],
    told: Callable[[Session, Awaited], None],
) -> int:
    """Find out which awaited trials have appeared, and give those up that have lapsed; returns how many.

    Args:
        database: where they are.
        now: the present.
        before: runs before the transaction that settles one: the place for calls to the outside; False: not now.
        told: runs in that transaction, once.
    """
    with database.read() as session:
        waiting = (
            select(AwaitedTrial).where(col(AwaitedTrial.state) == Await.WAITING).order_by(col(AwaitedTrial.asked_at))
        )
        settled = [each for row in session.scalars(waiting) if (each := _look(session, row, now))]
    count = 0
    for each in settled:
        if not before(each):
            continue
        with database.write() as session:
            row = session.get(AwaitedTrial, each.key)
            if row and row.state == Await.WAITING:
                row.state, row.org_id = each.state, each.org_id
                session.add(row)
                told(session, each)
                count += 1
    return count


def _look(session: Session, row: AwaitedTrial, now: datetime) -> Awaited | None:
    org_id = _appeared(session, row)
    state = Await.APPEARED if org_id else Await.LAPSED if now >= row.lapses_at else None
    return Awaited(row.key, row.company, row.who, row.room_id, row.asked_at, state, org_id) if state else None


def _appeared(session: Session, row: AwaitedTrial) -> str | None:
    """Return a customer of that name that was not there, or that got a trial, or a contract nobody told the type of."""
    of_name = customer.c.name_folded == row.company_folded
    found = list(session.connection().scalars(select(customer.c.org_id).where(of_name).order_by(customer.c.org_id)))
    new = [org_id for org_id in found if org_id not in row.request[KNOWN_CUSTOMERS]]
    if new:
        return str(new[0])
    held = (
        select(subscription.c.subscription_id, subscription.c.org_id)
        .where(subscription.c.org_id.in_(found), or_(subscription.c.type == "trial", subscription.c.type.is_(None)))
        .order_by(subscription.c.subscription_id)
    )
    known = set(row.request[KNOWN_SUBSCRIPTIONS])
    fresh = [str(each.org_id) for each in session.connection().execute(held) if each.subscription_id not in known]
    return fresh[0] if fresh else None
