"""Misbehaviour on command: injected faults and rate limits, and the count of the sandbox's own time."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.errors import ApiError, TooMany, refusal


class Per(StrEnum):
    """What a rate limit counts by."""

    ROOM = "room"
    TOKEN = "token"  # noqa: S105  (a word, not a secret)


@dataclass(frozen=True)
class Limit:
    """At most `count` requests in any `seconds`."""

    per: Per
    count: int
    seconds: float


class Limits:
    """Sliding windows by room and by token, in real time, for that is what Retry-After speaks of."""

    def __init__(self) -> None:
        self.active: dict[Per, Limit] = {}
        self._taken: dict[tuple[Per, str], deque[float]] = {}

    def set(self, limit: Limit) -> None:
        """Put a limit in force, in place of the one of its kind."""
        self.active[limit.per] = limit

    def clear(self) -> None:
        """No limits any more."""
        self.active.clear()
        self._taken.clear()

    def take(self, per: Per, key: str) -> None:
        """Count one request; TooMany when the window is full."""
        limit = self.active.get(per)
        if limit is None:
            return
        now = time.monotonic()
        taken = self._taken.setdefault((per, key), deque())
        while taken and taken[0] <= now - limit.seconds:
            taken.popleft()
        if len(taken) >= limit.count:
            raise TooMany(retry_after=taken[0] + limit.seconds - now)
        taken.append(now)


class FrameFault(StrEnum):
    """What can happen to a frame on its way through a socket."""

    DROP = "drop"
    DUPLICATE = "duplicate"


@dataclass
class Fault:
    """What shall go wrong with matching requests; `path` is a prefix, `times` None means for ever.

    `carried_out`: the request takes effect and only its answer is lost. `frames`: not requests suffer, but what is
    sent through sockets.
    """

    method: str | None = None
    path: str = "/"
    status: int | None = None
    retry_after: float | None = None
    times: int | None = None
    probability: float = 1.0
    delay_ms: float = 0
    carried_out: bool = False
    frames: FrameFault | None = None

    def matches(self, method: str, path: str) -> bool:
        """Whether it is about this request."""
        return self.frames is None and path.startswith(self.path) and self.method in (None, method)


@dataclass
class Faults:
    """The faults in force; chance comes from the world's seed."""

    chance: Random
    active: list[Fault] = field(default_factory=list)

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, if one does; its count goes down."""
        return next((fault for fault in self.active if fault.matches(method, path) and self._hits(fault)), None)

    def copies_of_a_frame(self) -> int:
        """How often the next frame is to be sent: once, unless a fault hits it."""
        hit = next((fault for fault in self.active if fault.frames and self._hits(fault)), None)
        if hit is None:
            return 1
        return 0 if hit.frames is FrameFault.DROP else 2

    def _hits(self, fault: Fault) -> bool:
        if fault.times == 0 or self.chance.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True


@dataclass
class Served:
    """How many requests were handled, and the seconds of handling."""

    requests: int = 0
    seconds: float = 0.0


class FaultMiddleware:
    """Counts own time and lets faults strike, everywhere but at the control endpoints. Plain ASGI, for speed."""

    def __init__(self, app: ASGIApp, faults: Faults, served: Served) -> None:
        self._app = app
        self._faults = faults
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith("/sandbox/"):
            await self._app(scope, receive, send)
            return
        fault = self._faults.strike(scope.get("method", "GET"), scope["path"]) if self._faults.active else None
        if fault and fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault and fault.status:
            if fault.carried_out and scope["type"] == "http":
                await self._app(scope, receive, _lost)
            error = ApiError("The sandbox was told to fail here.", status=fault.status, retry_after=fault.retry_after)
            await refusal(error)(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            self._served.requests += 1
            self._served.seconds += time.perf_counter() - started


async def _lost(_message: Message) -> None:
    """An answer that never arrives."""
