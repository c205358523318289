"""Delivery: order, retries, threads, the gate, and what a crash may repeat."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from hub.errors import SourceError
from notifications.backoff import Backoff
from notifications.channel import Busy, Refused, Unavailable
from notifications.deliver import FILE_GONE, WITHHELD, Deliverer
from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.tables import Attempt, Halt, Outbox, OutboxState
from tests.clock import ManualClock
from tests.notifications.fake_channel import FakeChannel

ROOM, OTHER_ROOM = "room-1", "room-2"
MARK = "(possibly repeated)"
AWAY = Unavailable("away", maybe_sent=False)
CUT_OFF = Unavailable("cut off", maybe_sent=True)


class Delivery:
    """An outbox, a channel, and a deliverer between them that is driven by hand."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock
        self.channel = FakeChannel()
        self.parked_for: list[str | None] = []
        self.halts: list[Halt] = []
        self.back: list[str] = []
        self.verdicts: Callable[[Outbox], bool | str] = lambda _row: True
        self.deliverer = self.another()

    def another(self) -> Deliverer:
        return Deliverer(
            self.database,
            self.channel,
            self.clock,
            gate=lambda row: self.verdicts(row),
            told=self,
            mark=lambda _row: MARK,
            backoff=Backoff(first_seconds=10, cap_seconds=60),
            halt_after=3,
        )

    def parked(self, row: Outbox) -> None:
        self.parked_for.append(row.error)

    def halted(self, halt: Halt) -> None:
        self.halts.append(halt)

    def resumed(self, target: str) -> None:
        self.back.append(target)

    def queue(self, text: str, target: str = ROOM, **fields: Any) -> None:
        message = fields.pop("message", Message(text))
        with self.database.write() as session:
            enqueue(session, [Outgoing(text, target, message, **fields)], self.clock())

    def deliver(self, *targets: str) -> list[str]:
        """Texts of what was posted so far."""
        for target in targets or (ROOM,):
            self.deliverer.deliver(target)
        return self.channel.texts

    def later(self, seconds: float) -> None:
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(timedelta(seconds=seconds))

    def row(self, cause: str) -> Outbox:
        with self.database.read() as session:
            return session.exec(select(Outbox).where(Outbox.cause == cause)).one()

    def outcomes(self) -> list[str]:
        with self.database.read() as session:
            return [attempt.outcome for attempt in session.exec(select(Attempt).order_by(Attempt.id))]  # type: ignore[arg-type]


@pytest.fixture
def delivery(sqlite_database: Database, clock: ManualClock) -> Delivery:
    return Delivery(sqlite_database, clock)


def test_a_message_is_sent_once_and_noted(database: Database, clock: ManualClock) -> None:
    delivery = Delivery(database, clock)
    delivery.queue("hello", parent_id="question")
    delivery.deliver()
    assert delivery.deliver() == ["hello"]
    assert delivery.channel.posts[0][2] == "question"
    row = delivery.row("hello")
    assert (row.state, row.message_id, row.sent_at, row.attempts) == (OutboxState.SENT, "message-1", clock(), 1)
    assert delivery.outcomes() == ["sent"]


def test_the_same_cause_is_told_once(delivery: Delivery) -> None:
    delivery.queue("hello")
    delivery.queue("hello")
    assert delivery.deliver() == ["hello"]


def test_within_a_space_priority_goes_first_then_age(delivery: Delivery) -> None:
    delivery.queue("report", priority=Priority.REPORT)
    delivery.queue("alert 1", priority=Priority.ALERT)
    delivery.queue("alert 2", priority=Priority.ALERT)
    delivery.queue("answer")
    assert delivery.deliver() == ["answer", "alert 1", "alert 2", "report"]


def test_what_is_behind_a_message_that_waits_waits_too(delivery: Delivery) -> None:
    delivery.channel.faults = [AWAY]
    delivery.queue("first")
    delivery.queue("second")
    assert delivery.deliver() == []
    assert delivery.deliver() == []
    delivery.later(10)
    assert delivery.deliver() == ["first", "second"]


def test_another_space_does_not_wait(delivery: Delivery) -> None:
    delivery.channel.faults = [Busy(30)]
    delivery.queue("here")
    delivery.queue("there", OTHER_ROOM)
    assert delivery.deliver(ROOM, OTHER_ROOM) == ["there"]


def test_a_busy_space_is_left_alone_as_long_as_it_asks(delivery: Delivery) -> None:
    delivery.channel.faults = [Busy(30)]
    delivery.queue("report", priority=Priority.REPORT)
    delivery.deliver()
    delivery.queue("answer")
    delivery.later(29)
    assert delivery.deliver() == []
    delivery.deliverer.hurry()
    assert delivery.deliver() == []
    delivery.later(1)
    assert delivery.deliver() == ["answer", "report"]


def test_the_wait_grows_up_to_a_cap(delivery: Delivery, clock: ManualClock) -> None:
    delivery.channel.faults = [AWAY] * 6
    delivery.queue("hello")
    waits = []
    for _ in range(6):
        delivery.deliver()
        waits.append((delivery.row("hello").not_before - clock()).total_seconds())
        clock.advance(timedelta(seconds=waits[-1]))
    longest = [10, 20, 40, 60, 60, 60]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))
    assert delivery.deliver() == ["hello"]
    assert delivery.outcomes() == ["retry"] * 6 + ["sent"]


def test_when_the_service_is_back_nobody_waits_any_longer(delivery: Delivery) -> None:
    delivery.channel.faults = [AWAY] * 3
    delivery.queue("hello")
    for _ in range(3):
        delivery.deliver()
        delivery.deliverer.hurry()
    assert delivery.deliver() == ["hello"]


def test_a_refused_message_is_parked_with_the_reason(delivery: Delivery) -> None:
    delivery.channel.faults = [Refused("404 no such room")]
    delivery.queue("first")
    delivery.queue("second")
    assert delivery.deliver() == ["second"]
    assert delivery.row("first").state == OutboxState.PARKED
    assert delivery.parked_for == ["404 no such room"]


def test_a_message_whose_thread_is_gone_is_sent_outside_of_it(delivery: Delivery) -> None:
    delivery.channel.faults = [Refused("404 no such message")]
    delivery.queue("answer", parent_id="deleted")
    delivery.deliver()
    assert delivery.channel.posts == [(ROOM, Message("answer"), None)]


def test_a_fault_of_ours_holds_up_nobody(delivery: Delivery) -> None:
    def fail(_target: str) -> None:
        delivery.channel.before = lambda _target: None
        raise TypeError

    delivery.channel.before = fail
    delivery.queue("first")
    delivery.queue("second")
    assert delivery.deliver() == ["second"]
    assert delivery.parked_for == ["failed: TypeError"]


class TestThreads:
    def test_a_follow_up_goes_into_the_thread_of_what_it_follows(self, delivery: Delivery) -> None:
        delivery.queue("follow-up", parent_cause="alert", priority=Priority.ANSWER)
        delivery.queue("alert", priority=Priority.ALERT)
        assert delivery.deliver() == ["alert", "follow-up"]
        assert delivery.channel.posts[1][2] == "message-1"

    def test_a_thread_has_one_root(self, delivery: Delivery) -> None:
        delivery.queue("answer", parent_id="question")
        delivery.queue("file", parent_cause="answer")
        delivery.queue("note", parent_cause="file")
        delivery.deliver()
        assert [parent for _, _, parent in delivery.channel.posts] == ["question"] * 3

    def test_a_follow_up_of_a_parked_message_stands_alone(self, delivery: Delivery) -> None:
        delivery.channel.faults = [Refused("400")]
        delivery.queue("alert")
        delivery.queue("follow-up", parent_cause="alert")
        delivery.deliver()
        assert delivery.channel.posts == [(ROOM, Message("follow-up"), None)]


class TestGate:
    def test_only_messages_with_customer_data_are_asked_about(self, delivery: Delivery) -> None:
        delivery.verdicts = lambda _row: False
        delivery.queue("help")
        delivery.queue("kpis", audience={"needs": "customers"})
        assert delivery.deliver() == ["help"]
        assert delivery.row("kpis").state == OutboxState.PARKED
        assert delivery.parked_for == [WITHHELD]

    @pytest.mark.parametrize("error", [AWAY, SourceError("Webex", "silent")], ids=["chat", "source"])
    def test_while_nobody_can_tell_the_message_waits(self, delivery: Delivery, error: Exception) -> None:
        def unknown(_row: Outbox) -> bool:
            raise error

        delivery.verdicts = unknown
        delivery.queue("kpis", audience={})
        delivery.queue("help")
        assert delivery.deliver() == []
        delivery.verdicts = lambda _row: True
        delivery.later(10)
        assert delivery.deliver() == ["kpis", "help"]


class TestFiles:
    def test_a_file_goes_with_its_message(self, delivery: Delivery, tmp_path: Path) -> None:
        file = tmp_path / "a.csv"
        file.write_text("x")
        message = Message("", file=file, file_name="Expiring.csv")
        delivery.queue("report", message=message)
        delivery.deliver()
        assert delivery.channel.posts == [(ROOM, message, None)]

    def test_a_message_whose_file_is_gone_is_parked(self, delivery: Delivery, tmp_path: Path) -> None:
        delivery.queue("report", message=Message("", file=tmp_path / "gone.csv"))
        assert delivery.deliver() == []
        assert delivery.parked_for == [FILE_GONE]


class TestLostAnswers:
    def test_a_message_that_is_there_is_not_sent_again(self, delivery: Delivery) -> None:
        delivery.channel.lets_look = True
        delivery.channel.lost_answers = [CUT_OFF]
        delivery.queue("hello")
        delivery.deliver()
        delivery.later(10)
        assert delivery.deliver() == ["hello"]
        assert delivery.row("hello").message_id == "message-1"

    def test_an_equal_message_of_before_is_another_one(self, delivery: Delivery) -> None:
        delivery.channel.lets_look = True
        delivery.queue("one", message=Message("hello"))
        delivery.deliver()
        delivery.channel.faults = [CUT_OFF]
        delivery.queue("two", message=Message("hello"))
        delivery.deliver()
        delivery.later(10)
        assert delivery.deliver() == ["hello", "hello"]

    def test_where_nobody_can_look_the_repetition_is_marked(self, delivery: Delivery) -> None:
        delivery.channel.lost_answers = [CUT_OFF]
        card = {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "Hello"}]}
        delivery.queue("hello", message=Message("hello", card))
        delivery.deliver()
        delivery.later(10)
        assert delivery.deliver() == ["hello", f"{MARK}\n\nhello"]
        repeated = delivery.channel.posts[1][1].card
        assert repeated is not None
        assert [block["text"] for block in repeated["body"]] == [MARK, "Hello"]

    def test_what_never_left_is_not_marked(self, delivery: Delivery) -> None:
        delivery.channel.faults = [AWAY]
        delivery.queue("hello")
        delivery.deliver()
        delivery.later(10)
        assert delivery.deliver() == ["hello"]

    def test_a_crash_in_the_middle_is_found_at_the_next_start(self, delivery: Delivery) -> None:
        def crash(_target: str) -> None:
            raise KeyboardInterrupt

        delivery.queue("hello")
        delivery.channel.before = crash
        with pytest.raises(KeyboardInterrupt):
            delivery.deliver()
        assert delivery.row("hello").state == OutboxState.SENDING
        sent = threading.Event()
        delivery.channel.before = lambda _target: sent.set()
        following = delivery.another()
        following.start()
        assert sent.wait(10)
        following.stop()
        assert delivery.channel.texts == [f"{MARK}\n\nhello"]


class TestAlone:
    """The deliverer's own threads."""

    def test_one_thread_at_a_time_sends_in_a_space_and_nothing_is_forgotten(self, delivery: Delivery) -> None:
        inside, go_on = threading.Event(), threading.Event()

        def hold(_target: str) -> None:
            inside.set()
            assert go_on.wait(10)

        delivery.channel.before = hold
        delivery.queue("first")
        sender = threading.Thread(target=delivery.deliverer.deliver, args=(ROOM,))
        sender.start()
        assert inside.wait(10)
        delivery.queue("second")
        delivery.deliverer.deliver(ROOM)
        assert delivery.channel.texts == []
        go_on.set()
        sender.join(10)
        assert delivery.channel.texts == ["first", "second"]

    def test_rows_are_sent_when_somebody_says_so(self, delivery: Delivery) -> None:
        delivery.deliverer.start()
        sent = threading.Event()
        delivery.channel.before = lambda _target: sent.set()
        delivery.queue("hello")
        delivery.deliverer.wake()
        assert sent.wait(10)
        delivery.deliverer.stop()
        assert delivery.row("hello").state == OutboxState.SENT

    def test_what_must_wait_is_sent_by_itself_when_its_time_comes(self, sqlite_database: Database) -> None:
        delivery = Delivery(sqlite_database, lambda: datetime.now(UTC))
        attempts: list[str] = []
        twice = threading.Event()

        def count(target: str) -> None:
            attempts.append(target)
            if len(attempts) == 2:
                twice.set()

        delivery.channel.before = count
        delivery.channel.faults = [Busy(0.05)]
        delivery.queue("hello")
        delivery.deliverer.start()
        assert twice.wait(10)
        delivery.deliverer.stop()
        assert delivery.channel.texts == ["hello"]
