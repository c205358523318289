"""Tags for many customers at once: who they are, putting the tags on, and what was done for one change of the trail."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256

from sqlalchemy import and_, select
from sqlmodel import Session, col

from hub.audit import PART_OF
from hub.bulk import find
from hub.errors import Rejected, SourceError
from hub.filters import Filter
from hub.scope import Scope
from hub.tables import customer, customer_tag
from hub.tags.changes import MOST, Author, Owner, TagRefused, add
from hub.webex import PartnerClient
from storage import Database
from storage.tables import Audit, Deed

BULK = "tag where"
"""What the audit trail calls it."""
AT_ONCE = 8
"""Customers whose tags are changed at once: each takes Webex three calls."""


@dataclass(frozen=True)
class Candidate:
    """A customer that a filter chooses."""

    org_id: str
    customer: str


@dataclass(frozen=True)
class Bulk:
    """What tagging by a filter would do: who gets the tags, who has them all, who would have too many."""

    where: Filter
    tags: tuple[str, ...]
    wanting: tuple[Candidate, ...]
    having: tuple[Candidate, ...]
    full: tuple[Candidate, ...]

    @property
    def digest(self) -> str:
        """Identity of who gets what: another, when that has changed."""
        whole = "\n".join([*sorted(self.tags), *sorted(each.org_id for each in self.wanting)])
        return sha256(whole.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Failure:
    """A customer that did not get the tags, though it should."""

    candidate: Candidate
    reason: str


@dataclass
class BulkOutcome:
    """What was done."""

    tagged: int = 0
    failures: list[Failure] = field(default_factory=list)


def plan(session: Session, scope: Scope, where: Filter, tags: Sequence[str]) -> Bulk:
    """Find out what putting tags on the customers that a filter chooses would do, by name."""
    wanted = and_(scope.customers(), where.condition(scope.today, scope.thresholds))
    chosen = (
        select(customer.c.org_id, customer.c.name).where(wanted).order_by(customer.c.name_folded, customer.c.org_id)
    )
    rows = session.connection().execute(chosen).all()
    known: dict[str, set[str]] = defaultdict(set)
    columns = (customer_tag.c.org_id, customer_tag.c.tag)
    for row in find(session, customer_tag.c.org_id, [row.org_id for row in rows], *columns):
        known[row.org_id].add(row.tag)
    wanting: list[Candidate] = []
    having: list[Candidate] = []
    full: list[Candidate] = []
    for row in rows:
        after = known[row.org_id] | set(tags)
        place = having if after == known[row.org_id] else full if len(after) > MOST else wanting
        place.append(Candidate(row.org_id, row.name))
    return Bulk(where, tuple(tags), tuple(wanting), tuple(having), tuple(full))


def was_done(session: Session, key: str) -> bool:
    """Whether many were tagged for this key before."""
    return session.get(Deed, key) is not None


def put_on(
    database: Database,
    partner: PartnerClient | None,
    bulk: Bulk,
    author: Author,
    key: str,
    progress: Callable[[int, int], None],
) -> BulkOutcome | None:
    """Put the tags on everybody who wants them; None when that was done for this key before.

    The audit trail gets one change for the whole, and one for each customer that belongs to it.
    """
    with database.write() as session:
        if was_done(session, key):
            return None
        session.add(Deed(key=key, at=author.now, who=author.who))
        after = {"filter": str(bulk.where), "tags": list(bulk.tags), "customers": len(bulk.wanting)}
        whole = Audit(at=author.now, who=author.who, what=BULK, target=BULK, after=after, room_id=author.room_id)
        session.add(whole)
        session.flush()
        part = replace(author, part_of=whole.id)
    outcome = BulkOutcome()

    def one(candidate: Candidate) -> Failure | None:
        try:
            add(database, partner, Owner(candidate.org_id), bulk.tags, part)
        except TagRefused as error:
            return Failure(candidate, error.reason)
        except (SourceError, Rejected) as error:
            return Failure(candidate, str(error))
        return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, failed in enumerate(pool.map(one, bulk.wanting), start=1):
            if failed:
                outcome.failures.append(failed)
            else:
                outcome.tagged += 1
            progress(done, len(bulk.wanting))
    return outcome


def parts_of(session: Session, change: Audit) -> list[Audit]:
    """Return the changes that belong to one change of the trail, in order."""
    later = select(Audit).where(
        col(Audit.who) == change.who, col(Audit.id) > change.id, col(Audit.what).in_(["tag", "untag"])
    )
    return [row for row in session.scalars(later.order_by(col(Audit.id))) if row.after.get(PART_OF) == change.id]
