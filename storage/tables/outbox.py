"""Messages on their way out. A row is the truth; delivering is looking at rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class OutboxState(StrEnum):
    """How far a message has come."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    """Refused for good; `error` says why."""


class Outbox(SQLModel, table=True):
    """One message to one space, written in the transaction of what caused it."""

    __table_args__ = (
        Index("ix_outbox_next", "state", "target", "priority", "id"),
        Index("ix_outbox_target", "target", "created_at"),
        # One message at a time is on its way into a space, whichever process sends it: the database sees to it.
        Index(
            "ux_outbox_sending",
            "target",
            unique=True,
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    cause: str = Field(unique=True, description="identity of what caused it: the same cause is told once")
    target: str = Field(description="a room's id, or the e-mail of a person told one-to-one")
    priority: int = Field(description="lower goes first within a space")
    content: dict[str, Any] = Field(sa_type=Json, description="markdown, card, file (its path), file_name")
    audience: dict[str, Any] | None = Field(
        default=None, sa_type=Json, description="whom its customer data were chosen for; None: holds none"
    )
    parent_id: str | None = Field(default=None, description="root message of the thread it belongs to")
    parent_cause: str | None = Field(default=None, description="it follows the message of this cause, in its thread")
    state: str = OutboxState.DUE
    created_at: datetime = Field(sa_type=UtcDateTime)
    not_before: datetime = Field(sa_type=UtcDateTime)
    owner: str | None = Field(default=None, description="process that sends it, or sent it")
    attempts: int = 0
    maybe_sent: bool = Field(default=False, description="an answer was lost after it had left")
    message_id: str | None = Field(default=None, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None


class Attempt(SQLModel, table=True):
    """One try to deliver a message."""

    id: int | None = Field(default=None, primary_key=True)
    outbox_id: int = Field(foreign_key="outbox.id", ondelete="CASCADE", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    outcome: str = Field(description="sent, retry, parked")
    detail: str | None = None


class Halt(SQLModel, table=True):
    """A space that nothing reaches for now: what is for it waits in the outbox."""

    target: str = Field(primary_key=True, description="as in the outbox")
    reason: str
    since: datetime = Field(sa_type=UtcDateTime)
    again_at: datetime = Field(sa_type=UtcDateTime, description="when it is tried again")
    tries: int = 0
