"""Asking a bot and hearing its answer, as a person in the sandbox does."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.bot.box import BOT, Box


class Conversation:
    """One person, one-to-one with the bot; what comes is heard from a stream, without asking for it."""

    def __init__(self, client: httpx.Client, events: Iterator[str]) -> None:
        self._client = client
        self._events = events

    def ask(self, text: str) -> float:
        """Return the seconds between posting a message and hearing its answer."""
        began = time.perf_counter()
        question = self._client.post("messages", json={"toPersonEmail": BOT, "markdown": text}).json()["id"]
        while True:
            message = self._next()
            if message.get("personEmail") == BOT and message.get("parentId") == question:
                return time.perf_counter() - began

    def _next(self) -> dict[str, Any]:
        for line in self._events:
            if line.startswith("data:"):
                return dict(json.loads(line.removeprefix("data:")))
        raise EOFError("the sandbox's stream has ended")


@contextmanager
def conversation(box: Box, person: int = 0) -> Iterator[Conversation]:
    """Talk as the sandbox's n-th person."""
    address = f"{box.url}/sandbox/events"
    token = box.people[person]["token"]
    with (
        box.client(person) as client,
        httpx.stream("GET", address, params={"token": token}, timeout=60) as response,
    ):
        events = response.iter_lines()
        next(events)
        yield Conversation(client, events)
