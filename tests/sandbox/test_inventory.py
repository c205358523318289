"""Locations, numbers and devices of a customer; the people who have its licences."""

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox
from tests.sandbox.conftest import Company
from tests.sandbox.driving import Json, Person
from tests.sandbox.test_reports import DEVICES, NUMBERS, YESTERDAY, everywhere

NUMBERS_PATH = "/v1/telephony/config/numbers"


@pytest.fixture(scope="module")
def callers(shared_box: Sandbox) -> Iterator[tuple[Person, list[Json]]]:
    """The administrator, and the customers that have Webex Calling."""
    with Person(shared_box, shared_box.admin_token) as admin:
        active = {week["org_id"] for week in admin.items("/partnerhub/v1/calling/weeks", max=1000)}
        yield admin, [org for org in admin.items("/sandbox/customers", max=1000) if org["org_id"] in active]


Callers = tuple[Person, list[Json]]


def numbers(admin: Person, org: str, **filters: object) -> list[Json]:
    found: list[Json] = admin.accepted("GET", NUMBERS_PATH, params={"orgId": org, **filters})["phoneNumbers"]
    return found


def largest(admin: Person, customers: list[Json]) -> str:
    return max((str(one["org_id"]) for one in customers), key=lambda org: len(numbers(admin, org)))


def test_locations_are_found_by_name_and_id(callers: Callers) -> None:
    admin, customers = callers
    org = next(one["id"] for one in customers if len(admin.items("/v1/locations", orgId=one["id"])) > 2)
    sites = admin.items("/v1/locations", orgId=org)
    assert sites[0].keys() == {
        "id", "name", "orgId", "address", "timeZone", "preferredLanguage", "latitude", "longitude",
    }  # fmt: skip
    assert {site["orgId"] for site in sites} == {org}
    assert len({site["name"] for site in sites}) == len(sites)
    assert admin.items("/v1/locations", orgId=org, id=sites[1]["id"]) == [sites[1]]
    assert sites[1] in admin.items("/v1/locations", orgId=org, name=sites[1]["name"][1:4].upper())
    assert [site for page in admin.pages("/v1/locations", orgId=org, max=1) for site in page] == sites
    assert admin.items("/v1/locations") == []
    assert admin.refused("GET", "/v1/locations", params={"orgId": "nobody"})[0] == 404


def test_numbers_are_filtered_and_counted(callers: Callers) -> None:
    admin, customers = callers
    org = largest(admin, customers)
    everything = numbers(admin, org)
    counts = admin.accepted("GET", NUMBERS_PATH, params={"orgId": org, "details": "true", "max": 1})["count"]
    assert counts["total"] == len(everything)
    assert counts["extensionOnly"] == len(numbers(admin, org, numberType="EXTENSION"))
    assert counts["unAssigned"] == len(numbers(admin, org, available="true"))
    assert counts["inActive"] == len(numbers(admin, org, state="INACTIVE"))
    assert counts["assigned"] == len(numbers(admin, org, assigned="true", numberType="NUMBER"))
    for number in everything[:3] + everything[-3:]:
        if "phoneNumber" in number:
            assert numbers(admin, org, phoneNumber=number["phoneNumber"]) == [number]
        if "owner" in number:
            assert number in numbers(admin, org, ownerId=number["owner"]["id"], ownerType=number["owner"]["type"])
            assert number in numbers(admin, org, ownerName=number["owner"]["firstName"])
    assert {one["location"]["id"] for one in numbers(admin, org, locationId=everything[-1]["location"]["id"])} == {
        everything[-1]["location"]["id"]
    }
    assert [one["phoneNumberType"] for one in numbers(admin, org, phoneNumberType="ALTERNATE")]
    assert numbers(admin, org, tollFreeNumbers="true") == []


def test_numbers_come_in_pages_and_from_an_offset(callers: Callers) -> None:
    admin, customers = callers
    org = largest(admin, customers)
    everything = numbers(admin, org)
    response = admin.get(NUMBERS_PATH, params={"orgId": org, "max": 7, "start": 3})
    paged: list[Json] = response.json()["phoneNumbers"]
    while "next" in response.links:
        response = admin.get(response.links["next"]["url"])
        paged += response.json()["phoneNumbers"]
    assert paged == everything[3:]


@pytest.mark.parametrize(
    "wrong",
    [
        {"available": "perhaps"},
        {"numberType": "FAX"},
        {"numberType": "EXTENSION", "available": "true"},
        {"ownerType": "CAT"},
        {"max": 0},
        {"max": "9" * 5000},
        {"start": -1},
    ],
)
def test_a_senseless_filter_of_numbers_is_refused(callers: Callers, wrong: Json) -> None:
    admin, _ = callers
    assert admin.refused("GET", NUMBERS_PATH, params=wrong)[0] == 400


def test_devices_are_filtered(callers: Callers) -> None:
    admin, customers = callers
    org = next(one["id"] for one in customers if len(admin.items("/v1/devices", orgId=one["id"])) > 6)
    everything = admin.items("/v1/devices", orgId=org)
    phone = next(device for device in everything if device["type"] == "phone")
    for name in ("personId", "mac", "serial", "workspaceId"):
        assert admin.items("/v1/devices", orgId=org, **{name: phone[name]}) == [phone]
    for name in ("type", "software", "locationId", "connectionStatus", "displayName"):
        alike = admin.items("/v1/devices", orgId=org, **{name: phone[name]})
        assert alike == [device for device in everything if device[name] == phone[name]]
    assert admin.items("/v1/devices", orgId=org, tag="lost") == []
    assert admin.items("/v1/devices", orgId=org, capability="xapi") == everything
    assert admin.items("/v1/devices", orgId=org, plannedMaintenance="upcoming") == []
    assert [device for page in admin.pages("/v1/devices", orgId=org, max=2) for device in page] == everything


def test_reports_and_interfaces_tell_the_same(callers: Callers) -> None:
    admin, _ = callers
    span = {"first": YESTERDAY, "last": YESTERDAY}
    numbered = everywhere(admin, NUMBERS, **span)
    macs = {row["MAC"]: row["Location Name"] for row in everywhere(admin, DEVICES, **span)}
    for org in {row["Customer Org ID"] for row in numbered} & {one["org_id"] for one in callers[1][:25]}:
        rows = [row["Phone Number"] or row["Extension"] for row in numbered if row["Customer Org ID"] == org]
        assert rows == [one.get("phoneNumber") or one["extension"] for one in numbers(admin, org)]
        sites = {site["id"]: site["name"] for site in admin.items("/v1/locations", orgId=org)}
        for device in admin.items("/v1/devices", orgId=org):
            assert macs[device["mac"].replace(":", "")] == sites[device["locationId"]]


def test_inventory_is_for_administrators(company: Company) -> None:
    for path in ("/v1/locations", NUMBERS_PATH):
        assert company.ana.refused("GET", path)[0] == 403
    assert company.ana.items("/v1/devices") == []
    assert company.ana.refused("GET", "/v1/devices", params={"orgId": "any"})[0] == 403


def test_a_licence_tells_who_has_it(callers: Callers) -> None:
    admin, customers = callers
    license_ = max(
        (one for org in customers[:40] for one in admin.items("/v1/licenses", orgId=org["id"])),
        key=lambda one: one.get("consumedByUsers", 0),
    )
    path = f"/v1/licenses/{license_['id']}"
    assert admin.accepted("GET", path) == license_
    response = admin.get(path, params={"includeAssignedTo": "user", "limit": 200})
    users: list[Json] = response.json()["users"]
    while "next" in response.links:
        response = admin.get(response.links["next"]["url"])
        users += response.json()["users"]
    assert len({user["id"] for user in users}) == len(users) == license_["consumedByUsers"] > 200
    person = admin.accepted("GET", f"/v1/people/{users[-1]['id']}")
    assert (person["displayName"], person["emails"]) == (users[-1]["displayName"], [users[-1]["email"]])
    assert license_["id"] in person["licenses"]


@pytest.mark.parametrize("wrong", [{"includeAssignedTo": "cat"}, {"includeAssignedTo": "user", "limit": 301}])
def test_a_senseless_look_at_a_licence_is_refused(callers: Callers, wrong: Json) -> None:
    admin, customers = callers
    license_id = admin.items("/v1/licenses", orgId=customers[0]["id"])[0]["id"]
    assert admin.refused("GET", f"/v1/licenses/{license_id}", params=wrong)[0] == 400
    assert admin.refused("GET", "/v1/licenses/nothing")[0] == 404


def test_the_people_of_a_customer_are_seen_by_administrators_only(callers: Callers, company: Company) -> None:
    admin, customers = callers
    org = customers[0]["id"]
    staff = [person for page in admin.pages("/v1/people", orgId=org, max=40) for person in page]
    assert len({person["id"] for person in staff}) == len(staff) > 5
    assert {person["orgId"] for person in staff} == {org}
    assert admin.items("/v1/people", email=staff[3]["emails"][0].upper()) == [staff[3]]
    assert admin.items("/v1/people", id=f"{staff[1]['id']},{staff[2]['id']}") == staff[1:3]
    assert staff[4] in admin.items("/v1/people", orgId=org, displayName=staff[4]["displayName"][:5])
    assert company.ana.items("/v1/people", id=staff[1]["id"]) == []
    assert company.ana.refused("GET", f"/v1/people/{staff[1]['id']}")[0] == 404
    assert company.ana.refused("GET", "/v1/people", params={"orgId": org, "displayName": "a"})[0] == 403
