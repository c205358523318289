"""What makes answers pleasant: pages past the end, times as people write them, and no question about nothing."""

import pytest
from sqlmodel import select

from storage.tables import Schedule
from tests.commands.office import ANA, CHLOE, Office
from tests.hub.definitions.partner import Held, Org, put


@pytest.mark.parametrize("line", ["customers", "trials", "audit", "tags", "expiring"])
def test_a_page_past_the_end_is_the_last_one(office: Office, line: str) -> None:
    office.say(ANA, "settings products calling")
    last = office.say(ANA, line).text
    assert office.say(ANA, f"{line} page:99").text == last


@pytest.mark.parametrize(
    ("when", "at"),
    [("daily 09:00", "09:00"), ("daily at 9", "09:00"), ("weekly monday 17:30", "17:30"), ("monthly 07:05", "07:05")],
)
def test_a_time_needs_no_at_and_no_minutes(office: Office, when: str, at: str) -> None:
    assert f"{at} (UTC)" in office.say(ANA, f"report schedule expiring {when}").text


def test_a_number_without_at_is_no_time(office: Office) -> None:
    assert "At what time?" in office.say(ANA, "report schedule expiring daily 30").text


def test_a_rule_without_a_time_is_told_how_rules_are_typed(office: Office) -> None:
    assert "rule new suspended weekly monday at 09:00" in office.say(ANA, "rule new suspended daily tag:gold").text


def test_a_schedule_says_its_last_day_its_region_and_what_can_be_done_next(office: Office) -> None:
    said = office.say(ANA, "report schedule low monthly last at 08:00 EU").text
    assert "last day, 08:00" in said
    assert "region:EU" in said
    with office.database.read() as session:
        number = session.scalars(select(Schedule)).one().id
    paused = office.say(ANA, f"report pause {number}").text
    assert f"report resume {number}" in paused
    assert f"report pause {number}" not in paused
    cancelled = office.say(ANA, f"report cancel {number}").text
    assert f"report resume {number}" not in cancelled


def test_indicators_as_a_file(office: Office) -> None:
    card = office.say(ANA, "kpis calling 30").card
    assert {"run": "kpis calling 30 csv"} in [action["data"] for action in card["actions"]]
    file = office.say(ANA, "kpis calling 30 csv").everything
    assert "Indicator,Customers" in file
    assert "Nearing expiration · within 30 days," in file


def test_roles_that_would_not_change_are_not_asked_about(office: Office) -> None:
    said = office.say(ANA, f"admin grant {CHLOE.email} readonly")
    assert "Nothing would change" in said.text
    assert "confirm:" not in said.everything


@pytest.mark.parametrize("line", ["expiring soonish", "customers soonish"])
def test_words_taken_for_a_filter_are_shown(office: Office, line: str) -> None:
    said = office.say(ANA, line)
    assert "Filter: soonish" in said.text
    assert "Filter: soonish" in repr(said.card)


@pytest.mark.parametrize(
    ("typed", "answer"), [("hola", "Lo que puedo hacer"), ("hello", "What I can do"), ("?", "What I can do")]
)
def test_a_greeting_is_answered_with_what_there_is(office: Office, typed: str, answer: str) -> None:
    assert answer in office.say(ANA, typed).text


def test_a_chart_is_sent_with_its_title(office: Office) -> None:
    with office.database.write() as session:
        put(session, [Org("Charted", [Held(id="Sub9")], org_id=f"{9:032x}")])
    charts = [each.message for each in office.say(ANA, "trend").messages if each.message.file]
    assert [chart.markdown for chart in charts] == ["Licence distribution trend"]


def test_the_audit_of_rules_says_what_they_tell(office: Office) -> None:
    office.say(ANA, "subscribe")
    said = office.say(ANA, "audit").text
    assert "suspended, expired" in said
    assert "trial_started" not in said
    assert "T12:" not in said


def test_resources_of_a_kind_are_called_by_it(office: Office) -> None:
    assert office.say(ANA, "resources quick").text.startswith("Quick links")
