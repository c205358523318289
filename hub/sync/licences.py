"""Licences: one call for each organization, so the most urgent and the most stale are asked first."""

from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session

from hub import days
from hub.bulk import update_rows
from hub.licences import as_readings
from hub.progress import Stage
from hub.readings import Changes, Readings, SubscriptionReading
from hub.statuses import licence_overage
from hub.sync.doubt import merge_believed
from hub.sync.pace import Pace
from hub.sync.task import Task
from hub.tables import customer, licence, subscription
from hub.webex import LicenceCount, PartnerClient

EVERY = timedelta(minutes=15)
"""How old licence counts may grow."""
URGENT_EVERY = timedelta(minutes=5)
"""How old those of customers may grow that are over their limit, or have something that ends soon."""
SOON_DAYS = 30
SLICE = 200
"""Organizations whose counts are saved together."""


def read_licences(partner: PartnerClient, task: Task, pace: Pace) -> Changes:
    """Ask for the licences of organizations, as many as the budget allows; each slice is saved as soon as it is read.

    Raises:
        SourceError: Webex fails; what was saved stays.
    """
    task.is_whole = task.confirmed
    with task.database.read() as session:
        due = _due(session, task, pace.left())
    changes = Changes()
    for start in range(0, len(due), SLICE):
        with pace.spending_on(partner):
            changes += _read(partner, task, due[start : start + SLICE])
        task.progress(Stage.LICENCES, min(start + SLICE, len(due)), len(due))
    return changes


def oldest_licences(session: Session) -> datetime | None:
    """Return when the licences were read that were not read for longest; None before the first reading."""
    tried = customer.c.licences_tried_at
    found: datetime | None = session.connection().scalars(select(func.min(tried)).where(customer.c.listed)).one()
    return found


def _read(partner: PartnerClient, task: Task, org_ids: list[str]) -> Changes:
    subscriptions: dict[str, SubscriptionReading] = {}
    counts: list[LicenceCount] = []
    for org_id, found in partner.licences(org_ids, task.skipped):
        subscriptions |= {
            each.subscription_id: SubscriptionReading(each.subscription_id, org_id) for each in found or ()
        }
        counts += found or ()
    task.asked.update(org_ids)
    with task.database.write() as session:
        update_rows(session, customer, ({"org_id": org_id, "licences_tried_at": task.at} for org_id in org_ids))
        readings = Readings((), list(subscriptions.values()), as_readings(counts))
        return merge_believed(session, task, readings)


def _due(session: Session, task: Task, most: int) -> list[str]:
    """Return the organizations to ask: first those never asked, then the urgent, then the most stale."""
    tried = customer.c.licences_tried_at

    def longest_ago(*which: ColumnElement[bool]) -> Any:
        found = select(customer.c.org_id).where(customer.c.listed, *which).order_by(tried, customer.c.org_id)
        return session.connection().scalars(found.limit(most))

    def before(age: timedelta) -> ColumnElement[bool]:
        return tried.is_not(None) if task.confirmed else tried <= task.at - age

    return list(
        dict.fromkeys(
            chain(
                longest_ago(tried.is_(None)),
                longest_ago(before(URGENT_EVERY), _urgent(task.at)),
                longest_ago(before(EVERY)),
            )
        )
    )[:most]


def _urgent(now: datetime) -> ColumnElement[bool]:
    over = select(licence.c.org_id).where(licence_overage())
    ending = select(subscription.c.org_id).where(and_(days.lapses(), days.ends_within(now.date(), SOON_DAYS)))
    return or_(customer.c.org_id.in_(over), customer.c.org_id.in_(ending))
