"""The outbox as a queue: whose turn it is, and what became of it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlmodel import SQLModel

from storage import Database
from storage.tables import Outbox, OutboxState

# Statements are made once, of plain tables where rows are written: making one takes longer than running it, and every
# answer waits for them.
_OUTBOX = SQLModel.metadata.tables["outbox"]
_ATTEMPT = SQLModel.metadata.tables["attempt"]
_PARENT = _OUTBOX.alias("parent")
_FIRST = (
    select(_OUTBOX, _PARENT.c.parent_id.label("parents_parent"), _PARENT.c.message_id.label("parents_message"))
    .outerjoin_from(_OUTBOX, _PARENT, _PARENT.c.cause == _OUTBOX.c.parent_cause)
    .where(
        _OUTBOX.c.target == bindparam("target"),
        _OUTBOX.c.state == OutboxState.DUE,
        or_(_OUTBOX.c.not_before <= bindparam("now"), _OUTBOX.c.attempts > 0),
        or_(
            _PARENT.c.id.is_(None),
            _PARENT.c.state == OutboxState.SENT,
            _PARENT.c.state == OutboxState.PARKED,
        ),
    )
    .order_by(_OUTBOX.c.priority, _OUTBOX.c.id)
    .limit(1)
)
_CLAIM = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row"), _OUTBOX.c.state == OutboxState.DUE)
    .values(state=OutboxState.SENDING, parent_id=bindparam("thread"))
)
_SETTLE = update(_OUTBOX).where(_OUTBOX.c.id == bindparam("row"))
_RECORD = insert(_ATTEMPT)
_RECOVER = (
    update(_OUTBOX)
    .where(_OUTBOX.c.state == OutboxState.SENDING)
    .values(state=OutboxState.DUE, maybe_sent=True, not_before=bindparam("now"))
)
_HURRY = (
    update(_OUTBOX)
    .where(_OUTBOX.c.state == OutboxState.DUE, _OUTBOX.c.attempts > 0)
    .values(not_before=bindparam("now"))
)
_DUE = (
    select(_OUTBOX.c.target, func.min(_OUTBOX.c.not_before))
    .where(_OUTBOX.c.state == OutboxState.DUE, _OUTBOX.c.not_before < bindparam("end"))
    .group_by(_OUTBOX.c.target)
)
_SENT_AS = select(_OUTBOX.c.message_id).where(_OUTBOX.c.message_id.in_(bindparam("ids", expanding=True)))


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
            found = session.connection().execute(_FIRST, {"target": target, "now": now}).mappings().first()
        if found is None or found["not_before"] > now:
            return None
        row = Outbox(**{column.name: found[column] for column in _OUTBOX.c})
        row.parent_id = row.parent_id or found["parents_parent"] or found["parents_message"]
        return row

    def claim(self, row: Outbox) -> bool:
        """Write down that a request is about to leave; False when the row is not due any more."""
        with self._database.write() as session:
            done = session.connection().execute(_CLAIM, {"row": row.id, "thread": row.parent_id})
            return done.rowcount == 1

    def settle(self, row: Outbox, outcome: Outcome, at: datetime, detail: str | None = None, **values: Any) -> None:
        """Write down how an attempt ended, and what that makes of the row."""
        values |= {"attempts": row.attempts + 1, "error": detail}
        for name, value in values.items():
            setattr(row, name, value)
        attempt = {"outbox_id": row.id, "at": at, "outcome": outcome, "detail": detail}
        with self._database.write() as session:
            connection = session.connection()
            connection.execute(_SETTLE, {"row": row.id, **values})
            connection.execute(_RECORD, attempt)

    def unknown(self, message_ids: Iterable[str]) -> list[str]:
        """Return those ids under which no row was sent."""
        ids = list(message_ids)
        with self._database.read() as session:
            known = set(session.execute(_SENT_AS, {"ids": ids}).scalars())
        return [message_id for message_id in ids if message_id not in known]

    def recover(self, now: datetime) -> None:
        """Make due again what was cut off between its request and our note of the answer: it may have arrived."""
        with self._database.write() as session:
            session.connection().execute(_RECOVER, {"now": now})

    def hurry(self, now: datetime) -> None:
        """Make due now what waits for another attempt."""
        with self._database.write() as session:
            session.connection().execute(_HURRY, {"now": now})

    def due_before(self, end: datetime) -> list[tuple[str, datetime]]:
        """Return each space with something due before a time, and when its earliest is."""
        with self._database.read() as session:
            return [(target, not_before) for target, not_before in session.execute(_DUE, {"end": end})]
