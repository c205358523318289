"""The inbox: activities are written here before anything else is done about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from bot.activity import Activity
from notifications.outbox import Outgoing, enqueue
from storage import Database
from storage.presence import Presence, is_free
from storage.tables import InboxState

# Statements are made once, of the plain table: making one takes longer than running it, and every answer waits.
_INBOX = SQLModel.metadata.tables["inbox"]
_KNOWN = select(_INBOX.c.activity_id, _INBOX.c.public_id).where(
    _INBOX.c.activity_id.in_(bindparam("wanted", expanding=True))
)
_STORE = insert(_INBOX)
_IS_UNFINISHED = _INBOX.c.state.in_([InboxState.NEW, InboxState.RUNNING])
_IS_OURS = _INBOX.c.owner.is_not_distinct_from(bindparam("me"))
_CHANGE = update(_INBOX).where(_INBOX.c.activity_id == bindparam("which"), _IS_OURS)
_TAKE = update(_INBOX).where(_IS_UNFINISHED, is_free(_INBOX.c.owner)).values(owner=bindparam("me"))
_FREE = select(_INBOX.c.id).where(_IS_UNFINISHED, is_free(_INBOX.c.owner)).limit(1)
_UNFINISHED = select(_INBOX.c.activity, _INBOX.c.state).where(_IS_UNFINISHED, _IS_OURS).order_by(_INBOX.c.id)
_EARLIER = _INBOX.alias("earlier")
_HAS_EARLIER = (
    select(_EARLIER.c.id)
    .join_from(_INBOX, _EARLIER, _EARLIER.c.lane == _INBOX.c.lane)
    .where(
        _INBOX.c.activity_id == bindparam("which"),
        _EARLIER.c.state.in_([InboxState.NEW, InboxState.RUNNING]),
        _EARLIER.c.id < _INBOX.c.id,
        _EARLIER.c.owner != bindparam("me"),
    )
    .limit(1)
)


class TakenOver(Exception):
    """Another process has taken an activity over: ours was taken for gone."""


@dataclass(frozen=True)
class Stored:
    """What came of a batch of activities."""

    new: list[Activity]
    finished: dict[str, str]
    """Those that came before and are done: activity id → public id."""


@dataclass(frozen=True)
class Unfinished:
    """An activity of an earlier run, or of before a fault."""

    activity: Activity
    running: bool
    """Its command had begun, and may have changed something."""


class Inbox:
    """Reads and writes rows of the inbox, one short transaction each; what this process writes down, it handles."""

    def __init__(self, database: Database, presence: Presence | None = None) -> None:
        self._database = database
        self._presence = presence
        self._me = presence.id if presence else None

    def store(self, activities: Iterable[Activity], now: datetime) -> Stored:
        """Write down activities; those that came before are left as they are."""
        wanted = {activity.id: activity for activity in activities}
        while True:
            try:
                return self._store(wanted, now)
            except IntegrityError:
                # Another process wrote one of them down in the same moment: now it is known.
                continue

    def _store(self, wanted: Mapping[str, Activity], now: datetime) -> Stored:
        with self._database.write() as session:
            connection = session.connection()
            known = {row.activity_id: row.public_id for row in connection.execute(_KNOWN, {"wanted": list(wanted)})}
            new = [activity for activity in wanted.values() if activity.id not in known]
            if new:
                connection.execute(_STORE, [_row(activity, self._me, now) for activity in new])
        return Stored(new, {activity_id: public_id for activity_id, public_id in known.items() if public_id})

    def take_up(self, now: datetime) -> list[Unfinished]:
        """Return what this process still has to do, in the order of arrival: what nobody who lives has, is now its."""
        with self._database.write() as session:
            session.connection().execute(_TAKE, {"me": self._me, "horizon": self._horizon(now)})
            return [
                Unfinished(Activity.from_record(record), state == InboxState.RUNNING)
                for record, state in session.execute(_UNFINISHED, {"me": self._me})
            ]

    def has_free(self, now: datetime) -> bool:
        """Whether there is something to do that nobody has who lives."""
        with self._database.read() as session:
            return session.execute(_FREE, {"horizon": self._horizon(now)}).first() is not None

    def is_turn(self, activity: Activity) -> bool:
        """Whether all is done that the same person did before in the same room and that other processes handle."""
        if self._presence is None or self._database.is_sqlite:
            return True
        with self._database.read() as session:
            return session.execute(_HAS_EARLIER, {"which": activity.id, "me": self._me}).first() is None

    def run(self, activity: Activity) -> None:
        """Write down that a command begins that may change something.

        Raises:
            TakenOver: it is another process's by now, and must not be done here as well.

        """
        self._change(activity, state=InboxState.RUNNING, effects=True)

    def drop(self, activity: Activity, public_id: str | None, reason: str, now: datetime) -> None:
        """Write down that nothing will be done about an activity, and why.

        Raises:
            TakenOver: it is another process's by now.

        """
        self._change(activity, state=InboxState.DROPPED, public_id=public_id, error=reason, finished_at=now)

    def finish(
        self, activity: Activity, public_id: str, state: InboxState, answers: Sequence[Outgoing], now: datetime
    ) -> None:
        """Write the answers into the outbox and be done with the activity, both or neither.

        Raises:
            TakenOver: it is another process's by now.

        """
        done = {"state": state, "public_id": public_id, "finished_at": now}
        with self._database.write() as session:
            enqueue(session, answers, now)
            if not session.connection().execute(_CHANGE, {"which": activity.id, "me": self._me, **done}).rowcount:
                raise TakenOver

    def _change(self, activity: Activity, **values: Any) -> None:
        with self._database.write() as session:
            if not session.connection().execute(_CHANGE, {"which": activity.id, "me": self._me, **values}).rowcount:
                raise TakenOver

    def _horizon(self, now: datetime) -> datetime:
        return self._presence.horizon() if self._presence else now


def _row(activity: Activity, owner: str | None, now: datetime) -> dict[str, Any]:
    return {
        "activity_id": activity.id,
        "kind": activity.kind,
        "activity": activity.for_record(),
        "received_at": now,
        "state": InboxState.NEW,
        "effects": False,
        "owner": owner,
        "lane": f"{activity.room} {activity.person}",
    }
