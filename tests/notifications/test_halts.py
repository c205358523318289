"""Spaces that nothing reaches: left alone, tried again, told once, and everything goes out when they are back."""

from datetime import timedelta

import pytest
from sqlmodel import select

from notifications import halts
from notifications.channel import Refused, Unavailable
from notifications.kinds import DEFAULT_EVENTS, default_thresholds
from notifications.outbox import Priority
from storage import Database
from storage.tables import Audit, Halt, OutboxState, Rule, Space, Told
from tests.clock import ManualClock
from tests.notifications.test_deliver import AWAY, OTHER_ROOM, ROOM, Delivery

NEW_ROOM = "room-1-elsewhere"


@pytest.fixture
def delivery(sqlite_database: Database, clock: ManualClock) -> Delivery:
    return Delivery(sqlite_database, clock)


def test_nothing_is_dropped_while_a_room_is_gone(database: Database, clock: ManualClock) -> None:
    delivery = Delivery(database, clock)
    delivery.channel.ids[ROOM] = None
    for text in ("one", "two", "three"):
        delivery.queue(text, priority=Priority.ALERT)
        delivery.deliver()
    assert [halt.target for halt in delivery.halts] == [ROOM], "its owner is told once"
    assert delivery.row("one").attempts == 1, "it is not asked again at once"
    del delivery.channel.ids[ROOM]
    delivery.later(60)
    assert delivery.deliver() == ["one", "two", "three"]
    assert delivery.back == [ROOM]


def test_it_is_tried_ever_more_seldom(delivery: Delivery, clock: ManualClock) -> None:
    delivery.channel.ids[ROOM] = None
    delivery.queue("hello")
    waits = []
    for _ in range(12):
        delivery.deliver()
        with delivery.database.read() as session:
            again_at = session.get_one(Halt, ROOM).again_at
        waits.append((again_at - clock()) / timedelta(minutes=1))
        clock.advance(again_at - clock())
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    assert len(delivery.halts) == 1


def test_an_answer_to_who_wrote_there_brings_everything_back(delivery: Delivery) -> None:
    delivery.channel.ids[ROOM] = None
    delivery.queue("alert", priority=Priority.ALERT)
    delivery.deliver()
    del delivery.channel.ids[ROOM]
    delivery.later(1)
    delivery.queue("another alert", priority=Priority.ALERT)
    assert delivery.deliver() == []
    delivery.queue("answer")
    assert delivery.deliver() == ["answer", "alert", "another alert"]


def test_a_lost_room_is_noticed_and_so_is_its_return(delivery: Delivery) -> None:
    delivery.channel.ids[ROOM] = None
    delivery.deliverer.check(ROOM)
    delivery.deliverer.check(ROOM)
    assert len(delivery.halts) == 1
    delivery.queue("alert", priority=Priority.ALERT)
    assert delivery.deliver() == []
    del delivery.channel.ids[ROOM]
    delivery.deliverer.check(ROOM)
    assert delivery.back == [ROOM]
    assert delivery.deliver() == ["alert"]


class TestFailing:
    """The delivery's deliverer halts a space after three failures."""

    def fail_here(self, delivery: Delivery) -> None:
        def fail(target: str) -> None:
            if target == ROOM:
                raise Unavailable("500", maybe_sent=False)

        delivery.channel.before = fail

    def test_a_space_that_alone_fails_is_left_alone(self, delivery: Delivery) -> None:
        self.fail_here(delivery)
        delivery.queue("here")
        for number in range(3):
            delivery.queue(f"there {number}", OTHER_ROOM)
            delivery.deliver(ROOM, OTHER_ROOM)
            delivery.later(60)
        assert [halt.reason for halt in delivery.halts] == ["500"]
        assert delivery.row("here").state == OutboxState.DUE

    def test_while_all_of_the_service_is_away_nobody_is_told(self, delivery: Delivery) -> None:
        delivery.channel.faults = [AWAY] * 20
        delivery.queue("here")
        for _ in range(10):
            delivery.deliver()
            delivery.later(60)
        assert delivery.halts == []


class TestResend:
    def test_what_was_parked_goes_out_again(self, delivery: Delivery, clock: ManualClock) -> None:
        delivery.channel.faults = [Refused("400 bad card"), Refused("400 bad card")]
        delivery.queue("one")
        delivery.queue("two")
        delivery.queue("elsewhere", OTHER_ROOM)
        assert delivery.deliver() == []
        with delivery.database.write() as session:
            assert halts.resend(session, [ROOM], clock()) == 2
        assert delivery.deliver() == ["one", "two"]

    def test_a_lost_space_is_tried_at_once(self, delivery: Delivery, clock: ManualClock) -> None:
        delivery.channel.ids[ROOM] = None
        delivery.queue("one", priority=Priority.ALERT)
        delivery.deliver()
        del delivery.channel.ids[ROOM]
        with delivery.database.write() as session:
            assert halts.resend(session, [ROOM], clock()) == 1
        assert delivery.deliver() == ["one"]


class TestMoved:
    @pytest.mark.parametrize("was_there", [False, True], ids=["unknown", "spoken to"])
    def test_everything_follows_a_room_to_its_new_id(
        self, database: Database, clock: ManualClock, was_there: bool
    ) -> None:
        delivery = Delivery(database, clock)
        with database.write() as session:
            session.add(Space(room_id=ROOM, kind="group", language="es", owner_email="ana@partner.example"))
            if was_there:
                session.add(Space(room_id=NEW_ROOM, kind="group"))
                session.add(Told(room_id=NEW_ROOM, key="both", at=clock(), cause="new"))
            session.flush()
            session.add(
                Rule(
                    room_id=ROOM,
                    events=list(DEFAULT_EVENTS),
                    thresholds=dict(default_thresholds()),
                    created_by="ana@partner.example",
                    created_at=clock(),
                )
            )
            session.add_all(Told(room_id=ROOM, key=key, at=clock(), cause="old") for key in ("both", "old"))
            session.add(Audit(at=clock(), who="ana", what="subscribe", target=f"space:{ROOM}", room_id=ROOM))
        delivery.channel.ids[ROOM] = NEW_ROOM
        delivery.queue("alert", priority=Priority.ALERT)
        delivery.queue("another", priority=Priority.ALERT)
        assert delivery.deliver(ROOM, NEW_ROOM) == ["alert", "another"]
        assert {target for target, _, _ in delivery.channel.posts} == {NEW_ROOM}
        assert delivery.halts == []
        with database.read() as session:
            assert [space.room_id for space in session.exec(select(Space))] == [NEW_ROOM]
            assert session.get_one(Space, NEW_ROOM).language == "es"
            assert session.exec(select(Rule.room_id)).all() == [NEW_ROOM]
            assert set(session.exec(select(Told.key).where(Told.room_id == NEW_ROOM))) == {"both", "old"}
            assert session.exec(select(Audit.room_id)).all() == [ROOM], "what was written down stays"
