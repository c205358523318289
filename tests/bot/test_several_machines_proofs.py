"""Replicas and workers on one PostgreSQL database, killed at random under load: each answered once, none lost."""

import random
import re
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.tables import Outbox, OutboxState
from tests.bot.box import BOT, Box, running_box
from tests.bot.delivery_program import MARK, now
from tests.bot.machines import Machines, running
from tests.bot.waiting import wait_until
from tests.contract import recorder

pytestmark = pytest.mark.proof

MESSAGES, ALERTS, ROOMS, KILLS = 120, 600, 15, 4
POST_MS = 100
LEASE_SECONDS = 3
SEED = 1


@pytest.fixture(autouse=True)
def no_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed leaves requests half sent, of which no description speaks."""
    monkeypatch.delenv(recorder.MIDDLEWARE, raising=False)


def rooms_of(box: Box) -> list[str]:
    return [box.new_room(BOT) for _ in range(ROOMS)]


def write(database: Database, rooms: list[str], numbers: range) -> None:
    alerts = [
        Outgoing(f"alert:{number}", rooms[number % ROOMS], Message(f"alert {number}"), Priority.ALERT)
        for number in numbers
    ]
    with database.write() as session:
        enqueue(session, alerts, now())


def unsent(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(col(Outbox.state) != OutboxState.SENT)) or 0


def cut_off(database: Database) -> int:
    """How many messages were on their way when their process was killed."""
    with database.read() as session:
        return session.scalar(select(func.count()).where(col(Outbox.maybe_sent))) or 0


def kill_at_random(machines: Machines, database: Database, rooms: list[str]) -> None:
    """A replica and a worker each time, at a random moment, and have them back a while later."""
    chance = random.Random(SEED)
    pause = threading.Event()
    for number in range(KILLS):
        write(database, rooms, range(ALERTS * number // KILLS, ALERTS * (number + 1) // KILLS))
        killed = [chance.choice(machines.replicas), chance.choice(machines.workers)]
        for machine in killed:
            pause.wait(chance.uniform(0.1, 0.7))
            machine.end()
        pause.wait(chance.uniform(0.5, 2))
        for machine in killed:
            machine.start()
        pause.wait(LEASE_SECONDS)


def test_every_message_is_answered_once_and_every_alert_delivered(postgres_database: Database, tmp_path: Path) -> None:
    settings = {"PARTNERBOT_LEASE_SECONDS": str(LEASE_SECONDS), "PARTNERBOT_SENDERS": "8"}
    with running_box() as box, running(box, postgres_database, tmp_path, settings=settings) as machines:
        rooms = rooms_of(box)
        wait_until(lambda: machines.hear(box), 60)
        box.control("POST", "faults", method="POST", path="/v1/messages", delay_ms=POST_MS)
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(machines.ask, box, MESSAGES)
            kill_at_random(machines, postgres_database, rooms)
            asked = asking.result(120)
        wait_until(lambda: set(asked) <= {said.get("parentId") for said in box.said_by_bot()}, 90)
        wait_until(lambda: unsent(postgres_database) == 0, 90)
        said = box.said_by_bot()
        assert cut_off(postgres_database), "nobody was killed in the middle of anything"

    answers = Counter(each["parentId"] for each in said if each.get("parentId") in set(asked))
    assert answers == Counter(asked)
    alerts = defaultdict(list)
    for each in said:
        if found := re.search(r"alert (\d+)", each["text"]):
            alerts[each["roomId"]].append((int(found[1]), MARK in each["text"]))
    assert {number for told in alerts.values() for number, _ in told} == set(range(ALERTS))
    for told in alerts.values():
        assert [number for number, _ in told] == sorted(number for number, _ in told)
        # A worker was killed between its request and the answer: that one may be there twice, and says so.
        again = [number for number, marked in told if marked]
        assert Counter(number for number, _ in told) - Counter({number for number, _ in told}) <= Counter(again)
