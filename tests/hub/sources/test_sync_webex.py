"""Reading Webex: records that cannot be read, customers that are gone, and a budget of calls."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from hub import tags
from hub.sync import Pace, SyncResult, sync
from storage import Database
from storage.tables import Assignment, Customer, CustomerTag, Departed, Licence, Source, Subscription
from tests.clock import ManualClock
from tests.hub.sources.conftest import Sources

Records = list[dict[str, Any]]


def read(database: Database, sources: Sources, clock: ManualClock, **how: Any) -> SyncResult:
    return sync(database, sources.partner, None, clock, **how)


def later(clock: ManualClock) -> None:
    """Everything is due again."""
    clock.advance(timedelta(hours=1))


def org_ids(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.exec(select(Customer.org_id)))


def licences(database: Database) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    with database.read() as session:
        return {(row.subscription_id, row.product): (row.total, row.assigned) for row in session.exec(select(Licence))}


def in_items(change: Callable[[Records], Any]) -> Callable[[Any], Any]:
    """Change the records of a list, whichever way it is wrapped."""

    def tamper(answer: Any) -> Any:
        change(answer["items"] if isinstance(answer, dict) else answer)
        return answer

    return tamper


def spoil_first(**fields: Any) -> Callable[[Any], Any]:
    return in_items(lambda records: records[0].update(fields) if records else None)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("organizations", {"id": "?"}),
        ("organizations", {"displayName": None}),
        ("organizations", {"created": 20261122}),
        ("partner/tags/organizations", {"tags": "gold"}),
        ("partner/tags/subscriptions", {"subscriptionId": 5}),
        ("people", {"emails": []}),
        ("people", {"orgId": None}),
        ("partner/organizations", {"orgId": "?"}),
    ],
)
def test_a_malformed_record_is_left_out_and_nothing_is_taken_away_for_it(
    sqlite_database: Database, sources: Sources, clock: ManualClock, path: str, fields: dict[str, Any]
) -> None:
    for number, customer in enumerate(sources.box.partner.customers[:3]):
        sources.partner.set_tags(customer.uuid, ["gold"])
        subscription = customer.subscriptions[0] if customer.subscriptions else None
        if subscription:
            sources.partner.set_tags(customer.uuid, [f"silver-{number}"], subscription.id)
    assert read(sqlite_database, sources, clock).ok
    before = contents(sqlite_database)
    later(clock)
    sources.wire.tampering[path] = spoil_first(**fields)
    result = read(sqlite_database, sources, clock)
    assert result.ok
    assert sum(each.count for each in result.skipped.values()) >= 1
    assert contents(sqlite_database) == before


def contents(database: Database) -> dict[str, list[Any]]:
    with database.read() as session:
        return {
            table.__name__: sorted(tuple(row.model_dump(include=keys).values()) for row in session.exec(select(table)))
            for table, keys in (
                (Customer, {"org_id", "name"}),
                (CustomerTag, {"org_id", "tag"}),
                (Assignment, {"org_id", "email"}),
                (Subscription, {"subscription_id"}),
            )
        }


def test_status_names_what_was_left_out_until_it_can_be_read(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    def left_out() -> list[str]:
        with sqlite_database.read() as session:
            return session.get_one(Source, "webex").left_out

    sources.wire.tampering["organizations"] = spoil_first(displayName=None)
    read(sqlite_database, sources, clock)
    assert "displayName" in left_out()[0]
    sources.wire.tampering.clear()
    later(clock)
    read(sqlite_database, sources, clock)
    assert left_out() == []


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_organization_that_may_not_be_looked_into_keeps_its_licences(
    sqlite_database: Database, sources: Sources, clock: ManualClock, status: int
) -> None:
    read(sqlite_database, sources, clock)
    before = licences(sqlite_database)
    later(clock)
    sources.fault(path="/v1/licenses", status=status, times=1)
    result = read(sqlite_database, sources, clock)
    assert result.ok
    assert result.skipped["licences"].count == 1
    assert licences(sqlite_database) == before


def test_licences_that_add_up_to_less_because_one_cannot_be_read_do_not_count(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    read(sqlite_database, sources, clock)
    before = licences(sqlite_database)
    later(clock)
    sources.wire.tampering["licenses"] = spoil_first(totalUnits="many")
    assert read(sqlite_database, sources, clock).skipped["licences"].count > 1
    assert licences(sqlite_database) == before


def test_licences_that_fail_for_many_are_a_failure_of_webex(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    sources.fault(path="/v1/licenses", status=500)
    assert "HTTP 500" in read(sqlite_database, sources, clock).failures["licences"]


def test_a_customer_that_two_readings_lack_is_gone(database: Database, sources: Sources, clock: ManualClock) -> None:
    read(database, sources, clock)
    leaving = sources.box.partner.customers.pop()
    later(clock)
    assert read(database, sources, clock).departed == []
    assert leaving.uuid in org_ids(database), "one reading may be mistaken"
    later(clock)
    assert read(database, sources, clock).departed == [leaving.name]
    assert leaving.uuid not in org_ids(database)
    with database.read() as session:
        assert session.get_one(Departed, leaving.uuid).at == clock()


def test_a_customer_that_is_listed_again_in_time_stays(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    read(sqlite_database, sources, clock)
    leaving = sources.box.partner.customers.pop()
    for listed in (False, True, False):
        later(clock)
        sources.box.partner.customers = [each for each in sources.box.partner.customers if each is not leaving] + [
            leaving
        ] * listed
        read(sqlite_database, sources, clock)
    assert leaving.uuid in org_ids(sqlite_database)


def test_a_customer_that_is_gone_comes_back_with_all_that_the_feed_knows(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    def read_both() -> None:
        clock.advance(timedelta(minutes=5))
        assert sync(sqlite_database, sources.partner, sources.feed, clock).ok

    def held() -> set[str]:
        with sqlite_database.read() as session:
            return set(
                session.exec(select(Subscription.subscription_id).where(Subscription.org_id == leaving.uuid)).all()
            )

    leaving = next(each for each in sources.box.partner.customers if each.subscriptions)
    read_both()
    before = held()
    sources.wire.tampering["organizations"] = lambda answer: {
        "items": [each for each in answer["items"] if each["displayName"] != leaving.name]
    }
    for _ in range(3):
        read_both()
    assert leaving.uuid not in org_ids(sqlite_database), "the feed alone makes nobody a customer that Webex let go"
    sources.wire.tampering.clear()
    read_both()
    read_both()
    assert held() == before != set()


@pytest.mark.parametrize("kept", [0, 5])
def test_a_list_that_lacks_many_is_not_believed_before_somebody_stands_by(
    database: Database, sources: Sources, clock: ManualClock, kept: int
) -> None:
    read(database, sources, clock)
    known = org_ids(database)
    sources.wire.tampering["organizations"] = lambda answer: {"items": answer["items"][:kept]}
    for _ in range(3):
        later(clock)
        assert "webex" in read(database, sources, clock).failures
    assert org_ids(database) == known
    confirmed = read(database, sources, clock, confirmed=True)
    assert len(org_ids(database)) == (kept or len(known)), "an empty list is never believed"
    assert len(confirmed.departed) == (len(known) - kept if kept else 0)


def test_the_share_that_is_doubted_is_a_setting(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    read(sqlite_database, sources, clock)
    sources.wire.tampering["organizations"] = lambda answer: {"items": answer["items"][:5]}
    for _ in range(2):
        later(clock)
        assert read(sqlite_database, sources, clock, share=0.9).ok
    assert len(org_ids(sqlite_database)) == 5


def test_tags_that_all_vanish_are_not_believed(sqlite_database: Database, sources: Sources, clock: ManualClock) -> None:
    for customer in sources.box.partner.customers:
        sources.partner.set_tags(customer.uuid, ["gold"])
    read(sqlite_database, sources, clock)
    sources.wire.tampering["partner/tags"] = lambda _: []
    later(clock)
    assert "tags of customers are gone" in read(sqlite_database, sources, clock).failures["tags"]


def test_a_tag_set_while_the_tags_are_read_stays(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    read(sqlite_database, sources, clock)
    org_id = sources.box.partner.customers[0].uuid
    later(clock)

    def meanwhile(answer: Any) -> Any:
        tags.add(sqlite_database, sources.partner, tags.Owner(org_id), ["gold"], tags.Author("ana", clock()))
        return answer

    sources.wire.tampering["partner/tags"] = meanwhile
    read(sqlite_database, sources, clock)
    with sqlite_database.read() as session:
        assert session.exec(select(CustomerTag.tag).where(CustomerTag.org_id == org_id)).all() == ["gold"]


def test_a_budget_of_calls_is_kept_and_everybody_has_their_turn(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    seconds = 0.0
    pace = Pace(12, now=lambda: seconds)
    spent = []
    for _ in range(12):
        before = len(sources.wire.asked)
        read(sqlite_database, sources, clock, pace=pace)
        spent.append(len(sources.wire.asked) - before)
        seconds += 60
        clock.advance(timedelta(minutes=1))
    assert sum(spent) <= 12 * len(spent)
    asked = sources.wire.asked.count("licenses")
    assert asked >= 30, "every customer is asked for before any is asked again"
    with sqlite_database.read() as session:
        assert None not in session.exec(select(Customer.licences_tried_at)).all()


def test_urgent_customers_are_asked_more_often(sqlite_database: Database, sources: Sources, clock: ManualClock) -> None:
    sync(sqlite_database, sources.partner, sources.feed, clock)
    clock.advance(timedelta(minutes=6))
    before = sources.wire.asked.count("licenses")
    read(sqlite_database, sources, clock)
    asked = sources.wire.asked.count("licenses") - before
    assert 0 < asked < 30


def test_what_is_fresh_is_not_read_again(sqlite_database: Database, sources: Sources, clock: ManualClock) -> None:
    read(sqlite_database, sources, clock)
    sources.wire.asked.clear()
    clock.advance(timedelta(seconds=5))
    read(sqlite_database, sources, clock)
    assert sources.wire.asked == []


def test_a_refused_token_is_told_with_its_setting(
    sqlite_database: Database, sources: Sources, clock: ManualClock
) -> None:
    sources.wire.tampering["organizations"] = lambda _: httpx.Response(401)
    assert "PARTNERBOT_ADMIN_TOKEN" in read(sqlite_database, sources, clock).failures["webex"]
