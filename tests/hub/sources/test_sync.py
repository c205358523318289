"""Reading the sources: what is malformed, refused or implausible changes nothing else."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from hub.feed import FeedClient
from hub.http import PATIENCE_SECONDS
from hub.sync import SyncResult, sync
from hub.trials import Order, TrialRequest, start
from hub.webex import PartnerClient
from sandbox.server import Sandbox
from storage import Database
from storage.tables import Audit, Customer, Licence, Source, Subscription
from tests.clock import ManualClock

ACME, GLOBEX = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def customer(org_id: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"org_id": org_id, "name": name} | fields


def subscription(identity: str, org_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "subscription_id": identity,
        "org_id": org_id,
        "type": "subscription",
        "start_date": "2026-01-01",
        "end_date": "2027-01-01",
        "auto_renew": False,
        "products": [{"product": "Calling", "total": 10, "assigned": 5}],
    } | fields


class Feed:
    """A partner's system whose answers a test decides on."""

    def __init__(self) -> None:
        self.customers: list[Any] = [customer(ACME, "Acme"), customer(GLOBEX, "Globex")]
        self.subscriptions: list[Any] = [subscription("A", ACME), subscription("G", GLOBEX)]
        self.requests: list[str] = []
        self.refusal: httpx.Response | None = None
        self.client = FeedClient("http://feed.example", None, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.path)
        if self.refusal:
            return self.refusal
        match request.url.path:
            case "/customers":
                return httpx.Response(200, json=self.customers)
            case "/subscriptions":
                return httpx.Response(200, json=self.subscriptions)
            case "/trials":
                return httpx.Response(201, json=subscription("T", ACME, type="trial"))
        return httpx.Response(404)


@pytest.fixture
def feed() -> Iterator[Feed]:
    made = Feed()
    yield made
    made.client.close()


def read(database: Database, feed: Feed, clock: ManualClock, **how: Any) -> SyncResult:
    return sync(database, None, feed.client, clock, **how)


def names(database: Database) -> set[str]:
    with database.read() as session:
        return {row.name for row in session.exec(select(Customer))}


def subscriptions(database: Database) -> dict[str, Subscription]:
    with database.read() as session:
        return {row.subscription_id: row for row in session.exec(select(Subscription))}


@pytest.mark.parametrize(
    "malformed",
    [
        "no object",
        None,
        {},
        {"subscription_id": "B"},
        subscription("B", ACME, end_date="next year"),
        subscription("B", ACME, type="gift"),
        subscription("B", ACME, products=[{"total": 3}]),
        subscription("B", ACME, products=[{"product": "Calling", "total": -1}]),
        {"deleted": True},
    ],
)
def test_a_record_that_cannot_be_read_is_left_out_and_named(
    sqlite_database: Database, feed: Feed, clock: ManualClock, malformed: Any
) -> None:
    feed.subscriptions.insert(1, malformed)
    result = read(sqlite_database, feed, clock)
    assert result.ok
    assert result.skipped["feed"].count == 1
    assert "subscription" in result.skipped["feed"].notes[0]
    assert subscriptions(sqlite_database).keys() == {"A", "G"}


def test_a_malformed_customer_does_not_stop_the_others(
    sqlite_database: Database, feed: Feed, clock: ManualClock
) -> None:
    feed.customers.append(customer("33333333-3333-3333-3333-333333333333", "Initech", last_admin_activity="noon"))
    assert read(sqlite_database, feed, clock).skipped["feed"].count == 1
    assert names(sqlite_database) == {"Acme", "Globex"}


def test_null_where_nothing_is_unknown_tells_nothing(database: Database, feed: Feed, clock: ManualClock) -> None:
    feed.subscriptions = [subscription("A", ACME, auto_renew=True, setup="pending")]
    read(database, feed, clock)
    feed.subscriptions = [subscription("A", ACME, auto_renew=None, setup=None, type=None, end_date=None)]
    clock.advance(timedelta(days=1))
    assert read(database, feed, clock).ok
    row = subscriptions(database)["A"]
    assert (row.auto_renew, row.setup, row.type, row.end_date) == (True, "pending", "subscription", None)


def test_a_removal_of_many_is_held_until_it_is_confirmed(database: Database, feed: Feed, clock: ManualClock) -> None:
    feed.subscriptions = [subscription(f"S{number}", ACME) for number in range(60)]
    read(database, feed, clock)
    told = [{"subscription_id": f"S{number}", "deleted": True} for number in range(30)]
    feed.subscriptions, feed.customers = told, [customer(ACME, "Acme Ltd")]
    held = read(database, feed, clock)
    assert "30 of 60 subscriptions" in held.failures["feed"]
    assert len(subscriptions(database)) == 60
    assert "Acme" in names(database), "nothing of a reading that is held counts"
    assert read(database, feed, clock, confirmed=True).ok
    assert len(subscriptions(database)) == 30


def test_a_few_removals_are_believed(database: Database, feed: Feed, clock: ManualClock) -> None:
    read(database, feed, clock)
    feed.subscriptions = [{"subscription_id": "G", "deleted": True}]
    assert read(database, feed, clock).ok
    assert subscriptions(database).keys() == {"A"}


def test_a_source_that_asks_to_wait_long_is_not_asked_again_meanwhile(
    sqlite_database: Database, feed: Feed, clock: ManualClock
) -> None:
    feed.refusal = httpx.Response(429, headers={"Retry-After": str(int(PATIENCE_SECONDS) + 90)})
    assert "left alone for 150 s" in read(sqlite_database, feed, clock).failures["feed"]
    assert feed.requests == ["/customers"]


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (httpx.Response(401), "token"),
        (httpx.Response(200, text="<html>Sign in</html>"), "not JSON"),
        (httpx.Response(200, json={"items": "none"}), "not a list"),
    ],
)
def test_a_source_that_fails_keeps_what_was_known_and_says_why(
    sqlite_database: Database, feed: Feed, clock: ManualClock, refusal: httpx.Response, reason: str
) -> None:
    read(sqlite_database, feed, clock)
    read_at = clock()
    clock.advance(timedelta(days=1))
    feed.refusal = refusal
    assert reason in read(sqlite_database, feed, clock).failures["feed"]
    assert names(sqlite_database) == {"Acme", "Globex"}
    with sqlite_database.read() as session:
        row = session.get_one(Source, "feed")
    assert (row.read_at, row.tried_at) == (read_at, clock())
    assert reason in (row.error or "")


TRIAL = TrialRequest("Akme", "it@acme.example", "Retail", "ES", (("Calling", 5),), 30, None, None, False)


def test_a_trial_for_a_known_customer_leaves_its_name_alone(database: Database, feed: Feed, clock: ManualClock) -> None:
    feed.customers = [customer(ACME, "Acme", country="FR")]
    read(database, feed, clock)
    for _ in range(2):
        start(database, feed.client, TRIAL, Order("click", "ana@x.example", clock()))
    with database.read() as session:
        known = session.get_one(Customer, ACME)
        assert (known.name, known.country) == ("Acme", "FR")
        assert len(session.exec(select(Audit)).all()) == 1, "a click that came twice is one deed"
    assert subscriptions(database)["T"].end_date == date(2027, 1, 1)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(customers=30, seed=1) as made:
        yield made


def test_an_organization_that_may_not_be_looked_into_keeps_its_licences(
    box: Sandbox, sqlite_database: Database, clock: ManualClock
) -> None:
    partner = PartnerClient(box.url, box.admin_token)
    try:
        sync(sqlite_database, partner, None, clock)
        with sqlite_database.read() as session:
            before = {(row.subscription_id, row.product): row.total for row in session.exec(select(Licence))}
        fault = {"path": "/v1/licenses", "status": 403, "times": 1}
        httpx.post(f"{box.url}/sandbox/faults", json=fault, trust_env=False).raise_for_status()
        result = sync(sqlite_database, partner, None, clock, confirmed=True)
        assert result.ok
        assert result.skipped["licences"].count == 1
        with sqlite_database.read() as session:
            assert {(row.subscription_id, row.product): row.total for row in session.exec(select(Licence))} == before
    finally:
        partner.close()
