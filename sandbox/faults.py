"""Misbehaviour on command: injected faults and rate limits, and the count of the sandbox's own time."""

import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from sandbox.errors import TooMany


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
    DELAY = "delay"
    """It comes `delay_ms` later, and others may come before it."""
    REORDER = "reorder"
    """It comes after the next one, or after a second when there is none."""


class Lists(StrEnum):
    """What can happen to the list in an answer, which looks complete all the same."""

    EMPTY = "empty"
    PARTIAL = "partial"


@dataclass
class Fault:
    """What shall go wrong with matching requests; `path` is a prefix, `times` None means for ever.

    `seconds`: it ends by itself so much later, in real time as Retry-After; None means never.

    `carried_out`: the request takes effect and only its answer is lost. `cut_after_bytes`: it takes effect, and the
    connection breaks when so much of the answer's body has been sent; 0 gives no answer at all. `lists`: the list in
    the answer holds nothing, or half. `frames`: not requests suffer, but what is sent through sockets.
    """

    method: str | None = None
    path: str = "/"
    status: int | None = None
    retry_after: float | None = None
    times: int | None = None
    seconds: float | None = None
    probability: float = 1.0
    delay_ms: float = 0
    carried_out: bool = False
    cut_after_bytes: int | None = None
    lists: Lists | None = None
    frames: FrameFault | None = None

    def __post_init__(self) -> None:
        self._since = time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether it can strike no more."""
        return self.times == 0 or (self.seconds is not None and time.monotonic() - self._since >= self.seconds)

    @property
    def spoils_answers(self) -> bool:
        """Whether an answer is made, but not as it should be."""
        return self.cut_after_bytes is not None or self.lists is not None

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

    def strike_frame(self) -> Fault | None:
        """The fault that hits the next frame, if one does; its count goes down."""
        return next((fault for fault in self.active if fault.frames and self._hits(fault)), None)

    def _hits(self, fault: Fault) -> bool:
        if fault.is_over or self.chance.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True


@dataclass
class Served:
    """How many requests were handled, and the seconds of handling."""

    requests: int = 0
    seconds: float = 0.0
