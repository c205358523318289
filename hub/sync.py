"""Reading the sources into the database: Webex's partner interfaces and, where there is one, the feed.

A source that fails, or tells nothing where it told something, changes nothing: the last state stays and its row in
`source` says what is wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from hub import snapshots
from hub.access import Role
from hub.bulk import delete_rows
from hub.errors import SourceError, Unavailable
from hub.feed import SOURCE, FeedClient, FeedPage
from hub.licences import as_readings
from hub.merging import merge
from hub.progress import Progress, Stage, silent
from hub.readings import Changes, CustomerReading, LicenceReading, Readings, SubscriptionReading
from hub.tables import subscription
from hub.webex import LicenceCount, PartnerClient
from hub.wire import Skipped
from storage import Database
from storage.tables import Assignment, Customer, CustomerTag, Source, Subscription, SubscriptionTag, Touched

WEBEX, FEED, LICENCES = "webex", "feed", "licences"
"""Names of the sources; licences are read less often than the list of customers, so they have a row of their own."""

LICENCES_EVERY = timedelta(minutes=15)
"""How old licence counts may be before every organization is asked again."""
HISTORY = timedelta(weeks=13)
FEW = 20
SHARE_BELIEVED = 0.2
"""Of what is known may go at once, or `FEW` where that is more; a larger removal looks like a mistake."""
OVERLAP = timedelta(seconds=30)
"""Read again before the last reading: the source's clock may be behind ours."""


@dataclass
class SyncResult:
    """What a sync did; a source that failed is in `failures` with the reason, records left out are in `skipped`."""

    changes: Changes = field(default_factory=Changes)
    failures: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every source answered."""
        return not self.failures


def sync(
    database: Database,
    partner: PartnerClient | None,
    feed: FeedClient | None,
    clock: Callable[[], datetime],
    progress: Progress = silent,
    *,
    confirmed: bool = False,
) -> SyncResult:
    """Read what is new from every source.

    `confirmed`: somebody stands by and wants it so. Then the feed may remove more than a share that looks like a
    mistake, and licences are read however fresh they are.
    """
    result = SyncResult()
    if partner:
        _read(database, WEBEX, clock, result, lambda at, skipped: _from_webex(database, partner, at, progress, skipped))
    if feed:
        _read(
            database,
            FEED,
            clock,
            result,
            lambda at, skipped: _from_feed(database, feed, at, progress, skipped, confirmed=confirmed),
        )
    if result.changes.customers.new:
        database.analyse()
    if partner:
        due = _due_for_licences(database, clock(), everything=confirmed)
        if due:
            _read(
                database,
                LICENCES,
                clock,
                result,
                lambda at, skipped: _licences(database, partner, due, at, progress, skipped),
            )
    return result


def _read(
    database: Database,
    name: str,
    clock: Callable[[], datetime],
    result: SyncResult,
    source: Callable[[datetime, Skipped], Changes],
) -> None:
    """Read a source and remember how that went; the time of the reading is when it began."""
    at = clock()
    error = None
    skipped = Skipped()
    try:
        result.changes += source(at, skipped)
    except SourceError as failed:
        result.failures[name] = error = str(failed)
    if skipped.count:
        result.skipped[name] = skipped
    with database.write() as session:
        row = session.get(Source, name) or Source(name=name)
        row.tried_at, row.error = at, error
        row.read_at = row.read_at if error else at
        session.add(row)


def _last_read(database: Database, name: str) -> datetime | None:
    with database.read() as session:
        row = session.get(Source, name)
        return row.read_at if row else None


def _from_webex(
    database: Database, partner: PartnerClient, at: datetime, progress: Progress, skipped: Skipped
) -> Changes:
    organizations = partner.organizations(skipped)
    progress(Stage.ORGANIZATIONS, len(organizations), len(organizations))
    with database.read() as session:
        known = session.scalars(select(func.count()).select_from(Customer)).one()
    if known and not organizations:
        raise Unavailable("Webex", "it lists no customer, which is not believable")
    customer_tags, subscription_tags = partner.customer_tags(), partner.subscription_tags()
    progress(Stage.TAGS, 1, 1)
    administrators = partner.people_with(Role.ADMIN)
    assigned = {(person.email, org_id) for person in administrators for org_id in partner.assigned_to(person.person_id)}
    progress(Stage.ADMINISTRATORS, len(administrators), len(administrators))
    readings = Readings([CustomerReading(each.org_id, each.name, created=each.created) for each in organizations])
    with database.write() as session:
        changes = merge(session, readings, at, at.date())
        tagged = _store_customer_tags(session, customer_tags) | _store_subscription_tags(session, subscription_tags)
        _store_assignments(session, assigned)
    return replace(changes, org_ids=changes.org_ids | tagged)


def _from_feed(
    database: Database, feed: FeedClient, at: datetime, progress: Progress, skipped: Skipped, *, confirmed: bool
) -> Changes:
    last = _last_read(database, FEED)
    since = last - OVERLAP if last else None
    page = feed.read(since)
    skipped.take(page.skipped)
    if not confirmed:
        _hold_mass_removal(database, page)
    progress(Stage.READING, 1, 1)
    history = feed.history(at.date() - HISTORY, at.date()) if last is None else None
    progress(Stage.SAVING, 0, 1)
    with database.write() as session:
        changes = merge(session, Readings(page.customers, page.subscriptions, page.licences), at, at.date())
        ended = _remove(session, page.gone_subscriptions, page.gone_customers)
        if history:
            snapshots.add_days(session, history)
        if last is None or last.date() < at.date():
            snapshots.take(session, at.date())
            snapshots.thin(session, at.date())
    progress(Stage.SAVING, 1, 1)
    return replace(changes, org_ids=changes.org_ids | ended)


def _hold_mass_removal(database: Database, page: FeedPage) -> None:
    """Take nothing from a reading that removes so much that it looks like a mistake.

    Nothing of it counts as read, so the next reading tells it again, until somebody confirms it.

    Raises:
        Unavailable: saying how many it says are gone.
    """
    for table, gone, what in (
        (Customer, page.gone_customers, "customers"),
        (Subscription, page.gone_subscriptions, "subscriptions"),
    ):
        identity = col(Customer.org_id) if table is Customer else col(Subscription.subscription_id)
        with database.read() as session:
            known = session.scalars(select(func.count()).select_from(table)).one()
            going = session.scalars(select(func.count()).select_from(table).where(identity.in_(gone))).one()
        if going > max(FEW, SHARE_BELIEVED * known):
            raise Unavailable(
                SOURCE,
                f"it says that {going} of {known} {what} are gone; nothing is removed until “partnerbot sync” is run",
            )


def _due_for_licences(database: Database, now: datetime, *, everything: bool) -> Sequence[str]:
    """Every organization when the counts are old or everything is wanted, else none."""
    last = _last_read(database, LICENCES)
    if not everything and last is not None and now - last < LICENCES_EVERY:
        return ()
    with database.read() as session:
        return list(session.scalars(select(col(Customer.org_id)).order_by(col(Customer.org_id))))


def _licences(
    database: Database,
    partner: PartnerClient,
    org_ids: Sequence[str],
    at: datetime,
    progress: Progress,
    skipped: Skipped,
) -> Changes:
    subscriptions: dict[str, SubscriptionReading] = {}
    counts: list[LicenceCount] = []
    for done, (org_id, found) in enumerate(partner.licences(org_ids, skipped), start=1):
        progress(Stage.LICENCES, done, len(org_ids))
        if found is None:
            continue
        subscriptions |= {each.subscription_id: SubscriptionReading(each.subscription_id, org_id) for each in found}
        counts += found
    readings: list[LicenceReading] = as_readings(counts)
    with database.write() as session:
        return merge(session, Readings((), list(subscriptions.values()), readings), at, at.date())


def _remove(session: Session, subscription_ids: set[str], org_ids: set[str]) -> frozenset[str]:
    """Remove what the feed says is gone; returns the customers that lost something."""
    losing = set(
        session.scalars(select(Subscription.org_id).where(col(Subscription.subscription_id).in_(subscription_ids)))
    )
    delete_rows(session, subscription.c.subscription_id, subscription_ids)
    for org_id in losing - org_ids:
        session.merge(Touched(org_id=org_id))
    session.exec(delete(Customer).where(col(Customer.org_id).in_(org_ids)))
    return frozenset(losing - org_ids)


def _store_customer_tags(session: Session, told: dict[str, list[str]]) -> frozenset[str]:
    known = {(row.org_id, row.tag) for row in session.scalars(select(CustomerTag))}
    orgs = set(session.scalars(select(col(Customer.org_id)).where(col(Customer.org_id).in_(told))))
    wanted = {(org_id, tag) for org_id in orgs for tag in told[org_id]}
    for org_id, tag in known - wanted:
        session.exec(delete(CustomerTag).where(col(CustomerTag.org_id) == org_id, col(CustomerTag.tag) == tag))
    session.add_all(CustomerTag(org_id=org_id, tag=tag) for org_id, tag in wanted - known)
    changed = frozenset(org_id for org_id, _ in wanted ^ known)
    for org_id in changed:
        session.merge(Touched(org_id=org_id))
    return changed


def _store_subscription_tags(session: Session, told: dict[str, list[str]]) -> frozenset[str]:
    known = {(row.subscription_id, row.tag) for row in session.scalars(select(SubscriptionTag))}
    ids = set(
        session.scalars(select(col(Subscription.subscription_id)).where(col(Subscription.subscription_id).in_(told)))
    )
    wanted = {(identity, tag) for identity in ids for tag in told[identity]}
    for identity, tag in known - wanted:
        gone = (col(SubscriptionTag.subscription_id) == identity, col(SubscriptionTag.tag) == tag)
        session.exec(delete(SubscriptionTag).where(*gone))
    session.add_all(SubscriptionTag(subscription_id=identity, tag=tag) for identity, tag in wanted - known)
    changed_ids = {identity for identity, _ in wanted ^ known}
    return frozenset(
        session.scalars(select(Subscription.org_id).where(col(Subscription.subscription_id).in_(changed_ids)))
    )


def _store_assignments(session: Session, wanted: set[tuple[str, str]]) -> None:
    known = {(row.email, row.org_id) for row in session.scalars(select(Assignment))}
    orgs = set(
        session.scalars(select(col(Customer.org_id)).where(col(Customer.org_id).in_({org for _, org in wanted})))
    )
    wanted = {(email, org_id) for email, org_id in wanted if org_id in orgs}
    for email, org_id in known - wanted:
        session.exec(delete(Assignment).where(col(Assignment.email) == email, col(Assignment.org_id) == org_id))
    session.add_all(Assignment(email=email, org_id=org_id) for email, org_id in wanted - known)
