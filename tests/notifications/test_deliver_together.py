"""Several processes deliver from one outbox: each message once, in order, and nothing of the dead is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlmodel import select

from notifications.backoff import Backoff
from notifications.channel import Unavailable
from notifications.deliver import Deliverer
from notifications.outbox import Message, Outgoing, enqueue
from storage import Database
from storage.presence import LEASE, Presence
from storage.tables import Outbox, OutboxState, Replica
from tests.clock import ManualClock
from tests.notifications.fake_channel import FakeChannel

ROOM = "room"


class Together:
    """Two processes, their outbox and the service they post to."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database, self.clock = database, clock
        self.channel = FakeChannel()
        self.presences = [Presence(database, clock), Presence(database, clock)]
        for presence in self.presences:
            self.register(presence, clock())
        self.one, self.other = (self.deliverer(presence) for presence in self.presences)

    def register(self, presence: Presence, now: datetime) -> None:
        # Not `join`, which SQLite grants to one only: claims are safe there all the same.
        with self.database.write() as session:
            row = {"id": presence.id, "kind": "worker", "started_at": now, "until": now + LEASE}
            session.execute(insert(Replica), row)

    def deliverer(self, presence: Presence) -> Deliverer:
        backoff = Backoff(first_seconds=10, cap_seconds=60)
        return Deliverer(
            self.database, self.channel, self.clock, backoff=backoff, mark=lambda _row: "(again)", presence=presence
        )

    def queue(self, *texts: str, target: str = ROOM) -> None:
        with self.database.write() as session:
            enqueue(session, [Outgoing(f"{target}:{text}", target, Message(text)) for text in texts], self.clock())

    def states(self) -> list[str]:
        with self.database.read() as session:
            return [row.state for row in session.exec(select(Outbox).order_by("id"))]


@pytest.fixture
def together(database: Database, clock: ManualClock) -> Together:
    return Together(database, clock)


def test_while_one_sends_into_a_space_the_other_sends_nothing_there(together: Together) -> None:
    together.queue("first", "second")

    def meanwhile(_target: str) -> None:
        together.channel.before = lambda _target: None
        together.other.deliver(ROOM)
        assert together.channel.texts == []

    together.channel.before = meanwhile
    together.one.deliver(ROOM)
    assert together.channel.texts == ["first", "second"]


def test_what_waits_for_another_attempt_is_overtaken_by_no_process(together: Together) -> None:
    together.queue("first", "second")
    together.channel.faults = [Unavailable("away", maybe_sent=False)]
    together.one.deliver(ROOM)
    together.other.deliver(ROOM)
    assert together.channel.texts == []
    together.clock.advance(timedelta(seconds=60))
    together.other.deliver(ROOM)
    assert together.channel.texts == ["first", "second"]


def test_what_the_living_send_is_not_taken_over(together: Together) -> None:
    together.queue("first")
    together.channel.before = lambda _target: together.other.take_over()
    together.one.deliver(ROOM)
    assert together.channel.texts == ["first"]
    assert together.states() == [OutboxState.SENT]


def test_what_the_dead_were_sending_is_taken_over_and_says_so(together: Together) -> None:
    class Killed(BaseException):
        pass

    def kill(_target: str) -> None:
        together.channel.before = lambda _target: None
        raise Killed

    together.queue("first", "second")
    together.channel.before = kill
    with pytest.raises(Killed):
        together.one.deliver(ROOM)
    together.other.take_over()
    together.other.deliver(ROOM)
    assert together.channel.texts == []
    together.clock.advance(LEASE / 2)
    together.presences[1].beat()
    together.clock.advance(LEASE / 2 + timedelta(seconds=1))
    together.presences[1].beat()
    together.other.take_over()
    together.other.deliver(ROOM)
    assert together.channel.texts == ["(again)\n\nfirst", "second"]


def test_who_was_taken_for_dead_spoils_nothing(together: Together) -> None:
    """It was only slow: the message is there, and by now in the other's hands."""

    def pause(_target: str) -> None:
        together.channel.before = lambda _target: None
        together.clock.advance(LEASE / 2)
        together.presences[1].beat()
        together.clock.advance(LEASE / 2 + timedelta(seconds=1))
        together.presences[1].beat()
        together.other.take_over()
        together.other.deliver(ROOM)

    together.queue("first")
    together.channel.before = pause
    together.one.deliver(ROOM)
    assert sorted(together.channel.texts) == ["(again)\n\nfirst", "first"]
    assert together.states() == [OutboxState.SENT]


def test_two_at_full_speed_send_each_message_once_and_in_order(database: Database, clock: ManualClock) -> None:
    together = Together(database, clock)
    rooms = [f"room-{number}" for number in range(4)]
    for room in rooms:
        together.queue(*(f"{number:02}" for number in range(15)), target=room)
    start = threading.Barrier(8)

    def deliver(deliverer: Deliverer, room: str) -> None:
        start.wait()
        for _ in range(20):
            deliverer.deliver(room)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(deliver, each, room) for each in (together.one, together.other) for room in rooms]:
            done.result(30)
    for room in rooms:
        said = [message.markdown for target, message, _ in together.channel.posts if target == room]
        assert said == [f"{number:02}" for number in range(15)]
