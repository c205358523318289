"""Alerts to many spaces: how near to the limits of Webex, and what is lost or repeated when everything fails."""

import random
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlmodel import col

from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.tables import Attempt, Outbox, OutboxState
from tests.bot.box import BOT, Box, running_box
from tests.bot.delivery_program import MARK, delivering, now, started

ALERTS, SPACES, LIMIT_SECONDS = 6000, 200, 2.0
CHAOS_ALERTS, CHAOS_SPACES, KILLS = 2000, 40, 50
WANTED_RATIO = 1.10
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Speed:
    """How long a burst took beside what the limit allows."""

    alerts: int
    spaces: int
    seconds: float
    allowed_seconds: float
    attempts: int

    @property
    def ratio(self) -> float:
        """Of the time that the limit allows."""
        return self.seconds / self.allowed_seconds


@dataclass(frozen=True)
class Chaos:
    """What became of alerts while answers failed and the delivering process was killed."""

    alerts: int
    kills: int
    attempts: int
    lost: int
    out_of_order: int
    repeated: int
    """Messages that are there more than once."""
    unmarked: int
    """Repetitions that do not say so."""
    unexplained: int
    """Repetitions of messages whose answer was never cut off."""
    marked_once: int
    """Marked, though there only once: nobody could tell."""
    seconds: float


def measure_speed(alerts: int = ALERTS, spaces: int = SPACES, limit_seconds: float = LIMIT_SECONDS) -> Speed:
    """Send alerts evenly to spaces of which each takes one message in so many seconds; nothing fails."""
    with TemporaryDirectory() as folder, running_box() as box:
        database = _database(folder)
        rooms = _rooms(box, spaces)
        _write(database, rooms, range(alerts))
        box.control("POST", "limits", per="room", count=1, seconds=limit_seconds)
        began = time.perf_counter()
        with delivering(box.url, box.bot_token, database):
            _wait(database, alerts)
        seconds = time.perf_counter() - began
        said = _said(box)
        assert all(numbers == sorted(set(numbers)) for numbers in _numbers(said).values())
        attempts = _attempts(database)
        database.close()
    allowed = (alerts / spaces - 1) * limit_seconds
    return Speed(alerts, spaces, seconds, allowed, attempts)


def measure_chaos(alerts: int = CHAOS_ALERTS, spaces: int = CHAOS_SPACES, kills: int = KILLS, seed: int = 1) -> Chaos:
    """Send alerts while requests fail, answers get lost and the process is killed at random moments, all along."""
    chance = random.Random(seed)
    began = time.perf_counter()
    with TemporaryDirectory() as folder, running_box() as box:
        database = _database(folder)
        rooms = _rooms(box, spaces) + [person["email"] for person in box.people[:4]]
        for fault in (
            {"status": 429, "retry_after": 1, "probability": 0.10},
            {"status": 503, "probability": 0.05},
            {"status": 502, "probability": 0.03, "carried_out": True},
        ):
            box.control("POST", "faults", method="POST", path="/v1/messages", **fault)
        parts = kills + 1
        for number in range(parts):
            _write(database, rooms, range(alerts * number // parts, alerts * (number + 1) // parts))
            process = started(box.url, box.bot_token, str(database.engine.url))
            if number < kills:
                time.sleep(chance.uniform(0.1, 0.8))
            else:
                _wait(database, alerts)
            process.kill()
            process.join()
            process.close()
        result = _judge(database, box, alerts, kills, time.perf_counter() - began)
        database.close()
    return result


def main() -> None:
    """Measure both, and print tables."""
    speed, chaos = measure_speed(), measure_chaos()
    table = Table(title=f"{speed.alerts:,} alerts to {speed.spaces} spaces, one message in {LIMIT_SECONDS:g} s each")
    for heading in ("seconds", "the limit allows", f"ratio (wanted: at most {WANTED_RATIO})", "requests"):
        table.add_column(heading, justify="right")
    table.add_row(f"{speed.seconds:.1f}", f"{speed.allowed_seconds:.1f}", f"{speed.ratio:.3f}", f"{speed.attempts:,}")
    Console().print(table)
    table = Table(title=f"{chaos.alerts:,} alerts, 10 % 429, 5 % 503, 3 % answers cut off, {chaos.kills} × kill -9")
    names = ("attempts", "lost", "out_of_order", "repeated", "unmarked", "unexplained", "marked_once")
    for name in (*names, "seconds"):
        table.add_column(name.replace("_", " "), justify="right")
    table.add_row(*(f"{getattr(chaos, name):,}" for name in names), f"{chaos.seconds:.0f}")
    Console().print(table)


def _database(folder: str) -> Database:
    database = Database(f"sqlite:///{Path(folder) / 'delivery.db'}")
    database.upgrade()
    return database


def _rooms(box: Box, count: int) -> list[str]:
    rooms = []
    with box.client() as client:
        for number in range(count):
            room = client.post("rooms", json={"title": f"Space {number}"}).raise_for_status().json()["id"]
            client.post("memberships", json={"roomId": room, "personEmail": BOT}).raise_for_status()
            rooms.append(room)
    return rooms


def _write(database: Database, rooms: Sequence[str], numbers: range) -> None:
    alerts = [
        Outgoing(f"alert:{number}", rooms[number % len(rooms)], Message(f"alert {number}"), Priority.ALERT)
        for number in numbers
    ]
    with database.write() as session:
        enqueue(session, alerts, now())


def _sent(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(col(Outbox.state) == OutboxState.SENT)) or 0


def _attempts(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Attempt)) or 0


def _wait(database: Database, alerts: int) -> None:
    until = time.perf_counter() + PATIENCE_SECONDS
    while _sent(database) < alerts:
        if time.perf_counter() > until:
            raise TimeoutError(f"{_sent(database)} of {alerts} alerts were sent")
        time.sleep(0.1)


def _said(box: Box) -> dict[str, list[str]]:
    said = defaultdict(list)
    for message in box.said_by_bot():
        said[message["roomId"]].append(message["text"])
    return said


def _numbers(said: dict[str, list[str]]) -> dict[str, list[int]]:
    return {room: [int(re.findall(r"alert (\d+)", text)[0]) for text in texts] for room, texts in said.items()}


def _judge(database: Database, box: Box, alerts: int, kills: int, seconds: float) -> Chaos:
    said = _said(box)
    numbers = _numbers(said)
    copies: dict[int, list[bool]] = defaultdict(list)
    for room, texts in said.items():
        for number, text in zip(numbers[room], texts, strict=True):
            copies[number].append(MARK in text)
    with database.read() as session:
        cut_off = {
            int(cause.partition(":")[2])
            for cause in session.scalars(select(col(Outbox.cause)).where(col(Outbox.maybe_sent)))
        }
    repeated = {number: marks for number, marks in copies.items() if len(marks) > 1}
    return Chaos(
        alerts=alerts,
        kills=kills,
        attempts=_attempts(database),
        lost=len(set(range(alerts)) - copies.keys()),
        out_of_order=sum(order != sorted(order) for order in numbers.values()),
        repeated=len(repeated),
        unmarked=sum(not all(marks[1:]) for marks in repeated.values()),
        unexplained=len(repeated.keys() - cut_off),
        marked_once=sum(marks == [True] for marks in copies.values()),
        seconds=seconds,
    )
