"""The outbox as a queue: whose turn it is, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from storage import Database
from storage.tables import Outbox, OutboxState

# Plain tables, not mapped classes, for the writes: every answer waits for them.
_OUTBOX = SQLModel.metadata.tables["outbox"]
_ATTEMPT = SQLModel.metadata.tables["attempt"]


class Outcome(StrEnum):
    """How an attempt to send ended."""

    SENT = "sent"
    RETRY = "retry"
    PARKED = "parked"


class Queue:
    """Reads and writes rows of the outbox, one short transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def first(self, target: str, now: datetime) -> Outbox | None:
        """Return the message of a space whose turn it is, with its thread; None while there is none or it must wait.

        One that failed keeps its place until its time comes: what is behind it waits as well. One that follows another
        message in its thread has no turn before that one is sent or parked.
        """
        with self._database.read() as session:
            found = session.execute(_next_in_line(target, now)).first()
        if found is None or found[0].not_before > now:
            return None
        row: Outbox = found[0]
        parent: Outbox | None = found[1]
        if parent and not row.parent_id:
            row.parent_id = parent.parent_id or parent.message_id
        return row

    def claim(self, row: Outbox) -> bool:
        """Write down that a request is about to leave; False when the row is not due any more."""
        claimed = (
            update(_OUTBOX)
            .where(_OUTBOX.c.id == row.id, _OUTBOX.c.state == OutboxState.DUE)
            .values(state=OutboxState.SENDING, parent_id=row.parent_id)
        )
        with self._database.write() as session:
            return session.connection().execute(claimed).rowcount == 1

    def settle(self, row: Outbox, outcome: Outcome, at: datetime, detail: str | None = None, **values: Any) -> None:
        """Write down how an attempt ended, and what that makes of the row."""
        values |= {"attempts": row.attempts + 1, "error": detail}
        for name, value in values.items():
            setattr(row, name, value)
        attempt = {"outbox_id": row.id, "at": at, "outcome": outcome, "detail": detail}
        with self._database.write() as session:
            connection = session.connection()
            connection.execute(update(_OUTBOX).where(_OUTBOX.c.id == row.id).values(**values))
            connection.execute(insert(_ATTEMPT).values(attempt))

    def recover(self, now: datetime) -> None:
        """Make due again what was cut off between its request and our note of the answer: it may have arrived."""
        cut_off = update(_OUTBOX).where(_OUTBOX.c.state == OutboxState.SENDING)
        with self._database.write() as session:
            session.execute(cut_off.values(state=OutboxState.DUE, maybe_sent=True, not_before=now))

    def hurry(self, now: datetime) -> None:
        """Make due now what waits for another attempt."""
        waiting = update(_OUTBOX).where(_OUTBOX.c.state == OutboxState.DUE, _OUTBOX.c.attempts > 0)
        with self._database.write() as session:
            session.execute(waiting.values(not_before=now))

    def due_before(self, end: datetime) -> list[tuple[str, datetime]]:
        """Return each space with something due before a time, and when its earliest is."""
        earliest = (
            select(_OUTBOX.c.target, func.min(_OUTBOX.c.not_before))
            .where(_OUTBOX.c.state == OutboxState.DUE, _OUTBOX.c.not_before < end)
            .group_by(_OUTBOX.c.target)
        )
        with self._database.read() as session:
            return [(target, not_before) for target, not_before in session.execute(earliest)]


def _next_in_line(target: str, now: datetime) -> Select[Outbox, Outbox]:
    parent = aliased(Outbox)
    parent_settled = or_(col(parent.id).is_(None), col(parent.state).in_([OutboxState.SENT, OutboxState.PARKED]))
    return (
        select(Outbox, parent)
        .outerjoin(parent, col(parent.cause) == col(Outbox.parent_cause))
        .where(col(Outbox.target) == target, col(Outbox.state) == OutboxState.DUE)
        .where(or_(col(Outbox.not_before) <= now, col(Outbox.attempts) > 0), parent_settled)
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(1)
    )
