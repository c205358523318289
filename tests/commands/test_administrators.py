"""Partner administrators: who they are, and assigning, granting and revoking, each confirmed and done once."""

import pytest
from sqlmodel import col, select

from hub.access import Role
from storage.tables import Assignment, Audit
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, FRANK, GINA, Answer, Colleague, Office
from tests.hub.definitions.partner import Held, Org, put

ALPHA, BETA = "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def office(office: Office) -> Office:
    with office.database.write() as session:
        put(session, [Org("Alpha", [Held()], assigned_to=(BEN.email,)), Org("Beta", [Held()])])
    office.webex.assigned = {ALPHA: {BEN.email}}
    office.rooms = {"mixed": (ANA, BEN)}
    return office


def confirm(office: Office, who: Colleague, answer: Answer) -> Answer:
    """Press the only button of a question."""
    (action,) = answer.card["actions"]
    return office.say(who, action["data"]["run"], inputs={})


def audited(office: Office) -> list[tuple[str, str]]:
    with office.database.read() as session:
        return [(row.who, row.what) for row in session.scalars(select(Audit).order_by(col(Audit.id)))]


def assignments(office: Office) -> set[tuple[str, str]]:
    with office.database.read() as session:
        return {(row.email, row.org_id) for row in session.scalars(select(Assignment))}


def test_everybody_with_a_partner_role_is_listed_by_what_they_see(office: Office) -> None:
    said = office.say(ANA, "admins").text.splitlines()
    assert said[1] == "They see every customer:"
    assert said[2:4] == [
        f"- Ana · {ANA.email} · partner full administrator",
        f"- Chloe · {CHLOE.email} · partner read-only administrator",
    ]
    assert f"- Ben · {BEN.email} · partner administrator · 1 customer" in said
    assert not any("Gina" in line or "Frank" in line for line in said)


def test_how_many_customers_others_have_is_for_who_sees_all(office: Office) -> None:
    said = office.say(BEN, "admins").everything
    assert BEN.email in said
    assert "1 customer" not in said


@pytest.mark.parametrize(
    "typed", ["admins Alpha", "administradores Alpha", "who manages Alpha?", "¿quién gestiona Alpha?"]
)
def test_who_is_assigned_to_a_customer(office: Office, typed: str) -> None:
    said = office.say(ANA, typed).text
    assert BEN.email in said
    assert ANA.email not in said


def test_a_partner_administrator_asks_only_about_their_customers(office: Office) -> None:
    assert "no customer called" in office.say(BEN, "admins Beta").text


def test_a_customer_is_assigned_after_a_question_and_seen_at_once(office: Office) -> None:
    assert "1 customer" in office.say(BEN, "customers").text
    question = office.say(ANA, f"admin assign {BEN.email} to Beta")
    assert office.webex.written == []
    assert "Ben" in question.text
    confirm(office, ANA, question)
    assert office.webex.assigned[BETA] == {BEN.email}
    assert "2 customers" in office.say(BEN, "customers").text
    assert audited(office) == [(ANA.email, "admin assign")]


def test_a_customer_is_assigned_with_the_cards_field(office: Office) -> None:
    card = office.say(ANA, "admins Beta").card
    run = next(action["data"]["run"] for action in card["actions"] if action["title"] == "Assign")
    confirm(office, ANA, office.say(ANA, run, inputs={"email": BEN.email.upper()}))
    assert (BEN.email, BETA) in assignments(office)


def test_an_old_button_changes_nothing_a_second_time(office: Office) -> None:
    question = office.say(ANA, f"admin assign {BEN.email} to Beta")
    confirm(office, ANA, question)
    confirm(office, ANA, question)
    confirm(office, ANA, office.say(ANA, f"admin unassign {BEN.email} from Beta"))
    confirm(office, ANA, question)
    assert (BEN.email, BETA) not in assignments(office)
    assert [what for _, what in audited(office)] == ["admin assign", "admin unassign"]
    assert len(office.webex.written) == 2


def test_a_customer_is_taken_away_and_no_longer_seen(office: Office) -> None:
    confirm(office, ANA, office.say(ANA, f"admin desasignar {BEN.email} de Alpha"))
    assert office.webex.assigned[ALPHA] == set()
    assert "0 customers" in office.say(BEN, "customers").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"admin assign {ANA.email} to Beta", "Only a partner administrator is assigned"),
        (f"admin assign {FRANK.email} to Beta", "no partner role"),
        (f"admin assign {GINA.email} to Beta", "Nobody of your organization"),
        ("admin assign nobody@nowhere.example to Beta", "Nobody of your organization"),
        (f"admin assign {BEN.email}", "Say who and which customer"),
        ("admin assign to Beta", "Say who and which customer"),
        (f"admin assign {BEN.email} to Gamma Delta", "no customer called"),
        (f"admin grant {FRANK.email} emperor", "no partner role “emperor”"),
        (f"admin grant {FRANK.email}", "needs ROLE"),
        (f"admin grant {GINA.email} full", "Nobody of your organization"),
        (f"admin revoke {ANA.email}", "cannot take your own"),
    ],
)
def test_what_cannot_be_is_told_before_webex_is_asked(office: Office, typed: str, said: str) -> None:
    assert said in office.say(ANA, f"{typed} confirm:1").text
    assert office.webex.written == []


@pytest.mark.parametrize(("typed", "role"), [("help desk", Role.HELP_DESK), ("solo lectura", Role.READ_ONLY)])
def test_a_role_is_given_beside_those_somebody_has(office: Office, typed: str, role: Role) -> None:
    office.say(BEN, "customers")
    confirm(office, ANA, office.say(ANA, f"admin grant {BEN.email} {typed}"))
    assert set(office.webex.roles[BEN.email]) == {Role.ADMIN, role}
    assert "2 customers" in office.say(BEN, "customers").text


def test_all_roles_are_taken_and_nothing_is_seen_any_more(office: Office) -> None:
    assert "1 customer" in office.say(BEN, "customers").text
    confirm(office, ANA, office.say(ANA, f"admin revoke {BEN.email}"))
    assert office.webex.roles[BEN.email] == ()
    assert "partner role" in office.say(BEN, "customers").text
    assert assignments(office) == set()


def test_a_revocation_cannot_be_undone_and_a_grant_can(office: Office) -> None:
    confirm(office, ANA, office.say(ANA, f"admin grant {FRANK.email} admin"))
    office.say(ANA, "undo")
    assert office.webex.roles[FRANK.email] == ()
    confirm(office, ANA, office.say(ANA, f"admin revoke {BEN.email}"))
    assert "cannot be taken back" in office.say(ANA, "undo").text


def test_an_assignment_is_undone(office: Office) -> None:
    confirm(office, ANA, office.say(ANA, f"admin assign {BEN.email} to Beta"))
    office.say(ANA, "undo")
    assert office.webex.assigned[BETA] == set()
    assert (BEN.email, BETA) not in assignments(office)
    office.say(ANA, "undo")
    assert office.webex.assigned == {ALPHA: {BEN.email}, BETA: set()}


@pytest.mark.parametrize("who", [BEN, CHLOE, DIEGO, FRANK, GINA], ids=lambda who: who.name)
@pytest.mark.parametrize("typed", [f"admin assign {BEN.email} to Alpha", f"admin revoke {CHLOE.email}"])
def test_only_partner_full_administrators_change_anything(office: Office, who: Colleague, typed: str) -> None:
    office.say(who, f"{typed} confirm:1")
    assert office.webex.written == []


def test_without_webex_those_who_wrote_are_listed_and_changes_lead_to_partner_hub(office: Office) -> None:
    office = Office(office.database, office.files, has_token=False)
    office.say(BEN, "help")
    said = office.say(ANA, "admins").text
    assert BEN.email in said
    assert CHLOE.email not in said
    assert "changed in Partner Hub" in office.say(ANA, f"admin revoke {BEN.email}").text
    assert BEN.email in office.say(ANA, "admins Alpha").text
