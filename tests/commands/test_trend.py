"""`trend` as people see it: the chart, and the same in words."""

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.commands.office import ANA, Office
from tests.hub.definitions.partner import TODAY, Held, Org, Product, put
from tests.pictures import assert_looks_like


@pytest.fixture
def partner(office: Office) -> Office:
    """Ten customers whose use grows; one is over its limit."""
    weeks = range(1, 13)
    with office.database.write() as session:
        put(
            session,
            [
                Org(
                    f"Acme {number}",
                    [
                        Held(
                            products=[
                                Product(
                                    total=100,
                                    assigned=104 if number == 0 else 80,
                                    used=60,
                                    history={
                                        TODAY - timedelta(weeks=back): (80 - back, 60 - 2 * back) for back in weeks
                                    },
                                )
                            ]
                        )
                    ],
                )
                for number in range(10)
            ],
        )
    return office


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_chart_looks_as_it_was_approved(partner: Office, language: str) -> None:
    partner.say(ANA, f"settings language {language}")
    answer = partner.say(ANA, "trend")
    assert [message.parent_id for message in answer.messages] == ["message-2", "message-2"]
    assert_looks_like(cast("Path", answer.messages[1].message.file).read_bytes(), f"trend_{language}")


def test_the_same_is_said_in_words(partner: Office) -> None:
    said = partner.say(ANA, "trend").text
    assert "60 % of the licences bought are used. Use grew by 67 % since the week from 30 Aug." in said
    assert "4 licences are over their limit." in said
    assert "22 Nov · Used: 600 · Not used: 224 · Available: 180 · Overage: 4" in said


def test_a_name_with_spanish_words_is_answered_in_spanish(partner: Office) -> None:
    assert "Se usa el 60 % de las licencias compradas." in partner.say(ANA, "tendencia").text


def test_where_nothing_is_known_there_is_no_chart_and_it_says_why(office: Office) -> None:
    answer = office.say(ANA, "trend")
    assert len(answer.messages) == 1
    assert "Their dates come from a feed or an imported CSV" in answer.text


def test_the_csv_button_gives_every_week(partner: Office) -> None:
    assert {"type": "Action.Submit", "title": "CSV", "data": {"run": "report run trend calling"}} in partner.say(
        ANA, "trend calling"
    ).card["actions"]
    report = partner.say(ANA, "report run trend calling").messages[0].message
    assert report.file_name
    assert report.file_name.startswith("Licence distribution trend_")
    lines = cast("Path", report.file).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Week from,Used in the last 7 days,")
    assert lines[-1] == "2026-11-22,600,224,180,4,824,1000"
