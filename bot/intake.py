"""Messages in, each handled once: inbox, acknowledge, handle, done."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.activity import Activity
from bot.arrival import Arrival, Handler
from bot.errors import Busy, Refused, TokenRefused, Unavailable, WebexError
from bot.inbox import Inbox
from bot.lanes import Lanes, Ticket
from bot.lookup import LookUp, OwnMessage
from bot.webex import Webex
from hub.errors import SourceError
from notifications.backoff import Backoff
from notifications.deliver import Deliverer
from notifications.outbox import Outgoing
from notifications.workers import Workers
from storage import Database
from storage.tables import InboxState

log = structlog.get_logger()

STORE_AGAIN_SECONDS = 1.0


class Source(Protocol):
    """Where activities come from."""

    def acknowledge(self, public_id: str) -> None:
        """Tell Webex that a message or action need not be sent again; whether it hears that does not matter."""

    def token_refused(self) -> None:
        """Webex does not accept our token any more: nothing will work from here on."""


@dataclass(eq=False)
class _Case:
    """One activity on its way."""

    activity: Activity
    source: Source
    ticket: Ticket
    was_running: bool
    public_id: str | None = None
    arrival: Arrival | None = None
    failures: int = 0


class Intake:
    """Takes activities and sees each through to its answer, also over faults, reconnects and restarts.

    One thread writes what comes into the inbox, all that waits in one transaction. A pool of others looks it up,
    hands it to the handler and has the answer delivered. What Webex cannot tell now is asked again later.
    """

    def __init__(
        self,
        database: Database,
        webex: Webex,
        handler: Handler,
        deliverer: Deliverer,
        clock: Callable[[], datetime],
        *,
        workers: int = 8,
        backoff: Backoff = Backoff(0.2, 5.0),  # noqa: B008  (frozen)
    ) -> None:
        self._inbox = Inbox(database)
        self._look_up = LookUp(webex, database)
        self._handler = handler
        self._deliverer = deliverer
        self._clock = clock
        self._backoff = backoff
        self._waiting: deque[tuple[Activity, Source]] = deque()
        self._in_work: set[str] = set()
        self._writer = Workers(1, "inbox")
        self._workers = Workers(workers, "intake")
        self._lanes = Lanes(self._workers)

    def start(self) -> None:
        """Begin to work."""
        self._writer.start()
        self._workers.start()

    def stop(self) -> None:
        """Begin nothing more, and wait a little for commands under way; the rest is done after the next start."""
        self._writer.stop()
        self._workers.stop()

    def take(self, activity: Activity, source: Source) -> None:
        """Handle an activity, unless it came before; returns at once."""
        self._waiting.append((activity, source))
        self._writer.submit(self._store)

    def resume(self, source: Source) -> None:
        """Take up what is unfinished, and messages that wait to be sent: Webex can be reached (again)."""
        self._writer.submit(lambda: self._take_up(source))

    # In the writer's thread

    def _store(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not batch:
            return
        sources = {activity.id: source for activity, source in batch}
        try:
            stored = self._inbox.store([activity for activity, _ in batch], self._clock())
        except SQLAlchemyError as error:
            log.error("the inbox cannot be written", action="inbox", error=type(error).__name__)  # noqa: TRY400
            self._waiting.extendleft(reversed(batch))
            self._writer.submit(self._store, STORE_AGAIN_SECONDS)
            return
        for activity in stored.new:
            self._admit(activity, sources[activity.id])
        for activity_id, public_id in stored.finished.items():
            sources[activity_id].acknowledge(public_id)

    def _take_up(self, source: Source) -> None:
        in_work = set(self._in_work)  # before reading: what is finished meanwhile must not look unfinished
        for row in self._inbox.unfinished():
            if row.activity.id not in in_work:
                self._admit(row.activity, source, was_running=row.running)
        self._deliverer.hurry()

    def _admit(self, activity: Activity, source: Source, *, was_running: bool = False) -> None:
        self._in_work.add(activity.id)
        ticket = self._lanes.admit((activity.room, activity.person))
        case = _Case(activity, source, ticket, was_running)
        self._workers.submit(lambda: self._work(case))

    # In the workers' threads

    def _work(self, case: _Case) -> None:
        """Look a case up, and handle it when its turn comes."""
        try:
            self._look_up(case)
        except OwnMessage:
            self._lanes.ready(case.ticket, lambda: self._drop(case, "own message"))
        except Refused as error:
            reason = error.reason
            self._lanes.ready(case.ticket, lambda: self._drop(case, reason))
        except (Busy, Unavailable) as error:
            self._again(case, error)
        else:
            self._lanes.ready(case.ticket, lambda: self._handle(case))
