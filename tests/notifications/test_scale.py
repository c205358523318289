"""Many customers: many changes are few messages, and few changes are little work however many customers there are."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.settings import Settings
from storage import Database
from tests.notifications.scale import NOON, change, fill, org, pipeline

ROOMS = ("one", "two", "three")
MINUTE = timedelta(minutes=1)


def burst(database: Database, folder: Path, customers: int, changes: int) -> tuple[dict[str, int], dict[str, set[str]]]:
    """Let so much change within a minute; returns each space's messages, and the customers in its files."""
    fill(database, customers, ROOMS)
    watched = pipeline(database, folder, Settings().pacing)
    watched.run(NOON)
    messages: dict[str, int] = defaultdict(int)
    listed: dict[str, set[str]] = defaultdict(set)
    share = changes // 12
    for tick in range(120):
        if tick < 12:
            change(database, range(tick * share, (tick + 1) * share))
        for message in watched.run(NOON + MINUTE + tick * timedelta(seconds=5)):
            messages[message.target] += 1
            if message.message.file:
                with message.message.file.open(encoding="utf-8-sig", newline="") as file:
                    listed[message.target] |= {row[2] for row in list(csv.reader(file))[1:]}
    return messages, listed


def check_burst(messages: dict[str, int], listed: dict[str, set[str]], changes: int) -> None:
    assert set(messages) == set(ROOMS)
    assert max(messages.values()) <= 5
    for room in ROOMS:
        assert listed[room] == {org(number) for number in range(changes)}


def test_hundreds_of_changes_in_a_minute_are_few_messages(sqlite_database: Database, tmp_path: Path) -> None:
    check_burst(*burst(sqlite_database, tmp_path, customers=500, changes=240), changes=240)


@pytest.mark.proof
def test_five_thousand_changes_among_a_hundred_thousand_customers(sqlite_database: Database, tmp_path: Path) -> None:
    check_burst(*burst(sqlite_database, tmp_path, customers=100_000, changes=4_992), changes=4_992)


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that run meanwhile, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool
    ) -> None:
        found.append((statement, parameters[0] if many else parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def looked_at(database: Database, folder: Path, customers: int) -> tuple[int, set[str]]:
    """Let 100 customers change, and a day pass; returns how many statements that takes, and the tables they scan."""
    fill(database, customers, ROOMS[:1])
    watched = pipeline(database, folder)
    watched.run(NOON)
    change(database, range(100))
    with statements(database) as found:
        watched.run(NOON + timedelta(days=1))
    scans = set()
    with database.read() as session:
        for statement, parameters in found:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                connection = session.connection()
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                scans |= {table for row in plan for table in re.findall(r"SCAN (\w+)", row[3])}
        sizes = {
            table: session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
            for table in ("customer", "subscription", "licence")
        }
    assert set(sizes.values()) == {customers}
    return len(found), scans


BIG = {"customer", "subscription", "licence", "snapshot", "standing", "term", "event", "decision", "told", "outbox"}
"""Tables that grow with the number of customers, or with time."""


def test_no_look_scans_what_grows(sqlite_database: Database, tmp_path: Path) -> None:
    _, scans = looked_at(sqlite_database, tmp_path, customers=3_000)
    assert scans & BIG == set()


@pytest.mark.proof
def test_a_look_takes_as_many_statements_among_a_hundred_times_as_many_customers(
    sqlite_database: Database, tmp_path: Path, sqlite_template: Path
) -> None:
    few, _ = looked_at(sqlite_database, tmp_path / "few", customers=1_000)
    other = tmp_path / "many.db"
    other.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{other}")
    many, scans = looked_at(database, tmp_path / "many", customers=100_000)
    database.close()
    assert many == few
    assert scans & BIG == set()
