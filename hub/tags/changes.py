"""Tags of customers, in Webex and in the database.

Webex's call replaces all tags of a customer (Webex API reference, Partner Tags), so a change reads them, merges, writes
and looks again: what somebody else changed in between is merged, too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, delete, select

from hub.errors import Unavailable
from hub.webex import PartnerClient
from storage import Database
from storage.tables import Audit, CustomerTag, Touched

MOST = 5
"""Tags a customer may have."""
LONGEST = 25
"""Characters a tag may have."""
ATTEMPTS = 3


class Reason(StrEnum):
    """Why a tag is refused before Webex is asked."""

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
class TagChange:
    """A customer's tags before and after a change, each in order."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def add(
    database: Database,
    partner: PartnerClient | None,
    org_id: str,
    tags: Iterable[str],
    *,
    who: str,
    now: datetime,
    room_id: str | None = None,
) -> TagChange:
    """Put tags on a customer.

    Raises:
        TagRefused: a tag is too long, or the customer would have too many.
        SourceError: Webex did not do it.
    """
    wanted = [tag.strip() for tag in tags]
    for tag in wanted:
        if not tag or "," in tag:
            raise TagRefused(Reason.NOT_A_TAG, tag)
        if len(tag) > LONGEST:
            raise TagRefused(Reason.TOO_LONG, tag)

    def with_them(known: Sequence[str]) -> list[str]:
        merged = [*known, *(tag for tag in dict.fromkeys(wanted) if tag not in known)]
        if len(merged) > MOST:
            raise TagRefused(Reason.TOO_MANY, count=len(merged))
        return merged

    return _change(database, partner, org_id, with_them, "tag", who, now, room_id)


def remove(
    database: Database,
    partner: PartnerClient | None,
    org_id: str,
    tags: Iterable[str],
    *,
    who: str,
    now: datetime,
    room_id: str | None = None,
) -> TagChange:
    """Take tags off a customer; those it has not are ignored.

    Raises:
        SourceError: Webex did not do it.
    """
    unwanted = {tag.strip() for tag in tags}
    return _change(
        database,
        partner,
        org_id,
        lambda known: [tag for tag in known if tag not in unwanted],
        "untag",
        who,
        now,
        room_id,
    )


def store(session: Session, org_id: str, tags: Iterable[str]) -> None:
    """Replace the stored tags of a customer."""
    session.exec(delete(CustomerTag).where(col(CustomerTag.org_id) == org_id))
    session.add_all(CustomerTag(org_id=org_id, tag=tag) for tag in tags)
    session.merge(Touched(org_id=org_id))


def _change(
    database: Database,
    partner: PartnerClient | None,
    org_id: str,
    change: Callable[[Sequence[str]], list[str]],
    what: str,
    who: str,
    now: datetime,
    room_id: str | None,
) -> TagChange:
    # Webex is asked before the transaction: nothing outside is called inside one.
    found = _change_in_webex(partner, org_id, change) if partner else None
    with database.write() as session:
        known = list(session.scalars(select(CustomerTag.tag).where(CustomerTag.org_id == org_id)))
        before, after = found or (known, change(known))
        result = TagChange(tuple(sorted(before)), tuple(sorted(after)))
        store(session, org_id, result.after)
        if result.before != result.after:
            session.add(
                Audit(
                    at=now,
                    who=who,
                    what=what,
                    target=f"customer:{org_id}",
                    before={"tags": list(result.before)},
                    after={"tags": list(result.after)},
                    room_id=room_id,
                )
            )
    return result


def _change_in_webex(
    partner: PartnerClient, org_id: str, change: Callable[[Sequence[str]], list[str]]
) -> tuple[list[str], list[str]]:
    before = known = partner.tags_of(org_id)
    for _ in range(ATTEMPTS):
        wanted = change(known)
        if set(wanted) == set(known):
            return before, known
        partner.set_tags(org_id, wanted)
        known = partner.tags_of(org_id)
    if set(change(known)) != set(known):
        raise Unavailable("Webex", "somebody else keeps changing these tags")
    return before, known
