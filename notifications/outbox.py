"""Messages on their way out: everything the bot says is a row here first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from storage.tables import Outbox


class Priority(IntEnum):
    """What goes first where several messages wait for one space."""

    ANSWER = 0
    ALERT = 10
    REPORT = 20
    DIGEST = 30


@dataclass(frozen=True)
class Message:
    """What to say. `markdown` stands beside a card for clients without cards; one card or one file."""

    markdown: str
    card: Mapping[str, Any] | None = None
    file: Path | None = None
    file_name: str | None = None


@dataclass(frozen=True)
class Outgoing:
    """A message, to whom, and why."""

    cause: str
    """Identity of what caused it, made of ids and ISO dates: the same cause is told once."""
    target: str
    """A room's id, or the e-mail of a person told one-to-one."""
    message: Message
    priority: Priority = Priority.ANSWER
    parent_id: str | None = None
    """Root message of the thread it belongs to."""
    parent_cause: str | None = None
    """Follows the message of this cause in its thread, once that one is sent."""
    audience: Mapping[str, Any] | None = None
    """Whom the customer data in it were chosen for; None: it holds none."""


def enqueue(session: Session, messages: Iterable[Outgoing], now: datetime) -> list[Outbox]:
    """Add messages to the outbox, in the caller's transaction; those whose cause is there already are left out."""
    wanted = {message.cause: message for message in messages}
    known = set(session.scalars(select(Outbox.cause).where(Outbox.cause.in_(wanted))))  # type: ignore[attr-defined]
    rows = [_row(message, now) for cause, message in wanted.items() if cause not in known]
    session.add_all(rows)
    session.flush()
    return rows


def _row(outgoing: Outgoing, now: datetime) -> Outbox:
    message = outgoing.message
    return Outbox(
        cause=outgoing.cause,
        target=outgoing.target,
        priority=outgoing.priority,
        content={
            "markdown": message.markdown,
            "card": message.card,
            "file": str(message.file) if message.file else None,
            "file_name": message.file_name,
        },
        audience=dict(outgoing.audience) if outgoing.audience is not None else None,
        parent_id=outgoing.parent_id,
        parent_cause=outgoing.parent_cause,
        created_at=now,
        not_before=now,
    )
