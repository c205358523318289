"""Saved filters: whose they are, what their names stand for, and what is refused."""

import pytest

from tests.commands.office import ANA, BEN, CHLOE, Office
from tests.hub.definitions.partner import Held, Org, put


@pytest.fixture
def office(office: Office) -> Office:
    with office.database.write() as session:
        put(
            session,
            [
                Org("Acme", [Held()], region="EU"),
                Org("Globex", [Held(type="trial")], region="EU"),
                Org("Initech", [Held(type="trial")], region="US"),
                Org("Hooli", region="CA"),
            ],
        )
    office.rooms = {"renewals": (ANA, CHLOE), "others": (ANA,)}
    return office


def names(office: Office, typed: str, room: str | None = None) -> set[str]:
    said = office.say(ANA, typed, room).text
    return {each for each in ("Acme", "Globex", "Initech", "Hooli") if each in said}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("customers @eu-trials", {"Globex"}, id="alone"),
        pytest.param("clientes @EU-Trials", {"Globex"}, id="in another case"),
        pytest.param("customers -@eu-trials", {"Acme", "Initech", "Hooli"}, id="negated: not all of its terms"),
        pytest.param("customers @eu", {"Acme", "Globex"}, id="of one term"),
        pytest.param("customers -@eu", {"Initech", "Hooli"}, id="of one term, negated"),
        pytest.param("customers @eu -type:trial", {"Acme"}, id="with other terms"),
        pytest.param("customers @rest", {"Acme", "Hooli", "Initech"}, id="that names another"),
        pytest.param("customers -@rest", {"Globex"}, id="twice negated"),
        pytest.param('customers "@eu"', set(), id="in quotes it is a word"),
        pytest.param("customers @number", set(), id="a saved word is never an argument"),
    ],
)
def test_a_name_stands_for_its_terms(office: Office, typed: str, found: set[str]) -> None:
    for saved in ("eu region:EU", "eu-trials @eu type:trial", "rest -@eu-trials", "number 30"):
        assert "customer" in office.say(ANA, f"save filter {saved}").text
    assert names(office, typed) == found


def test_every_command_with_a_filter_takes_names(office: Office) -> None:
    office.say(ANA, "save filter eu region:EU")
    assert names(office, "expiring 3650 @eu") == {"Acme", "Globex"} & names(office, "expiring 3650")
    assert "Initech" not in office.say(ANA, "report run customers @eu").everything
    assert "Globex" in office.say(ANA, "report run customers @eu").everything
    assert "region:EU" in office.say(ANA, "report schedule customers daily at 09:00 @eu").text


def test_a_space_has_its_own_filters_and_so_has_a_person(office: Office) -> None:
    office.say(ANA, "save filter here-eu region:EU", "renewals")
    assert names(office, "customers @here-eu", "renewals") == {"Acme", "Globex"}
    assert "Acme" in office.say(CHLOE, "customers @here-eu", "renewals").text
    for room in ("others", None):
        assert "No filter is saved here as “@here-eu”" in office.say(ANA, "customers @here-eu", room).text
    office.say(ANA, "save filter mine region:US")
    assert "@mine" in office.say(ANA, "filters").text
    assert "@mine" not in office.say(BEN, "filters").text
    assert "@mine" not in office.say(ANA, "filters", "renewals").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("save filter eu @eu type:trial", "would stand for itself", id="names itself"),
        pytest.param("save filter eu -@both", "would stand for itself", id="leads back to itself"),
        pytest.param("save filter x @nothing", "No filter is saved here as “@nothing”", id="unknown"),
        pytest.param("customers @bot", "Did you mean @both?", id="a slip"),
        pytest.param("customers @eu,@both", "No filter is saved here", id="no alternatives"),
        pytest.param("save filter region:EU", "is no name for a filter", id="name forgotten"),
        pytest.param("save filter all region:EU", "is no name for a filter", id="a mention of everybody"),
        pytest.param(f"save filter {'x' * 31} region:EU", "is no name for a filter", id="long name"),
        pytest.param("save filter a<b region:EU", "is no name for a filter", id="odd name"),
        pytest.param("save filter x", "needs", id="no filter"),
        pytest.param("save filter x status:trail", "Did you mean status:trial?", id="no filter that is known"),
        pytest.param("delete filter eu", "names “eu”, so it stays", id="in use"),
        pytest.param("delete filter nothing", "No filter is saved here as “nothing”", id="not there"),
    ],
)
def test_refused_with_a_hint_and_nothing_changed(office: Office, typed: str, said: str) -> None:
    office.say(ANA, "save filter eu region:EU")
    office.say(ANA, "save filter both @eu")
    before = office.say(ANA, "filters").text
    assert said in office.say(ANA, typed).text
    assert office.say(ANA, "filters").text == before


def test_saving_again_replaces_and_every_change_can_be_taken_back(office: Office) -> None:
    office.say(ANA, "save filter eu region:EU")
    assert "region:US" in office.say(ANA, "save filter EU region:US").text
    assert names(office, "customers @eu") == {"Initech"}
    office.say(ANA, "undo")
    assert names(office, "customers @eu") == {"Acme", "Globex"}
    office.say(ANA, "delete filter eu")
    assert names(office, "customers @eu") == set()
    office.say(ANA, "undo")
    assert names(office, "customers @eu") == {"Acme", "Globex"}
    assert "save filter" in office.say(ANA, "audit me").text


def test_what_another_filter_needs_is_not_taken_back(office: Office) -> None:
    office.say(ANA, "save filter eu region:EU")
    office.say(ANA, "save filter both @eu")
    assert "changed again since" in office.say(ANA, "undo 1").text
    assert names(office, "customers @both") == {"Acme", "Globex"}


def test_the_list_opens_deletes_and_has_pages(office: Office) -> None:
    for number in range(12):
        office.say(ANA, f"save filter f{number:02} region:EU")
    first = office.say(ANA, "filters").everything
    for button in ("customers @f00", "delete filter f09", "filters page:2"):
        assert f"'run': '{button}'" in first
    assert "f10" not in first
    assert "f11" in office.say(ANA, "filters page:2").text
