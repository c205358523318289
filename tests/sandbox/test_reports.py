"""Partner reports: created, waited for, downloaded; their figures agree with everything else the sandbox tells."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import Company
from tests.sandbox.driving import Json, Person
from tests.sandbox.test_calling import LAST, WEEKS
from tests.sandbox.test_partner import frozen

REPORTS = "/v1/partner/reports"
USAGE, DEVICES, NUMBERS = 130, 131, 132
SATURDAY = LAST + timedelta(days=6)
REGIONS = ("US", "CA", "EU", "UAE")
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


def create(admin: Person, template: int = USAGE, first: date = LAST, last: date = SATURDAY, **more: Any) -> str:
    body = {"templateId": template, "startDate": str(first), "endDate": str(last)} | more
    return str(admin.accepted("POST", REPORTS, json=body)["reportId"])


def details(admin: Person, report: str) -> Json:
    return admin.accepted("GET", f"{REPORTS}/{report}")


def finished(admin: Person, report: str) -> Json:
    while (shown := details(admin, report))["status"] == "in progress":
        pass
    return shown


def rows(admin: Person, template: int = USAGE, **span: Any) -> list[dict[str, str]]:
    """What is in a report's file."""
    shown = finished(admin, create(admin, template, **span))
    response = admin.get(shown["downloadURL"])
    assert response.headers["content-type"] == "application/octet-stream"
    assert len(response.content) == shown["fileSize"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.namelist() == [shown["fileName"]]
        content = archive.read(shown["fileName"])
    assert content.startswith(b"\xef\xbb\xbf")
    table = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    found = list(table)
    assert all(None not in row for row in found)
    return found


def everywhere(admin: Person, template: int = USAGE, **span: Any) -> list[dict[str, str]]:
    return [row for region in REGIONS for row in rows(admin, template, regionId=region, **span)]


def test_there_are_three_templates(company: Company) -> None:
    templates = company.admin.get(f"{REPORTS}/templates").json()
    titles = {template["templateId"]: template["title"] for template in templates}
    assert titles == {USAGE: "Calling Detailed Usage", DEVICES: "Devices", NUMBERS: "Phone Numbers"}
    assert {template["maxDays"] for template in templates} == {31}


def test_a_report_is_done_after_some_polls(fresh: Company) -> None:
    report = create(fresh.admin, first=YESTERDAY, last=YESTERDAY)
    assert [details(fresh.admin, report)["status"] for _ in range(3)] == ["in progress", "in progress", "done"]
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"report_polls": 0})
    assert "downloadURL" in details(fresh.admin, create(fresh.admin, first=YESTERDAY, last=YESTERDAY))
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"fail_reports": True})
    failed = details(fresh.admin, create(fresh.admin, first=YESTERDAY, last=YESTERDAY))
    assert failed["status"] == "failed"
    assert "downloadURL" not in failed


def test_a_report_is_done_when_its_time_has_passed_and_its_link_expires(fresh: Company) -> None:
    report = create(fresh.admin, first=YESTERDAY, last=YESTERDAY)
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 0.01})
    url = details(fresh.admin, report)["downloadURL"]
    assert fresh.admin.get(url).is_success
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 0.1})
    assert fresh.admin.refused("GET", url)[0] == 403
    details(fresh.admin, report)
    assert fresh.admin.get(url).is_success


def test_the_columns_are_those_of_partner_hub() -> None:
    with frozen() as admin:
        assert list(rows(admin, USAGE)[0]) == [
            "Customer Name", "Org ID", "Location", "Total Calls", "Total Call Legs", "Total Poor Quality Call Legs",
            "Call Minutes", "Call Minutes - Video", "Call Legs - Audio", "Call Legs - Video",
            "Call Legs - Desk Phone", "Call Legs - Room Device", "Call Legs - Other Devices",
            "Calls - Hunt Group Calls", "Calls - Auto Attendant Calls", "Call Queue - Total Calls",
            "Call Queue - Timed Out Calls", "Call Queue - Overflowed Calls", "Call Queue - Transferred Calls",
            "Call Queue - Abandoned Calls",
        ]  # fmt: skip
        assert list(rows(admin, DEVICES)[0]) == [
            "External ID", "Customer", "Customer Org ID", "Location ID", "Location Name", "Product", "MAC",
            "Firmware", "Phone Number", "Extension", "User ID", "User UUID",
        ]  # fmt: skip
        assert list(rows(admin, NUMBERS)[0]) == [
            "External ID", "Customer", "Customer Org ID", "Location ID", "Location Name", "Country", "Phone Number",
            "Extension", "PSTN Connection", "Active", "User Type", "Number Type", "User ID", "User UUID",
        ]  # fmt: skip


def added_up(table: list[dict[str, str]]) -> dict[str, dict[str, int]]:
    """The figures of each organization, by column."""
    sums: dict[str, dict[str, int]] = {}
    for row in table:
        mine = sums.setdefault(row["Org ID"], {})
        for column, value in list(row.items())[3:]:
            mine[column] = mine.get(column, 0) + int(value)
    return sums


def test_a_weeks_usage_is_the_feeds_week() -> None:
    with frozen(customers=200) as admin:
        sums = added_up(everywhere(admin))
        weeks = {week["org_id"]: week for page in admin.pages(WEEKS) for week in page}
    assert sums.keys() == weeks.keys()
    for org, week in weeks.items():
        mine, queue, features = sums[org], week["queue"], week["features"]
        assert mine["Total Calls"] == week["calls"]
        assert mine["Total Call Legs"] == week["legs"] == mine["Call Legs - Audio"] + mine["Call Legs - Video"]
        assert mine["Total Poor Quality Call Legs"] == week["poor_legs"]
        assert mine["Call Minutes"] == week["minutes"]
        assert mine["Call Legs - Room Device"] == week["endpoints"]["room_device"]["legs"]
        assert mine["Call Queue - Total Calls"] == queue["calls"] == features["call_queue"]
        assert mine["Call Queue - Abandoned Calls"] == queue["abandoned"]
        assert mine["Call Queue - Transferred Calls"] == queue["transferred"]
        assert mine["Calls - Hunt Group Calls"] == features["hunt_group"]


def test_days_add_up_to_their_month_and_no_cell_is_more_than_what_it_is_part_of() -> None:
    first = LAST - timedelta(days=9)
    with frozen() as admin:
        month = added_up(rows(admin, first=first, last=first + timedelta(days=15)))
        days: list[dict[str, str]] = []
        for number in range(16):
            day = first + timedelta(days=number)
            days += rows(admin, first=day, last=day)
    assert added_up(days) == month
    for row in days:
        figures = {column: int(value) for column, value in list(row.items())[3:]}
        assert min(figures.values()) >= 0
        assert max(figures["Total Calls"], figures["Total Poor Quality Call Legs"]) <= figures["Total Call Legs"]
        devices = ("Desk Phone", "Room Device", "Other Devices")
        assert sum(figures[f"Call Legs - {device}"] for device in devices) <= figures["Total Call Legs"]
        assert figures["Call Queue - Abandoned Calls"] <= figures["Call Queue - Total Calls"]
        assert figures["Call Minutes - Video"] <= figures["Call Minutes"]


def test_one_region_a_request_and_one_without_customers_is_blank() -> None:
    with frozen() as admin:
        regions = {record["org_id"]: record["region"] for record in admin.items("/partnerhub/v1/customers")}
        seen = {region: {row["Org ID"] for row in rows(admin, regionId=region)} for region in REGIONS}
        assert {row["Org ID"] for row in rows(admin)} == seen["US"]
        assert {row["Org ID"] for row in rows(admin, regionId="AE")} == seen["UAE"]
        assert rows(admin, regionId="JP") == []
    for region, orgs in seen.items():
        assert orgs
        assert {regions[org] or "US" for org in orgs} == {region}


def test_the_future_has_no_usage() -> None:
    with frozen() as admin:
        today = LAST + timedelta(days=7)
        assert not any(int(row["Total Calls"]) for row in rows(admin, first=today, last=today))


def test_numbers_are_either_numbers_or_extensions() -> None:
    with frozen(customers=200) as admin:
        table = everywhere(admin, NUMBERS)
    numbers = [row["Phone Number"] for row in table if row["Phone Number"]]
    assert len(set(numbers)) == len(numbers) > 500
    for row in table:
        assert bool(row["Phone Number"]) != bool(row["Extension"])
        assert bool(row["PSTN Connection"]) == bool(row["Phone Number"])
        assert bool(row["Number Type"]) == bool(row["Phone Number"] and row["User Type"])
        assert bool(row["User ID"]) == (row["User Type"] == "People")
        assert bool(row["User UUID"]) == bool(row["User Type"])
    assert {row["User Type"] for row in table} == {"People", "Auto Attendant", "Call Queue", "Hunt Group", ""}
    assert {row["Number Type"] for row in table} == {"Primary", "Secondary", ""}
    assert {row["Active"] for row in table} == {"Yes", "No"}


def test_devices_have_the_numbers_of_their_people() -> None:
    with frozen(customers=200) as admin:
        numbers = {(row["User UUID"], row["Phone Number"], row["Extension"]) for row in everywhere(admin, NUMBERS)}
        devices = everywhere(admin, DEVICES)
    owned = [row for row in devices if row["User UUID"]]
    assert 0 < len(owned) < len(devices)
    assert {(row["User UUID"], row["Phone Number"], row["Extension"]) for row in owned} <= numbers
    assert len({row["MAC"] for row in devices}) == len(devices)


def test_reports_are_listed_by_region_and_deleted(fresh: Company) -> None:
    home, europe = (create(fresh.admin, first=YESTERDAY, last=YESTERDAY, regionId=region) for region in ("US", "EU"))
    assert [report["reportId"] for report in fresh.admin.items(REPORTS)] == [home]
    assert [report["reportId"] for report in fresh.admin.items(REPORTS, regionId="EU")] == [europe]
    for nothing in ({"templateId": "131"}, {"service": "Webex"}, {"from": "2099-01-01"}, {"to": "2020-01-01"}):
        assert fresh.admin.items(REPORTS, **nothing) == []
    assert fresh.admin.delete(f"{REPORTS}/{home}").status_code == 204
    assert fresh.admin.refused("GET", f"{REPORTS}/{home}")[0] == 404
    assert fresh.admin.items(REPORTS) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"templateId": 5},
        {"templateId": True},
        {"templateId": "130"},
        {"templateId": [130]},
        {"startDate": None},
        {"endDate": "soon"},
        {"startDate": 20261101},
        {"startDate": str(TODAY), "endDate": str(TODAY - timedelta(days=1))},
        {"startDate": str(TODAY - timedelta(days=31)), "endDate": str(TODAY)},
        {"startDate": str(TODAY), "endDate": str(TODAY + timedelta(days=2))},
        {"startDate": "2020-01-01", "endDate": "2020-01-02"},
        {"regionId": 1},
    ],
)
def test_a_senseless_report_is_refused(company: Company, wrong: Json) -> None:
    body = {"templateId": USAGE, "startDate": str(TODAY - timedelta(days=2)), "endDate": str(TODAY)}
    assert company.admin.accepted("POST", REPORTS, json=body)
    assert company.admin.refused("POST", REPORTS, json=body | wrong)[0] == 400


def test_reports_are_for_partner_administrators(company: Company) -> None:
    assert company.ana.refused("GET", f"{REPORTS}/templates")[0] == 403
    assert company.admin.refused("GET", REPORTS, params={"onBehalfOfSubPartnerOrgId": "somebody"})[0] == 404
    assert company.admin.refused("GET", f"{REPORTS}/nothing")[0] == 404
    assert company.admin.refused("GET", "/reports/download", params={"reportId": "nothing"})[0] == 404
