"""What listens to every sandbox of the tests, whichever process it runs in, and notes what contradicts the contract.

It also looks at what the product's own clients send to something that plays Webex in a sandbox's stead.

The sandbox wraps its application in what SANDBOX_MIDDLEWARE names. Deviations are lines of the file CONTRACT_LOG,
which the fixture of `tests/conftest.py` reads after every test.
"""

import os
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.server import HOST
from tests.contract.checking import Exchange, deviations
from tests.contract.documents import read

MIDDLEWARE = "SANDBOX_MIDDLEWARE"
LOG = "CONTRACT_LOG"
ROOT = "/v1"
_ALL_OF_FIRST, _THEN_EVERY = 150, 20
_LARGE_BYTES = 300_000


class Recorder:
    """Looks at every exchange under /v1: the first ones of a kind, then a sample; of large answers only a sample."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._seen: Counter[tuple[str, str, int]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and look on."""
        if scope["type"] != "http" or not scope["path"].startswith(f"{ROOT}/"):
            await self._app(scope, receive, send)
            return
        sent: list[bytes] = []
        received: list[bytes] = []
        more: list[bool] = []
        start: dict[str, Any] = {}

        async def hear() -> Message:
            message = await receive()
            received.append(message.get("body", b""))
            more.append(message.get("more_body", False))
            return message

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                sent.append(message.get("body", b""))
                # Before the client has all of it: whatever test asked for it is still running.
                if not message.get("more_body") and self._is_wanted(scope, start["status"], sum(map(len, sent))):
                    # Whoever refuses at once has not read what was sent.
                    while not received or more[-1]:
                        await hear()
                    note(_exchange(scope, received, start, sent))
            await send(message)

        await self._app(scope, hear, tell)

    def _is_wanted(self, scope: Scope, status: int, size: int) -> bool:
        kind = (scope["method"], scope["path"].split("/")[2], status)
        self._seen[kind] += 1 if size < _LARGE_BYTES else _ALL_OF_FIRST // 2
        return self._seen[kind] <= _ALL_OF_FIRST or self._seen[kind] % _THEN_EVERY == 0


def note(exchange: Exchange) -> None:
    """Write down what is wrong with an exchange."""
    try:
        found = deviations(exchange, read())
    except Exception:
        # A fault of the check is a finding too.
        found = [f"{exchange.method} {exchange.path}: the check failed: {traceback.format_exc()!r}"]
    if found:
        with Path(os.environ[LOG]).open("a") as log:
            log.writelines(f"{one}\n" for one in found)


def watch_clients(patch: pytest.MonkeyPatch) -> None:
    """Look at what the product's own clients send where no sandbox listens but something that plays Webex."""
    really_send = httpx.Client.send

    def send(client: httpx.Client, request: httpx.Request, **how: Any) -> httpx.Response:
        if request.url.host != HOST and request.url.path.startswith(f"{ROOT}/"):
            exchange = _request(request)
            if exchange.is_own:
                note(exchange)
        return really_send(client, request, **how)

    patch.setattr(httpx.Client, "send", send)


def _request(request: httpx.Request) -> Exchange:
    path, _, query = request.url.raw_path.decode().partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Exchange(request.method, path.removeprefix(ROOT), query, headers, request.read())


def _exchange(scope: Scope, received: list[bytes], start: dict[str, Any], sent: list[bytes]) -> Exchange:
    return Exchange(
        scope["method"],
        scope["path"].removeprefix(ROOT),
        scope["query_string"].decode("latin-1"),
        _headers(scope["headers"]),
        b"".join(received),
        start["status"],
        _headers(start["headers"]),
        b"".join(sent),
    )


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}
