"""Order where it matters, and only there: what one person does in one room is handled in the order it was done."""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from notifications.workers import Workers

Work = Callable[[], bool]
"""Returns False when it must be made ready again before it counts as done."""


@dataclass(eq=False)
class Ticket:
    """A place in a lane."""

    key: Hashable
    since: float = field(default_factory=time.monotonic)
    work: Work | None = None


class Lanes:
    """Runs the work of each lane one after the other, in the order of the tickets; lanes run beside each other.

    Tickets become ready in any order, so that what comes before the work, such as looking things up, need not wait.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._guard = threading.Lock()
        self._lanes: dict[Hashable, deque[Ticket]] = {}
        self._running: set[Ticket] = set()

    def admit(self, key: Hashable) -> Ticket:
        """Take a place at the end of a lane."""
        ticket = Ticket(key)
        with self._guard:
            self._lanes.setdefault(key, deque()).append(ticket)
        return ticket

    def ready(self, ticket: Ticket, work: Work) -> None:
        """Run the work of a ticket in this thread if it is its turn; else it runs when its turn comes."""
        with self._guard:
            ticket.work = work
            first = self._may_run(ticket.key)
        if first:
            self._run(first)

    def _run(self, ticket: Ticket) -> None:
        done = True
        try:
            done = ticket.work is None or ticket.work()
        finally:
            self._advance(ticket, done)

    def _advance(self, ticket: Ticket, done: bool) -> None:
        with self._guard:
            self._running.discard(ticket)
            lane = self._lanes[ticket.key]
            ticket.work = None
            if done:
                lane.popleft()
            if not lane:
                del self._lanes[ticket.key]
            following = self._may_run(ticket.key)
        if following:
            # Its place in the workers' queue is by when it came, not by when it became ready.
            self._workers.submit(lambda: self._run(following), following.since - time.monotonic())

    def _may_run(self, key: Hashable) -> Ticket | None:
        """The first ticket of a lane, marked as running, if it is ready and not running yet."""
        lane = self._lanes.get(key)
        if not lane or lane[0].work is None or lane[0] in self._running:
            return None
        self._running.add(lane[0])
        return lane[0]
