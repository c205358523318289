"""Weeks from the feed: what is asked for when, and what becomes of it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from hub.calling import Saved, fetch
from hub.errors import Unavailable
from hub.feed import FeedClient
from storage import Database
from storage.tables import CallingWeek, Source
from tests.clock import ManualClock
from tests.hub.calling.weeks import WEEK, back, org_id, record
from tests.hub.definitions.partner import Org, put


@dataclass
class Feed:
    """A feed that tells weeks; `asked` are those it was asked for."""

    records: dict[date, list[dict[str, Any]]] = field(default_factory=dict)
    status: int = 200
    asked: list[date] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        week = date.fromisoformat(request.url.params["week"])
        self.asked.append(week)
        return httpx.Response(self.status, json={"items": self.records.get(week, [])})

    @property
    def client(self) -> FeedClient:
        return FeedClient("https://feed.example", "token", transport=httpx.MockTransport(self.answer))

    def since(self) -> list[date]:
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def feed(sqlite_database: Database) -> Feed:
    with sqlite_database.write() as session:
        put(session, [Org("Acme")])
    return Feed({back(n): [record(week=back(n), calls=100 + n)] for n in range(9)})


def stored(database: Database) -> list[tuple[date, int | None]]:
    with database.read() as session:
        return [(row.week, row.calls) for row in session.scalars(select(CallingWeek).order_by("week"))]


def test_the_first_run_fetches_eight_weeks_back(feed: Feed, sqlite_database: Database, clock: ManualClock) -> None:
    assert fetch(sqlite_database, feed.client, clock).new == 8
    assert sorted(feed.asked) == [back(n) for n in range(7, -1, -1)]
    assert stored(sqlite_database) == [(back(n), 100 + n) for n in range(7, -1, -1)]


def test_every_figure_of_a_record_is_kept(feed: Feed, sqlite_database: Database, clock: ManualClock) -> None:
    fetch(sqlite_database, feed.client, clock)
    with sqlite_database.read() as session:
        row = session.get_one(CallingWeek, (org_id(0), WEEK))
    assert (row.users_by_calls_0, row.users_by_calls_1_5, row.users_by_calls_6_20, row.users_by_calls_20) == (
        5,
        10,
        5,
        2,
    )
    assert (row.endpoints_room_device_legs, row.endpoints_room_device_poor_legs) == (25, 2)
    assert (row.queue_answer_seconds, row.features_auto_attendant, row.queue_transferred) == (800, 20, 2)


def test_the_new_week_is_fetched_when_it_is_over_and_corrections_daily(
    feed: Feed, sqlite_database: Database, clock: ManualClock
) -> None:
    clock.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    fetch(sqlite_database, feed.client, clock)
    feed.since()
    clock.now = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
    fetch(sqlite_database, feed.client, clock)
    assert feed.since() == []
    clock.now = datetime(2026, 11, 22, tzinfo=UTC)
    fetch(sqlite_database, feed.client, clock)
    assert WEEK in feed.since()
    feed.records[WEEK] = [record(calls=777)]
    clock.now += timedelta(days=1)
    assert fetch(sqlite_database, feed.client, clock) == Saved(changed=1, unchanged=1)
    assert sorted(feed.since()) == [back(1), WEEK]
    assert stored(sqlite_database)[-1] == (WEEK, 777)


def test_after_downtime_all_missed_weeks_are_caught_up(
    feed: Feed, sqlite_database: Database, clock: ManualClock
) -> None:
    feed.records = {week: rows for week, rows in feed.records.items() if week <= back(4)}
    clock.now = datetime(2026, 10, 25, tzinfo=UTC)
    fetch(sqlite_database, feed.client, clock)
    feed.since()
    feed.records |= {back(n): [record(week=back(n))] for n in range(4)}
    clock.now = datetime(2026, 11, 22, tzinfo=UTC)
    fetch(sqlite_database, feed.client, clock)
    assert {back(n) for n in range(4)} <= set(feed.since())
    assert stored(sqlite_database)[-1][0] == WEEK


def test_an_empty_week_is_asked_for_again_within_the_hour_and_changes_nothing(
    feed: Feed, sqlite_database: Database, clock: ManualClock
) -> None:
    fetch(sqlite_database, feed.client, clock)
    before = stored(sqlite_database)
    feed.records = {}
    clock.now += timedelta(days=1)
    fetch(sqlite_database, feed.client, clock)
    assert stored(sqlite_database) == before
    feed.since()
    clock.now += timedelta(hours=1)
    fetch(sqlite_database, feed.client, clock)
    assert sorted(feed.since()) == [back(1), WEEK]


def test_a_feed_without_weeks_is_asked_once_an_hour(feed: Feed, sqlite_database: Database, clock: ManualClock) -> None:
    feed.status = 404
    fetch(sqlite_database, feed.client, clock)
    clock.now += timedelta(minutes=5)
    fetch(sqlite_database, feed.client, clock)
    assert len(feed.since()) == 1


def test_a_record_that_cannot_be_read_is_left_out_and_named(
    feed: Feed, sqlite_database: Database, clock: ManualClock
) -> None:
    feed.records[WEEK] += [{**record(), "org_id": "nonsense"}, {**record(), "calls": -1}]
    fetch(sqlite_database, feed.client, clock)
    with sqlite_database.read() as session:
        assert len(session.get_one(Source, "calling").left_out) == 2
    assert stored(sqlite_database)[-1] == (WEEK, 100)


def test_an_organization_that_is_no_customer_is_left_out(
    feed: Feed, sqlite_database: Database, clock: ManualClock
) -> None:
    feed.records[WEEK].append(record(number=9))
    assert fetch(sqlite_database, feed.client, clock).unknown == (org_id(9),)


def test_a_feed_that_fails_is_told_and_leaves_what_was(
    feed: Feed, sqlite_database: Database, clock: ManualClock
) -> None:
    fetch(sqlite_database, feed.client, clock)
    before = stored(sqlite_database)
    feed.status = 500
    clock.now += timedelta(days=1)
    with pytest.raises(Unavailable):
        fetch(sqlite_database, feed.client, clock)
    assert stored(sqlite_database) == before
    with sqlite_database.read() as session:
        assert session.get_one(Source, "calling").error


def test_old_weeks_are_dropped(feed: Feed, sqlite_database: Database, clock: ManualClock) -> None:
    fetch(sqlite_database, feed.client, clock)
    clock.now += timedelta(weeks=3)
    fetch(sqlite_database, feed.client, clock, kept_weeks=9)
    assert stored(sqlite_database)[0][0] == back(5)
