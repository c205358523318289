"""Names that sources tell appear letter by letter, and do nothing: in cards, Markdown, file names and CSV files."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from markdown_it import MarkdownIt

from commands import registry
from notifications.limits import WEBEX
from notifications.outbox import Outgoing
from templates.escape import one_line, shortened
from tests.commands.office import ANA, Office
from tests.hub.definitions.partner import TODAY, Held, Org, Product, put

NAMES = {
    "markdown": "**Bold** _it_ `code` # [x](http://e.example) ![i](http://e.example/i.png) | ~~s~~",
    "block": "- 1. > # Zq\n\n---\n***\n    code",
    "html": '<script>alert("Zq")</script> <b>x</b> <img src=x onerror=y> &lt;&amp;',
    "mention": "<@all> <@personEmail:ana@brightwater.example|Ana> <@personId:abc>",
    "emoji": "👩‍👩‍👧 Zq 🇪🇸 ☃\ufe0f",
    "right-to-left": "שלום \u202egnp.exe\u202c عميل Zq",
    "tabs": "Zq\tone\t\ttwo  three",
    "quotes": "Zq \"double\" 'single' “curly” \\ back\\\\slash / {{ x }} {% y %}",
    "formula": '=HYPERLINK("http://e.example","Zq")',
    "plus": "+Zq",
    "minus": "-Zq+1",
    "at": "@SUM(A1:Zq)",
    "tab-formula": "\t=1+Zq",
    "accents": "Ünï Zq ñ",
    "long": "Zq " + "x" * 497,
    "long-emoji": "🦊" * 500,
}
REGISTRY = registry()
OURS = re.compile(r"https?://(?!e\.example)")
HTML = MarkdownIt("commonmark", {"html": True})
ORG = "00000000-0000-4000-8000-000000000000"


def held() -> list[Held]:
    both = [Product("Calling", 10, 12, 9, 9), Product("Meetings", 10, 0, 0, 0)]
    return [
        Held(end=TODAY + timedelta(days=5), invoice="unpaid", products=both),
        Held(end=TODAY + timedelta(days=5), auto_renew=True, start=TODAY - timedelta(days=9), products=both),
        Held(end=TODAY + timedelta(days=5), type="trial", start=TODAY - timedelta(days=3), products=both),
    ]


def named(office: Office, name: str) -> Office:
    ordinary = [Org(f"Ordinary {number}", [Held(products=[Product("Meetings", 10, 10)])]) for number in range(6)]
    with office.database.write() as session:
        put(session, [Org(name, held(), tags=("gold",)), *ordinary])
    office.webex.tags[ORG] = ["gold"]
    return office


def typed() -> list[str]:
    """What is typed for every command: its examples, about the customer by its id."""
    found = [example.replace("Acme", ORG) for each in REGISTRY.commands for example in each.examples]
    tabs = [f"customer {ORG} {tab}" for tab in ("overview", "subscriptions", "trials", "administrators", "orders")]
    return list(dict.fromkeys([*found, *tabs, *(each.name for each in REGISTRY.commands)]))


def elements(card: Any) -> Iterator[dict[str, Any]]:
    if isinstance(card, dict):
        yield card
        for value in card.values():
            yield from elements(value)
    elif isinstance(card, list):
        for value in card:
            yield from elements(value)


def check_card(card: Any, name: str) -> bool:
    """Whether the name is in a card; it is only where no Markdown is read (docs/decisions/0002)."""
    line, brief = one_line(name), shortened(one_line(name), 80).rstrip("…")
    runs = [each["text"] for each in elements(card) if each.get("type") == "TextRun"]
    for each in elements(card):
        if each.get("type") == "TextBlock":
            assert line not in each["text"], each
            assert brief not in each["text"], each
        if each.get("type") == "Action.OpenUrl":
            assert OURS.match(each["url"]), each
    assert len(json.dumps(card).encode()) <= WEBEX.card_bytes
    return any(line in run or brief in run for run in runs)


def check_markdown(markdown: str, name: str) -> bool:
    """Whether the name is in a message: rendered, it reads as it is, and nothing of it became anything else."""
    assert "<@" not in markdown
    shown = []
    for token in HTML.parse(markdown):
        assert token.type != "html_block", token
        for child in token.children or ():
            assert child.type not in ("html_inline", "image"), child
            if child.type == "link_open":
                assert OURS.match(str(child.attrs["href"])), child
            shown.append(child.content if child.type in ("text", "code_inline") else "")
    return one_line(name) in one_line("".join(shown))


def check_file(message: Outgoing, name: str) -> bool:
    """Whether the name is in a CSV; no cell is a formula, and what made it one is visible text."""
    sent = message.message
    assert re.fullmatch(r'[^\x00-\x1f<>:"/\\|?*]{1,120}\.csv', str(sent.file_name))
    rows = list(csv.reader(io.StringIO(cast("Any", sent.file).read_text(encoding="utf-8-sig"), newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row):
        harmless = re.fullmatch(r"-?[\d.]+", cell) or not re.match(r"\s*[=+\-@|%]", cell)
        assert harmless, cell
    # What begins like a formula gets an apostrophe, and a bar in it a backslash (defusedcsv).
    return any(name in cell.removeprefix("'").replace("\\|", "|") for row in rows for cell in row)


@pytest.mark.parametrize("kind", NAMES)
def test_every_command_shows_a_name_literally(office: Office, kind: str) -> None:
    name = NAMES[kind]
    named(office, name)
    shown: dict[str, set[str]] = {"card": set(), "markdown": set(), "file": set()}
    for line in typed():
        for message in office.say(ANA, line).messages:
            assert "reference" not in message.message.markdown, line
            if message.message.card and check_card(message.message.card, name):
                shown["card"].add(line)
            if check_markdown(message.message.markdown, name):
                shown["markdown"].add(line)
            if str(message.message.file_name).endswith(".csv") and check_file(message, name):
                shown["file"].add(line)
    lists = {"customers", "expiring", "renewing", "recent", "low", "overage", "trials", f"customer {ORG}"}
    assert lists <= shown["card"]
    assert lists <= shown["markdown"]
    assert {"report run expiring 30"} <= shown["file"]


@pytest.mark.parametrize("kind", ["long", "long-emoji", "html"])
def test_a_page_of_such_names_fits_a_card(office: Office, kind: str) -> None:
    with office.database.write() as session:
        put(session, [Org(NAMES[kind], held(), tags=("🦊" * 25,) * 1) for _ in range(12)])
    for line in ("customers", "expiring", "recent", "low", "overage", "trials", f"customer {NAMES[kind][:5]}"):
        card = office.say(ANA, line).card
        assert len(json.dumps(card).encode()) <= WEBEX.card_bytes, line
