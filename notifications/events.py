"""The one door through which events come in, whoever notices them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from hub.bulk import chunks
from notifications import keys
from notifications.kinds import KINDS
from storage.tables import Event


@dataclass(frozen=True)
class Raised:
    """Something that happened.

    `identity` makes it one with whatever was raised under the same kind and identity before: ids and ISO dates, never
    texts (a customer's id and the week, a schedule's id and its due time). What concerns no customer names no
    `org_id`; what only one space asked for names its `room_id`. `before` and `after` are JSON.
    """

    kind: str
    identity: str
    org_id: str | None = None
    room_id: str | None = None
    subscription_id: str | None = None
    end_date: date | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def raise_events(session: Session, raised: Iterable[Raised], at: datetime) -> int:
    """Write down what happened, in the transaction that noticed it; returns how many were new.

    The next run of the pipeline tells them, to the spaces whose rules ask for them.

    Raises:
        ValueError: there is no such kind of event.
    """
    found = list(raised)
    unknown = {each.kind for each in found} - set(KINDS)
    if unknown:
        raise ValueError(f"no kind of event: {', '.join(sorted(unknown))}")
    return add_new(
        session,
        [
            Event(
                key=keys.raised(each.kind, each.identity),
                kind=each.kind,
                at=at,
                org_id=each.org_id,
                room_id=each.room_id,
                subscription_id=each.subscription_id,
                end_date=each.end_date,
                before=dict(each.before),
                after=dict(each.after),
            )
            for each in found
        ],
    )


def add_new(session: Session, events: Sequence[Event]) -> int:
    """Add the events whose key is not known; returns how many those are."""
    by_key = {event.key: event for event in events}
    known: set[str] = set()
    for chunk in chunks(by_key):
        known |= set(session.scalars(select(col(Event.key)).where(col(Event.key).in_(chunk))))
    new = [event for key, event in by_key.items() if key not in known]
    session.add_all(new)
    return len(new)
