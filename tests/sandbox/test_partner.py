"""The synthetic partner, seen through Webex's partner interfaces and the feed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.server import Sandbox
from tests.sandbox.conftest import Company
from tests.sandbox.driving import Json, Person

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()


@contextmanager
def frozen(customers: int = 60, seed: int = 1) -> Iterator[Person]:
    """The administrator of a sandbox whose clock stands still."""
    box = Sandbox(customers=customers, seed=seed, clock=Clock(lambda: NOON))
    with box, Person(box, box.admin_token) as admin:
        yield admin


def everything(admin: Person) -> list[Json]:
    return [
        item
        for path in ("/partnerhub/v1/customers", "/partnerhub/v1/subscriptions")
        for page in admin.pages(path)
        for item in page
    ]


def test_the_same_seed_makes_the_same_partner() -> None:
    with frozen(seed=7) as one, frozen(seed=7) as same, frozen(seed=8) as other:
        assert everything(one) == everything(same)
        assert everything(one) != everything(other)
        assert one.token == same.token != other.token


def test_a_larger_partner_has_the_customers_of_a_smaller_one() -> None:
    with frozen(customers=20) as small, frozen(customers=60) as large:
        assert small.items("/partnerhub/v1/customers") == large.items("/partnerhub/v1/customers")[:20]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def statuses(customer: Json, subscriptions: list[Json]) -> set[str]:
    """The definitions of PRODUCT.md §2, said once more."""
    found: set[str] = set()
    dated = [s | {"start": day(s["start_date"]), "end": day(s["end_date"])} for s in subscriptions if s["end_date"]]
    active = [s for s in dated if s["start"] <= TODAY <= s["end"]]
    if any(s["invoice"] and s["invoice"]["state"] == "unpaid" and s["end"] >= TODAY for s in dated):
        found.add("suspended")
    if dated and all(s["end"] < TODAY for s in dated):
        found.add("expired")
    products = [product for s in active for product in s["products"] if product["total"] is not None]
    if any(product["assigned"] > product["total"] for product in products):
        found.add("overage")
    if any(not s["auto_renew"] and s["end"] - TODAY <= timedelta(days=7) for s in active):
        found.add("expiring")
    if any(s["setup"] == "pending" and s["end"] >= TODAY for s in dated):
        found.add("setup")
    activity = customer["last_admin_activity"]
    if activity and (TODAY - date.fromisoformat(activity[:10])).days >= 30:
        found.add("inactive")
    return found | {s["type"] for s in active}


def test_even_a_small_partner_shows_every_status() -> None:
    with frozen(customers=20) as admin:
        subscriptions = admin.items("/partnerhub/v1/subscriptions")
        seen = {
            status
            for customer in admin.items("/partnerhub/v1/customers")
            for status in statuses(customer, [s for s in subscriptions if s["org_id"] == customer["org_id"]])
        }
    assert seen == {"suspended", "expired", "overage", "expiring", "setup", "inactive", "trial", "subscription"}


def test_names_can_be_ambiguous_foreign_and_nasty(company: Company) -> None:
    names = [organization["displayName"] for organization in company.admin.items("/v1/organizations")]
    assert sum(name.startswith("Acme ") for name in names) == 2
    assert {"<@all>", "=HYPERLINK(1)", "株式会社サンプル"} <= set(names)
    assert len(set(names)) == len(names) == 200


def test_the_outsider_works_for_a_customer(company: Company) -> None:
    gina = company.gina.accepted("GET", "/v1/people/me")
    assert company.admin.accepted("GET", f"/v1/organizations/{gina['orgId']}")["displayName"] == "Acme Logistics"


def test_customers_spread_over_regions_and_managers(company: Company) -> None:
    customers = company.admin.items("/partnerhub/v1/customers")
    assert {customer["region"] for customer in customers} == {"US", "CA", "EU", "UAE", None}
    assert {customer["managed_by"] for customer in customers} == {"partner", "external", None}
    assert len({customer["country"] for customer in customers}) > 5


def licenses(admin: Person, org_id: str) -> list[Json]:
    return admin.items("/v1/licenses", orgId=org_id)


def test_licences_add_up_to_the_feeds_counts(company: Company) -> None:
    for subscription in company.admin.items("/partnerhub/v1/subscriptions")[:40]:
        if not subscription["end_date"] or not subscription["start_date"] <= str(TODAY) <= subscription["end_date"]:
            continue
        owned = [
            license_
            for license_ in licenses(company.admin, subscription["org_id"])
            if license_["subscriptionId"] == subscription["subscription_id"]
        ]
        for count, units in (("total", "totalUnits"), ("assigned", "consumedUnits")):
            assert sum(license_.get(units, 0) for license_ in owned) == sum(
                product[count] or 0 for product in subscription["products"]
            )


def test_licences_have_no_dates_and_leave_out_what_is_unknown(company: Company) -> None:
    customers = company.admin.items("/partnerhub/v1/customers", max=20)
    found = [license_ for customer in customers for license_ in licenses(company.admin, customer["org_id"])]
    known = {
        "id", "name", "totalUnits", "consumedUnits", "consumedByUsers", "consumedByWorkspaces", "subscriptionId",
        "siteUrl", "siteType",
    }  # fmt: skip
    assert set().union(*found) <= known
    assert any("totalUnits" not in license_ for license_ in found)
    assert company.admin.items("/v1/licenses") == []
    assert company.admin.refused("GET", "/v1/licenses", params={"orgId": "nobody"})[0] == 404


@pytest.mark.parametrize(
    "path", ["/v1/organizations", "/v1/licenses", "/v1/partner/tags?type=ORGANIZATION", "/v1/partner/organizations"]
)
def test_a_chat_token_is_no_administrator(company: Company, path: str) -> None:
    assert company.ana.refused("GET", path)[0] == 403
    assert company.bot.refused("GET", path)[0] == 403


def tag(admin: Person, path: str, *names: str) -> Any:
    return admin.accepted("POST", f"/v1/partner/tags/{path}/assignTags", json={"tags": [{"name": n} for n in names]})


def test_assigning_tags_replaces_them(fresh: Company) -> None:
    org = fresh.admin.items("/v1/organizations")[3]
    path = f"organizations/{org['id']}"
    assert tag(fresh.admin, path, "new", "vip") == [{"name": name, "description": ""} for name in ("new", "vip")]
    shown = fresh.admin.accepted("GET", f"/v1/partner/tags/{path}")
    assert shown == {"orgName": org["displayName"], "orgId": org["id"], "tags": ["new", "vip"]}
    tag(fresh.admin, path, "vip")
    found = fresh.admin.get("/v1/partner/tags/organizations", params={"tags": "vip,nothing"}).json()
    assert [one["orgId"] for one in found] == [org["id"]]
    names = [tag["name"] for tag in fresh.admin.get("/v1/partner/tags", params={"type": "ORGANIZATION"}).json()]
    assert "vip" in names
    assert "new" not in names
    assert tag(fresh.admin, path) == []


def test_subscriptions_have_tags_of_their_own(fresh: Company) -> None:
    trial = next(s for s in fresh.admin.items("/partnerhub/v1/subscriptions") if s["type"] == "trial")
    path = f"organizations/{trial['org_id']}/subscriptions/{trial['subscription_id']}"
    tag(fresh.admin, path, "convert")
    shown = fresh.admin.accepted("GET", f"/v1/partner/tags/{path}")
    assert (shown["trial"], shown["tags"]) == ("true", ["convert"])
    assert fresh.admin.get("/v1/partner/tags/subscriptions", params={"tags": "convert"}).json() == [shown]
    wrong = f"/v1/partner/tags/organizations/{fresh.admin.items('/v1/organizations')[0]['id']}/subscriptions/Sub1"
    assert fresh.admin.refused("GET", wrong)[0] == 404


def test_tags_are_few_and_short(fresh: Company) -> None:
    org = fresh.admin.items("/v1/organizations")[0]["id"]
    path = f"/v1/partner/tags/organizations/{org}/assignTags"
    for tags in ([{"name": str(number)} for number in range(6)], [{"name": "x" * 26}], [{"name": ""}], "vip", None):
        assert fresh.admin.refused("POST", path, json={"tags": tags})[0] == 400


def person_id(company: Company, email: str) -> str:
    return str(company.admin.items("/v1/people", email=email)[0]["id"])


def test_customers_are_assigned_to_partner_administrators(fresh: Company) -> None:
    ben = person_id(fresh, "ben.okafor@brightwater.example")
    managed = {item["orgId"] for item in fresh.admin.items("/v1/partner/organizations", managedBy=ben)}
    other = next(org["id"] for org in fresh.admin.items("/v1/organizations") if org["id"] not in managed)
    assert 0 < len(managed) < 30
    path = f"/v1/partner/organizations/{other}/partnerAdmin/{ben}"
    fresh.admin.accepted("POST", f"{path}/assign")
    admins = fresh.admin.items(f"/v1/partner/organizations/{other}/partnerAdmins")
    assert [(admin["id"], admin["roleInCustomerOrg"]) for admin in admins] == [(ben, "id_full_admin")]
    fresh.admin.accepted("DELETE", f"{path}/unassign")
    assert fresh.admin.items(f"/v1/partner/organizations/{other}/partnerAdmins") == []


def test_who_manages_all_customers_cannot_be_assigned_one(fresh: Company) -> None:
    ana = person_id(fresh, "ana.ferrer@brightwater.example")
    status, message = fresh.admin.refused("GET", "/v1/partner/organizations", params={"managedBy": ana})
    assert (status, "already has access" in message) == (400, True)


def test_revoked_roles_are_gone(fresh: Company) -> None:
    ben = person_id(fresh, "ben.okafor@brightwater.example")
    assert fresh.admin.delete(f"/v1/partner/organizations/partnerAdmin/{ben}").status_code == 204
    assert fresh.admin.accepted("GET", f"/v1/people/{ben}")["roles"] == []
    assert fresh.admin.refused("GET", "/v1/partner/organizations", params={"managedBy": ben})[0] == 400
