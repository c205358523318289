"""The inbox: activities are written here before anything else is done about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import SQLModel

from bot.activity import Activity
from notifications.outbox import Outgoing, enqueue
from storage import Database
from storage.tables import InboxState

# Statements are made once, of the plain table: making one takes longer than running it, and every answer waits.
_INBOX = SQLModel.metadata.tables["inbox"]
_KNOWN = select(_INBOX.c.activity_id, _INBOX.c.public_id).where(
    _INBOX.c.activity_id.in_(bindparam("wanted", expanding=True))
)
_STORE = insert(_INBOX)
_CHANGE = update(_INBOX).where(_INBOX.c.activity_id == bindparam("which"))
_UNFINISHED = (
    select(_INBOX.c.activity, _INBOX.c.state)
    .where(_INBOX.c.state.in_([InboxState.NEW, InboxState.RUNNING]))
    .order_by(_INBOX.c.id)
)


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
    """Reads and writes rows of the inbox, one short transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, activities: Iterable[Activity], now: datetime) -> Stored:
        """Write down activities; those that came before are left as they are."""
        wanted = {activity.id: activity for activity in activities}
        with self._database.write() as session:
            connection = session.connection()
            known = {row.activity_id: row.public_id for row in connection.execute(_KNOWN, {"wanted": list(wanted)})}
            new = [activity for activity in wanted.values() if activity.id not in known]
            if new:
                connection.execute(_STORE, [_row(activity, now) for activity in new])
        return Stored(new, {activity_id: public_id for activity_id, public_id in known.items() if public_id})

    def unfinished(self) -> list[Unfinished]:
        """Return what is still to be done, in the order of arrival."""
        with self._database.read() as session:
            return [
                Unfinished(Activity.from_record(record), state == InboxState.RUNNING)
                for record, state in session.execute(_UNFINISHED)
            ]

    def run(self, activity: Activity) -> None:
        """Write down that a command begins that may change something."""
        self._change(activity, state=InboxState.RUNNING, effects=True)

    def drop(self, activity: Activity, public_id: str | None, reason: str, now: datetime) -> None:
        """Write down that nothing will be done about an activity, and why."""
        self._change(activity, state=InboxState.DROPPED, public_id=public_id, error=reason, finished_at=now)

    def finish(
        self, activity: Activity, public_id: str, state: InboxState, answers: Sequence[Outgoing], now: datetime
    ) -> None:
        """Write the answers into the outbox and be done with the activity, both or neither."""
        with self._database.write() as session:
            enqueue(session, answers, now)
            session.connection().execute(
                _CHANGE, {"which": activity.id, "state": state, "public_id": public_id, "finished_at": now}
            )

    def _change(self, activity: Activity, **values: Any) -> None:
        with self._database.write() as session:
            session.connection().execute(_CHANGE, {"which": activity.id, **values})


def _row(activity: Activity, now: datetime) -> dict[str, Any]:
    return {
        "activity_id": activity.id,
        "kind": activity.kind,
        "activity": activity.for_record(),
        "received_at": now,
        "state": InboxState.NEW,
        "effects": False,
    }
