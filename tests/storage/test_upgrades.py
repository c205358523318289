"""Whoever comes from any earlier version keeps what was stored, on both databases."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Connection, MetaData, Table, insert, select, text
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from storage import Database
from storage.database import MIGRATIONS
from storage.tables import DERIVED

VALUES = (
    (bool, True),
    (int, 7),
    (float, 1.5),
    (datetime, datetime(2026, 11, 22, 12, tzinfo=UTC)),
    (date, date(2026, 11, 22)),
    (time, time(9, 30)),
    (str, "x"),
)
"""One value for each type. Every text is the same, so that every foreign key finds its row."""


def config(connection: Connection | None = None) -> Config:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.attributes["connection"] = connection
    return found


REVISIONS = [each.revision for each in reversed(list(ScriptDirectory.from_config(config()).walk_revisions()))]


def row_of(table: Table) -> dict[str, Any]:
    """A row with something in every column."""
    return {column.name: _value(column.type) for column in table.columns}


def _value(of: TypeEngine[Any]) -> Any:
    if isinstance(of, JSON):
        return {"one": [1, None]}
    return next(value for kind, value in VALUES if issubclass(of.python_type, kind))


def content(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    found = MetaData()
    found.reflect(connection)
    return {
        table.name: [dict(row._mapping) for row in connection.execute(select(table))]
        for table in found.sorted_tables
        if table.name not in ("alembic_version", *DERIVED)
    }


def empty(database: Database) -> None:
    """Back to a database without any table."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            # Dropping a table that others point to would otherwise look for their rows.
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_earlier_version_is_brought_up_to_date_with_all_it_holds(database: Database, revision: str) -> None:
    empty(database)
    with database.engine.begin() as connection:
        command.upgrade(config(connection), revision)
    with database.engine.begin() as connection:
        at_revision = MetaData()
        at_revision.reflect(connection)
        for table in at_revision.sorted_tables:
            if table.name not in ("alembic_version", *DERIVED):
                connection.execute(insert(table), row_of(table))
        before = content(connection)
    database.upgrade()
    with database.engine.connect() as connection:
        after = content(connection)
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == REVISIONS[-1]
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    for name, rows in before.items():
        assert len(rows) == 1
        (kept,) = after[name]
        assert rows[0].items() <= kept.items(), name
