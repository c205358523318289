"""Messages on their way out: everything the bot says is a row here first."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session, SQLModel

from notifications.jobs import enqueue_looks
from notifications.limits import WEBEX, Limits, split
from notifications.rows import split_rows
from storage.tables import Outbox, OutboxState

# Statements are made once, of the plain table: every answer waits for them.
_OUTBOX = SQLModel.metadata.tables["outbox"]
_KNOWN = select(_OUTBOX.c.cause).where(_OUTBOX.c.cause.in_(bindparam("wanted", expanding=True)))
_ADD = insert(_OUTBOX)


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


def enqueue(session: Session, messages: Iterable[Outgoing], now: datetime, limits: Limits = WEBEX) -> list[str]:
    """Add messages to the outbox, in the caller's transaction; those whose cause is there already are left out.

    A message that is too long becomes several rows, so that each part is delivered by itself, in order: the first under
    its own cause, the others under `cause#2`, `cause#3` …

    Returns the causes of the rows.
    """
    wanted = {message.cause: message for message in messages}
    connection = session.connection()
    known = set(connection.execute(_KNOWN, {"wanted": list(wanted)}).scalars())
    new = [message for cause, message in wanted.items() if cause not in known]
    rows = [_row(part, now) for message in new for part in _parts(message, limits)]
    if rows:
        connection.execute(_ADD, rows)
    # An answer is sent by whoever gave it.
    enqueue_looks(session, list(dict.fromkeys(row["target"] for row in rows if row["priority"] > Priority.ANSWER)), now)
    return [row["cause"] for row in rows]


def fitting(message: Message, limits: Limits = WEBEX) -> list[Message]:
    """The messages, at least one, that say what this one says, each within the limits.

    A card too large to be posted gives way to the Markdown that stands beside it. Beside a card that fits, Markdown is
    only for clients without cards: there it is cut, and ends in an ellipsis.
    """
    if fits(message, limits):
        return [replace(message, markdown=_cut(message.markdown, limits.text_bytes))]
    first, *others = split_rows(message.markdown, limits.text_bytes)
    return [replace(message, markdown=first, card=None), *map(Message, others)]


def fits(message: Message, limits: Limits = WEBEX) -> bool:
    """Whether it has a card that is small enough to be posted."""
    return message.card is not None and len(json.dumps(message.card).encode()) <= limits.card_bytes


def message_of(row: Outbox) -> Message:
    """The message that a row holds."""
    content = row.content
    return Message(
        markdown=content["markdown"],
        card=content["card"],
        file=Path(content["file"]) if content["file"] else None,
        file_name=content["file_name"],
    )


def _cut(markdown: str, limit_bytes: int) -> str:
    whole = split(markdown, limit_bytes)
    ellipsis = "\n…"
    return whole[0] if len(whole) == 1 else split(markdown, limit_bytes - len(ellipsis.encode()))[0] + ellipsis


def _parts(outgoing: Outgoing, limits: Limits) -> list[Outgoing]:
    first, *others = fitting(outgoing.message, limits)
    return [
        replace(outgoing, message=first),
        *(replace(outgoing, message=part, cause=f"{outgoing.cause}#{n}") for n, part in enumerate(others, start=2)),
    ]


def _row(outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    message = outgoing.message
    return {
        "cause": outgoing.cause,
        "target": outgoing.target,
        "priority": outgoing.priority,
        "content": {
            "markdown": message.markdown,
            "card": message.card,
            "file": str(message.file) if message.file else None,
            "file_name": message.file_name,
        },
        "audience": dict(outgoing.audience) if outgoing.audience is not None else None,
        "parent_id": outgoing.parent_id,
        "parent_cause": outgoing.parent_cause,
        "state": OutboxState.DUE,
        "created_at": now,
        "not_before": now,
    }
