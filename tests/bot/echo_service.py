"""The transport with a handler that repeats what it hears, in this process or as a program of its own.

As a program: `python -m tests.bot.echo_service SANDBOX_URL BOT_TOKEN DATABASE_URL`; it prints a line when connected.
"""

import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from bot.arrival import Arrival, Handler, Prepared
from bot.errors import TokenRefused
from bot.intake import Intake
from bot.rooms import Rooms
from bot.sender import Sender
from bot.webex import Webex
from bot.websocket import Websocket
from notifications.backoff import Backoff
from notifications.deliver import Deliverer
from notifications.outbox import Message, Outgoing
from storage import Database
from tests.bot.waiting import wait_until

QUICKLY = Backoff(first_seconds=0.2, cap_seconds=1.0)


class Echo:
    """Answers `hello` with `echo hello`."""

    def prepare(self, arrival: Arrival) -> Prepared:
        return Prepared(effects=False, run=lambda: [answer(arrival, f"echo {arrival.text}")])

    def interrupted(self, arrival: Arrival) -> Sequence[Outgoing]:
        return [answer(arrival, f"interrupted {arrival.text}")]


def answer(arrival: Arrival, text: str) -> Outgoing:
    return Outgoing(f"answer:{arrival.id}", arrival.room_id, Message(text), parent_id=arrival.root_id)


class EchoService:
    """Everything between Webex and a handler."""

    def __init__(self, url: str, token: str, database: Database, handler: Handler | None = None) -> None:
        self.webex = Webex(token, url)
        self.database = database
        self.deliverer = Deliverer(
            database,
            Sender(self.webex, Rooms(database, self.webex)),
            now,
            backoff=QUICKLY,
            mark=lambda _row: "(repeated)",
        )
        self.intake = Intake(database, self.webex, handler or Echo(), self.deliverer, now, backoff=QUICKLY)
        self.socket = Websocket(self.webex, self.intake, now, reconnect=QUICKLY)
        self.failure: TokenRefused | None = None
        self._thread = threading.Thread(target=self._run, name="websocket")

    def start(self) -> None:
        self.deliverer.start()
        self.intake.start()
        self._thread.start()

    def stop(self) -> None:
        """End it; a second time is fine."""
        self.socket.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()
        self.intake.stop()
        self.deliverer.stop()
        self.webex.close()

    def wait_until_connected(self) -> None:
        wait_until(lambda: self.socket.connected)

    def wait_until_ended(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.socket.run()
        except TokenRefused as error:
            self.failure = error


def now() -> datetime:
    return datetime.now(UTC)


def main(url: str, token: str, database_url: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    database = Database(database_url)
    database.upgrade()
    service = EchoService(url, token, database)
    service.start()
    service.wait_until_connected()
    sys.stdout.write("connected\n")
    sys.stdout.flush()
    service.wait_until_ended()


if __name__ == "__main__":
    main(*sys.argv[1:])
