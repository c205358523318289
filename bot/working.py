"""“I am working on it”: what takes longer than two seconds says so in its thread, in one message that is edited."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from time import monotonic

import structlog

from bot.arrival import Arrival
from notifications.outbox import Message, Outgoing
from templates.catalogue import N_
from templates.escape import markdown
from templates.texts import Texts

log = structlog.get_logger()

PATIENCE_SECONDS = 2.0
MOST_EDITS = 10
"""Webex lets a message be edited ten times (PUT /messages/{id})."""

Tell = Callable[[Outgoing], None]
Edit = Callable[[str, str, str], None]
"""Changes a message that was told: its cause, the room, what it says now. Nothing happens if that is not possible."""


class Working:
    """What is said of one command while it runs.

    The message's identity is that of the command, so a command that is run again after a crash says it only once.
    """

    def __init__(self, arrival: Arrival, tell: Tell, edit: Edit) -> None:
        self._arrival = arrival
        self._tell, self._edit = tell, edit
        self._cause = f"progress:{arrival.id}"
        self._lock = threading.Lock()
        self._said = False
        self._edits = 0

    def tell(self, text: str) -> None:
        """Say how far it has come; one edit is left for the end."""
        with self._lock:
            if not self._said:
                self._say(text)
            elif self._edits < MOST_EDITS - 1:
                self._change(text)

    def overdue(self, texts: Texts) -> None:
        """Say that it takes a while, unless more was said already."""
        with self._lock:
            if not self._said:
                self._say(texts(N_("I am working on it …")))

    def done(self, texts: Texts) -> None:
        """Let what was said not stand there as if it were still so."""
        with self._lock:
            if self._said:
                self._change(texts(N_("Done: the answer is below.")))

    def _say(self, text: str) -> None:
        self._said = True
        self._tell(
            Outgoing(self._cause, self._arrival.room_id, Message(markdown(text)), parent_id=self._arrival.root_id)
        )

    def _change(self, text: str) -> None:
        self._edits += 1
        self._edit(self._cause, self._arrival.room_id, markdown(text))


class Patience:
    """Watches what runs; one thread for all of it, which sleeps while nothing does."""

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self._seconds = seconds
        self._numbers = count()
        self._running: dict[int, tuple[float, Callable[[], None]]] = {}
        self._some = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextmanager
    def watch(self, overdue: Callable[[], None]) -> Iterator[None]:
        """Call `overdue` once if the block takes longer than one is patient."""
        number = next(self._numbers)
        with self._lock:
            self._running[number] = (monotonic() + self._seconds, overdue)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="patience", daemon=True)
                self._thread.start()
        if not self._some.is_set():
            self._some.set()
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(number, None)

    def _look(self) -> None:
        while True:
            self._some.wait()
            threading.Event().wait(self._seconds / 4)
            now = monotonic()
            with self._lock:
                due = {number: call for number, (until, call) in self._running.items() if until <= now}
                for number in due:
                    del self._running[number]
                if not self._running:
                    self._some.clear()
            for call in due.values():
                try:
                    call()
                except Exception:
                    # What is said meanwhile must not stop what is watched.
                    log.exception("could not say that it takes a while", action="progress")
