"""A sandbox in a process of its own, and the transport in front of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.arrival import Handler
from storage import Database
from tests.bot.box import Box, running_box
from tests.bot.echo_service import EchoService


@pytest.fixture
def box() -> Iterator[Box]:
    """A sandbox in which nothing was said yet."""
    with running_box() as found:
        yield found


Serve = Callable[..., EchoService]


@pytest.fixture
def serve(box: Box, tmp_path: Path) -> Iterator[Serve]:
    """Starts the transport against the sandbox; the same database each time."""
    with ExitStack() as stack:
        database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
        database.upgrade()
        stack.callback(database.close)

        def start(handler: Handler | None = None, token: str | None = None) -> EchoService:
            service = EchoService(box.url, token or box.bot_token, database, handler)
            service.start()
            stack.callback(service.stop)
            return service

        yield start
