"""The outbox as a queue: whose turn it is, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from notifications import halts
from storage import Database
from storage.presence import Presence, is_free
from storage.tables import Halt, Outbox, OutboxState

# Statements are made once, of plain tables where rows are written: making one takes longer than running it, and every
# answer waits for them.
_OUTBOX = SQLModel.metadata.tables["outbox"]
_ATTEMPT = SQLModel.metadata.tables["attempt"]
_HALT = SQLModel.metadata.tables["halt"]
_PARENT = _OUTBOX.alias("parent")
_UNDER_WAY = _OUTBOX.alias("under_way")
# A halted space is tried when its time comes, and with an answer to whoever wrote from there since.
_OPEN = or_(
    _HALT.c.target.is_(None),
    _HALT.c.again_at <= bindparam("now"),
    and_(_OUTBOX.c.priority == 0, _OUTBOX.c.created_at > _HALT.c.since, _OUTBOX.c.attempts == 0),
)
_FIRST = (
    select(
        _OUTBOX,
        _PARENT.c.parent_id.label("parents_parent"),
        _PARENT.c.message_id.label("parents_message"),
        _HALT.c.target.label("halted"),
    )
    .outerjoin_from(_OUTBOX, _PARENT, _PARENT.c.cause == _OUTBOX.c.parent_cause)
    .outerjoin(_HALT, _HALT.c.target == _OUTBOX.c.target)
    .where(
        _OUTBOX.c.target == bindparam("target"),
        _OUTBOX.c.state == OutboxState.DUE,
        or_(_OUTBOX.c.not_before <= bindparam("now"), _OUTBOX.c.attempts > 0),
        _OPEN,
        ~select(_UNDER_WAY.c.id)
        .where(_UNDER_WAY.c.target == bindparam("target"), _UNDER_WAY.c.state == OutboxState.SENDING)
        .exists(),
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
    .values(state=OutboxState.SENDING, parent_id=bindparam("thread"), owner=bindparam("me"))
)
# What another process does about a space in this moment is waited for, so that nothing overtakes what has to wait.
_BEFORE = (
    select(_OUTBOX.c.id, _OUTBOX.c.state)
    .where(
        _OUTBOX.c.target == bindparam("target"),
        or_(
            _OUTBOX.c.state == OutboxState.SENDING,
            and_(_OUTBOX.c.state == OutboxState.DUE, or_(_OUTBOX.c.attempts > 0, _OUTBOX.c.id == bindparam("row"))),
        ),
    )
    .order_by(_OUTBOX.c.priority, _OUTBOX.c.id)
    .with_for_update()
)
_SETTLE = update(_OUTBOX).where(
    _OUTBOX.c.id == bindparam("row"),
    or_(
        _OUTBOX.c.state == OutboxState.DUE,
        and_(_OUTBOX.c.state == OutboxState.SENDING, _OUTBOX.c.owner.is_not_distinct_from(bindparam("me"))),
    ),
)
_RECORD = insert(_ATTEMPT)
_RECOVER = (
    update(_OUTBOX)
    .where(
        _OUTBOX.c.state == OutboxState.SENDING,
        or_(is_free(_OUTBOX.c.owner), _OUTBOX.c.owner == bindparam("me")),
        _OUTBOX.c.id.not_in(bindparam("in_hand", expanding=True)),
    )
    .values(state=OutboxState.DUE, maybe_sent=True, not_before=bindparam("now"))
)
_HURRY = (
    update(_OUTBOX)
    .where(_OUTBOX.c.state == OutboxState.DUE, _OUTBOX.c.attempts > 0)
    .values(not_before=bindparam("now"))
)
_DUE = (
    select(_OUTBOX.c.target, func.min(_OUTBOX.c.not_before))
    .outerjoin_from(_OUTBOX, _HALT, _HALT.c.target == _OUTBOX.c.target)
    .where(_OUTBOX.c.state == OutboxState.DUE, _OUTBOX.c.not_before < bindparam("end"), _OPEN)
    .group_by(_OUTBOX.c.target)
)
_SENT_AS = select(_OUTBOX.c.message_id).where(_OUTBOX.c.message_id.in_(bindparam("ids", expanding=True)))


class Outcome(StrEnum):
    """How an attempt to send ended."""

    SENT = "sent"
    RETRY = "retry"
    PARKED = "parked"


@dataclass(frozen=True)
class Turn:
    """A message whose turn it is."""

    row: Outbox
    is_halted: bool
    """Its space was not reached before: it shows whether it can be now."""


class Queue:
    """Reads and writes rows of the outbox, one short transaction each; what is on its way is this process's own."""

    def __init__(self, database: Database, presence: Presence | None = None) -> None:
        self._database = database
        self._presence = presence
        self._me = presence.id if presence else None

    def first(self, target: str, now: datetime) -> Turn | None:
        """Return the message of a space whose turn it is, with its thread; None while there is none or it must wait.

        While one is on its way, whoever sends it, none has its turn: who sent it looks for the next.

        One that failed keeps its place until its time comes: what is behind it waits as well. One that follows another
        message in its thread has no turn before that one is sent or parked.
        """
        with self._database.read() as session:
            found = session.connection().execute(_FIRST, {"target": target, "now": now}).mappings().first()
        if found is None or found["not_before"] > now:
            return None
        row = Outbox(**{column.name: found[column] for column in _OUTBOX.c})
        row.parent_id = row.parent_id or found["parents_parent"] or found["parents_message"]
        return Turn(row, is_halted=found["halted"] is not None)

    def claim(self, row: Outbox) -> bool:
        """Write down that a request is about to leave; False when the row is not due any more, or not the next."""
        try:
            with self._database.write() as session:
                connection = session.connection()
                if not self._database.is_sqlite:
                    before = connection.execute(_BEFORE, {"target": row.target, "row": row.id}).first()
                    if before is None or before.id != row.id:
                        return False
                done = connection.execute(_CLAIM, {"row": row.id, "thread": row.parent_id, "me": self._me})
                return done.rowcount == 1
        except IntegrityError:
            # Another process sends another message of this space.
            return False

    def settle(self, row: Outbox, outcome: Outcome, at: datetime, detail: str | None = None, **values: Any) -> None:
        """Write down how an attempt ended, and what that makes of the row; nothing where it is in others' hands."""
        values |= {"attempts": row.attempts + 1, "error": detail}
        for name, value in values.items():
            setattr(row, name, value)
        attempt = {"outbox_id": row.id, "at": at, "outcome": outcome, "detail": detail}
        with self._database.write() as session:
            connection = session.connection()
            if connection.execute(_SETTLE, {"row": row.id, "me": self._me, **values}).rowcount:
                connection.execute(_RECORD, attempt)

    def unknown(self, message_ids: Iterable[str]) -> list[str]:
        """Return those ids under which no row was sent."""
        ids = list(message_ids)
        with self._database.read() as session:
            known = set(session.execute(_SENT_AS, {"ids": ids}).scalars())
        return [message_id for message_id in ids if message_id not in known]

    def recover(self, now: datetime, in_hand: Iterable[int] = ()) -> bool:
        """Make due again what was cut off between its request and our note of the answer: it may have arrived.

        That is what those have who are gone, and what is ours and not in hand. Returns whether there was any.
        """
        horizon = self._presence.horizon() if self._presence else now
        asked = {"now": now, "me": self._me, "horizon": horizon, "in_hand": list(in_hand)}
        with self._database.write() as session:
            return session.connection().execute(_RECOVER, asked).rowcount > 0

    def hurry(self, now: datetime) -> None:
        """Make due now what waits for another attempt."""
        with self._database.write() as session:
            session.connection().execute(_HURRY, {"now": now})

    def due_before(self, end: datetime) -> list[tuple[str, datetime]]:
        """Return each space with something due before a time, and when its earliest is."""
        with self._database.read() as session:
            found = session.execute(_DUE, {"end": end, "now": end})
            return [(target, not_before) for target, not_before in found]

    def halt(self, target: str, reason: str, now: datetime) -> Halt:
        """Write down that nothing reaches a space."""
        with self._database.write() as session:
            return halts.halt(session, target, reason, now)

    def is_halted(self, target: str) -> bool:
        """Whether nothing reaches a space for now."""
        with self._database.read() as session:
            return session.get(Halt, target) is not None

    def resume(self, target: str) -> bool:
        """Write down that a space answers again; False when it was not halted."""
        with self._database.write() as session:
            return halts.resume(session, target)

    def move(self, old: str, new: str) -> None:
        """Give a room its new id, wherever it is known."""
        with self._database.write() as session:
            halts.move(session, old, new)
