"""Processes that share a database: which of them live, and what that makes of the rows they have claimed.

A row that is being worked on names its process in `owner`. A process renews its lease while it lives; when that has
ended, its rows are free for the others. Whoever was itself unable to renew waits for one more lease before it takes
anything: then it was the database that was away, and the others are about to renew theirs.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import SQLModel

from storage.database import Database, DatabaseUnusable
from storage.tables import Duty, Replica

SERVICE, WORKER = "service", "worker"
"""Kinds of processes: one answers people, the other does what can be done apart from that."""
LEASE = timedelta(seconds=30)
REMEMBERED = timedelta(hours=1)
"""How long the row of a process is kept that is gone."""

_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
_REPLICA = SQLModel.metadata.tables[str(Replica.__tablename__)]
_DUTY = SQLModel.metadata.tables[str(Duty.__tablename__)]


def is_free(owner: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether a row belongs to no process that lives; `horizon` is a parameter of the statement."""
    alive = select(_REPLICA.c.id).where(_REPLICA.c.until > bindparam("horizon", type_=_REPLICA.c.until.type))
    return or_(owner.is_(None), owner.not_in(alive))


_BEAT = update(_REPLICA).where(_REPLICA.c.id == bindparam("me")).values(until=bindparam("end"))
_TAKE = (
    update(_DUTY)
    .where(_DUTY.c.name == bindparam("duty"), or_(_DUTY.c.owner == bindparam("me"), is_free(_DUTY.c.owner)))
    .values(owner=bindparam("me"))
)

_WORKERS = select(_REPLICA.c.id).where(_REPLICA.c.kind == WORKER, _REPLICA.c.until > bindparam("now")).limit(1)


def has_workers(connection: Connection, now: datetime) -> bool:
    """Whether a worker lives."""
    return connection.execute(_WORKERS, {"now": now}).first() is not None


class Presence:
    """One process among those that share a database. On SQLite it is the only one, and a second one is refused."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], kind: str = SERVICE, lease: timedelta = LEASE
    ) -> None:
        self.id = uuid4().hex
        self.lease = lease
        self._database = database
        self._clock = clock
        self._kind = kind
        self._beaten: datetime | None = None
        self._patient_until = _LONG_AGO
        self._alone: sqlite3.Connection | None = None

    def join(self) -> None:
        """Be there from now on.

        Raises:
            DatabaseUnusable: the SQLite file is in the hands of another process.
        """
        now = self._clock()
        if self._database.is_sqlite:
            self._alone = _taken(self._database)
        with self._database.write() as session:
            if self._database.is_sqlite:
                # Nobody else can live: what an earlier run left is free at once.
                session.connection().execute(delete(_REPLICA))
            session.connection().execute(insert(_REPLICA), self._row(now))
        self._beaten = now

    def beat(self) -> None:
        """Renew the lease."""
        now = self._clock()
        if self._beaten and now - self._beaten > self.lease:
            self._patient_until = now + self.lease
        with self._database.write() as session:
            connection = session.connection()
            if not connection.execute(_BEAT, {"me": self.id, "end": now + self.lease}).rowcount:
                connection.execute(insert(_REPLICA), self._row(now))
            connection.execute(delete(_REPLICA).where(_REPLICA.c.until < now - REMEMBERED))
        self._beaten = now

    def leave(self) -> None:
        """Be gone: the others need not wait for the end of the lease."""
        with suppress(SQLAlchemyError), self._database.write() as session:
            session.connection().execute(delete(_REPLICA).where(_REPLICA.c.id == self.id))
        if self._alone:
            self._alone.close()

    def horizon(self) -> datetime:
        """Return the time at which a lease has to have ended for its rows to be taken."""
        now = self._clock()
        return _LONG_AGO if now < self._patient_until else now

    def holds(self, duty: str, *, leave_to_workers: bool = False) -> bool:
        """Whether this process sees to a job: who began to goes on with it, until it is gone.

        What is left to workers a service gives up as soon as one lives.
        """
        if self._database.is_sqlite:
            return True
        asked = {"duty": duty, "me": self.id, "horizon": self.horizon()}
        with self._database.write() as session:
            if leave_to_workers and self._kind != WORKER and has_workers(session.connection(), self._clock()):
                is_ours = (_DUTY.c.name == duty, _DUTY.c.owner == self.id)
                session.connection().execute(delete(_DUTY).where(*is_ours))
                return False
            if session.connection().execute(_TAKE, asked).rowcount:
                return True
            if session.connection().execute(select(_DUTY.c.name).where(_DUTY.c.name == duty)).first():
                return False
        with suppress(IntegrityError), self._database.write() as session:
            session.connection().execute(insert(_DUTY), {"name": duty, "owner": self.id})
            return True
        return False

    def _row(self, now: datetime) -> dict[str, object]:
        return {"id": self.id, "kind": self._kind, "started_at": now, "until": now + self.lease}


class Heart:
    """Renews a lease three times in its length, in a thread of its own, and lets others look for what became free."""

    def __init__(self, presence: Presence, after: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        self._presence = presence
        self._after = after
        self._failed = failed
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        while not self._ending.wait(self._presence.lease.total_seconds() / 3):
            try:
                self._presence.beat()
                self._after()
            except Exception as error:
                # The database may be away: the next beat may go better, and the lease is made for that.
                self._failed(error)


def _taken(database: Database) -> sqlite3.Connection | None:
    """Hold a lock beside the file, which ends with the process, however that ends."""
    path = database.engine.url.database
    if not path or path == ":memory:":
        return None
    connection = sqlite3.connect(f"{path}.lock", timeout=0, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        raise DatabaseUnusable(
            f"{path} is in the hands of another process of the service; stop that one, or use PostgreSQL for several"
        ) from error
    return connection
