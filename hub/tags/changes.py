"""Changing the tags of a customer or subscription, in Webex and in the database.

Webex's call replaces all tags (Webex API reference, Partner Tags), so a change reads them, merges, writes and looks
again: what somebody else wrote in between is merged, too. Of two changes through the bot one waits for the other. Only
what is written elsewhere between our reading and our writing, moments later, can be lost: Webex offers no condition.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, and_, delete, insert, select
from sqlmodel import Session

from hub.audit import CUSTOMER, PART_OF, SUBSCRIPTION
from hub.bulk import upsert_rows
from hub.errors import Unavailable
from hub.scope import Scope
from hub.tables import customer, customer_tag, subscription, subscription_tag, touched
from hub.webex import PartnerClient
from storage import Database
from storage.tables import Audit

MOST = 5
"""Tags a customer, or a subscription, may have."""
LONGEST = 25
"""Characters a tag may have."""
ATTEMPTS = 5


class Reason(StrEnum):
    """Why a tag is refused before Webex is asked to change anything."""

    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NOT_A_TAG = "not_a_tag"
    """It is empty, or has a comma, which Webex takes for a separator."""


class TagRefused(Exception):
    """A change that cannot be: with the tag that is wrong, or how many there would be."""

    def __init__(self, reason: Reason, tag: str = "", count: int = 0) -> None:
        super().__init__(f"{reason}: {tag or count}")
        self.reason = reason
        self.tag = tag
        self.count = count


@dataclass(frozen=True)
class Owner:
    """Whose tags: a customer's or, with its id, those of one of its subscriptions."""

    org_id: str
    subscription_id: str | None = None

    @property
    def target(self) -> str:
        """How the audit trail names it."""
        return f"{SUBSCRIPTION}{self.subscription_id}" if self.subscription_id else f"{CUSTOMER}{self.org_id}"


@dataclass(frozen=True)
class Author:
    """Who changes tags, when and where; `part_of` is the change in the audit trail that this one belongs to."""

    who: str
    now: datetime
    room_id: str | None = None
    part_of: int | None = None


@dataclass(frozen=True)
class TagChange:
    """Tags before and after a change, each in order."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def checked(tags: Iterable[str]) -> list[str]:
    """Return tags as they are written, each once.

    Raises:
        TagRefused: one is no tag, or too long.
    """
    wanted = list(dict.fromkeys(" ".join(tag.split()) for tag in tags))
    for tag in wanted:
        if not tag or "," in tag:
            raise TagRefused(Reason.NOT_A_TAG, tag)
        if len(tag) > LONGEST:
            raise TagRefused(Reason.TOO_LONG, tag)
    if len(wanted) > MOST:
        raise TagRefused(Reason.TOO_MANY, count=len(wanted))
    return wanted


def add(
    database: Database, partner: PartnerClient | None, owner: Owner, tags: Iterable[str], author: Author
) -> TagChange:
    """Put tags on a customer or subscription.

    Raises:
        TagRefused: a tag is too long, or there would be too many.
        SourceError: Webex did not do it.
    """
    wanted = checked(tags)

    def with_them(known: Sequence[str]) -> list[str]:
        merged = list(dict.fromkeys([*known, *wanted]))
        if len(merged) > MOST and len(merged) > len(known):
            raise TagRefused(Reason.TOO_MANY, count=len(merged))
        return merged

    return _change(database, partner, owner, with_them, "tag", author)


def remove(
    database: Database, partner: PartnerClient | None, owner: Owner, tags: Iterable[str], author: Author
) -> TagChange:
    """Take tags off a customer or subscription; those it has not are ignored.

    Raises:
        SourceError: Webex did not do it.
    """
    unwanted = {" ".join(tag.split()) for tag in tags}
    return _change(
        database, partner, owner, lambda known: [tag for tag in known if tag not in unwanted], "untag", author
    )


def subscription_of(session: Session, scope: Scope, subscription_id: str) -> Owner | None:
    """Return the subscription with this id as an owner of tags, if it is one of a customer that may be seen."""
    found = (
        select(subscription.c.org_id)
        .join_from(subscription, customer, customer.c.org_id == subscription.c.org_id)
        .where(and_(subscription.c.subscription_id == subscription_id, scope.customers()))
    )
    org_id = session.connection().scalars(found).first()
    return Owner(str(org_id), subscription_id) if org_id else None


def _change(
    database: Database,
    partner: PartnerClient | None,
    owner: Owner,
    change: Callable[[Sequence[str]], list[str]],
    what: str,
    author: Author,
) -> TagChange:
    # Webex is asked outside of any transaction; meanwhile nobody else changes these tags through the bot.
    with database.alone(f"tags:{owner.target}"):
        kept = _kept_here(database, owner)
        found = _change_in_webex(partner, owner, change, kept) if partner else None
        with database.write() as session:
            known = _stored(session, owner)
            before, after = found or (list(known), change(list(known)))
            result = TagChange(tuple(sorted(before)), tuple(sorted(after)))
            # What Webex does not know yet is kept here until it does.
            unknown = {tag for tag in after if partner is None and known.get(tag, True)}
            _store(session, owner, result.after, unknown)
            if result.before != result.after:
                session.add(_audit(owner, what, result, author))
    return result


def _change_in_webex(
    partner: PartnerClient, owner: Owner, change: Callable[[Sequence[str]], list[str]], kept: Sequence[str]
) -> tuple[list[str], list[str]]:
    def read() -> list[str]:
        return partner.tags_of(owner.org_id, owner.subscription_id)

    known = read()
    before = list(dict.fromkeys([*known, *kept]))
    # What was only kept here goes to Webex with the first change.
    wanted = change(before)
    for _ in range(ATTEMPTS):
        if set(wanted) == set(known):
            return before, known
        partner.set_tags(owner.org_id, wanted, owner.subscription_id)
        known = read()
        wanted = change(known)
    if set(wanted) != set(known):
        raise Unavailable("Webex", "somebody else keeps changing these tags")
    return before, known


def _table(owner: Owner) -> tuple[Table, Any, str]:
    if owner.subscription_id:
        return subscription_tag, subscription_tag.c.subscription_id, owner.subscription_id
    return customer_tag, customer_tag.c.org_id, owner.org_id


def _stored(session: Session, owner: Owner) -> dict[str, bool]:
    """Return the stored tags, and whether each is only kept here."""
    table, column, identity = _table(owner)
    found = session.connection().execute(select(table.c.tag, table.c.kept_here).where(column == identity))
    return {row.tag: row.kept_here for row in found}


def _kept_here(database: Database, owner: Owner) -> list[str]:
    with database.read() as session:
        return sorted(tag for tag, kept in _stored(session, owner).items() if kept)


def _store(session: Session, owner: Owner, tags: Iterable[str], kept_here: set[str]) -> None:
    table, column, identity = _table(owner)
    session.connection().execute(delete(table).where(column == identity))
    rows = [{column.name: identity, "tag": tag, "kept_here": tag in kept_here} for tag in tags]
    if rows:
        session.connection().execute(insert(table), rows)
    upsert_rows(session, touched, [{"org_id": owner.org_id}], replace=False)


def _audit(owner: Owner, what: str, change: TagChange, author: Author) -> Audit:
    part = {PART_OF: author.part_of} if author.part_of else {}
    return Audit(
        at=author.now,
        who=author.who,
        what=what,
        target=owner.target,
        before={"tags": list(change.before)},
        after={"tags": list(change.after), **part},
        room_id=author.room_id,
    )
