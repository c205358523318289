"""Delivery: the messages of the outbox go out, in order within a space, until each is sent or refused."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bound_contextvars

from hub.errors import SourceError
from hub.measures import DELIVERIES
from notifications.backoff import Backoff
from notifications.channel import Absent, Busy, Channel, ChannelError, Refused, Unavailable
from notifications.correlation import of_cause
from notifications.outbox import Message, message_of
from notifications.queue import Outcome, Queue, Turn
from notifications.turns import Paces, Turns
from notifications.workers import Workers
from storage import Database
from storage.presence import Presence
from storage.tables import Halt, Outbox, OutboxState

log = structlog.get_logger()

WITHHELD = "withheld"
"""Why a row is parked that the gate did not let through."""
FILE_GONE = "its file is gone"
GONE = "it is not there any more, or I am not in it"
"""Why a space is halted that is not found."""

_SWEEP = timedelta(seconds=30)
"""How often due rows are looked for that nobody reported: another process may have written some."""
HALT_AFTER = 10
"""So many failures in a row, while other spaces take messages, and a space is halted. The default of a setting."""
_CLOCKS_APART = timedelta(minutes=1)
"""How far the chat service's clock may be behind ours."""


class Told(Protocol):
    """Hears what its spaces' owners should know."""

    def parked(self, row: Outbox) -> None:
        """A message was refused for good."""

    def halted(self, halt: Halt) -> None:
        """Nothing reaches a space any more; what is for it waits."""

    def resumed(self, target: str) -> None:
        """A space answers again, and what waited goes out."""


@dataclass
class _Failing:
    """A space whose messages fail, one after the other."""

    since: datetime
    times: int = 0


class Deliverer:
    """Sends what is due, each space on its own: one that has to wait holds up no other.

    A row says "sending" before its request leaves. Where the answer was lost, or a crash came between, the message may
    be there: where the space lets us look, it is looked for, else it is sent again with the `mark` before its text. The
    `gate` is asked before a row with an audience; anything but True parks that row, and a source that cannot tell (a
    `SourceError`) has it wait.

    A space that is gone, or fails `halt_after` times in a row while others do not, is halted: its messages wait there.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        clock: Callable[[], datetime],
        gate: Callable[[Outbox], bool | str] | None = None,
        *,
        told: Told | None = None,
        mark: Callable[[Outbox], str] | None = None,
        orphan: Callable[[Outbox], str] | None = None,
        backoff: Backoff = Backoff(),  # noqa: B008  (frozen)
        halt_after: int = HALT_AFTER,
        threads: int = 4,
        presence: Presence | None = None,
    ) -> None:
        self._queue = Queue(database, presence)
        self._in_hand: set[int] = set()
        self._channel = channel
        self._clock = clock
        self._gate = gate
        self._told = told
        self._mark = mark
        self._orphan = orphan
        self._backoff = backoff
        self._workers = Workers(threads, "deliver")
        self._turns = Turns()
        self._paces = Paces(clock)
        self._halt_after = halt_after
        self._failing: dict[str, _Failing] = {}
        self._last_sent: datetime | None = None
        self._stopping = False

    def start(self) -> None:
        """Take up what an earlier run left, and from now on send by itself what falls due."""
        self._queue.recover(self._clock())
        self._workers.start()
        self._workers.submit(self._sweep_for_ever)

    def stop(self) -> None:
        """Begin nothing more, and wait a little for requests under way."""
        self._stopping = True
        self._workers.stop()

    def wake(self) -> None:
        """Rows were written: look now."""
        self._workers.submit(self.sweep)

    def hurry(self) -> None:
        """The chat service answers again: what waits for another attempt is due now."""
        self._queue.hurry(self._clock())
        self.wake()

    def take_over(self) -> None:
        """Make due again what another process had under way, if that one is gone, and what we lost hold of."""
        if self._queue.recover(self._clock(), self._in_hand.copy()):
            self.wake()

    def sweep(self) -> None:
        """See to it that every space is delivered that has something due, now or before the next sweep."""
        now = self._clock()
        for target, earliest in self._queue.due_before(now + _SWEEP):
            self._deliver_later(target, (earliest - now).total_seconds())

    def check(self, target: str) -> None:
        """Look whether a space is still there, though nothing may be to be sent.

        Raises:
            ChannelError: that cannot be told now.
        """
        found = self._channel.find(target)
        if found is None:
            if not self._queue.is_halted(target):
                self._left_alone(target, GONE)
        elif found != target:
            self._moved(target, found)
        else:
            self._is_back(target)

    def soon(self, target: str) -> Future[None]:
        """Send all that is due in one space as soon as a thread is free; done when that was done."""
        done: Future[None] = Future()

        def deliver() -> None:
            try:
                self.deliver(target)
            finally:
                done.set_result(None)

        self._workers.submit(deliver)
        return done

    def deliver(self, target: str) -> None:
        """Send all that is due in one space; where another thread is at it, that one does."""
        again = True
        while again and self._turns.begin(target):
            try:
                while not self._stopping and self._deliver_next(target):
                    pass
            finally:
                again = self._turns.end(target)

    def _sweep_for_ever(self) -> None:
        try:
            self.take_over()
            self.sweep()
        finally:
            self._workers.submit(self._sweep_for_ever, _SWEEP.total_seconds())

    def _deliver_later(self, target: str, after_seconds: float) -> None:
        # A hair later than told: the clock that says whether a row is due is not the one that threads wait by.
        self._workers.submit(lambda: self.deliver(target), after_seconds + 0.01)

    def _deliver_next(self, target: str) -> bool:
        """Deal with the message whose turn it is; False when there is none, or the space has to wait."""
        turn = None if self._paces.is_paused(target) else self._queue.first(target, self._clock())
        if turn is None:
            return False
        number = turn.row.id or 0
        self._in_hand.add(number)
        try:
            # Whoever follows a question through the log finds its answer's way under the same id.
            with bound_contextvars(correlation=of_cause(turn.row.cause)):
                return self._deal_with(turn)
        finally:
            self._in_hand.discard(number)

    def _deal_with(self, turn: Turn) -> bool:
        row, target = turn.row, turn.row.target
        try:
            is_sent = self._send(row)
        except Absent as error:
            return self._absent(row, error)
        except Refused as error:
            self._refused(row, error)
        except Busy as error:
            self._paces.refused(target, error.retry_after_seconds)
            self._postpone(row, error, error.retry_after_seconds)
            return False
        except Unavailable as error:
            self._failed(row, error)
            return False
        except SourceError as error:
            self._postpone(row, error, self._backoff.seconds(row.attempts + 1))
            return False
        except SQLAlchemyError:
            # The database is away: a sweep takes the row up again when it is back.
            raise
        except Exception as error:
            # Trying again would fail again, and hold up what is behind it.
            log.exception("a message could not be delivered", action="failure", outbox_id=row.id)
            self._park(row, f"failed: {type(error).__name__}")
        else:
            return self._has_answered(turn) if is_sent else True
        return True

    def _has_answered(self, turn: Turn) -> bool:
        """A space took a message; False when it is to be left alone before the next."""
        target = turn.row.target
        self._last_sent = self._clock()
        self._failing.pop(target, None)
        if turn.is_halted:
            self._is_back(target)
        wait = self._paces.sent(target)
        if wait:
            self._deliver_later(target, wait)
        return not wait

    def _send(self, row: Outbox) -> bool:
        """Send a message, unless it is there already; False when it was parked, or others send it."""
        message = message_of(row)
        if message.file and not message.file.is_file():
            self._park(row, FILE_GONE)
            return False
        verdict = self._gate(row) if self._gate and row.audience is not None else True
        if verdict is not True:
            self._park(row, f"{WITHHELD}: {verdict}" if verdict else WITHHELD)
            return False
        try:
            arrived = self._arrived(row, message) if row.maybe_sent else None
        except Refused:
            message = self._marked(row, message)
            arrived = None
        if arrived:
            self._sent(row, arrived)
        elif self._queue.claim(row):
            self._sent(row, self._channel.post(row.target, message, row.parent_id))
        else:
            return False
        return True

    def _sent(self, row: Outbox, message_id: str) -> None:
        now = self._clock()
        self._queue.settle(row, Outcome.SENT, now, state=OutboxState.SENT, message_id=message_id, sent_at=now)
        seconds = (now - row.created_at).total_seconds()
        DELIVERIES.observe(seconds)
        log.info("delivered", action="deliver", outbox_id=row.id, attempts=row.attempts, seconds=round(seconds, 3))

    def _arrived(self, row: Outbox, message: Message) -> str | None:
        """Under which id a message is there whose answer was lost; None when it is not.

        It is one of those in its thread that no row was sent as.

        Raises:
            Refused: the space does not let us look.

        """
        posted = self._channel.posted(row.target, row.parent_id, row.created_at - _CLOCKS_APART)
        alike = (each.id for each in posted if each.markdown in (None, message.markdown))
        return next(iter(self._queue.unknown(alike)), None)

    def _marked(self, row: Outbox, message: Message) -> Message:
        if self._mark is None:
            return message
        return _noticed(self._mark(row), message)

    def _absent(self, row: Outbox, error: Absent) -> bool:
        """Find out what is not there: the start of a thread, the room under this id, or the room."""
        try:
            found = self._channel.find(row.target)
        except Busy as busy:
            self._postpone(row, busy, busy.retry_after_seconds)
            return False
        except ChannelError as failed:
            self._postpone(row, failed, self._backoff.seconds(row.attempts + 1))
            return False
        if found and found != row.target:
            self._again(row, error, self._clock())
            self._moved(row.target, found)
            return False
        if found and row.parent_id:
            self._refused(row, error)
            return True
        self._halt(row, error)
        return False

    def _refused(self, row: Outbox, error: Refused) -> None:
        if row.parent_id:
            # The start of its thread may have been deleted; what it says still counts.
            content = row.content
            if row.parent_cause and self._orphan:
                said = _noticed(self._orphan(row), message_of(row))
                content = {**content, "markdown": said.markdown, "card": said.card}
            self._again(row, error, self._clock(), parent_id=None, parent_cause=None, content=content)
        else:
            self._park(row, error.reason)

    def _failed(self, row: Outbox, error: Unavailable) -> None:
        """The service failed: all of it, or just for this space, which is then halted one day."""
        failing = self._failing.setdefault(row.target, _Failing(self._clock()))
        failing.times += 1
        if failing.times >= self._halt_after and self._last_sent and self._last_sent > failing.since:
            self._halt(row, error, maybe_sent=row.maybe_sent or error.maybe_sent)
        else:
            self._postpone(row, error, self._backoff.seconds(row.attempts + 1))

    def _halt(self, row: Outbox, error: Refused | Unavailable, **values: object) -> None:
        self._again(row, error, self._clock(), **values)
        self._left_alone(row.target, str(error))

    def _moved(self, old: str, new: str) -> None:
        log.info("a space has another id now", action="move", old=old, new=new)
        self._queue.move(old, new)
        self._deliver_later(new, 0)

    def _left_alone(self, target: str, reason: str) -> None:
        halt = self._queue.halt(target, reason, self._clock())
        log.warning("a space is not reached", action="halt", target=target, reason=halt.reason, tries=halt.tries)
        if halt.tries == 1 and self._told:
            self._told.halted(halt)
            self.wake()

    def _is_back(self, target: str) -> None:
        if self._queue.resume(target):
            log.info("a space answers again", action="resume", target=target)
            self._deliver_later(target, 0)
            if self._told:
                self._told.resumed(target)
                self.wake()

    def _park(self, row: Outbox, reason: str) -> None:
        self._queue.settle(row, Outcome.PARKED, self._clock(), reason, state=OutboxState.PARKED)
        log.warning("a message is parked", action="park", outbox_id=row.id, reason=reason)
        if self._told:
            self._told.parked(row)
            self.wake()

    def _postpone(self, row: Outbox, error: ChannelError | SourceError, seconds: float) -> None:
        maybe_sent = row.maybe_sent or (isinstance(error, Unavailable) and error.maybe_sent)
        self._again(row, error, self._clock() + timedelta(seconds=seconds), maybe_sent=maybe_sent)
        self._deliver_later(row.target, seconds)

    def _again(self, row: Outbox, error: Exception, at: datetime, **values: object) -> None:
        log.info("a message waits for another attempt", action="retry", outbox_id=row.id, reason=str(error))
        self._queue.settle(
            row, Outcome.RETRY, self._clock(), str(error), state=OutboxState.DUE, not_before=at, **values
        )


def _noticed(notice: str, message: Message) -> Message:
    """Return a message with a notice before what it says."""
    block = {"type": "TextBlock", "text": notice, "isSubtle": True, "wrap": True}
    card = message.card and {**message.card, "body": [block, *message.card.get("body", [])]}
    return replace(message, markdown=f"{notice}\n\n{message.markdown}".rstrip(), card=card)
