"""A budget of calls a minute: what a token's limits, which Webex publishes nowhere, leave for reading."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

UNLIMITED = 1e9


class Spender(Protocol):
    """What makes calls and counts them."""

    @property
    def requests_sent(self) -> int:
        """How many were made so far."""


class Pace:
    """Fills evenly and holds at most one minute's worth; what was overspent is saved up first."""

    def __init__(self, per_minute: float, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._now = now
        self._left = float(per_minute)
        self._filled_at = now()

    def left(self) -> int:
        """Return how many calls may be made now; none while the budget is overspent."""
        now = self._now()
        self._left = min(self._per_minute, self._left + (now - self._filled_at) * self._per_minute / 60)
        self._filled_at = now
        return max(0, int(self._left))

    @contextmanager
    def spending_on(self, spender: Spender) -> Iterator[None]:
        """Charge the calls that are made meanwhile."""
        before = spender.requests_sent
        try:
            yield
        finally:
            self._left -= spender.requests_sent - before
