"""The usage report, week by week, from the sandbox into the weeks of Webex Calling."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import func, select

from hub.calling.usage_fetching import FIRST_WEEKS, UsageFetcher
from hub.partner_reports import USAGE
from hub.sync import sync
from hub.webex import PartnerClient
from storage import Database
from storage.tables import CallingWeek, UsageWeek
from tests.bot.box import Box, running_box
from tests.clock import ManualClock


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box(customers=30) as box:
        yield box


@dataclass
class Desk:
    database: Database
    client: PartnerClient
    folder: Path
    clock: ManualClock

    def steps(self, number: int) -> list[date]:
        """A new one each time: whatever it needs to know is in the database."""
        taken = []
        for _ in range(number):
            fetcher = UsageFetcher(self.database, self.client.reports, self.folder, lambda region: region)
            taken.append(fetcher.advance(self.clock()))
            self.clock.advance(timedelta(minutes=2))
        return [week for week in taken if week]

    def weeks(self) -> dict[date, UsageWeek]:
        with self.database.read() as session:
            return {row.week: row for row in session.exec(select(UsageWeek))}

    def calls(self) -> int:
        with self.database.read() as session:
            return session.exec(select(func.count()).select_from(CallingWeek)).one()


@pytest.fixture
def desk(box: Box, sqlite_database: Database, tmp_path: Path) -> Iterator[Desk]:
    clock = ManualClock(datetime.now(UTC))
    client = PartnerClient(box.url, box.admin_token)
    sync(sqlite_database, client, None, clock)
    yield Desk(sqlite_database, client, tmp_path / "files", clock)
    client.close()
    box.control("PATCH", "switches", fail_reports=False)


def test_eight_weeks_back_come_at_first_the_newest_first_and_each_once(desk: Desk) -> None:
    taken = desk.steps(40)
    assert len(taken) == FIRST_WEEKS
    assert taken == sorted(taken, reverse=True)
    assert all(week.isoweekday() == 7 for week in taken)
    assert desk.calls() > 20
    assert desk.steps(3) == []
    assert list(desk.folder.iterdir()) == []


def test_the_figures_are_those_of_the_report(box: Box, desk: Desk) -> None:
    (week, *_) = desk.steps(5)
    headers = {"Authorization": f"Bearer {box.admin_token}"}
    with httpx.Client(base_url=box.url, headers=headers, trust_env=False) as http:
        templates = {each["title"]: each["templateId"] for each in http.get("/v1/partner/reports/templates").json()}
        body = {
            "templateId": templates[USAGE.titles[0]],
            "startDate": str(week),
            "endDate": str(week + timedelta(days=6)),
        }
        told = http.post("/v1/partner/reports", json=body).json()
        while (report := http.get(f"/v1/partner/reports/{told['reportId']}").json())["status"] != "done":
            pass
        archive = zipfile.ZipFile(io.BytesIO(http.get(report["downloadURL"]).content))
    lines = archive.read(archive.namelist()[0]).decode("utf-8-sig").splitlines()
    assert len(lines) > 1
    with desk.database.read() as session:
        total = session.exec(select(func.sum(CallingWeek.calls)).where(CallingWeek.week == week)).one()
    assert total == sum(int(line.split(",")[-17]) for line in lines[1:])


def test_a_week_that_was_read_early_is_read_once_more(desk: Desk) -> None:
    newest = desk.steps(40)[0]
    early = datetime.combine(newest, datetime.min.time(), tzinfo=UTC) + timedelta(days=7, minutes=5)
    with desk.database.write() as session:
        row = session.get_one(UsageWeek, newest)
        row.read_at, row.next_look = early, early
    assert desk.steps(6) == [newest]
    assert desk.steps(3) == []


def test_a_report_that_fails_is_asked_for_again_later_and_says_why(box: Box, desk: Desk) -> None:
    box.control("PATCH", "switches", fail_reports=True)
    assert desk.steps(3) == []
    assert any(row.error for row in desk.weeks().values())
    assert desk.calls() == 0
    box.control("PATCH", "switches", fail_reports=False)
    desk.clock.advance(timedelta(hours=12))
    assert len(desk.steps(40)) == FIRST_WEEKS


def test_a_file_that_cannot_be_used_takes_nothing_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(_self: object, _url: str, to: Path) -> None:
        with zipfile.ZipFile(to, "w") as archive:
            archive.writestr("../../usage.csv", "Customer Name,Org ID\nAcme,1\n")

    monkeypatch.setattr("hub.partner_reports.client.PartnerReports.fetch", fetch)
    assert desk.steps(4) == []
    assert any("missing_columns" in (row.error or "") for row in desk.weeks().values())
    assert desk.calls() == 0
    assert list(desk.folder.iterdir()) == []


def test_after_downtime_the_weeks_that_passed_come_and_no_others(box: Box, desk: Desk) -> None:
    known = set(desk.steps(40))
    box.control("POST", "clock", advance_days=14)
    desk.clock.advance(timedelta(weeks=2))
    taken = desk.steps(15)
    assert len(taken) == 2
    assert not known.intersection(taken)
