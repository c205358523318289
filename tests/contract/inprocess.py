"""A sandbox without a socket: requests go straight into its application, some thousand a second."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from sandbox.app import MIDDLEWARE
from sandbox.server import Sandbox
from tests.contract.checking import Exchange

PATIENCE_SECONDS = 20.0


@dataclass
class InProcess:
    """A sandbox that nobody listens for; `routes` are what it serves, found in the application itself."""

    box: Sandbox
    routes: list[Route]
    runner: asyncio.Runner

    def call(
        self,
        method: str,
        path: str,
        query: str = "",
        *,
        token: str | None = None,
        json_body: Any = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """One request; the exchange's path begins after `/v1` where it is one of Webex's."""
        sent = dict(headers or {})
        if token:
            sent["authorization"] = f"Bearer {token}"
        if json_body is not None:
            body = json.dumps(json_body).encode()
            sent.setdefault("content-type", "application/json")
        return self.runner.run(self._call(method, path, query, sent, body))

    async def _call(self, method: str, path: str, query: str, sent: dict[str, str], body: bytes) -> Exchange:
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        start: Message = {}
        parts: list[bytes] = []

        async def receive() -> Message:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path, errors="replace"),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()],
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
        }
        await asyncio.wait_for(self.box.app(scope, receive, send), PATIENCE_SECONDS)
        answered = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
        return Exchange(method, path.removeprefix("/v1"), query, sent, body, start["status"], answered, b"".join(parts))


@contextmanager
def in_process(customers: int = 30) -> Iterator[InProcess]:
    """A sandbox of these customers, watched by nobody."""
    with asyncio.Runner() as runner:
        yield unwatched(customers, runner)


def unwatched(customers: int, runner: asyncio.Runner) -> InProcess:
    """The same, on an event loop that is there already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(MIDDLEWARE, raising=False)
        box = Sandbox(customers=customers, seed=1)
    box.world.url = "http://127.0.0.1:1"
    return InProcess(box, _routes(box.app), runner)


def _routes(app: ASGIApp) -> list[Route]:
    inner: Any = app
    while not hasattr(inner, "routes"):
        inner = inner._app
    return [route for route in inner.routes if isinstance(route, Route)]
