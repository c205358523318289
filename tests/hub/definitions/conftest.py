"""The example partner, read once for all tests that only look."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from storage import Database
from tests.hub.definitions.partner import import_examples


def on_sqlite(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder / 'partnerbot.db'}")
    database.upgrade()
    return database


def on_postgres(url: str) -> Database:
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    database = Database(url.replace("/postgres?", f"/{name}?"))
    database.upgrade()
    return database


@pytest.fixture(scope="package")
def sqlite_example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = on_sqlite(tmp_path_factory.mktemp("example"))
    import_examples(database)
    yield database
    database.close()


@pytest.fixture(scope="package")
def postgres_example(postgres_url: str) -> Iterator[Database]:
    database = on_postgres(postgres_url)
    import_examples(database)
    yield database
    database.close()


@pytest.fixture(scope="package")
def sqlite_scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = on_sqlite(tmp_path_factory.mktemp("scratch"))
    yield database
    database.close()


@pytest.fixture(scope="package")
def postgres_scratch(postgres_url: str) -> Iterator[Database]:
    database = on_postgres(postgres_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def example(request: pytest.FixtureRequest) -> Database:
    """The example partner, once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_example")
    return found


@pytest.fixture(scope="package", params=["sqlite", "postgres"])
def scratch(request: pytest.FixtureRequest) -> Database:
    """An empty database to write to and roll back, once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_scratch")
    return found
