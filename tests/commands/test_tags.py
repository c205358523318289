"""Tags in chat: of customers and subscriptions, the list, and many at once with a preview, a question and one undo."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlmodel import col, select

from commands.progress import Progress
from storage.tables import Audit, CustomerTag, SubscriptionTag
from templates.texts import Texts
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, Answer, Colleague, Office
from tests.hub.definitions.partner import Held, Org, put

NAMES = ("Alpha", "Beta", "Gamma", "Delta")
ORG = "00000000-0000-4000-8000-00000000000{}"


@pytest.fixture
def office(office: Office) -> Office:
    full = tuple(f"t{place}" for place in range(5))
    orgs = [
        Org(
            name,
            [Held(id=f"Sub{name}", tags=("renewal",) if name == "Alpha" else ())],
            tags=full if name == "Delta" else ("gold",) if name == "Alpha" else (),
            assigned_to=(BEN.email,) if name in ("Alpha", "Beta") else (),
        )
        for name in NAMES
    ]
    with office.database.write() as session:
        put(session, orgs)
    office.webex.tags = {org.org_id: list(org.tags) for org in orgs}
    office.rooms = {"mixed": (ANA, BEN)}
    return office


def confirm(office: Office, who: Colleague, answer: Answer, room: str | None = None) -> Answer:
    """Press the only button of a question."""
    (action,) = answer.card["actions"]
    return office.say(who, action["data"]["run"], room, inputs={})


def tagged(office: Office, tag: str) -> set[str]:
    """Names of those with a tag, in the database; Webex must agree."""
    with office.database.read() as session:
        stored = set(session.exec(select(CustomerTag.org_id).where(CustomerTag.tag == tag)))
    if office.partner:
        assert stored == {org_id for org_id, tags in office.webex.tags.items() if tag in tags}
    return {NAMES[int(org_id[-1])] for org_id in stored}


def audited(office: Office) -> list[str]:
    with office.database.read() as session:
        return list(session.exec(select(Audit.what).order_by(col(Audit.id))))


def test_a_subscriptions_id_in_the_customers_place_tags_the_subscription(office: Office) -> None:
    office = Office(office.database, office.files, office.clock, has_token=False)
    said = office.say(ANA, "tag SubBeta call-back")
    assert "SubBeta" in said.text
    with office.database.read() as session:
        assert ("SubBeta", "call-back") in session.exec(
            select(SubscriptionTag.subscription_id, SubscriptionTag.tag)
        ).all()
        assert "call-back" not in session.exec(select(CustomerTag.tag)).all()
    assert "Beta" in office.say(ANA, "customers tag:call-back").text
    assert "Taken back" in office.say(ANA, "undo").text
    assert "0 customers" in office.say(ANA, "customers tag:call-back").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"tag Beta {'x' * 26}", "more than 25 characters"),
        ("tag Delta sixth", "would have 6"),
        ("tag Beta a,b", "cannot be a tag"),
        (f"tag where beta with {'x' * 26}", "more than 25 characters"),
        ("tag where beta with 1 2 3 4 5 6", "these are 6"),
        ("tag where with gold", "Say which customers"),
        ("tag where beta", "Say which customers"),
        ("tag where staus:trial with gold", "status"),
        ("tag where nobody-at-all with gold", "No customer fits"),
        ("tag where alpha with gold", "already"),
        ("tag where delta with gold", "more than 5 tags"),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(office: Office, typed: str, said: str) -> None:
    assert said in office.say(ANA, typed).text
    assert office.webex.written == []
    assert audited(office) == []


def test_tags_are_counted_and_open_their_customers(office: Office) -> None:
    answer = office.say(ANA, "etiquetas")
    assert "gold · Clientes: 1 · Suscripciones: 0" in answer.text
    assert "renewal · Clientes: 0 · Suscripciones: 1" in answer.text
    assert 'customers tag:"gold"' in answer.everything
    assert "t3" not in office.say(BEN, "tags").everything
    assert "gold" in office.say(DIEGO, "tags").text
    assert "gold,1,0" in office.say(ANA, "tags csv").everything


@pytest.mark.parametrize("typed", ["tag where managed:partner with gold", "etiquetar donde managed:partner con gold"])
def test_many_are_tagged_after_a_preview_once_and_undone_together(office: Office, typed: str) -> None:
    question = office.say(ANA, typed)
    assert office.webex.written == []
    assert "2" in question.text
    for part in ("Beta", "Gamma", "Delta"):
        assert part in question.text
    for _ in range(2):
        confirm(office, ANA, question)
    assert tagged(office, "gold") == {"Alpha", "Beta", "Gamma"}
    assert audited(office) == ["tag where", "tag", "tag"]
    assert "Beta" in office.say(ANA, f"audit {ORG.format(1)}").text
    office.say(ANA, "undo")
    assert tagged(office, "gold") == {"Alpha"}
    office.say(ANA, "undo")
    assert tagged(office, "gold") == {"Alpha"}


def test_an_undo_of_many_leaves_what_was_changed_since(office: Office) -> None:
    confirm(office, ANA, office.say(ANA, "tag where managed:partner with gold"))
    office.say(BEN, "tag Beta mine")
    office.say(ANA, "undo")
    assert tagged(office, "gold") == {"Alpha"}
    assert tagged(office, "mine") == {"Beta"}


def test_customers_that_changed_since_the_preview_are_asked_about_again(office: Office) -> None:
    question = office.say(ANA, "tag where -tag:legacy -delta with gold")
    office.say(ANA, "tag Gamma legacy")
    again = confirm(office, ANA, question)
    assert "have changed" in again.text
    assert tagged(office, "gold") == {"Alpha"}
    confirm(office, ANA, again)
    assert tagged(office, "gold") == {"Alpha", "Beta"}


def test_a_partner_administrator_tags_only_their_customers(office: Office) -> None:
    confirm(office, BEN, office.say(BEN, "tag where managed:partner with mine"))
    assert tagged(office, "mine") == {"Alpha", "Beta"}
    assert "no customer called" in office.say(BEN, "tag Gamma mine").text
    assert "no customer called" in office.say(BEN, "tag SubGamma mine").text
    assert "does not cover" in office.say(CHLOE, "tag where managed:partner with mine").text


def test_in_a_shared_space_only_what_all_may_see_is_tagged(office: Office) -> None:
    confirm(office, ANA, office.say(ANA, "tag where managed:partner with shared", "mixed"), "mixed")
    assert tagged(office, "shared") == {"Alpha", "Beta"}


def test_long_work_tells_now_and_then_how_far_it_is() -> None:
    said: list[str] = []
    seconds = 0.0
    progress = Progress(cast("Any", SimpleNamespace(texts=Texts(), tell=said.append)), lambda: seconds)
    for done in range(1, 101):
        seconds += 0.5
        progress(done, 100)
    assert said[0] == "I am working on it: 4 of 100."
    assert len(said) == 4
