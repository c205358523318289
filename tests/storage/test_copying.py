"""Moving from a SQLite file to PostgreSQL and back: every row arrives, or nothing does."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from storage import Database
from storage.copying import CopyDiffers, CopyRefused, copy
from storage.tables import (
    DERIVED,
    Audit,
    Customer,
    CustomerTag,
    Licence,
    Outbox,
    Schedule,
    Snapshot,
    Space,
    Subscription,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def schedule(number: int | None = None) -> Schedule:
    return Schedule(
        id=number,
        room_id="room",
        report="low",
        every="daily",
        at=time(9, 30),
        time_zone="UTC",
        next_run=NOON,
        created_by="a@b.c",
        created_at=NOON,
    )


def fill(database: Database) -> None:
    """Something of every type, with keys whose order depends on who sorts."""
    with database.write() as session:
        for org_id in ("b-1", "B-2", "a_3", "Ä-4", "á-5", "🙂-6"):
            sub = f"Sub-{org_id}"
            session.add(Customer(org_id=org_id, name=f"<{org_id}> \t", name_folded=org_id.casefold(), identity_at=NOON))
            session.add(CustomerTag(org_id=org_id, tag="Gold"))
            session.add(Subscription(subscription_id=sub, org_id=org_id, orders=[{"order_id": "1", "items": []}]))
            session.flush()
            session.add(Licence(subscription_id=sub, product="Calling", org_id=org_id, total=5))
            session.add(Snapshot(subscription_id=sub, product="Calling", day=date(2026, 11, 21), total=None))
        session.add(Space(room_id="room", kind="group"))
        session.flush()
        session.add(schedule(41))
        for number in range(3):
            after = {"tags": ["ñ", None, 1.5]}
            session.add(Audit(at=NOON, who="a@b.c", what="tag", target=f"customer:{number}", after=after))
        content = {"markdown": "é"}
        session.add(Outbox(cause="x", target="room", priority=0, content=content, created_at=NOON, not_before=NOON))


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All but what is made again."""
    with database.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
            if table.name not in DERIVED
        }


@pytest.fixture
def make_file(tmp_path: Path, sqlite_template: Path) -> Callable[[str], Database]:
    def make(name: str) -> Database:
        path = tmp_path / name
        path.write_bytes(sqlite_template.read_bytes())
        return Database(f"sqlite:///{path}")

    return make


def test_every_row_arrives_in_postgresql_and_comes_back(
    make_file: Callable[[str], Database], postgres_database: Database
) -> None:
    first, last = make_file("first.db"), make_file("last.db")
    fill(first)
    copied = copy(first, postgres_database)
    assert copied["customer"] == 6
    assert copied["audit"] == 3
    copy(postgres_database, last)
    assert everything(last) == everything(postgres_database) == everything(first)


def test_new_rows_are_numbered_after_the_copied_ones(
    make_file: Callable[[str], Database], postgres_database: Database
) -> None:
    first = make_file("first.db")
    fill(first)
    copy(first, postgres_database)
    with postgres_database.write() as session:
        added, event = schedule(), Audit(at=NOON, who="a", what="tag", target="x")
        session.add_all([added, event])
        session.flush()
        assert (added.id, event.id) == (42, 4)


def test_a_database_that_holds_something_is_not_written_to(make_file: Callable[[str], Database]) -> None:
    first, second = make_file("first.db"), make_file("second.db")
    fill(first)
    with second.write() as session:
        session.add(Space(room_id="other", kind="direct"))
    before = everything(second)
    with pytest.raises(CopyRefused, match="space"):
        copy(first, second)
    assert everything(second) == before


def test_a_database_is_not_copied_onto_itself(make_file: Callable[[str], Database]) -> None:
    first = make_file("first.db")
    with pytest.raises(CopyRefused):
        copy(first, Database(first.url))


def test_what_the_target_cannot_hold_is_named_and_nothing_is_kept(
    make_file: Callable[[str], Database], postgres_database: Database
) -> None:
    first = make_file("first.db")
    fill(first)
    with first.write() as session:
        session.add(Space(room_id="with \x00 inside", kind="direct"))
    with pytest.raises(CopyDiffers, match="space"):
        copy(first, postgres_database)
    assert not any(everything(postgres_database).values())
