"""Units of work on both databases, and what a person is told when a database cannot be used."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from notifications.kinds import DEFAULT_EVENTS
from storage import Database, DatabaseUnusable
from storage.tables import Rule, Source

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_unit_of_work_commits_at_its_end(database: Database) -> None:
    with database.write() as session:
        session.add(Source(name="feed", read_at=NOON))
    with database.read() as session:
        assert session.get_one(Source, "feed").read_at == NOON


def test_a_failed_unit_of_work_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        session.add(Source(name="feed"))
        session.flush()
        raise RuntimeError
    with database.read() as session:
        assert session.get(Source, "feed") is None


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    in_madrid = NOON.astimezone(timezone(timedelta(hours=1)))
    with database.write() as session:
        session.add(Source(name="feed", read_at=in_madrid))
    with database.read() as session:
        read_at = session.get_one(Source, "feed").read_at
    assert read_at is not None
    assert (read_at, read_at.tzinfo) == (NOON, UTC)


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="naive"), database.write() as session:
        session.add(Source(name="feed", read_at=NOON.replace(tzinfo=None)))


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    with database.write() as session:
        session.add(Source(name="feed"))
    database.upgrade()
    with database.read() as session:
        assert session.get(Source, "feed") is not None


def test_the_migrations_build_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("this is not a database, it is a file with some text in it " * 20)
    with pytest.raises(DatabaseUnusable, match=r"notes\.txt"):
        Database(f"sqlite:///{path}").upgrade()


@pytest.mark.parametrize("url", ["nonsense", "oracle://somewhere/db"])
def test_a_url_of_no_known_database_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnusable):
        Database(url)


def test_a_password_is_not_told() -> None:
    database = Database("postgresql://bot:secret@127.0.0.1:1/partner")
    with pytest.raises(DatabaseUnusable) as caught:
        database.upgrade()
    assert "secret" not in str(caught.value)


def test_rules_keep_their_days_and_are_told_of_what_is_new(tmp_path: Path) -> None:
    """A rule of before the days were kept by kind; one that chose its events keeps to those."""
    from alembic import command
    from alembic.config import Config

    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", "storage/migrations")
    defaults = ["suspended", "expired", "overage", "setup", "inactive", "expiry", "renewal"]
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(text("INSERT INTO space (room_id, kind, title) VALUES ('room', 'group', '')"))
        for number, events in enumerate([defaults, ["expiry"]], start=1):
            connection.execute(
                text(
                    'INSERT INTO rule (id, room_id, events, thresholds, "where", created_by, created_at, paused)'
                    " VALUES (:id, 'room', :events, '[30, 7]', '', 'ana', '2026-11-22 12:00:00', 0)"
                ),
                {"id": number, "events": json.dumps(events)},
            )
    database.upgrade()
    with database.read() as session:
        everything, chosen = session.scalars(select(Rule).order_by(col(Rule.id)))
    database.close()
    assert everything.thresholds == chosen.thresholds == {"expiry": [30, 7], "renewal": [30, 7]}
    assert everything.events == list(DEFAULT_EVENTS)
    assert (chosen.events, chosen.every) == (["expiry"], "now")
