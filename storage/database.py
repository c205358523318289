"""The connection to the database: units of work, and bringing a schema up to date."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlmodel import Session

from storage import job_schema

MIGRATIONS = Path(__file__).parent / "migrations"
WRITES = "writes"
"""Key under which a session's `info` says that it is of a unit that may write: what it sees may yet be undone."""


class DatabaseUnusable(Exception):
    """The database cannot be opened; the message says which and why, without its password."""


class Database:
    """A database by URL: `sqlite:///file` or `postgresql+psycopg://…`.

    Work is done in units: `read()` for looking, `write()` for one transaction that is committed at the end and rolled
    back on an error. Nothing outside the database is called inside a unit.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
            if parsed.drivername in ("postgresql", "postgres"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = _engine(str(parsed.render_as_string(hide_password=False)))
        except (ArgumentError, ImportError, SQLAlchemyError) as error:
            raise DatabaseUnusable(f"the database URL is not usable: {error}") from error
        self.url = parsed.render_as_string(hide_password=True)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; waiting in line here is faster and fairer than its polling for the lock.
        self._turns = [threading.Lock() for _ in range(64)]
        self._writer: Any = threading.RLock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a unit that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction; commits when the block ends well, else rolls back."""
        with self._writer, Session(self.engine, expire_on_commit=False, info={WRITES: True}) as session:
            if self.is_sqlite:
                session.connection(execution_options={"writes": True})
            yield session
            session.commit()

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Let nobody else be inside under the same key: no other thread and, on PostgreSQL, no other process.

        It is no transaction: calls to the outside may be made meanwhile.
        """
        number = int.from_bytes(sha256(key.encode()).digest()[:8], signed=True)
        if self.is_sqlite:
            # A file has one service; keys that share a lock only wait for each other.
            with self._turns[number % len(self._turns)]:
                yield
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": number})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})

    def upgrade(self) -> None:
        """Create the schema, or bring an older one up to date.

        Raises:
            DatabaseUnusable: the file or server cannot be opened, or holds something else.

        """
        try:
            if self.is_sqlite and self.engine.url.database:
                Path(self.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            with nullcontext() if self.is_sqlite else self.alone("upgrade"):
                self._upgrade()
        except (SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise DatabaseUnusable(f"the database {self.url} cannot be used: {cause}") from error

    def _upgrade(self) -> None:
        if self._revision() != _newest_revision():
            # Imported here: Alembic costs a fifth of a second that a start on a current schema need not pay.
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            with self._writer, self.engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        if not self.is_sqlite:
            job_schema.upgrade(self.engine)

    def analyse(self) -> None:
        """Let SQLite look at its tables, after much was written: its plans depend on their sizes.

        PostgreSQL does that by itself.
        """
        if self.is_sqlite:
            with self.write() as session:
                session.execute(text("PRAGMA analysis_limit=1000"))
                session.execute(text("ANALYZE"))

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def _revision(self) -> str | None:
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _newest_revision() -> str:
    """Migration files are named NNNN_what.py and their revision is NNNN."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # A commit survives a killed process; only a power cut may cost the last ones.
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A writer takes the lock at once: a reader turning writer half-way may find it gone and fail.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
