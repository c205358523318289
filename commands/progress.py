"""Telling in the thread how far a long command has come."""

from collections.abc import Callable
from time import monotonic

from commands.context import Context
from templates.catalogue import N_

PATIENCE_SECONDS = 2.0
"""So long nothing is said: most commands are done by then."""
PAUSE_SECONDS = 15.0
"""Between two messages."""


class Progress:
    """Called with how many are done, and of how many; says so now and then."""

    def __init__(self, ctx: Context, seconds: Callable[[], float] = monotonic) -> None:
        self._ctx = ctx
        self._seconds = seconds
        self._next = seconds() + PATIENCE_SECONDS

    def __call__(self, done: int, total: int) -> None:
        """Tell, if it is time to."""
        now = self._seconds()
        if now < self._next or done >= total:
            return
        self._next = now + PAUSE_SECONDS
        texts = self._ctx.texts
        counts = {"done": texts.number(done), "total": texts.number(total)}
        self._ctx.tell(texts(N_("I am working on it: %(done)s of %(total)s."), **counts))
