"""Messages in, each handled once: inbox, acknowledge, handle, done."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

import hub.errors
from bot.activity import Activity
from bot.arrival import Arrival, Handler
from bot.errors import Busy, Refused, TokenRefused, Unavailable
from bot.inbox import Inbox, TakenOver
from bot.lanes import Lanes, Ticket
from bot.lookup import Located, LookUp, OwnMessage
from bot.webex import Webex
from notifications.backoff import Backoff
from notifications.deliver import Deliverer
from notifications.workers import Workers
from storage import Database
from storage.presence import Presence
from storage.tables import InboxState

log = structlog.get_logger()

STORE_AGAIN_SECONDS = 1.0
TURN_SECONDS = 0.05
"""How often it is looked whether another process has answered what the same person did before."""


class Source(Protocol):
    """Where activities come from."""

    def stored(self, activity_id: str) -> None:
        """An activity is in the inbox, now or since before."""

    def acknowledge(self, public_id: str) -> None:
        """Tell Webex that a message or action need not be sent again; that it hears this is not certain."""

    def token_refused(self) -> None:
        """Webex does not accept our token any more: nothing works from here on."""


@dataclass(eq=False)
class _Case:
    """One activity on its way through."""

    activity: Activity
    source: Source
    ticket: Ticket
    was_running: bool
    """An earlier run was stopped in its command, which may have changed something."""
    located: Located | None = None
    arrival: Arrival | None = None
    failures: int = 0


class Intake:
    """Takes activities and sees each through to its answer, over faults, reconnects and restarts.

    One thread writes into the inbox, all that has come meanwhile in one transaction. Others look it up, hand it to the
    handler and have the answer delivered. What Webex cannot tell now it is asked again later, as long as it takes.
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
        presence: Presence | None = None,
    ) -> None:
        self._inbox = Inbox(database, presence)
        self._source: Source | None = None
        self._lookup = LookUp(webex, database)
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
        """Webex can be reached, at first or again: take up what is unfinished, and what waits to be sent."""
        self._source = source
        self._writer.submit(lambda: self._take_up(source))
        self._writer.submit(self._deliverer.hurry)

    def take_over(self) -> None:
        """Take up what another process left unfinished, if that one is gone."""
        source = self._source
        if source and self._inbox.has_free(self._clock()):
            self._writer.submit(lambda: self._take_up(source))

    # In the writer's thread

    def _store(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        sources = {activity.id: source for activity, source in batch}
        if not batch:
            return
        try:
            stored = self._inbox.store([activity for activity, _ in batch], self._clock())
        except SQLAlchemyError as error:
            log.error("the inbox cannot be written", action="inbox", error=type(error).__name__)
            self._waiting.extendleft(reversed(batch))
            self._writer.submit(self._store, STORE_AGAIN_SECONDS)
            return
        for activity, source in batch:
            source.stored(activity.id)
        for activity in stored.new:
            self._admit(activity, sources[activity.id])
        for activity_id, public_id in stored.finished.items():
            sources[activity_id].acknowledge(public_id)

    def _take_up(self, source: Source) -> None:
        # Taken before reading: what is finished in between must not look unfinished.
        in_work = self._in_work.copy()
        for row in self._inbox.take_up(self._clock()):
            if row.activity.id not in in_work:
                self._admit(row.activity, source, was_running=row.running)

    def _admit(self, activity: Activity, source: Source, *, was_running: bool = False) -> None:
        self._in_work.add(activity.id)
        ticket = self._lanes.admit((activity.room, activity.person))
        case = _Case(activity, source, ticket, was_running)
        self._workers.submit(lambda: self._begin(case))

    # In the workers' threads

    def _begin(self, case: _Case) -> None:
        """Look a case up and acknowledge it; then it is handled when those before it in its lane are."""
        try:
            located = self._acknowledged(case)
            arrival = case.arrival = case.arrival or located.arrival()
        except Refused as error:
            self._close(case, error.reason)
        except OwnMessage:
            self._close(case, "own message")
        except (Busy, Unavailable) as error:
            self._again(case, error)
        else:
            self._lanes.ready(case.ticket, lambda: self._handle(case, located.public_id, arrival))

    def _acknowledged(self, case: _Case) -> Located:
        if case.located is None:
            case.located = self._lookup.locate(case.activity)
            case.source.acknowledge(case.located.public_id)
        return case.located

    def _again(self, case: _Case, error: Busy | Unavailable | hub.errors.Unavailable) -> None:
        case.failures += 1
        wait = error.retry_after_seconds if isinstance(error, Busy) else self._backoff.seconds(case.failures)
        log.info("Webex is asked again later", action="look_up", error=str(error), seconds=round(wait, 2))
        self._workers.submit(lambda: self._begin(case), wait)
        if isinstance(error, TokenRefused):
            case.source.token_refused()

    def _close(self, case: _Case, reason: str) -> None:
        log.info("an activity is dropped", action="drop", activity_id=case.activity.id, reason=reason)
        self._lanes.ready(case.ticket, lambda: self._drop(case, reason))

    def _drop(self, case: _Case, reason: str) -> bool:
        public_id = case.located.public_id if case.located else None
        with suppress(TakenOver):
            self._inbox.drop(case.activity, public_id, reason, self._clock())
        self._in_work.discard(case.activity.id)
        return True

    def _handle(self, case: _Case, public_id: str, arrival: Arrival) -> bool:
        """Have a case answered; False when that takes another attempt."""
        if not self._inbox.is_turn(case.activity):
            self._workers.submit(lambda: self._begin(case), TURN_SECONDS)
            return False
        try:
            targets = self._answer(case, public_id, arrival)
        except TakenOver:
            log.warning("an activity was taken over", action="taken_over", activity_id=case.activity.id)
            targets = []
        except (Busy, Unavailable, hub.errors.Unavailable) as error:
            self._again(case, error)
            return False
        except Exception as error:
            # The handler answers faults of commands itself; this is one of ours, and trying again would repeat it.
            log.exception("an activity could not be handled", action="failure", activity_id=case.activity.id)
            return self._drop(case, f"failed: {type(error).__name__}")
        self._in_work.discard(case.activity.id)
        for target in targets:
            self._deliverer.deliver(target)
        return True

    def _answer(self, case: _Case, public_id: str, arrival: Arrival) -> list[str]:
        """Run the command and write its answers; returns the spaces that have some."""
        if case.was_running:
            state, answers = InboxState.ASKED, self._handler.interrupted(arrival)
        else:
            prepared = self._handler.prepare(arrival)
            if prepared.effects:
                self._inbox.run(case.activity)
            state, answers = InboxState.DONE, prepared.run()
        self._inbox.finish(case.activity, public_id, state, answers, self._clock())
        return list(dict.fromkeys(answer.target for answer in answers))
