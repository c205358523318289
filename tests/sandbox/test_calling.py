"""The weeks of Webex Calling that the feed offers."""

from collections import defaultdict
from datetime import date, timedelta
from statistics import median

import pytest

from tests.sandbox.conftest import Company
from tests.sandbox.driving import Json
from tests.sandbox.test_partner import frozen

WEEKS = "/partnerhub/v1/calling/weeks"
LAST = date(2026, 11, 15)
"""The last complete week at the frozen noon, a Sunday."""


def test_the_same_seed_tells_the_same_weeks() -> None:
    with frozen(seed=7) as one, frozen(seed=7) as same, frozen(seed=8) as other:
        weeks = one.items(WEEKS, week=str(LAST))
        assert weeks == same.items(WEEKS) == one.items(WEEKS)
        assert weeks != other.items(WEEKS)
        assert weeks != one.items(WEEKS, week=str(LAST - timedelta(weeks=1)))


def test_a_week_is_of_every_customer_with_calling_and_of_no_other() -> None:
    with frozen() as admin:
        active = {
            subscription["org_id"]
            for subscription in admin.items("/partnerhub/v1/subscriptions")
            if any(product["product"] == "Calling" for product in subscription["products"])
            and (subscription["start_date"] or "") <= str(LAST) <= (subscription["end_date"] or "9")
        }
        assert {week["org_id"] for week in admin.items(WEEKS)} == active


def test_the_figures_of_a_week_agree() -> None:
    with frozen(customers=200) as admin:
        weeks = [week for page in admin.pages(WEEKS, max=30) for week in page]
    assert len(weeks) > 80
    assert any(week["queue"]["calls"] for week in weeks)
    for week in weeks:
        users, queue, endpoints = week["users_by_calls"], week["queue"], week["endpoints"].values()
        assert users.keys() == {"0", "1-5", "6-20", "20+"}
        assert week["active_users"] == users["1-5"] + users["6-20"] + users["20+"]
        least = users["1-5"] + 6 * users["6-20"] + 21 * users["20+"]
        assert least <= week["calls"] <= 5 * users["1-5"] + 20 * users["6-20"] + 99 * users["20+"]
        assert week["calls"] <= week["legs"] == sum(one["legs"] for one in endpoints)
        assert week["poor_legs"] == sum(one["poor_legs"] for one in endpoints)
        assert all(0 <= one["poor_legs"] <= one["legs"] for one in endpoints)
        assert week["features"]["call_queue"] == queue["calls"]
        ends = ("answered", "abandoned", "timed_out", "overflowed")
        assert queue["calls"] == sum(queue[end] for end in ends)
        assert queue["transferred"] <= queue["answered"]
        assert min(queue.values()) >= 0


def troubles(weeks: list[Json]) -> set[str]:
    """What PRODUCT.md §6 would tell of the last of a customer's weeks."""
    *before, last = weeks
    calls = median(week["calls"] for week in before)
    poor = median(week["poor_legs"] / week["legs"] for week in before)
    share, queue = last["poor_legs"] / last["legs"], last["queue"]
    found = {
        "fewer calls": calls >= 50 and last["calls"] <= 0.6 * calls,
        "poor": share > 0.05 and share >= 2 * poor,
        "abandoned": queue["calls"] and queue["abandoned"] / queue["calls"] > 0.2,
    }
    return {trouble for trouble, is_so in found.items() if is_so}


def test_a_few_customers_have_each_trouble() -> None:
    history: dict[str, list[Json]] = defaultdict(list)
    with frozen(customers=200) as admin:
        for age in range(8, -1, -1):
            for week in admin.items(WEEKS, week=str(LAST - timedelta(weeks=age))):
                history[week["org_id"]].append(week)
    complete = [troubles(weeks) for weeks in history.values() if len(weeks) == 9 and all(w["legs"] for w in weeks)]
    seen = [one for found in complete for one in found]
    assert set(seen) == {"fewer calls", "poor", "abandoned"}
    assert len(seen) < len(complete) / 5


@pytest.mark.parametrize("week", ["2026-11-16", "last", "2026-11", "0001-01-01"])
def test_a_week_begins_on_a_sunday(company: Company, week: str) -> None:
    assert company.admin.refused("GET", WEEKS, params={"week": week})[0] == 400


def test_a_week_that_is_not_over_has_no_records(fresh: Company) -> None:
    def this_week() -> list[Json]:
        return fresh.admin.items(WEEKS, week=str(sunday))

    today = date.fromisoformat(fresh.ana.accepted("GET", "/sandbox/state")["clock"][:10])
    sunday = today - timedelta(days=today.isoweekday() % 7)
    assert this_week() == []
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 7})
    assert this_week()


def test_the_weeks_need_the_feeds_token(company: Company) -> None:
    assert company.ana.refused("GET", WEEKS)[0] == 401
