"""The feed: what changed since it was read last and, once a day, everything, so that nothing missed stays missed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from hub import snapshots
from hub.bulk import delete_rows, find, upsert_rows
from hub.feed import SOURCE, FeedClient, FeedPage
from hub.progress import Stage
from hub.readings import Changes, Readings
from hub.sync.doubt import believe_gone, merge_believed
from hub.sync.task import Task
from hub.tables import customer, departed, subscription, touched
from storage.tables import Source

HISTORY = timedelta(weeks=13)
OVERLAP = timedelta(seconds=30)
"""Read again before the last reading: the source's clock may be behind ours."""


def read_feed(feed: FeedClient, task: Task, name: str) -> Changes:
    """Read what is new in the feed.

    Raises:
        SourceError: it fails, or says that so many are gone that it is not believed; nothing of that counts as read.
    """
    with task.database.read() as session:
        row = session.get(Source, name)
        last, since = (row.read_at, row.since) if row else (None, None)
    is_new_day = last is None or last.date() < task.at.date()
    task.is_whole = task.confirmed or is_new_day or since is None
    # Only what changed tells of deletions, only the whole of what was missed.
    pages = [feed.read(since - OVERLAP)] if since else []
    pages += [feed.read()] if task.is_whole else []
    page = _together(pages)
    task.skipped.take(page.skipped)
    task.asked = {each.org_id for each in page.customers} | {each.subscription_id for each in page.subscriptions}
    task.progress(Stage.READING, 1, 1)
    history = feed.history(task.at.date() - HISTORY, task.at.date()) if last is None else None
    task.progress(Stage.SAVING, 0, 1)
    with task.database.write() as session:
        _leave_to_webex(session, page)
        _believe(session, task, page)
        readings = Readings(page.customers, page.subscriptions, page.licences)
        changes = merge_believed(session, task, readings, of=_known(session))
        losing = _remove(session, page)
        if history:
            snapshots.add_days(session, history)
        if is_new_day:
            snapshots.take(session, task.at.date())
            snapshots.thin(session, task.at.date())
    task.progress(Stage.SAVING, 1, 1)
    return replace(changes, org_ids=changes.org_ids | losing)


def _together(pages: Sequence[FeedPage]) -> FeedPage:
    """Put readings together; what a later one tells is not gone."""
    whole = FeedPage()
    for page in pages:
        whole.customers += page.customers
        whole.subscriptions += page.subscriptions
        whole.licences += page.licences
        whole.gone_customers = whole.gone_customers - {each.org_id for each in page.customers} | page.gone_customers
        there = {each.subscription_id for each in page.subscriptions}
        whole.gone_subscriptions = whole.gone_subscriptions - there | page.gone_subscriptions
        whole.skipped.take(page.skipped)
    return whole


def _leave_to_webex(session: Session, page: FeedPage) -> None:
    """Who is a customer, Webex decides: those it lists stay, and those it stopped to list do not come back."""
    told = {each.org_id for each in page.customers}
    left = {row.org_id for row in find(session, departed.c.org_id, told, departed.c.org_id)}
    page.customers = [each for each in page.customers if each.org_id not in left]
    columns = (customer.c.org_id, customer.c.listed)
    listed = {row.org_id for row in find(session, customer.c.org_id, page.gone_customers, *columns) if row.listed}
    page.gone_customers -= listed


def _believe(session: Session, task: Task, page: FeedPage) -> None:
    for gone, identity, what in (
        (page.gone_customers, customer.c.org_id, "customers"),
        (page.gone_subscriptions, subscription.c.subscription_id, "subscriptions"),
    ):
        owners = [row.org_id for row in find(session, identity, gone, identity.table.c.org_id)]
        count = select(func.count()).select_from(identity.table)
        believe_gone(session, task, SOURCE, what, owners, lambda count=count: session.connection().scalars(count).one())  # type: ignore[misc]


def _known(session: Session) -> int:
    """How many customers have subscriptions."""
    return session.connection().scalars(select(func.count(func.distinct(subscription.c.org_id)))).one()


def _remove(session: Session, page: FeedPage) -> frozenset[str]:
    """Remove what the feed says is gone; returns the customers that lost something."""
    identity = subscription.c.subscription_id
    losing = {row.org_id for row in find(session, identity, page.gone_subscriptions, subscription.c.org_id)}
    losing -= page.gone_customers
    delete_rows(session, identity, page.gone_subscriptions)
    delete_rows(session, customer.c.org_id, page.gone_customers)
    upsert_rows(session, touched, ({"org_id": org_id} for org_id in losing), replace=False)
    return frozenset(losing)
