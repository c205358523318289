"""The five subjects of Webex Calling as people see them: chart, words, table, one customer, CSV."""

from pathlib import Path
from typing import Any, cast

import pytest

from hub.calling import sum_up
from hub.calling.saving import FIGURES, save
from tests.commands.office import ANA, Office
from tests.hub.calling.weeks import WEEK, back, kept, org_id, record
from tests.hub.definitions.partner import Org, put
from tests.pictures import assert_looks_like

SUBJECTS = ("usage", "quality", "endpoints", "features", "queues")
CUSTOMERS = 12


def records() -> list[dict[str, Any]]:
    """Nine weeks: calls grow at most customers and fall at one; poor legs double at three in the last week."""
    found = []
    for number in range(CUSTOMERS):
        for ago in range(9):
            calls = 2000 - 60 * ago + 100 * number
            poor = 20 + number + 3 * (8 - ago) % 7
            if ago == 0 and number == 5:
                calls = 900
            if ago == 0 and number in (1, 2, 3):
                poor = 90 + number
            found.append(
                record(number, back(ago), calls=calls, poor=poor, queue=0 if number % 3 else 200 + 8 * (9 - ago))
            )
    return found


@pytest.fixture
def partner(office: Office) -> Office:
    kept(office.database, CUSTOMERS, records())
    sum_up(office.database)
    return office


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_chart_looks_as_it_was_approved(partner: Office, subject: str, language: str) -> None:
    partner.say(ANA, f"settings language {language}")
    answer = partner.say(ANA, f"calling {subject}")
    assert len({message.parent_id for message in answer.messages}) == 1
    picture = cast("Path", answer.messages[1].message.file).read_bytes()
    assert_looks_like(picture, f"calling_{subject}_{language}")


def test_what_stands_out_is_said(partner: Office) -> None:
    usage = partner.say(ANA, "calling usage").text
    assert "29,000 calls, 2.9 % fewer than the week before." in usage
    assert "Calls fell by 40 % or more at 1 customer." in usage
    quality = partner.say(ANA, "calling quality").text
    assert "Poor legs doubled at 3 customers; 50 % of them on: room devices." in quality
    endpoints = partner.say(ANA, "calling endpoints").text
    assert "The largest share of poor legs is on: room devices" in endpoints
    queues = partner.say(ANA, "calling queues").text
    assert "of the calls to queues were abandoned, 0.1 points more than the week before." in queues


def test_spanish_names_are_answered_in_spanish(partner: Office) -> None:
    assert (
        "Los tramos deficientes se han duplicado en 3 clientes; el 50 % de ellos"
        in partner.say(ANA, "llamadas calidad").text
    )


def test_the_table_begins_with_the_largest_and_pages_without_the_chart(partner: Office) -> None:
    first = partner.say(ANA, "calling usage")
    assert "1–10 of 12" in first.text
    assert first.text.index("Acme 11") < first.text.index("Acme 10")
    second = partner.say(ANA, "calling usage page:2")
    assert len(second.messages) == 1
    assert "11–12 of 12" in second.text


def test_a_customer_by_name_has_its_own_weeks(partner: Office) -> None:
    answer = partner.say(ANA, '"Acme 5"'.join(["calling usage ", ""]))
    assert "900 calls, 63.1 % fewer than the week before." in answer.text
    assert "15 Nov 2026 · Calls: 900 · Weekly change: -1,540 (-63.1 %)" in answer.text
    assert len(answer.messages) == 2


def test_a_region_bounds_sums_and_rows(partner: Office) -> None:
    partner.say(ANA, "region EU")
    said = partner.say(ANA, "calling usage").text
    assert "1–6 of 6" in said
    assert "15,000 calls" in said


def test_queues_are_those_of_customers_whose_queues_were_called(partner: Office) -> None:
    said = partner.say(ANA, "calling queues").text
    assert "1–4 of 4" in said
    assert "average time to answer: 20 s" in said
    assert "Acme 9 · Abandoned: 27 (9.9 %)" in said


def test_figures_that_nothing_gives_are_dashes_and_it_says_why(office: Office) -> None:
    report = ("calls", "minutes", "legs", "poor_legs", "queue_calls", "queue_abandoned")
    with office.database.write() as session:
        put(session, [Org("Acme")])
        save(session, [{"org_id": org_id(0), "week": WEEK, **dict.fromkeys(report, 10)}])
    assert set(report) < set(FIGURES)
    queues = office.say(ANA, "calling queues").text
    assert "average time to answer: —" in queues
    assert "a feed or weekly CSV can, and none did" in queues
    usage = office.say(ANA, "calling usage")
    assert "active users: —" in usage.text
    assert len(usage.messages) == 2


def test_a_late_week_is_said(office: Office) -> None:
    kept(office.database, 1, [record(0, back(1))])
    assert "The last week is not in yet: this is the week from 8 Nov 2026." in office.say(ANA, "calling usage").text


def test_without_any_figures_it_says_where_they_come_from(office: Office) -> None:
    answer = office.say(ANA, "calling quality")
    assert "They come from a feed, a CSV or Webex's usage report" in answer.text
    assert len(answer.messages) == 1


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_is_a_report_too(partner: Office, subject: str) -> None:
    button = partner.say(ANA, f"calling {subject}").card["actions"][-1]["data"]["run"]
    assert button == f"report run calling {subject}"
    file = partner.say(ANA, button).messages[0].message.file
    lines = cast("Path", file).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + (4 if subject in ("features", "queues") else CUSTOMERS)
    assert lines[0].startswith("Customer,Organization ID,Week from,")
