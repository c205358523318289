"""Delivery: the messages of the outbox go out, in order within a space, until each is sent or refused."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from hub.errors import SourceError
from notifications.backoff import Backoff
from notifications.channel import Busy, Channel, ChannelError, Refused, Unavailable
from notifications.outbox import Message, message_of
from notifications.queue import Outcome, Queue
from notifications.workers import Workers
from storage import Database
from storage.tables import Outbox, OutboxState

log = structlog.get_logger()

WITHHELD = "withheld"
"""Why a row is parked that the gate did not let through."""
FILE_GONE = "its file is gone"

_SWEEP = timedelta(seconds=30)
"""How often due rows are looked for that nobody reported: another process may have written some."""
_CLOCKS_APART = timedelta(minutes=1)
"""How far the chat service's clock may be behind ours."""


class Deliverer:
    """Sends what is due, each space on its own: one that has to wait holds up no other.

    A row says "sending" before its request leaves. Where the answer was lost, or a crash came between, the message may
    be there: where the space lets us look, it is looked for, else it is sent again with the `mark` before its text. The
    `gate` is asked before a row with an audience; anything but True parks that row, and a source that cannot tell (a
    `SourceError`) has it wait.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        clock: Callable[[], datetime],
        gate: Callable[[Outbox], bool | str] | None = None,
        *,
        on_parked: Callable[[Outbox], None] | None = None,
        mark: Callable[[Outbox], str] | None = None,
        backoff: Backoff = Backoff(),  # noqa: B008  (frozen)
        threads: int = 4,
    ) -> None:
        self._queue = Queue(database)
        self._channel = channel
        self._clock = clock
        self._gate = gate
        self._on_parked = on_parked
        self._mark = mark
        self._backoff = backoff
        self._workers = Workers(threads, "deliver")
        self._turns = _Turns()
        self._paused_until: dict[str, datetime] = {}
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

    def sweep(self) -> None:
        """See to it that every space is delivered that has something due, now or before the next sweep."""
        now = self._clock()
        for target, earliest in self._queue.due_before(now + _SWEEP):
            self._deliver_later(target, (earliest - now).total_seconds())

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
            self.sweep()
        finally:
            self._workers.submit(self._sweep_for_ever, _SWEEP.total_seconds())

    def _deliver_later(self, target: str, after_seconds: float) -> None:
        # A hair later than told: the clock that says whether a row is due is not the one that threads wait by.
        self._workers.submit(lambda: self.deliver(target), after_seconds + 0.01)

    def _deliver_next(self, target: str) -> bool:
        """Deal with the message whose turn it is; False when there is none, or the space has to wait."""
        row = None if self._is_paused(target) else self._queue.first(target, self._clock())
        if row is None:
            return False
        try:
            self._send(row)
        except Refused as error:
            self._refused(row, error)
        except Busy as error:
            self._paused_until[target] = self._clock() + timedelta(seconds=error.retry_after_seconds)
            self._postpone(row, error, error.retry_after_seconds)
            return False
        except (Unavailable, SourceError) as error:
            self._postpone(row, error, self._backoff.seconds(row.attempts + 1))
            return False
        except Exception as error:
            # Trying again would fail again, and hold up what is behind it.
            log.exception("a message could not be delivered", action="failure", outbox_id=row.id)
            self._park(row, f"failed: {type(error).__name__}")
        return True

    def _is_paused(self, target: str) -> bool:
        until = self._paused_until.get(target)
        if until and until <= self._clock():
            self._paused_until.pop(target, None)
        return target in self._paused_until

    def _send(self, row: Outbox) -> None:
        message = message_of(row)
        if message.file and not message.file.is_file():
            self._park(row, FILE_GONE)
            return
        verdict = self._gate(row) if self._gate and row.audience is not None else True
        if verdict is not True:
            self._park(row, f"{WITHHELD}: {verdict}" if verdict else WITHHELD)
            return
        try:
            arrived = self._arrived(row, message) if row.maybe_sent else None
        except Refused:
            message = self._marked(row, message)
            arrived = None
        if arrived:
            self._sent(row, arrived)
        elif self._queue.claim(row):
            self._sent(row, self._channel.post(row.target, message, row.parent_id))

    def _sent(self, row: Outbox, message_id: str) -> None:
        now = self._clock()
        self._queue.settle(row, Outcome.SENT, now, state=OutboxState.SENT, message_id=message_id, sent_at=now)

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
        mark = self._mark(row)
        notice = {"type": "TextBlock", "text": mark, "isSubtle": True, "wrap": True}
        card = message.card and {**message.card, "body": [notice, *message.card.get("body", [])]}
        return replace(message, markdown=f"{mark}\n\n{message.markdown}".rstrip(), card=card)

    def _refused(self, row: Outbox, error: Refused) -> None:
        if row.parent_id:
            # The start of its thread may have been deleted; what it says still counts.
            self._again(row, error, self._clock(), parent_id=None, parent_cause=None)
        else:
            self._park(row, error.reason)

    def _park(self, row: Outbox, reason: str) -> None:
        self._queue.settle(row, Outcome.PARKED, self._clock(), reason, state=OutboxState.PARKED)
        log.warning("a message is parked", action="park", outbox_id=row.id, reason=reason)
        if self._on_parked:
            self._on_parked(row)
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


class _Turns:
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
