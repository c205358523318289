"""Whose turn it is to send in a space, and when: one thread at a time, and no sooner than the space takes it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

TRY_AFTER = 10
"""After so many messages at a space's pace it is tried whether the limit is still there."""


class Turns:
    """One thread at a time in each space; who comes meanwhile is told to go, and the one inside to look again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside: dict[str, bool] = {}

    def begin(self, target: str) -> bool:
        """Enter a space; False, leaving word, when somebody is inside."""
        with self._guard:
            if target in self._inside:
                self._inside[target] = True
                return False
            self._inside[target] = False
            return True

    def end(self, target: str) -> bool:
        """Leave a space; True when somebody came meanwhile."""
        with self._guard:
            return self._inside.pop(target)


@dataclass
class _Pace:
    """What a space was seen to take."""

    seconds: float = 0.0
    """Between two messages; 0: no limit was seen, or one that lets several through."""
    sent: int = 0
    """Since a message was refused."""
    paused_until: datetime | None = None


class Paces:
    """How long to leave each space alone, as it asked or as was learned from its asking.

    A space that lets one message through between two refusals is asked for no more than that: half of all requests
    would be in vain. Each space is in one thread's hands at a time.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._spaces: dict[str, _Pace] = {}

    def is_paused(self, target: str) -> bool:
        """Whether a space is to be left alone for now."""
        pace = self._spaces.get(target)
        return pace is not None and pace.paused_until is not None and pace.paused_until > self._clock()

    def refused(self, target: str, retry_after_seconds: float) -> None:
        """A space asked to wait."""
        pace = self._spaces.setdefault(target, _Pace())
        is_even = pace.sent == 1 or (pace.seconds and pace.sent == TRY_AFTER)
        pace.seconds, pace.sent = (retry_after_seconds if is_even else 0.0), 0
        self._pause(pace, retry_after_seconds)

    def sent(self, target: str) -> float:
        """A message went through; returns the seconds until the next."""
        pace = self._spaces.get(target)
        if pace is None:
            return 0.0
        pace.sent += 1
        if pace.sent > TRY_AFTER:
            # Tried, and not refused: the limit is gone.
            del self._spaces[target]
            return 0.0
        if not pace.seconds or pace.sent == TRY_AFTER:
            return 0.0
        self._pause(pace, pace.seconds)
        return pace.seconds

    def _pause(self, pace: _Pace, seconds: float) -> None:
        pace.paused_until = self._clock() + timedelta(seconds=seconds)
