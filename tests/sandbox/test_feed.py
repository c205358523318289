from datetime import date, timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import Company
from tests.sandbox.driving import Json, Person

FEED = "/partnerhub/v1"
TRIAL = {
    "company": "Nueva Compañía",
    "admin_email": "admin@nueva.example",
    "vertical": "Retail",
    "country": "ES",
    "products": [{"product": "Calling", "total": 25}],
    "days": 60,
    "notify_admin": True,
}


def start(admin: Person, key: str, **changes: Any) -> Json:
    return admin.accepted("POST", f"{FEED}/trials", json=TRIAL | changes, headers={"Idempotency-Key": key})


def refused(admin: Person, key: str = "key", **changes: Any) -> tuple[int, Json]:
    response = admin.post(f"{FEED}/trials", json=TRIAL | changes, headers={"Idempotency-Key": key})
    return response.status_code, response.json()


def today(company: Company) -> date:
    return date.fromisoformat(company.ana.accepted("GET", "/sandbox/state")["clock"][:10])


def test_the_feed_takes_its_own_token_and_the_administrators(company: Company) -> None:
    with Person(company.box, company.box.feed_token) as feed:
        assert feed.items(f"{FEED}/customers") == company.admin.items(f"{FEED}/customers")
    assert company.ana.refused("GET", f"{FEED}/customers")[0] == 401


def test_a_record_has_every_field_of_the_format(company: Company) -> None:
    customer = company.admin.items(f"{FEED}/customers")[0]
    assert customer.keys() == {
        "org_id", "name", "region", "country", "managed_by", "created", "last_admin_activity", "external_id", "updated",
    }  # fmt: skip
    subscription = company.admin.items(f"{FEED}/subscriptions")[0]
    assert subscription.keys() == {
        "subscription_id", "org_id", "type", "start_date", "end_date", "auto_renew", "invoice", "setup", "products",
        "orders", "updated",
    }  # fmt: skip
    assert subscription["invoice"].keys() == {"state", "number", "date", "amount", "currency", "url"}
    assert subscription["products"][0].keys() == {"product", "total", "assigned", "used_7d", "used_3m"}
    assert subscription["orders"][0].keys() == {"order_id", "date", "action", "items"}


def test_pages_hold_everything_once_while_a_customer_is_added(fresh: Company) -> None:
    seen = []
    for number, page in enumerate(fresh.admin.pages(f"{FEED}/customers", max=7)):
        seen += [customer["org_id"] for customer in page]
        if number == 1:
            start(fresh.admin, "while paging")
    assert len(seen) == len(set(seen)) == 31


def test_only_what_was_updated_since(fresh: Company) -> None:
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 1})
    since = fresh.ana.accepted("GET", "/sandbox/state")["clock"]
    org = fresh.admin.items(f"{FEED}/customers")[4]["org_id"]
    fresh.ana.accepted("PATCH", f"/sandbox/customers/{org}", json={"region": "CA"})
    assert [customer["org_id"] for customer in fresh.admin.items(f"{FEED}/customers", updated_since=since)] == [org]
    assert fresh.admin.refused("GET", f"{FEED}/customers", params={"updated_since": "lately"})[0] == 400


def test_a_started_trial_is_a_new_customer_with_licences(fresh: Company) -> None:
    trial = start(fresh.admin, "one")
    assert (trial["type"], trial["invoice"], trial["auto_renew"]) == ("trial", None, False)
    assert date.fromisoformat(trial["end_date"]) - date.fromisoformat(trial["start_date"]) == timedelta(days=60)
    organization = fresh.admin.accepted("GET", f"/v1/organizations/{trial['org_id']}")
    assert organization["displayName"] == "Nueva Compañía"
    licenses = fresh.admin.items("/v1/licenses", orgId=organization["id"])
    assert sum(license_["totalUnits"] for license_ in licenses) == 25
    customer = fresh.admin.items(f"{FEED}/customers")[-1]
    assert (customer["org_id"], customer["region"]) == (trial["org_id"], "EU")


def test_the_same_key_starts_one_trial_only(fresh: Company) -> None:
    first = start(fresh.admin, "again")
    assert start(fresh.admin, "again") == first
    assert refused(fresh.admin, "again", days=30)[0] == 400
    assert refused(fresh.admin, "another")[0] == 409
    assert refused(fresh.admin, "")[0] == 400
    assert len(fresh.admin.items("/v1/organizations")) == 31


def test_a_known_company_gets_a_trial_without_becoming_two(fresh: Company) -> None:
    name = fresh.admin.items("/v1/organizations")[0]["displayName"]
    trial = start(fresh.admin, "known", company=name.upper())
    assert trial["org_id"] == fresh.admin.items(f"{FEED}/customers")[0]["org_id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", " "),
        ("admin_email", "nobody"),
        ("vertical", None),
        ("country", "Spain"),
        ("days", 45),
        ("products", []),
        ("products", [{"product": "Calling", "total": 0}]),
        ("products", [{"product": "Calling", "total": 1}] * 2),
        ("site_url", None),
        ("time_zone", "Mars"),
        ("notify_admin", "yes"),
    ],
)
def test_a_wrong_field_is_named(company: Company, field: str, value: object) -> None:
    needs_a_site = {"products": [{"product": "Meetings", "total": 5}], "site_url": "x.webex.com", "time_zone": "UTC"}
    changes: Json = needs_a_site | {field: value}
    status, body = refused(company.admin, **changes)
    assert status == 422
    assert [error["field"] for error in body["errors"]] == [field]


def test_a_trial_is_extended_changed_and_cancelled(fresh: Company) -> None:
    trial = start(fresh.admin, "life")
    path, since = f"{FEED}/trials/{trial['subscription_id']}", trial["updated"]
    end = (today(fresh) + timedelta(days=90)).isoformat()
    assert fresh.admin.accepted("PATCH", path, json={"end_date": end})["end_date"] == end
    products = [{"product": "Calling", "total": 50}, {"product": "Messaging", "total": 10}]
    changed = fresh.admin.accepted("PATCH", path, json={"products": products})["products"]
    assert [(line["product"], line["total"]) for line in changed] == [("Calling", 50), ("Messaging", 10)]
    nonsenses: list[Json] = [{}, {"end_date": "2020-01-01"}, {"end_date": 5}, {"products": []}]
    for nonsense in nonsenses:
        assert fresh.admin.patch(path, json=nonsense).status_code == 422
    assert fresh.admin.delete(path).status_code == 204
    assert fresh.admin.refused("PATCH", path, json={"end_date": end})[0] == 404
    gone = fresh.admin.items(f"{FEED}/subscriptions", updated_since=since)[-1]
    assert (gone["subscription_id"], gone["deleted"]) == (trial["subscription_id"], True)
    assert all("deleted" not in record for record in fresh.admin.items(f"{FEED}/subscriptions"))


def test_a_paid_subscription_is_no_trial(company: Company) -> None:
    paid = company.admin.items(f"{FEED}/subscriptions")[0]["subscription_id"]
    assert company.admin.refused("DELETE", f"{FEED}/trials/{paid}")[0] == 404


def test_history_goes_back_13_weeks_and_ends_with_todays_counts(company: Company) -> None:
    rows = [row for page in company.admin.pages(f"{FEED}/history", max=50) for row in page]
    days = sorted({row["day"] for row in rows})
    assert len(days) == 14
    assert days[-1] == today(company).isoformat()
    now = {
        (subscription["subscription_id"], line["product"]): line["assigned"]
        for page in company.admin.pages(f"{FEED}/subscriptions")
        for subscription in page
        for line in subscription["products"]
    }
    latest = [row for row in rows if row["day"] == days[-1]]
    assert len({(row["subscription_id"], row["product"]) for row in latest}) == len(latest)
    assert all(row["assigned"] == now[row["subscription_id"], row["product"]] for row in latest)
    some = company.admin.items(f"{FEED}/history", **{"from": days[3], "to": days[5]})
    assert {row["day"] for row in some} == set(days[3:6])


def test_history_remembers_what_the_counts_were_before_a_change(fresh: Company) -> None:
    subscription = fresh.admin.items(f"{FEED}/subscriptions")[0]
    product, before = subscription["products"][0]["product"], subscription["products"][0]["assigned"]
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 3})
    change = {"products": {product: {"assigned": 3, "total": 999}}}
    fresh.ana.accepted("PATCH", f"/sandbox/subscriptions/{subscription['subscription_id']}", json=change)
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 4})
    first = (today(fresh) - timedelta(days=7)).isoformat()
    rows = [
        (row["assigned"], row["total"])
        for row in fresh.admin.items(f"{FEED}/history", **{"from": first})
        if row["subscription_id"] == subscription["subscription_id"] and row["product"] == product
    ]
    assert rows == [(before, subscription["products"][0]["total"]), (3, 999)]
