"""An event of nothing goes the whole way that alerts go, and each step is timed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter

from sqlalchemy import delete
from sqlmodel import Session, col, select

from notifications.batch import Reader
from notifications.events import add_new
from notifications.kinds import SELFTEST
from notifications.outbox import enqueue
from notifications.pipeline import through
from notifications.render import Style, render
from notifications.route import route
from notifications.run import NOW, Run
from notifications.stored import Stored
from storage import Database
from storage.tables import Event, Outbox, OutboxState, Rule
from templates.catalogue import N_

WAIT_SECONDS = 20.0
"""How long the message may take to arrive before the test has failed."""
LOOK_SECONDS = 0.05


@dataclass
class Outcome:
    """What was tried, how long it took, and where it ended."""

    steps: list[tuple[str, float]] = field(default_factory=list)
    """Names (texts of the catalogue) and milliseconds."""
    failed: str | None = None
    """The step that did not succeed."""
    error: str | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        started = perf_counter()
        yield
        self.steps.append((name, round((perf_counter() - started) * 1000, 1)))


@dataclass(frozen=True)
class SelfTest:
    """Sends an event of nothing into a space and takes it out of the tables again; the message stays in its thread."""

    database: Database
    style: Style
    wake: Callable[[], None]
    sleep: Callable[[float], None]

    def run(self, reader: Reader, identity: str, thread: str | None, at: datetime) -> Outcome:
        """Go the whole way: event, rules, stages, message, outbox, Webex."""
        outcome = Outcome()
        key = f"{SELFTEST}:{reader.room_id}:{identity}"
        try:
            self._go(outcome, reader, key, thread, at)
        finally:
            with self.database.write() as session:
                _leave_nothing(session, reader.room_id)
        return outcome

    def _go(self, outcome: Outcome, reader: Reader, key: str, thread: str | None, at: datetime) -> None:
        with outcome.step(N_("An event is written down")), self.database.write() as session:
            add_new(session, [Event(key=key, kind=SELFTEST, at=at, room_id=reader.room_id, routed_at=at)])
        with outcome.step(N_("The rules of this space are asked")), self.database.read() as session:
            event = session.scalars(select(Event).where(Event.key == key)).one()
            active = select(Rule).where(Rule.room_id == reader.room_id, col(Rule.paused).is_(False))
            rules = [_asking(rule) for rule in session.scalars(active)]
            batch = route([event], rules, {reader.room_id: reader}, lambda *_: {})
        if not batch.alerts:
            outcome.failed = N_("The rules of this space are asked")
            return
        with outcome.step(N_("It is grouped, muted and compared with what was told")), self.database.read() as session:
            run = Run(at, {rule.id or 0: rule for rule in rules}, Stored(session), self.style.zone)
            batch = through(batch, run)
        if not batch.alerts:
            outcome.failed = N_("It is grouped, muted and compared with what was told")
            return
        with outcome.step(N_("It is put into words")):
            ((_, messages),) = render(batch.alerts, self.style, at)
        with outcome.step(N_("It goes into the outbox")), self.database.write() as session:
            enqueue(session, [replace(messages[0], cause=key, parent_id=thread)], at)
        with outcome.step(N_("It arrives in Webex")):
            self._arrives(outcome, key)

    def _arrives(self, outcome: Outcome, key: str) -> None:
        self.wake()
        waited = 0.0
        while waited < WAIT_SECONDS:
            with self.database.read() as session:
                row = session.scalars(select(Outbox).where(Outbox.cause == key)).one()
            if row.state == OutboxState.SENT:
                return
            if row.state == OutboxState.PARKED:
                break
            self.sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS
        outcome.failed, outcome.error = N_("It arrives in Webex"), row.error


def _asking(rule: Rule) -> Rule:
    """Return a rule as it is, but that it asks for the test, at once and at any hour."""
    return rule.model_copy(
        update={
            "events": [*rule.events, SELFTEST],
            "every": NOW,
            "quiet_from": None,
            "quiet_until": None,
            "hourly_cap": None,
        }
    )


def _leave_nothing(session: Session, room_id: str) -> None:
    """Take out of the tables what this and earlier tests in the space wrote, which may have been cut off."""
    ours = f"{SELFTEST}:{room_id}:"
    session.exec(delete(Event).where(col(Event.key).startswith(ours, autoescape=True)))
    session.exec(
        delete(Outbox).where(
            col(Outbox.cause).startswith(ours, autoescape=True), col(Outbox.state) != OutboxState.SENDING
        )
    )
