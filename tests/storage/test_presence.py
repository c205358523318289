"""Leases: who lives, whose rows are free, and who sees to a job."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import Database, DatabaseUnusable
from storage.presence import LEASE, Presence, is_free
from storage.tables import Duty
from tests.clock import ManualClock


def frees(database: Database, looking: Presence, owner: Presence) -> bool:
    """Whether what `owner` claimed is free for `looking`."""
    with database.write() as session:
        session.merge(Duty(name="claimed", owner=owner.id))
    query = select(Duty.__table__.c.name).where(is_free(Duty.__table__.c.owner))  # type: ignore[attr-defined]
    with database.read() as session:
        return session.execute(query, {"horizon": looking.horizon()}).first() is not None


@pytest.fixture
def pair(postgres_database: Database, clock: ManualClock) -> tuple[Presence, Presence]:
    one, other = Presence(postgres_database, clock), Presence(postgres_database, clock)
    one.join()
    other.join()
    return one, other


def test_what_the_living_have_is_theirs(
    postgres_database: Database, clock: ManualClock, pair: tuple[Presence, Presence]
) -> None:
    one, other = pair
    for _ in range(5):
        clock.advance(LEASE / 2)
        one.beat()
        other.beat()
        assert not frees(postgres_database, one, other)


def test_what_the_dead_had_is_free_when_their_lease_ends(
    postgres_database: Database, clock: ManualClock, pair: tuple[Presence, Presence]
) -> None:
    one, other = pair
    clock.advance(LEASE / 2)
    one.beat()
    assert not frees(postgres_database, one, other)
    clock.advance(LEASE / 2 + timedelta(seconds=1))
    one.beat()
    assert frees(postgres_database, one, other)


def test_who_leaves_is_not_waited_for(postgres_database: Database, pair: tuple[Presence, Presence]) -> None:
    one, other = pair
    other.leave()
    assert frees(postgres_database, one, other)


def test_who_could_not_renew_gives_the_others_time_to(
    postgres_database: Database, clock: ManualClock, pair: tuple[Presence, Presence]
) -> None:
    """The database was away: both leases ended, and nobody is dead."""
    one, other = pair
    clock.advance(LEASE * 2)
    one.beat()
    assert not frees(postgres_database, one, other)
    for _ in range(3):
        clock.advance(LEASE / 2)
        one.beat()
    assert frees(postgres_database, one, other)


def test_one_sees_to_a_job_until_it_is_gone(clock: ManualClock, pair: tuple[Presence, Presence]) -> None:
    one, other = pair
    assert [one.holds("look"), other.holds("look"), one.holds("look")] == [True, False, True]
    assert other.holds("review")
    clock.advance(LEASE / 2)
    other.beat()
    clock.advance(LEASE / 2 + timedelta(seconds=1))
    other.beat()
    assert [other.holds("look"), one.holds("look")] == [True, False]


def test_a_sqlite_file_has_one_process(sqlite_database: Database, clock: ManualClock) -> None:
    one, second = Presence(sqlite_database, clock), Presence(sqlite_database, clock)
    one.join()
    with pytest.raises(DatabaseUnusable, match="another process"):
        second.join()
    one.leave()
    second.join()
    assert frees(sqlite_database, second, one)
    assert second.holds("look")
    second.leave()
