"""No message is lost, none is answered twice: a thousand at once, while things break."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from storage import Database
from storage.tables import Outbox, OutboxState
from tests.bot.box import Box
from tests.bot.conftest import Serve
from tests.bot.waiting import wait_until

MESSAGES = 1000
PATIENCE_SECONDS = 120.0


def answered(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(col(Outbox.state) == OutboxState.SENT)) or 0


def wait_for_answers(database: Database, count: int = MESSAGES) -> None:
    wait_until(lambda: answered(database) >= count, PATIENCE_SECONDS)


def assert_each_answered_once(box: Box) -> None:
    answers = Counter(answer["text"] for answer in box.said_by_bot())
    assert answers == Counter(f"echo message {number}" for number in range(MESSAGES))


def test_calm(box: Box, serve: Serve) -> None:
    """Posted before, all of them come in the moment in which the socket opens."""
    box.burst(MESSAGES)
    service = serve()
    wait_for_answers(service.database)
    assert_each_answered_once(box)
    assert_in_order_for_each_person(box)


def assert_in_order_for_each_person(box: Box) -> None:
    numbers: dict[str, list[int]] = {}
    for answer in box.said_by_bot():
        numbers.setdefault(answer["roomId"], []).append(int(re.sub(r"\D", "", answer["text"])))
    assert len(numbers) == len(box.people)
    assert all(order == sorted(order) for order in numbers.values())


def test_the_socket_is_dropped_halfway(box: Box, serve: Serve) -> None:
    service = serve()
    service.wait_until_connected()
    posting = Thread(target=box.burst, args=(MESSAGES,))
    posting.start()
    for part in (1 / 4, 1 / 2):
        wait_for_answers(service.database, int(MESSAGES * part))
        box.control("POST", "sockets/drop")
    posting.join()
    wait_for_answers(service.database)
    assert_each_answered_once(box)


@pytest.mark.parametrize("status", [503, 429])
def test_look_ups_fail_now_and_then(box: Box, serve: Serve, status: int) -> None:
    for path in ("/v1/messages/", "/conversation/"):
        box.control("POST", "faults", method="GET", path=path, status=status, retry_after=1, probability=0.05)
    service = serve()
    service.wait_until_connected()
    box.burst(MESSAGES)
    wait_for_answers(service.database)
    assert_each_answered_once(box)


def test_the_sandbox_is_away_for_a_while(box: Box, serve: Serve) -> None:
    service = serve()
    service.wait_until_connected()
    box.burst(MESSAGES)
    assert answered(service.database) < MESSAGES
    box.stop()
    Event().wait(2)
    assert not service.socket.connected
    box.start()
    wait_for_answers(service.database)
    assert_each_answered_once(box)


def test_the_service_is_killed_and_started_again(box: Box, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    database = Database(url)
    database.upgrade()
    with echo_program(box, url) as first:
        box.burst(MESSAGES)
        wait_for_answers(database, MESSAGES // 4)
        first.kill()
    assert answered(database) < MESSAGES
    with echo_program(box, url):
        wait_for_answers(database)
    database.close()
    assert_each_answered_once(box)


@contextmanager
def echo_program(box: Box, database_url: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.bot.echo_service", box.url, box.bot_token, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        try:
            assert program.stdout
            assert program.stdout.readline() == "connected\n"
            yield program
        finally:
            program.kill()
