"""Last stage: messages into the outbox, and what was told to whom, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, update

from notifications.batch import Alert
from notifications.outbox import Outgoing, enqueue
from notifications.render import cause_of
from storage.tables import Event, Told


def record(
    session: Session, events: Sequence[Event], told: Sequence[tuple[Alert, list[Outgoing]]], at: datetime
) -> list[Outgoing]:
    """Write everything down; returns the messages."""
    messages = [message for _, own in told for message in own]
    enqueue(session, messages, at)
    session.add_all(
        Told(room_id=alert.reader.room_id, key=item.key, at=at, cause=cause_of(alert))
        for alert, _ in told
        for item in alert.items
    )
    session.exec(update(Event).where(col(Event.id).in_([event.id for event in events])).values(routed_at=at))
    return messages
