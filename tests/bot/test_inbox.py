"""The inbox of several processes: an activity is one's, and another's only when that one is gone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.activity import Activity, Kind
from bot.inbox import Inbox, TakenOver
from notifications.outbox import Message, Outgoing
from storage import Database
from storage.presence import LEASE, Presence
from storage.tables import InboxState, Outbox
from tests.clock import ManualClock


def activity(name: str, room: str = "room") -> Activity:
    return Activity(name, Kind.MESSAGE, f"https://webex/{name}", room, "person", "ana@example.com", one_to_one=True)


class Pair:
    """Two processes with one inbox."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.clock = clock
        self.presences = [Presence(database, clock), Presence(database, clock)]
        for presence in self.presences:
            presence.join()
        self.one, self.other = (Inbox(database, presence) for presence in self.presences)

    def bury_the_first(self) -> None:
        for _ in range(3):
            self.clock.advance(LEASE / 2)
            self.presences[1].beat()


@pytest.fixture
def pair(postgres_database: Database, clock: ManualClock) -> Pair:
    return Pair(postgres_database, clock)


def test_what_comes_to_both_is_one_s(pair: Pair) -> None:
    assert len(pair.one.store([activity("a")], pair.clock()).new) == 1
    assert pair.other.store([activity("a"), activity("b")], pair.clock()).new == [activity("b")]


def test_what_comes_to_both_in_the_same_moment_is_one_s(pair: Pair) -> None:
    start = threading.Barrier(2)

    def store(inbox: Inbox, number: int) -> int:
        start.wait()
        return len(inbox.store([activity(str(number))], pair.clock()).new)

    with ThreadPoolExecutor(2) as pool:
        for number in range(20):
            new = [pool.submit(store, inbox, number) for inbox in (pair.one, pair.other)]
            assert sum(each.result(10) for each in new) == 1


def test_unfinished_work_is_taken_over_from_the_dead_only(pair: Pair) -> None:
    pair.one.store([activity("a"), activity("b")], pair.clock())
    pair.one.run(activity("b"))
    assert not pair.other.has_free(pair.clock())
    assert pair.other.take_up(pair.clock()) == []
    pair.bury_the_first()
    assert pair.other.has_free(pair.clock())
    assert [(each.activity.id, each.running) for each in pair.other.take_up(pair.clock())] == [
        ("a", False),
        ("b", True),
    ]


def test_who_was_taken_for_dead_neither_begins_nor_answers(pair: Pair, postgres_database: Database) -> None:
    pair.one.store([activity("a")], pair.clock())
    pair.bury_the_first()
    pair.other.take_up(pair.clock())
    with pytest.raises(TakenOver):
        pair.one.run(activity("a"))
    with pytest.raises(TakenOver):
        said = Outgoing("answer:a", "room", Message("done"))
        pair.one.finish(activity("a"), "public", InboxState.DONE, [said], pair.clock())
    with postgres_database.read() as session:
        assert session.get(Outbox, 1) is None


def test_one_person_s_commands_in_a_room_wait_for_each_other_across_processes(pair: Pair) -> None:
    pair.one.store([activity("a")], pair.clock())
    pair.other.store([activity("b"), activity("c", room="elsewhere")], pair.clock() + timedelta(seconds=1))
    assert pair.other.is_turn(activity("c"))
    assert not pair.other.is_turn(activity("b"))
    pair.one.finish(activity("a"), "public", InboxState.DONE, [], pair.clock())
    assert pair.other.is_turn(activity("b"))
