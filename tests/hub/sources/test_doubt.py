"""What a source tells of many customers at once is held, and what was known stays, until a person confirms it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from hub.sync import SyncResult, decide, sync
from storage import Database
from storage.tables import Customer, Held, HeldCustomer, HeldState, Licence, Subscription, Touched
from tests.clock import ManualClock
from tests.hub.sources.conftest import Sources
from tests.hub.sources.test_sync import Feed, customer, subscription

MANY = 60
"""Customers of the feed, each with one subscription."""


def identity(number: int) -> str:
    return f"{number:08d}-1111-4111-8111-111111111111"


@pytest.fixture
def feed(clock: ManualClock) -> Iterator[Feed]:
    made = Feed()
    made.customers = [customer(identity(n), f"Customer {n}") for n in range(MANY)]
    made.subscriptions = [subscription(f"S{n}", identity(n), invoice={"state": "paid"}) for n in range(MANY)]
    yield made
    made.client.close()


def change(feed: Feed, count: int, first: int = 0, **fields: Any) -> None:
    for record in feed.subscriptions[first : first + count]:
        record |= fields


def read(database: Database, feed: Feed, clock: ManualClock, **how: Any) -> SyncResult:
    clock.advance(timedelta(minutes=1))
    return sync(database, None, feed.client, clock, **how)


def held(database: Database) -> list[tuple[str, int, dict[str, int]]]:
    """State, customers and counts of all that was ever held."""
    with database.read() as session:
        return [
            (
                each.state,
                session.exec(select(func.count()).where(col(HeldCustomer.held_id) == each.id)).one(),
                each.counts,
            )
            for each in session.exec(select(Held).order_by(col(Held.id)))
        ]


def ends(database: Database) -> set[str]:
    with database.read() as session:
        return {str(end) for end in session.exec(select(col(Subscription.end_date)))}


def say(database: Database, clock: ManualClock, *, is_true: bool) -> None:
    with database.write() as session:
        open_one = session.exec(select(Held).where(Held.state == HeldState.OPEN)).one()
        decide(session, open_one, is_true=is_true, who="ana@partner.example", at=clock())


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"end_date": "2028-01-01"}, {"end_date"}),
        ({"end_date": None}, {"end_date"}),
        ({"invoice": {"state": "unpaid"}}, {"invoice"}),
        ({"setup": "pending"}, {"setup"}),
        ({"products": [{"product": "Calling", "total": 0, "assigned": 5}]}, {"total", "overage"}),
        ({"products": [{"product": "Calling", "total": 10, "assigned": 11}]}, {"overage"}),
    ],
    ids=["all moved", "all gone", "all unpaid", "all pending", "totals 0", "all over"],
)
def test_a_change_of_many_is_held_and_nobody_hears_of_it(
    sqlite_database: Database, feed: Feed, clock: ManualClock, fields: dict[str, Any], kinds: set[str]
) -> None:
    read(sqlite_database, feed, clock)
    before = contents(sqlite_database)
    change(feed, 30, **fields)
    feed.customers[0]["name"] = "Nobody hears"
    feed.customers[59]["name"] = "Renamed"
    result = read(sqlite_database, feed, clock)
    assert result.held == {"feed": 30}
    [(state, count, counts)] = held(sqlite_database)
    assert (state, count, set(counts)) == (HeldState.OPEN, 30, kinds)
    assert contents(sqlite_database) == before
    with sqlite_database.read() as session:
        names = set(session.exec(select(Customer.name)))
        assert "Renamed" in names, "what is told of others goes in"
        assert "Nobody hears" not in names


def contents(database: Database) -> tuple[Any, ...]:
    with database.read() as session:
        terms = session.exec(select(Subscription).order_by(col(Subscription.subscription_id))).all()
        counts = session.exec(select(Licence).order_by(col(Licence.subscription_id), col(Licence.product))).all()
    return (
        [(row.subscription_id, row.end_date, row.invoice, row.setup) for row in terms],
        [(row.subscription_id, row.product, row.total, row.assigned) for row in counts],
    )


@pytest.mark.parametrize(("hit", "is_held"), [(9, False), (12, False), (13, True)], ids=["few", "a fifth", "more"])
def test_a_fifth_and_ten(sqlite_database: Database, feed: Feed, clock: ManualClock, hit: int, is_held: bool) -> None:
    read(sqlite_database, feed, clock)
    change(feed, hit, end_date="2028-01-01")
    assert bool(read(sqlite_database, feed, clock).held) == is_held
    assert ("2028-01-01" in ends(sqlite_database)) != is_held


def test_what_was_not_known_before_is_no_change(database: Database, feed: Feed, clock: ManualClock) -> None:
    told, feed.subscriptions = feed.subscriptions, []
    read(database, feed, clock)
    feed.subscriptions = told
    assert read(database, feed, clock).held == {}
    change(feed, MANY, products=[{"product": "Calling", "total": 10, "assigned": 5, "used_7d": 4}])
    assert read(database, feed, clock).held == {}, "usage changes every week"
    with database.read() as session:
        assert len(session.exec(select(Touched)).all()) == MANY


def test_what_is_confirmed_goes_in_with_the_next_look(database: Database, feed: Feed, clock: ManualClock) -> None:
    read(database, feed, clock)
    change(feed, MANY, end_date="2028-01-01")
    read(database, feed, clock)
    say(database, clock, is_true=True)
    assert read(database, feed, clock).held == {}
    assert ends(database) == {"2028-01-01"}
    assert [state for state, _, _ in held(database)] == [HeldState.OVER]


def test_another_change_than_the_confirmed_is_held_again(
    sqlite_database: Database, feed: Feed, clock: ManualClock
) -> None:
    read(sqlite_database, feed, clock)
    change(feed, 20, end_date="2028-01-01")
    read(sqlite_database, feed, clock)
    say(sqlite_database, clock, is_true=True)
    change(feed, 40, first=20, end_date="2029-01-01")
    assert read(sqlite_database, feed, clock).held == {"feed": 60}


def test_what_was_left_is_not_asked_about_again(sqlite_database: Database, feed: Feed, clock: ManualClock) -> None:
    read(sqlite_database, feed, clock)
    change(feed, 30, end_date="2028-01-01")
    read(sqlite_database, feed, clock)
    say(sqlite_database, clock, is_true=False)
    clock.advance(timedelta(days=1))
    read(sqlite_database, feed, clock)
    assert ends(sqlite_database) == {"2027-01-01"}
    assert [state for state, _, _ in held(sqlite_database)] == [HeldState.LEFT]


def test_it_is_over_when_the_source_says_what_is_known(
    sqlite_database: Database, feed: Feed, clock: ManualClock
) -> None:
    read(sqlite_database, feed, clock)
    change(feed, 30, end_date="2028-01-01")
    read(sqlite_database, feed, clock)
    change(feed, 30, end_date="2027-01-01")
    clock.advance(timedelta(days=1))
    assert read(sqlite_database, feed, clock).held == {}
    assert [state for state, _, _ in held(sqlite_database)] == [HeldState.OVER]


def test_somebody_at_the_command_line_confirms_too(sqlite_database: Database, feed: Feed, clock: ManualClock) -> None:
    read(sqlite_database, feed, clock)
    change(feed, 30, end_date="2028-01-01")
    read(sqlite_database, feed, clock)
    read(sqlite_database, feed, clock, confirmed=True)
    assert "2028-01-01" in ends(sqlite_database)
    assert [state for state, _, _ in held(sqlite_database)] == [HeldState.OVER]


class TestWebex:
    def read(self, database: Database, sources: Sources, clock: ManualClock) -> SyncResult:
        clock.advance(timedelta(hours=1))
        return sync(database, sources.partner, None, clock)

    def test_licences_that_all_turn_to_nothing_are_held(
        self, sqlite_database: Database, sources: Sources, clock: ManualClock
    ) -> None:
        def emptied(answer: Any) -> Any:
            for each in answer["items"]:
                each |= {"totalUnits": 0} if "totalUnits" in each else {}
            return answer

        self.read(sqlite_database, sources, clock)
        before = contents(sqlite_database)
        sources.wire.tampering["licenses"] = emptied
        assert self.read(sqlite_database, sources, clock).held["licences"] >= 10
        assert contents(sqlite_database) == before
        sources.wire.tampering.clear()
        assert self.read(sqlite_database, sources, clock).held == {}
        assert [state for state, _, _ in held(sqlite_database)] == [HeldState.OVER]

    def test_customers_that_are_gone_go_when_somebody_says_so(
        self, database: Database, sources: Sources, clock: ManualClock
    ) -> None:
        self.read(database, sources, clock)
        sources.wire.tampering["organizations"] = lambda answer: {"items": answer["items"][:15]}
        assert "15 of 30 customers are gone" in self.read(database, sources, clock).failures["webex"]
        self.read(database, sources, clock)
        assert held(database) == [(HeldState.OPEN, 15, {"gone": 15})]
        say(database, clock, is_true=True)
        assert len(self.read(database, sources, clock).departed) == 15
        assert self.read(database, sources, clock).ok
        assert [state for state, _, _ in held(database)] == [HeldState.OVER]
