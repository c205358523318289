"""Delivery alone, into a sandbox: in this process, or as one that can be killed at any moment."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess

import structlog

from bot.rooms import Rooms
from bot.sender import Sender
from bot.webex import Webex
from notifications.backoff import Backoff
from notifications.deliver import Deliverer
from storage import Database

MARK = "(possibly repeated)"
THREADS = 16

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__])


def now() -> datetime:
    return datetime.now(UTC)


def serve(url: str, token: str, database_url: str) -> None:
    """Deliver until the process ends."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with delivering(url, token, Database(database_url)):
        threading.Event().wait()


@contextmanager
def delivering(url: str, token: str, database: Database) -> Iterator[Deliverer]:
    """Deliver what the database's outbox holds."""
    webex = Webex(token, url)
    deliverer = Deliverer(
        database,
        Sender(webex, Rooms(database, webex)),
        now,
        mark=lambda _row: MARK,
        backoff=Backoff(first_seconds=0.2, cap_seconds=2.0),
        threads=THREADS,
    )
    deliverer.start()
    try:
        yield deliverer
    finally:
        deliverer.stop()
        webex.close()


def started(url: str, token: str, database_url: str) -> BaseProcess:
    """Begin to deliver in a process of its own, whose modules are there already: it starts in some milliseconds."""
    process = _forking.Process(target=serve, args=(url, token, database_url), daemon=True)
    process.start()
    return process
