"""Reports that Webex prepares, from the question to the file in the space, against the sandbox."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from hub.access import Role
from hub.feed import FeedClient
from hub.partner_reports import KINDS, Kind
from hub.sync import sync
from hub.webex import PartnerClient
from notifications.audience import Audience, Member
from notifications.outbox import Outgoing
from notifications.pipeline import Pipeline
from notifications.render import Style
from notifications.reports import REPORTS
from notifications.reports.running import run_due
from notifications.reports.runs import MOST_EDITS, Runner, asked, begin
from notifications.reports.spans import Span
from storage import Database
from storage.tables import Assignment, Customer, Outbox, ReportRun, RunState, Schedule, Space
from tests.bot.box import Box, running_box
from tests.clock import ManualClock

SPAN = Span(date(2026, 11, 15), date(2026, 11, 21))
FULL = Member("ana@brightwater.example", "Ana", frozenset({Role.FULL}))
BEN = Member("ben@brightwater.example", "Ben", frozenset({Role.ADMIN}))
REGIONS = ("CA", "EU", "UAE", "US")


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box(customers=40) as box:
        yield box


@dataclass
class Desk:
    """A space in which reports are asked for, and what is said there."""

    database: Database
    client: PartnerClient
    folder: Path
    clock: ManualClock
    reader: Member = FULL
    edits: list[str] = field(default_factory=list)

    def ask(self, report: str, span: Span = SPAN, region: str | None = None) -> ReportRun:
        with self.database.write() as session:
            run = asked(session, REPORTS[report], span, region, "", self.clock())
            run.cause, run.room_id, run.created_by, run.told_in = "run:1", "room", FULL.email, "answer:1:0"
            begin(session, run)
            answer = Outbox(
                cause="answer:1:0",
                target="room",
                priority=0,
                content={},
                created_at=self.clock(),
                not_before=self.clock(),
                message_id="message",
                state="sent",
            )
            session.add(answer)
        return run

    def step(self) -> list[Outgoing]:
        """A new runner each time: whatever it needs to know is in the database."""
        self.clock.advance(timedelta(minutes=2))
        runner = Runner(
            self.database,
            self.client.reports,
            lambda _room: Audience.of_one(self.reader),
            Style("en", "UTC", self.folder),
            lambda _room, _message, said: self.edits.append(said),
            lambda region: region,
        )
        return runner.advance(self.clock())

    def finish(self) -> list[Outgoing]:
        said = [message for _ in range(6) for message in self.step()]
        assert self.state() != RunState.PREPARING
        return said

    def state(self) -> str:
        with self.database.read() as session:
            return session.exec(select(ReportRun)).one().state


@pytest.fixture
def desk(box: Box, sqlite_database: Database, tmp_path: Path) -> Iterator[Desk]:
    clock = ManualClock(datetime.now(UTC))
    client = PartnerClient(box.url, box.admin_token)
    feed = FeedClient(f"{box.url}/partnerhub/v1", box.feed_token)
    sync(sqlite_database, client, feed, clock)
    feed.close()
    with sqlite_database.write() as session:
        session.add(Space(room_id="room", kind="direct"))
    yield Desk(sqlite_database, client, tmp_path / "files", clock)
    client.close()
    box.control("PATCH", "switches", fail_reports=False)


def rows(path: Path | None) -> list[list[str]]:
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def of_sandbox(box: Box, kind: Kind, span: Span, region: str) -> list[list[str]]:
    """The rows of the sandbox itself, by plain requests."""
    with httpx.Client(
        base_url=box.url, headers={"Authorization": f"Bearer {box.admin_token}"}, trust_env=False
    ) as http:
        templates = {each["title"]: each["templateId"] for each in http.get("/v1/partner/reports/templates").json()}
        body = {"startDate": str(span.first), "endDate": str(span.last), "regionId": region}
        asked = http.post("/v1/partner/reports", json=body | {"templateId": templates[kind.titles[0]]}).json()
        while (told := http.get(f"/v1/partner/reports/{asked['reportId']}").json())["status"] != "done":
            pass
        archive = zipfile.ZipFile(io.BytesIO(http.get(told["downloadURL"]).content))
    return list(csv.reader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8-sig")))[1:]


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("+", "=", "-", "@")) else cell


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_cell_of_every_region_is_in_the_file(box: Box, desk: Desk, kind: Kind) -> None:
    today = desk.clock().date()
    span = Span(today, today) if kind.inventory else SPAN
    desk.ask(kind.name, span)
    (message,) = desk.finish()
    header, *found = rows(message.message.file)
    assert header == list(kind.columns)
    expected = [row for region in REGIONS for row in of_sandbox(box, kind, span, region)]
    assert len(expected) > 20
    assert sorted(found) == sorted(
        [["'" + cell if cell[:1] in "+=-@" and cell else cell for cell in row] for row in expected]
    )


def test_how_far_it_is_is_told_by_editing_one_message(desk: Desk) -> None:
    desk.ask("usage")
    (message,) = desk.finish()
    assert message.parent_cause == "answer:1:0"
    assert "of 4 regions" in desk.edits[0]
    assert "Done" in desk.edits[-1]
    assert len(desk.edits) <= MOST_EDITS + 1


def test_it_is_posted_once_however_often_it_is_looked_at(desk: Desk) -> None:
    desk.ask("devices")
    assert len(desk.finish()) == 1
    assert desk.step() == desk.step() == []


def test_a_cancelled_report_does_not_come(desk: Desk) -> None:
    desk.ask("usage")
    desk.step()
    with desk.database.write() as session:
        session.exec(select(ReportRun)).one().state = RunState.CANCELLED
    assert [desk.step() for _ in range(4)] == [[], [], [], []]


def test_a_report_that_webex_cannot_make_is_told(box: Box, desk: Desk) -> None:
    box.control("PATCH", "switches", fail_reports=True)
    desk.ask("usage", region="US")
    (message,) = desk.finish()
    assert "could not make this report" in message.message.markdown
    assert "report run usage 2026-11-15..2026-11-21 US" in message.message.markdown
    assert desk.state() == RunState.FAILED


def test_a_range_that_is_too_long_is_told_with_the_limit(desk: Desk) -> None:
    desk.ask("usage", Span(date(2026, 9, 1), date(2026, 11, 1)))
    (message,) = desk.finish()
    assert "at most 31 days" in message.message.markdown


def test_while_webex_is_away_it_waits_and_goes_on(box: Box, desk: Desk) -> None:
    box.control("POST", "faults", path="/v1/partner/reports", status=500, times=2)
    desk.ask("numbers", Span(desk.clock().date(), desk.clock().date()), region="US")
    assert desk.step() == []
    (message,) = desk.finish()
    assert len(rows(message.message.file)) > 5


def test_who_sees_some_customers_gets_the_rows_of_those(desk: Desk) -> None:
    desk.reader = BEN
    desk.ask("devices")
    with desk.database.write() as session:
        seen = [each.org_id for each in session.exec(select(Customer))][::7]
        session.add_all(Assignment(email=BEN.email, org_id=org_id) for org_id in seen)
    (message,) = desk.finish()
    header, *found = rows(message.message.file)
    assert {row[header.index("Customer Org ID")] for row in found} <= set(seen)
    assert found


def schedule(desk: Desk, report: str, now: datetime) -> None:
    with desk.database.write() as session:
        session.add(
            Schedule(
                room_id="room",
                report=report,
                arguments={"days": 90, "products": ["Calling"], "where": "", "region": "US"},
                every="weekly",
                day=now.isoweekday(),
                at=time(0),
                time_zone="UTC",
                next_run=now,
                created_by=FULL.email,
                created_at=now,
            )
        )


def test_a_scheduled_report_is_prepared_once_for_its_due_time(desk: Desk) -> None:
    now = desk.clock()
    schedule(desk, "usage", now)
    style = Style("en", "UTC", desk.folder)
    for _ in range(2):
        run_due(desk.database, lambda _room: Audience.of_one(FULL), style, now)
    (message,) = desk.finish()
    assert message.message.file_name is not None
    assert message.message.file_name.startswith("Calling Detailed Usage_")


@pytest.mark.parametrize("report", ["usage", "expiring"])
def test_a_scheduled_report_that_fails_is_an_event_of_its_space(box: Box, desk: Desk, report: str) -> None:
    """Of Webex's reports it says why, and how to ask again; of our own the reason is for the log."""
    now = desk.clock()
    style = Style("en", "UTC", desk.folder)
    pipeline = Pipeline(desk.database, lambda _room: Audience.of_one(FULL), style)
    pipeline.run(now)
    schedule(desk, report, now)
    box.control("PATCH", "switches", fail_reports=True)
    if report == "expiring":
        desk.folder.parent.mkdir(exist_ok=True)
        desk.folder.write_text("a file where a folder should be")
    for _ in range(2):
        assert run_due(desk.database, lambda _room: Audience.of_one(FULL), style, now) == []
    if report == "usage":
        assert desk.finish() == []
    (message,) = [message for message in pipeline.run(desk.clock()) if message.target == "room"]
    said = message.message.markdown.replace("\\", "")
    assert "A scheduled report failed" in said
    assert ("Webex did not finish it" if report == "usage" else "I try again at its next time") in said
    assert ("To try again: `report run usage" in said) is (report == "usage")
    assert pipeline.run(desk.clock()) == []
