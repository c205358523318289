"""Links, the help desk and the guide, asked for in chat."""

import pytest

from commands import registry
from hub.resources import load
from tests.commands.office import ANA, FRANK, GINA, Colleague, Office


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("resources quick", "Partner Hub"),
        ("resources featured", "Get started with Partner Hub"),
        ("resources trials", "Start a trial"),
        ("resources extend", "Manage trials"),
        ("resources TRIALS éxtend", "Manage trials"),
        ("recursos pruebas ampliar", "Administrar pruebas"),
        ("recursos destacados", "Comenzar con Partner Hub"),
    ],
)
def test_resources_are_found_by_kind_and_words(office: Office, typed: str, first: str) -> None:
    assert f"- {first}" in office.say(ANA, typed).text.splitlines()[1]


def test_the_cards_fields_search_and_its_pager_ignores_them(office: Office) -> None:
    fields = {"kind": "trials", "words": "extend"}
    assert "1–1 of 1" in office.say(ANA, "resources", inputs=fields).text
    assert "11–12 of 12" in office.say(ANA, "resources all page:2", inputs=fields).text


def test_what_fits_nothing_is_told_with_the_kinds_there_are(office: Office) -> None:
    assert "roles, trials" in office.say(ANA, "resources unheard-of").text


@pytest.mark.parametrize("who", [ANA, FRANK, GINA], ids=lambda who: who.name)
@pytest.mark.parametrize("typed", ["resources", "helpdesk", "start"])
def test_help_is_for_everybody(office: Office, who: Colleague, typed: str) -> None:
    answer = office.say(who, typed)
    assert "https://" in answer.everything
    assert answer.card["version"] == "1.3"


def test_the_guide_offers_only_commands_that_exist() -> None:
    known = registry()
    for step in load().start:
        if step.command:
            known.find(step.command)
