"""Everything cards say comes from the catalogue: in a language that marks its words, nothing is left unmarked."""

import json
import re
from collections.abc import Iterator
from gettext import NullTranslations
from typing import Any

import pytest
from babel import Locale

import templates.render
import templates.texts
from commands import registry
from commands.choices import COMMON_ZONES, LANGUAGES
from commands.errors import NotUnderstood
from hub.products import KNOWN
from hub.resources import load
from notifications.limits import WEBEX
from tests.commands.office import ANA, BEN, Office
from tests.hub.definitions.partner import Held, Org, Product, put

REGISTRY = registry()


class Marked(NullTranslations):
    """Puts every text of the catalogue in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (templates.texts, templates.render):
        monkeypatch.setattr(module, "catalogue", lambda _: Marked())
    templates.render._environment.cache_clear()
    yield
    templates.render._environment.cache_clear()


@pytest.fixture
def office(office: Office) -> Office:
    with office.database.write() as session:
        put(
            session,
            [Org(f"Acme {place}", [Held(products=[Product("Calling"), Product("Meetings")])]) for place in (1, 2)],
        )
    office.rooms = {"mixed": (ANA, BEN)}
    return office


def said(element: Any) -> Iterator[str]:
    """Yield what a card says of its own accord: text runs hold what others named (docs/decisions/0002)."""
    if isinstance(element, dict):
        if element.get("type") == "TextBlock":
            yield element["text"]
        yield from (element[key] for key in ("title", "label", "errorMessage") if isinstance(element.get(key), str))
        for value in element.values():
            yield from said(value)
    elif isinstance(element, list):
        for value in element:
            yield from said(value)


def unmarked(text: str) -> str:
    while (rest := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = rest
    return text


def names() -> set[str]:
    """What has a name in every language, or its own source: products, languages, countries, the partner's links."""
    own = load()
    links = [each.title.en for each in (*own.resources, *own.helpdesk, *own.start)]
    kinds = [each.en for each in own.kinds.values()]
    zones = [zone.replace("_", " ") for zone in COMMON_ZONES]
    return {*zones, *KNOWN, *LANGUAGES.values(), *links, *kinds, *Locale("en").territories.values()}


NAMES = names()


def is_no_text(left: str) -> bool:
    """Whether what is left is nobody's to translate: a name, or a command to type."""
    if not re.search(r"[^\W\d_]{2,}", left) or left in NAMES or set(left.split(", ")) <= NAMES:
        return True
    if left.startswith("Acme ") or re.fullmatch(r", \d\d:\d\d \(UTC\)", left):
        return True
    try:
        REGISTRY.find(left)
    except NotUnderstood:
        return False
    return True


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("each", REGISTRY.commands, ids=lambda each: each.name)
def test_every_text_of_a_card_is_in_the_catalogue(office: Office, each: Any) -> None:
    for typed in (each.name, *each.examples, f"{each.name} Acme", f"{each.name} wrong:1 <2"):
        for room in (None, "mixed"):
            for message in office.say(ANA, typed, room).messages:
                for text in said(message.message.card):
                    left = unmarked(text).strip()
                    assert is_no_text(left), f"{left!r} in the answer to {typed!r}"


def test_help_says_in_spanish_what_is_to_be_typed(office: Office) -> None:
    office.say(ANA, "settings language es")
    usage = office.say(ANA, "help indicators").text
    assert "vencen [DÍAS] [meetings|calling] [FILTRO]" in usage


@pytest.mark.parametrize("typed", ["help", "ayuda"])
def test_help_with_every_command_fits_into_a_card(office: Office, typed: str) -> None:
    whole = json.dumps(office.say(ANA, typed).card).encode()
    assert len(whole) < 0.9 * WEBEX.card_bytes


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("kpis", "vencen 90"),
        ("help", "ayuda indicadores"),
        ("exprng 30", "¿Querías decir vencen"),
        ("customer", "A «cliente» le falta CLIENTE"),
        ("customers status:suspnded", "clientes status:"),
    ],
)
def test_a_spanish_reader_is_shown_the_spanish_names_of_commands(office: Office, typed: str, shown: str) -> None:
    office.say(ANA, "settings language es")
    assert shown in office.say(ANA, typed).text


def test_what_people_named_like_a_command_stays_as_it_is(office: Office) -> None:
    with office.database.write() as session:
        put(session, [Org("`expiring 30`", org_id=f"{9:032x}"), Org("customers", org_id=f"{8:032x}")])
    office.say(ANA, "settings language es")
    shown = office.say(ANA, "customers sort:-name").text
    assert "expiring 30" in shown
    assert "- customers" in shown
