"""What Webex lists as a whole: the partner's customers, their tags, and who is assigned to them."""

from collections.abc import Sequence, Set
from datetime import datetime

from sqlalchemy import Column, Table, and_, delete, select, update
from sqlmodel import Session, col

from hub.access import Role
from hub.bulk import delete_rows, find, insert_rows, update_rows, upsert_rows
from hub.errors import Unavailable
from hub.merging import merge
from hub.progress import Stage
from hub.readings import Changes, CustomerReading, Readings
from hub.sync.doubt import believe_gone
from hub.sync.task import Task
from hub.tables import assignment, customer, customer_tag, departed, subscription, subscription_tag, touched
from hub.webex import SOURCE, PartnerClient
from storage.tables import Audit, Source

Pair = tuple[str, str]


def read_organizations(partner: PartnerClient, task: Task) -> Changes:
    """Read the list of customers; one that two readings in a row lack is no customer any more.

    Raises:
        SourceError: Webex fails, or lacks so many that it is not believed.
    """
    organizations = partner.organizations(task.skipped)
    task.progress(Stage.ORGANIZATIONS, len(organizations), len(organizations))
    listed = {each.org_id for each in organizations}
    with task.database.read() as session:
        known = set(session.connection().scalars(select(customer.c.org_id).where(customer.c.listed)))
    if known and not listed:
        raise Unavailable(SOURCE, "it lists no customer, which is not believable")
    # One that cannot be read may be any of those that seem to be absent.
    absent = set() if task.skipped.count else known - listed
    readings = Readings([CustomerReading(each.org_id, each.name, created=each.created) for each in organizations])
    with task.database.write() as session:
        is_sure = believe_gone(session, task, SOURCE, "customers", sorted(absent), lambda: len(known))
        changes = merge(session, readings, task.at, task.at.date())
        _welcome(session, listed, listed - known)
        _part(session, task, absent, is_sure=is_sure)
    return changes


def _welcome(session: Session, listed: Set[str], new: Set[str]) -> None:
    """Note who is listed; of one that comes back, the feed is asked for everything."""
    update_rows(session, customer, ({"org_id": org_id, "listed": True} for org_id in new))
    doubted = session.connection().scalars(select(customer.c.org_id).where(customer.c.absent_since.is_not(None)))
    back = [{"org_id": org_id, "absent_since": None} for org_id in doubted if org_id in listed]
    update_rows(session, customer, back)
    returned = [row.org_id for row in find(session, departed.c.org_id, new, departed.c.org_id)]
    if returned:
        delete_rows(session, departed.c.org_id, returned)
        feed = session.get(Source, "feed")
        if feed:
            feed.since = None


def _part(session: Session, task: Task, absent: Set[str], *, is_sure: bool) -> None:
    """Note who is absent for the first time, and remove who was absent before."""
    rows = list(find(session, customer.c.org_id, absent, customer.c.org_id, customer.c.name, customer.c.absent_since))
    gone = [row for row in rows if is_sure or (row.absent_since and row.absent_since < task.at)]
    fresh = [{"org_id": row.org_id, "absent_since": task.at} for row in rows if row.absent_since is None]
    update_rows(session, customer, fresh)
    upsert_rows(session, departed, ({"org_id": row.org_id, "name": row.name, "at": task.at} for row in gone))
    delete_rows(session, customer.c.org_id, [row.org_id for row in gone])
    task.departed += [row.name for row in gone]


def read_tags(partner: PartnerClient, task: Task) -> Changes:
    """Read the tags of customers and subscriptions.

    Raises:
        SourceError: Webex fails, or says of too many tags that they are gone.
    """
    of_customers, of_subscriptions = partner.customer_tags(task.skipped), partner.subscription_tags(task.skipped)
    task.progress(Stage.TAGS, 1, 1)
    with task.database.write() as session:
        newer = _changed_by_people(session, task.at)
        told = {(org_id, tag) for org_id, tags in of_customers.items() for tag in tags}
        kept = _kept_here(session, customer_tag, told)
        tagged = _replace(session, task, customer_tag, told | kept, customer.c.org_id, "tags of customers", newer)
        told = {(identity, tag) for identity, tags in of_subscriptions.items() for tag in tags}
        told |= _kept_here(session, subscription_tag, told)
        ids = _replace(
            session, task, subscription_tag, told, subscription.c.subscription_id, "tags of subscriptions", newer
        )
        owners = find(session, subscription.c.subscription_id, ids, subscription.c.org_id)
        tagged |= {row.org_id for row in owners}
        upsert_rows(session, touched, ({"org_id": org_id} for org_id in tagged), replace=False)
    return Changes(org_ids=frozenset(tagged))


def _kept_here(session: Session, table: Table, told: Set[Pair]) -> set[Pair]:
    """Return the tags that Webex does not know yet; those that it tells by now are its own."""
    owner = next(column for column in table.primary_key if column is not table.c.tag)
    kept = {(str(row[0]), str(row[1])) for row in session.execute(select(owner, table.c.tag).where(table.c.kept_here))}
    for whose, tag in kept & told:
        known = and_(owner == whose, table.c.tag == tag)
        session.connection().execute(update(table).where(known).values(kept_here=False))
    return kept - told


def read_assignments(partner: PartnerClient, task: Task) -> Changes:
    """Read which customers each partner administrator is assigned to.

    Raises:
        SourceError: Webex fails, or says of too many that they are unassigned.
    """
    people = partner.people_with(Role.ADMIN, task.skipped)
    told = {
        (org_id, person.email) for person in people for org_id in partner.assigned_to(person.person_id, task.skipped)
    }
    task.progress(Stage.ADMINISTRATORS, len(people), len(people))
    with task.database.write() as session:
        _replace(session, task, assignment, told, customer.c.org_id, "assignments")
    return Changes()


def _replace(
    session: Session,
    task: Task,
    table: Table,
    told: Set[Pair],
    owner: Column[str],
    what: str,
    newer: Set[str] = frozenset(),
) -> set[str]:
    """Make a table of pairs (whose, what) hold what was told of owners that are known; return who changed.

    Those in `newer` were changed by people since the reading began, and stay. Where some records could not be read,
    nothing is removed.
    """
    owning = table.c[owner.name]
    other = next(column for column in table.primary_key if column is not owning)
    known = {(str(row[0]), str(row[1])) for row in session.connection().execute(select(owning, other))}
    existing = {row[0] for row in find(session, owner, {pair[0] for pair in told}, owner)}
    wanted = {pair for pair in told if pair[0] in existing}
    added = {pair for pair in wanted - known if pair[0] not in newer}
    gone = set() if task.skipped.count else {pair for pair in known - wanted if pair[0] not in newer}
    believe_gone(session, task, SOURCE, what, _owners(session, owner, [pair[0] for pair in gone]), lambda: len(known))
    for whose, each in gone:
        session.connection().execute(delete(table).where(and_(owning == whose, other == each)))
    insert_rows(session, table, ({owning.name: whose, other.name: each} for whose, each in added))
    return {whose for whose, _ in added | gone}


def _owners(session: Session, owner: Column[str], identities: Sequence[str]) -> list[str]:
    """Return the organization of each customer or subscription; one that is gone has none."""
    owning = owner.table.c.org_id
    found = {row[0]: row[1] for row in find(session, owner, set(identities), owner, owning)}
    return [found[identity] for identity in identities if identity in found]


def _changed_by_people(session: Session, since: datetime) -> set[str]:
    """Return the customers and subscriptions that people changed since a reading began."""
    targets = session.scalars(select(col(Audit.target)).where(col(Audit.at) >= since))
    return {target.partition(":")[2] for target in targets}
