"""Choices of people and spaces: language, time zone, region, products."""

from datetime import date

import pytest
from sqlmodel import col, select

from storage import Database
from storage.tables import Audit
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, FRANK, GINA, Colleague, Office
from tests.hub.definitions.partner import Held, Org, Product, put

ENDS_SOON = date(2026, 11, 30)


@pytest.fixture
def office(office: Office) -> Office:
    """Customers in two regions, each with a subscription that ends within days."""
    held = [Product("Calling", total=1200, assigned=1000), Product("Meetings")]
    orgs = [
        Org("Alpha Iberia", [Held(end=ENDS_SOON, products=held)], region="EU", assigned_to=(BEN.email,)),
        Org("Beta America", [Held(end=ENDS_SOON)], region="US", assigned_to=(BEN.email,)),
        Org("Gamma America", [Held(end=ENDS_SOON)], region="US"),
    ]
    with office.database.write() as session:
        put(session, orgs)
    office.rooms = {
        "full": (ANA, CHLOE),
        "mixed": (ANA, BEN),
        "colleagues": (ANA, FRANK),
        "desk": (ANA, DIEGO),
        "outsiders": (ANA, GINA),
    }
    return office


def changes(database: Database) -> list[tuple[str, str, dict[str, object]]]:
    with database.read() as session:
        return [(row.who, row.target, row.after) for row in session.scalars(select(Audit).order_by(col(Audit.id)))]


def test_a_language_is_ones_own_and_formats_dates_and_numbers(office: Office) -> None:
    office.say(ANA, "settings language es")
    page = office.say(ANA, "customer Alpha").text
    assert "Próximo vencimiento: 30 nov 2026" in page
    assert "1.200 licencias: 1 usadas / 1.000 asignadas" in page
    page = office.say(BEN, "customer Alpha").text
    assert "Next end: 30 Nov 2026" in page
    assert "1,200 licences: 1 used / 1,000 assigned" in page


def test_a_time_zone_decides_what_time_it_is(office: Office) -> None:
    assert "22 Nov 2026, 21:00" in office.say(ANA, "settings timezone asia/tokyo").text
    assert "22 Nov 2026, 12:00" in office.say(BEN, "settings").text


def test_the_form_saves_what_is_filled_in(office: Office) -> None:
    office.say(
        ANA,
        "settings",
        inputs={"language": "es", "timezone": "UTC", "other_zone": "America/Lima", "products": "calling"},
    )
    assert "22 nov 2026, 07:00" in office.say(ANA, "settings").text
    assert changes(office.database) == [
        (ANA.email, f"person:{ANA.email}", {"language": "es", "time_zone": "America/Lima", "products": "calling"})
    ]


def test_saving_what_holds_already_is_no_change(office: Office) -> None:
    office.say(ANA, "settings timezone Europe/Madrid")
    office.say(ANA, "settings timezone Europe/Madrid")
    assert len(changes(office.database)) == 1


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("settings language klingon", "settings language es"),
        ("settings timezone Europe/Madird", "Europe/Madrid"),
        ("settings timezone Mars", "For example: settings timezone Europe/Madrid"),
        ("settings timezone", "For example"),
        ("settings products devices", "settings products calling"),
        ("region Atlantis", "US, EU, all"),
    ],
)
def test_a_choice_that_is_none_is_told_with_those_there_are(office: Office, typed: str, hint: str) -> None:
    assert hint in office.say(ANA, typed).text
    assert changes(office.database) == []


def test_a_space_has_choices_of_its_own(office: Office) -> None:
    office.say(ANA, "settings language es", room="full")
    assert "3 clientes" in office.say(CHLOE, "customers", room="full").text
    assert "3 customers" in office.say(CHLOE, "customers").text


@pytest.mark.parametrize("who", [FRANK, GINA], ids=lambda who: who.name)
def test_a_space_is_set_only_by_people_with_a_partner_role(office: Office, who: Colleague) -> None:
    room = "colleagues" if who is FRANK else "outsiders"
    assert "people with a partner role" in office.say(who, "settings language es", room=room).text
    assert changes(office.database) == []


def test_products_chosen_in_settings_are_what_sections_show(office: Office) -> None:
    office.say(ANA, "settings products meetings")
    assert "· Calling · Sub" not in (said := office.say(ANA, "expiring").text)
    assert "Meetings" in said.splitlines()[0]
    assert "· Calling · Sub" in office.say(ANA, "expiring calling").text
    assert "· Calling · Sub" in office.say(ANA, "expiring both").text
    assert "Calling, Meetings" in office.say(ANA, "kpis").text


@pytest.mark.parametrize("typed", ["customers", "expiring", "report run customers"])
def test_a_region_bounds_every_list_and_says_so(office: Office, typed: str) -> None:
    office.say(ANA, "region eu")
    answer = office.say(ANA, typed)
    assert "America" not in answer.everything
    assert "this region: European Union" in answer.text
    office.say(ANA, "region all")
    assert "America" in office.say(ANA, typed).everything


def test_a_region_bounds_the_indicators(office: Office) -> None:
    assert "Total customers: 3" in office.say(ANA, "kpis").text
    office.say(ANA, "región Unión Europea")
    assert "Total customers: 1" in office.say(ANA, "kpis").text


def test_a_space_can_see_all_regions_whatever_its_members_chose(office: Office) -> None:
    office.say(ANA, "region EU")
    assert "1 customer" in office.say(ANA, "customers", room="full").text
    office.say(ANA, "region all", room="full")
    assert "3 customers" in office.say(ANA, "customers", room="full").text
    assert "1 customer" in office.say(ANA, "customers").text


def test_with_one_region_there_is_nothing_to_choose(office: Office) -> None:
    with office.database.write() as session:
        for name in ("Beta", "Gamma"):
            session.connection().exec_driver_sql(f"UPDATE customer SET region = NULL WHERE name LIKE '{name}%'")
    answer = office.say(ANA, "region")
    assert "nothing to choose" in answer.text
    assert answer.card["actions"] == []


def test_a_partner_administrator_chooses_among_regions_of_their_own_customers(office: Office) -> None:
    with office.database.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET region = 'CA' WHERE name LIKE 'Gamma%'")
    assert "Canada" in office.say(ANA, "region").text
    assert "Canada" not in office.say(BEN, "region").everything


def test_a_space_shows_what_every_member_may_see_and_says_why(office: Office) -> None:
    answer = office.say(ANA, "customers", room="mixed")
    assert "2 customers" in answer.text
    assert "customers that Ben may see, too" in answer.text
    whole = office.say(ANA, "customers", room="mixed", inputs={"privately": "yes"})
    assert whole.messages[0].target == ANA.email
    assert "3 customers" in whole.text
    assert "may see, too" not in whole.text


def test_a_customer_that_a_member_may_not_see_is_not_found_and_it_says_why(office: Office) -> None:
    hidden = office.say(ANA, "customer Gamma America", room="mixed").text
    unknown = office.say(ANA, "customer Delta America", room="mixed").text
    assert "customers that Ben may see, too" in hidden
    assert hidden.replace("Gamma", "") == unknown.replace("Delta", "")


def test_a_full_administrator_opens_a_space_to_colleagues_and_closes_it(office: Office) -> None:
    assert "Frank" in office.say(ANA, "customers", room="colleagues").text
    assert "colleagues without a partner role, too" in office.say(ANA, "settings open", room="colleagues").text
    assert "3 customers" in office.say(ANA, "customers", room="colleagues").text
    assert "partner role" in office.say(FRANK, "customers", room="colleagues").text
    office.say(ANA, "settings close", room="colleagues")
    assert "Frank" in office.say(ANA, "customers", room="colleagues").text
    assert [after for _, _, after in changes(office.database)] == [
        {"open_to_colleagues": True},
        {"open_to_colleagues": False},
    ]


def test_somebody_whose_organization_nobody_tells_is_no_colleague(office: Office) -> None:
    office.rooms["unknown"] = (ANA, Colleague("Zoe", org=""))
    office.say(ANA, "settings open", room="unknown")
    assert "zoe" in office.say(ANA, "customers", room="unknown").text


def test_opening_lets_no_outsider_read_and_no_help_desk_more_than_it_may(office: Office) -> None:
    office.say(ANA, "settings open", room="outsiders")
    assert "Gina" in office.say(ANA, "customers", room="outsiders").text
    office.say(ANA, "settings open", room="desk")
    assert "Diego" in office.say(ANA, "kpis", room="desk").text


@pytest.mark.parametrize("who", [BEN, CHLOE, DIEGO, FRANK, GINA], ids=lambda who: who.name)
def test_nobody_else_opens_a_space(office: Office, who: Colleague) -> None:
    office.rooms["theirs"] = (ANA, who)
    office.say(who, "settings open", room="theirs")
    assert changes(office.database) == []


def test_a_message_chosen_for_an_open_space_is_withheld_once_it_is_closed(office: Office) -> None:
    office.say(ANA, "settings open", room="colleagues")
    chosen_for = office.say(ANA, "customers", room="colleagues").messages[0].audience
    assert chosen_for is not None
    assert office.spaces.audience("colleagues").covers(chosen_for)
    office.say(ANA, "settings close", room="colleagues")
    assert not office.spaces.audience("colleagues").covers(chosen_for)
