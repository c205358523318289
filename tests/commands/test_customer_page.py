"""The customer's page: its tabs, what each shows, and what is told apart from a name."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from notifications.limits import WEBEX
from storage.tables import Assignment, Subscription
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, Office
from tests.hub.definitions.partner import TODAY, Held, Org, Product, put

ACME = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def office(office: Office) -> Office:
    many = [
        Held(
            id=f"Sub{number:03}",
            end=TODAY + timedelta(days=number),
            products=[Product(name, 1000, 900, 800) for name in ("Calling", "Contact Center", "Meetings", "Messaging")],
        )
        for number in range(60)
    ]
    trial = Held(id="Trial1", type="trial", end=TODAY + timedelta(days=12), products=[Product("Meetings", used=None)])
    orgs = [
        Org("Acme", [Held(id="SubA", invoice="unpaid", tags=("vip",)), Held(id="SubB", end=date(2025, 1, 1))]),
        Org("Acme Trials", [trial]),
        Org("Colossus", many),
        Org("Hooli"),
    ]
    with office.database.write() as session:
        put(session, orgs)
        held = session.scalars(select(Subscription).where(Subscription.subscription_id == "SubA")).one()
        held.invoice_details = {
            "number": "INV-7",
            "date": "2026-10-01",
            "amount": 1234.5,
            "currency": "EUR",
            "url": "https://pay.example/7",
        }
        held.orders = [
            {"order_id": f"ORD-{number}", "date": f"2026-0{number}-01", "action": "new", "items": _ITEMS}
            for number in range(1, 6)
        ]
    return office


_ITEMS = [{"product": "Calling", "quantity": 10}, {"product": "Meetings", "quantity": None}]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("customer Acme", ["Organization ID", "1 unpaid invoice", "10 licences: 1 used"], id="overview"),
        pytest.param("cliente Acme resumen", ["ID de la organización"], id="overview in Spanish"),
        pytest.param("customer Acme subscriptions", ["SubA", "SubB", "ended", "vip", "€1,234.50", "INV-7"], id="paid"),
        pytest.param("cliente Acme suscripciones", ["1.234,50", "sin pagar"], id="paid, in Spanish"),
        pytest.param(
            "customer Acme orders", ["ORD-1", "1 May 2026 · new · ORD-5 · Calling 10, Meetings —"], id="orders"
        ),
        pytest.param("customer Acme Trials", ["Acme Trials", "Organization ID"], id="a name that ends like a tab"),
        pytest.param("customer Acme Trials trials", ["Trial1", "12 days left", "— used"], id="its tab"),
        pytest.param('customer "Acme Trials" pruebas', ["Trial1"], id="its tab, the name in quotes"),
        pytest.param('customer "Acme" trials', ["No trial is known"], id="quotes end the name"),
        pytest.param("customer trials", ["Acme Trials"], id="one word is a name"),
        pytest.param("customer Sub059 trials", ["Colossus", "No trial is known"], id="by a subscription"),
        pytest.param("customer Hooli subscriptions", ["No subscription is known"], id="nothing"),
        pytest.param("customer Hooli administrators", ["Nobody is assigned"], id="nobody assigned"),
    ],
)
def test_a_tab_shows(office: Office, typed: str, shown: list[str]) -> None:
    said = office.say(ANA, typed)
    for part in shown:
        assert part in said.text
        assert part in json.dumps(said.card, ensure_ascii=False)


def test_a_name_that_fits_several_keeps_the_tab(office: Office) -> None:
    assert f"customer {ACME} subscriptions" in office.say(ANA, "customer acm subscriptions").everything


def buttons(card: Any) -> list[str]:
    found = [card["data"]["run"]] if isinstance(card, dict) and card.get("type") == "Action.Submit" else []
    children = card.values() if isinstance(card, dict) else card if isinstance(card, list) else ()
    return [*found, *(each for child in children for each in buttons(child))]


@pytest.mark.parametrize("who", [ANA, BEN, CHLOE, DIEGO], ids=lambda who: who.name)
def test_tabs_lead_to_each_other_and_offer_only_what_one_may(office: Office, who: Any) -> None:
    with office.database.write() as session:
        session.add(Assignment(email=BEN.email, org_id=ACME))
    tabs = ("overview", "subscriptions", "trials", "administrators")
    for tab in tabs:
        card = office.say(who, f"customer {ACME} {tab}").card
        assert len(card["actions"]) <= 5
        pressed = buttons(card)
        assert {f"customer {ACME} {other}" for other in tabs if other != tab} <= set(pressed)
        assert (f"admin assign to {ACME}" in pressed) is (who is ANA and tab == "administrators")
        assert (f"trial start {ACME}" in pressed) is (who in (ANA, BEN) and tab in ("overview", "trials"))
        for run in pressed:
            assert "reference" not in office.say(who, run, inputs={}).text


@pytest.mark.parametrize("who", [ANA, CHLOE], ids=lambda who: who.name)
def test_a_trial_is_changed_from_its_tab_by_who_may(office: Office, who: Any) -> None:
    pressed = buttons(office.say(who, 'customer "Acme Trials" trials').card)
    for verb in ("extend", "change", "cancel"):
        assert (f"trial {verb} Trial1" in pressed) is (who is ANA)


def test_sixty_subscriptions_have_pages_that_fit_a_card(office: Office) -> None:
    seen: list[str] = []
    for page in range(1, 13):
        card = office.say(ANA, f"customer Colossus subscriptions page:{page}").card
        assert len(json.dumps(card).encode()) <= WEBEX.card_bytes
        seen += [text for number in range(60) if (text := f"Sub{number:03}") in json.dumps(card)]
    assert seen == [f"Sub{number:03}" for number in range(60)]


def test_what_a_source_tells_oddly_breaks_no_page(office: Office) -> None:
    with office.database.write() as session:
        held = session.scalars(select(Subscription).where(Subscription.subscription_id == "SubA")).one()
        held.invoice_details = {"number": ["x"], "date": "soon", "amount": "much", "currency": 7, "url": "javascript:x"}
        held.orders = [{"items": "Calling"}, {"items": [1, {"quantity": "ten"}], "date": 5}, {}]
    for tab in ("overview", "subscriptions", "orders"):
        said = office.say(ANA, f"customer Acme {tab}").everything
        assert "reference" not in said
        assert "javascript" not in said
