from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL, Json


def customer(company: Company, number: int = 0) -> Json:
    return company.ana.items("/sandbox/customers", max=1000)[number]


def test_the_state_tells_who_and_what_there_is(company: Company) -> None:
    state = company.ana.accepted("GET", "/sandbox/state")
    assert state["counts"]["customers"] == 200
    assert state["bot"]["email"] == BOT_EMAIL
    roles = {person["email"].split(".")[0]: person["roles"] for person in state["people"]}
    assert roles == {
        "ana": ["partner_full_admin"],
        "ben": ["partner_admin"],
        "chloe": ["partner_readonly_admin"],
        "diego": ["help_desk"],
        "elif": ["help_desk_advanced"],
        "frank": [],
        "gina": [],
    }
    assert {"id", "title", "type"} == state["rooms"][0].keys()
    assert state["served"]["requests"] >= 0


def test_the_sandbox_counts_its_own_time(fresh: Company) -> None:
    for _ in range(3):
        fresh.ana.accepted("GET", "/v1/people/me")
    served = fresh.ana.accepted("GET", "/sandbox/state")["served"]
    assert served["requests"] == 3
    assert 0 < served["seconds"] < 1
    assert served["cpu_seconds"] > 0


def test_customers_are_found_by_part_of_their_name(company: Company) -> None:
    found = company.ana.items("/sandbox/customers", q="acme")
    assert [one["name"] for one in found] == ["Acme Logistics", "Acme Retail Group"]
    assert found[0]["subscription_ids"] == [one["subscription_id"] for one in found[0]["subscriptions"]]


def test_a_changed_customer_shows_in_webex_and_feed(fresh: Company) -> None:
    found = customer(fresh)
    changes = {"name": "Renamed", "region": None, "last_admin_activity": "2026-01-02", "managed_by": "external"}
    fresh.ana.accepted("PATCH", f"/sandbox/customers/{found['id']}", json=changes)
    assert fresh.admin.accepted("GET", f"/v1/organizations/{found['org_id']}")["displayName"] == "Renamed"
    record = fresh.admin.items("/partnerhub/v1/customers")[0]
    assert record["last_admin_activity"] == "2026-01-02T00:00:00.000Z"
    assert (record["name"], record["region"], record["managed_by"]) == ("Renamed", None, "external")
    assert record["updated"] > found["updated"]


def test_a_changed_subscription_shows_in_licences_and_feed(fresh: Company) -> None:
    subscription = customer(fresh)["subscriptions"][0]
    product, total = subscription["products"][0]["product"], subscription["products"][0]["total"]
    path = f"/sandbox/subscriptions/{quote(subscription['subscription_id'])}"
    changes = {
        "invoice": "unpaid",
        "setup": "pending",
        "auto_renew": False,
        "end_date": "2030-01-31",
        "products": {product: {"assigned": total + 7}},
    }
    changed = fresh.ana.accepted("PATCH", path, json=changes)
    assert changed == next(
        one
        for one in fresh.admin.items("/partnerhub/v1/subscriptions")
        if one["subscription_id"] == subscription["subscription_id"]
    )
    assert changed["invoice"]["state"] == "unpaid"
    assert (changed["setup"], changed["auto_renew"], changed["end_date"]) == ("pending", False, "2030-01-31")
    licenses = fresh.admin.items("/v1/licenses", orgId=subscription["org_id"])
    mine = [one for one in licenses if one["subscriptionId"] == subscription["subscription_id"]]
    consumed = sum(license_["consumedUnits"] for license_ in mine)
    assert consumed == sum(line["assigned"] for line in changed["products"])
    assert changed["products"][0]["assigned"] == total + 7


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "red"},
        {"managed_by": "nobody"},
        {"name": ""},
        {"last_admin_activity": "yesterday"},
        {"created": None},
    ],
)
def test_a_senseless_change_of_a_customer_is_refused(company: Company, body: Json) -> None:
    before = customer(company)
    assert company.ana.refused("PATCH", f"/sandbox/customers/{before['org_id']}", json=body)[0] == 400
    assert customer(company) == before


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "red"},
        {"invoice": "perhaps"},
        {"auto_renew": "yes"},
        {"end_date": "soon"},
        {"products": []},
        {"products": {"Teleport": {"total": 1}}},
        {"products": {"Teleport": 1}},
    ],
)
def test_a_senseless_change_of_a_subscription_is_refused(company: Company, body: Json) -> None:
    subscription = customer(company)["subscription_ids"][0]
    assert company.ana.refused("PATCH", f"/sandbox/subscriptions/{subscription}", json=body)[0] == 400


def test_counts_are_whole_and_of_known_names(company: Company) -> None:
    subscription = customer(company)["subscriptions"][0]
    path, product = f"/sandbox/subscriptions/{subscription['subscription_id']}", subscription["products"][0]["product"]
    for counts in ({"total": -1}, {"total": 1.5}, {"total": True}, {"free": 1}):
        assert company.ana.refused("PATCH", path, json={"products": {product: counts}})[0] == 400


def test_trials_have_no_invoice_and_never_renew(company: Company) -> None:
    trial = next(s for s in company.admin.items("/partnerhub/v1/subscriptions") if s["type"] == "trial")
    path = f"/sandbox/subscriptions/{trial['subscription_id']}"
    for body in ({"invoice": "unpaid"}, {"auto_renew": True}):
        assert company.ana.refused("PATCH", path, json=body)[0] == 400


def test_unknown_customers_and_subscriptions_are_404(company: Company) -> None:
    assert company.ana.refused("PATCH", "/sandbox/customers/nobody", json={})[0] == 404
    assert company.ana.refused("PATCH", "/sandbox/subscriptions/nothing", json={})[0] == 404
    assert company.ana.refused("GET", "/v1/nothing/here")[0] == 404
    assert company.ana.refused("DELETE", "/v1/people/me")[0] == 405


def test_a_week_passes_for_everybody_and_brings_usage(fresh: Company) -> None:
    before = fresh.admin.items("/partnerhub/v1/subscriptions")
    clock = datetime.fromisoformat(fresh.ana.accepted("GET", "/sandbox/state")["clock"])
    moved = fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 14})["clock"]
    assert timedelta(days=14) <= datetime.fromisoformat(moved) - clock < timedelta(days=14, minutes=1)
    after = fresh.admin.items("/partnerhub/v1/subscriptions")
    changed = [old["products"] != new["products"] for old, new in zip(before, after, strict=True)]
    assert any(changed)
    since = fresh.admin.items("/partnerhub/v1/subscriptions", updated_since=(clock + timedelta(days=1)).isoformat())
    assert len(since) == sum(changed)
    assert fresh.ana.say(toPersonEmail=BOT_EMAIL, text="later")["created"] >= moved


@pytest.mark.parametrize("days", [-1, "seven", None, True])
def test_the_clock_goes_forward_only(company: Company, days: object) -> None:
    assert company.ana.refused("POST", "/sandbox/clock", json={"advance_days": days})[0] == 400


def test_the_clock_does_not_run_for_ever(fresh: Company) -> None:
    with pytest.raises(AssertionError, match="not for ever"):
        for _ in range(400):
            fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 3660})


def test_everything_said_can_be_read(fresh: Company) -> None:
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="before")
    said = fresh.ana.say(roomId=fresh.new_room(), markdown="**bold**")
    everything = fresh.ana.items("/sandbox/messages")
    assert [message["text"] for message in everything] == ["before", "bold"]
    assert everything[1].keys() == {
        "id", "roomId", "personEmail", "created", "text", "markdown", "files", "parentId", "card",
    }  # fmt: skip
    assert fresh.ana.items("/sandbox/messages", since=said["created"])[-1]["id"] == said["id"]
    assert fresh.ana.refused("GET", "/sandbox/messages", params={"since": "now"})[0] == 400
