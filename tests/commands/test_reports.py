"""Reports as people ask for them: now, by schedule, again, and of their own."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from notifications.render import Style
from notifications.reports.kept import clear
from notifications.reports.running import run_due
from storage.tables import Audit, Customer, ReportRun, RunState, Schedule
from tests.commands.office import ANA, BEN, Answer, Office
from tests.hub.definitions.partner import TODAY, Held, Org, Product, put


@pytest.fixture
def partner(office: Office) -> Office:
    """Four customers; one is over its limit, one ends soon, one has a name that is a formula."""
    with office.database.write() as session:
        put(
            session,
            [
                Org(
                    "Acme",
                    [Held(end=TODAY + timedelta(days=40), products=[Product(total=100, assigned=220)])],
                    region="EU",
                ),
                Org("Berta", [Held(end=TODAY + timedelta(days=3))], region="US"),
                Org("=Cyan", [Held(end=TODAY + timedelta(days=60))], region="EU"),
                Org("Dora", [Held(end=TODAY + timedelta(days=80))], region="EU"),
            ],
        )
    return office


def table(answer: Answer, place: int = 0) -> list[list[str]]:
    path = answer.messages[place].message.file
    assert path is not None
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def said(partner: Office, text: str, **more: Any) -> str:
    return partner.say(ANA, text, **more).text


def test_it_says_what_stands_out_and_how_it_was_the_last_time(partner: Office) -> None:
    first = said(partner, "report run expiring")
    assert "4 rows · 4 customers" in first
    assert "1 ends within a week" in first
    assert "than on" not in first
    partner.clock.advance(timedelta(days=5))
    again = said(partner, "report run expiring")
    assert "3 rows (1 row fewer than on 22 Nov)" in again
    assert "than on" not in said(partner, "report run expiring 30")


def test_it_names_who_is_most_over_the_limit(partner: Office) -> None:
    assert "Acme is 120 over its limit" in said(partner, "report run overage")
    partner.say(ANA, "settings language es")
    assert "Acme supera su límite en 120" in said(partner, "informe exceso")


def test_a_file_is_sent_again_as_it_was(partner: Office) -> None:
    made = partner.say(ANA, "report run customers")
    with partner.database.write() as session:
        session.exec(select(Customer)).first().name = "Renamed"  # type: ignore[union-attr]
    again = partner.say(ANA, "report resend r1")
    assert table(again) == table(made)
    assert again.messages[0].message.file_name == made.messages[0].message.file_name
    assert "sent again as it was" in again.text


def test_a_file_is_not_sent_again_to_others_than_it_was_made_for(partner: Office) -> None:
    partner.rooms["room"] = (ANA,)
    partner.say(ANA, "report run customers", room="room")
    later = Office(partner.database, partner.files, partner.clock, rooms={"room": (ANA, BEN)})
    answer = later.say(ANA, "report resend r1", room="room")
    assert "made for others" in answer.text
    assert all(message.message.file is None for message in answer.messages)


def test_what_was_never_made_is_told(partner: Office) -> None:
    assert "No report r9 was made here." in said(partner, "report resend r9")
    assert "No report 9 was made here." in said(partner, "report resend 9")


def test_a_schedule_is_run_now_and_says_how_it_went(partner: Office) -> None:
    partner.say(ANA, "report schedule expiring monthly last at 09:00 EU")
    assert "last day, 09:00" in said(partner, "reports")
    made = partner.say(ANA, "report now 1")
    assert {row[0] for row in table(made)[1:]} == {"Acme", "'=Cyan", "Dora"}
    assert "Last: 22 Nov 2026, 12:00, 3 rows" in said(partner, "reports")
    assert table(partner.say(ANA, "report resend 1")) == table(made)
    partner.say(ANA, "settings language es")
    assert "último día" in said(partner, "informes")


def test_a_scheduled_report_keeps_to_its_region(partner: Office) -> None:
    partner.say(ANA, "report schedule expiring daily at 09:00 EU")
    partner.clock.advance(timedelta(days=1))
    style = Style("en", "UTC", partner.files)
    partner.rooms["direct-Ana"] = (ANA,)
    (message,) = run_due(partner.database, lambda room: partner.spaces.audience(room), style, partner.clock())
    assert message.message.file is not None
    assert "Berta" not in message.message.file.read_text("utf-8-sig")
    assert "Last: 23 Nov 2026, 12:00, 3 rows" in said(partner, "reports")


def test_old_files_go_but_not_what_may_be_asked_for(partner: Office) -> None:
    partner.say(ANA, "report schedule expiring daily at 09:00")
    loose, scheduled = partner.say(ANA, "report run customers"), partner.say(ANA, "report now 1")
    partner.clock.advance(timedelta(days=3650))
    assert clear(partner.database, partner.files, 30, partner.clock()) == 1
    assert not loose.messages[0].message.file.exists()  # type: ignore[union-attr]
    assert table(partner.say(ANA, "report resend 1")) == table(scheduled)
    assert "no longer kept" in said(partner, "report resend r1")


def test_a_report_of_ones_own_is_typed_run_scheduled_changed_and_deleted(partner: Office) -> None:
    made = partner.say(ANA, 'report new Ends of Europe of expiring columns:"Days left",customer EU')
    assert "Saved" in made.text
    answer = partner.say(ANA, "report run ends of europe")
    assert table(answer)[0] == ["Days left", "Customer"]
    assert [row[1] for row in table(answer)[1:]] == ["Acme", "'=Cyan", "Dora"]
    assert re.fullmatch(r"Ends of Europe_[A-Z0-9]{8}_2026-11-22\.csv", answer.messages[0].message.file_name or "")
    partner.say(ANA, 'report schedule "Ends of Europe" weekdays at 09:00 dora')
    assert "is scheduled (1), so it stays" in said(partner, "report delete Ends of Europe")
    partner.say(ANA, "report edit Ends of Europe columns:customer")
    assert table(partner.say(ANA, "report now 1")) == [["Customer"], ["Dora"]]
    partner.say(ANA, "report cancel 1")
    assert "Deleted" in said(partner, "report delete Ends of Europe")
    assert "There is no report" in said(partner, "report run Ends of Europe")
    partner.say(ANA, "undo")
    assert table(partner.say(ANA, "report run Ends of Europe"))[0] == ["Customer"]
    with partner.database.read() as session:
        kinds = [row.what for row in session.exec(select(Audit))]
    assert [each for each in kinds if each in ("report new", "report edit", "report delete")] == [
        "report new",
        "report edit",
        "report delete",
    ]


def test_a_report_of_ones_own_is_made_by_a_form(partner: Office) -> None:
    first = partner.say(ANA, "report new")
    assert {each.get("id") for each in first.card["body"]} >= {"name", "base"}
    second = partner.say(ANA, "report new", inputs={"name": "Mine", "base": "expiring"})
    form = {each["id"]: each for each in second.card["body"] if "id" in each}
    assert form["name"]["value"] == "Mine"
    assert form["columns"]["choices"][4] == {"title": "5 · Days left", "value": "5"}
    data = second.card["actions"][0]["data"]
    filled = {**data, "name": "Mine", "columns": "1,4,5", "order": "5", "where": "-berta", "region": "all"}
    for _ in range(2):
        partner.say(ANA, filled.pop("run", "report new"), inputs=filled)
    assert table(partner.say(ANA, "report run Mine"))[0] == ["Days left", "Customer", "Product"]
    assert said(partner, "report templates").count("Mine") == 1
    changed = partner.say(ANA, "report edit Mine").card
    form = {each["id"]: each for each in changed["body"] if "id" in each}
    assert (form["columns"]["value"], form["order"]["value"], form["where"]["value"]) == ("5,1,4", "5, 1, 4", "-berta")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("report new Mine of expiring columns:customr", "has no column “customr”"),
        ("report new Mine of expiring columns:customr", "Did you mean customer"),
        ("report new expiring of expiring", "is the name of a report that everybody has"),
        ("report new Mine", "Of which report is “Mine” made?"),
        ("report new Mine of expirin", "There is no report “expirin”"),
        ("report run Minee", "There is no report “Minee”"),
        ("report edit expiring", "is everybody's report"),
        ("report run expiring 2026-11-01..2026-11-02", "no range of days"),
        ("report run devices 2026-11-01..2026-11-02", "no range of days"),
    ],
)
def test_what_makes_no_sense_is_told_and_how_to_mend_it(partner: Office, line: str, expected: str) -> None:
    assert expected in said(partner, line)


def test_in_a_group_reports_of_ones_own_are_the_spaces(partner: Office) -> None:
    partner.rooms["room"] = (ANA,)
    partner.say(ANA, "report new Ours of customers columns:customer", room="room")
    assert table(partner.say(ANA, "report run Ours", room="room"))[0] == ["Customer"]
    assert "There is no report “Ours”" in said(partner, "report run Ours")


def test_administrators_are_a_report(partner: Office) -> None:
    answer = partner.say(ANA, "report run administrators")
    assert "4 customers are assigned to nobody" in answer.text
    found = table(answer)
    assert found[0] == ["Customer", "Organization ID", "Partner administrator", "E-mail", "Partner roles"]
    assert found[1] == ["", "", "Ana", "ana@brightwater.example", "partner full administrator"]
    assert {row[0] for row in found[2:]} == {"Acme", "Berta", "'=Cyan", "Dora"}


def test_a_report_under_way_can_be_cancelled(partner: Office) -> None:
    partner.say(ANA, "report run customers")
    with partner.database.write() as session:
        run = session.exec(select(ReportRun)).one()
        run.state = RunState.WRITING
        session.add(run)
    assert "r1" in said(partner, "reports")
    assert "cancelled" in said(partner, "report cancel r1")
    with partner.database.read() as session:
        assert session.exec(select(ReportRun)).one().state == RunState.CANCELLED
        assert session.exec(select(Schedule)).all() == []
