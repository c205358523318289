"""Jobs for workers: written with the messages they are about, or not at all, and done by whoever works."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from notifications.jobs import Jobs
from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.presence import WORKER, Presence
from tests.bot.waiting import wait_until


def now() -> datetime:
    return datetime.now(UTC)


def alert(number: int, room: str = "room", priority: Priority = Priority.ALERT) -> Outgoing:
    return Outgoing(f"alert:{number}", room, Message(f"alert {number}"), priority)


def waiting(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.execute(text("SELECT lock FROM procrastinate.procrastinate_jobs ORDER BY id")).scalars())


@pytest.fixture
def database(postgres_database: Database) -> Database:
    Presence(postgres_database, now, WORKER).join()
    return postgres_database


def test_a_space_has_one_job_for_all_that_is_written_at_once(database: Database) -> None:
    with database.write() as session:
        enqueue(session, [alert(1), alert(2), alert(3, "another")], now())
    assert waiting(database) == ["space:room", "space:another"]


def test_a_job_is_there_only_with_its_messages(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        enqueue(session, [alert(1)], now())
        raise RuntimeError
    assert waiting(database) == []


def test_an_answer_is_sent_by_who_gave_it(database: Database) -> None:
    with database.write() as session:
        enqueue(session, [alert(1, priority=Priority.ANSWER)], now())
    assert waiting(database) == []


def test_without_workers_there_are_no_jobs(postgres_database: Database) -> None:
    Presence(postgres_database, now).join()
    with postgres_database.write() as session:
        enqueue(session, [alert(1)], now())
    assert waiting(postgres_database) == []


@contextmanager
def working(jobs: Jobs) -> Iterator[None]:
    thread = threading.Thread(target=jobs.run)
    thread.start()
    try:
        yield
    finally:
        jobs.stop()
        thread.join(10)
        assert not thread.is_alive()


def test_jobs_are_done_once_and_are_gone(database: Database) -> None:
    looked: list[str] = []

    def look(target: str) -> Future[None]:
        looked.append(target)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    with working(Jobs(database, look, 2)):
        with database.write() as session:
            enqueue(session, [alert(number, f"room-{number}") for number in range(5)], now())
        wait_until(lambda: len(looked) == 5 and not waiting(database))
        with database.write() as session:
            enqueue(session, [alert(9)], now())
        wait_until(lambda: looked[5:] == ["room"])
    assert sorted(looked[:5]) == [f"room-{number}" for number in range(5)]


def test_a_space_is_in_one_worker_s_hands(database: Database) -> None:
    looked: list[Future[None]] = []

    def look(_target: str) -> Future[None]:
        looked.append(Future())
        return looked[-1]

    with working(Jobs(database, look, 4)), working(Jobs(database, look, 4)):
        for number in range(3):
            with database.write() as session:
                enqueue(session, [alert(number)], now())
        for number in range(3):
            wait_until(lambda: len(looked) == number + 1)  # noqa: B023
            threading.Event().wait(0.1)
            assert len(looked) == number + 1
            looked[number].set_result(None)
        wait_until(lambda: not waiting(database))


def test_the_schema_is_brought_up_to_date_once(postgres_database: Database) -> None:
    postgres_database.upgrade()
    postgres_database.upgrade()
    with postgres_database.read() as session:
        assert session.execute(text("SELECT count(*) FROM procrastinate.applied")).scalar()
