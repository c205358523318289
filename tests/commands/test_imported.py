"""A database that an import alone filled: no Webex, no feed, no administrator's token, and every answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.ask import ask
from bot.parts import Parts, assemble
from bot.settings import Settings
from commands import registry
from commands.parameters import NumberParameter
from commands.registry import Command
from commands.report_grammar import ReportNumberParameter
from hub.access import Needs
from hub.calling.saving import save
from hub.importing import import_customers
from tests.commands.office import ANA, BEN, Office
from tests.hub.calling.weeks import flat, record
from tests.hub.definitions.partner import EXAMPLES, Held, Org, Product, put

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READING = [
    each
    for each in registry().commands
    if each.shown
    and not each.effects
    and each.needs is not Needs.CHANGE
    # About something by its number, of which there is none yet.
    and not any(
        isinstance(parameter, NumberParameter | ReportNumberParameter) for parameter in each.parameters.values()
    )
]
TOLD_WHERE = (
    "This belongs to a space",
    "Esto es propio de un espacio",
    # Partner Hub's own reports, which Webex prepares.
    "This report comes from Webex, and no administrator access is configured",
)
EVA = "eva@partner.example"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder: Path = tmp_path_factory.mktemp("imported")
    settings = Settings.read(
        database_url=f"sqlite:///{folder}/imported.db", files=folder / "files", roles=f"{EVA}=partner_full_admin"
    )
    parts = assemble(settings, lambda: NOW)
    for day in ("2026-11-15", "2026-11-22"):
        path = EXAMPLES / f"customers-{day}.csv"
        import_customers(parts.database, path, now=NOW, as_of=date.fromisoformat(day))
    yield parts
    parts.close()


def typed(each: Command) -> list[str]:
    """Its examples; in Spanish the name alone where the rest may lack."""
    return [*each.examples, *(alias for alias in each.aliases if each.examples[0] == each.name)]


@pytest.mark.parametrize("each", READING, ids=lambda each: each.name)
def test_every_reading_command_answers(parts: Parts, each: Command) -> None:
    for line in typed(each):
        answer = ask(parts, line, lambda: NOW, email=EVA, today=NOW.date(), language=None)
        is_told_where = any(each in answer.rendered.markdown for each in TOLD_WHERE)
        assert answer.ok or is_told_where, f"{line}: {answer.rendered.markdown}"
        assert answer.rendered.markdown
        data: Any = answer.data()
        assert isinstance(data, dict)


HINT = "The dates of 1 subscription or trial are unknown"


@pytest.mark.parametrize("line", ["customers", "kpis", "recent", "expiring", "renewing", "low", "overage"])
def test_unknown_dates_are_said_with_the_way_to_bring_them_in(office: Office, line: str) -> None:
    undated = Held(start=None, end=None, type=None, products=[Product("Calling", 10, 2)])
    with office.database.write() as session:
        put(session, [Org("Acme", [undated]), Org("Bens", [Held()], assigned_to=(BEN.email,))])
    said = office.say(ANA, line)
    assert HINT in said.text
    assert HINT in repr(said.card)
    assert "(import)" in said.text
    # Of customers that Ben may not see he is told nothing.
    assert HINT not in office.say(BEN, line).everything


def test_where_dates_are_unknown_so_are_the_statuses_that_depend_on_them(office: Office) -> None:
    undated = Held(start=None, end=None, products=[Product("Calling", 10, 20)], invoice="unpaid")
    with office.database.write() as session:
        put(session, [Org("Acme", [undated, Held(start=None, end=None, type="trial", setup="pending")])])
    for status in ("expired", "expiring", "trial", "subscription", "overage"):
        assert "Acme" not in office.say(ANA, f"customers status:{status}").text
    for status in ("suspended", "setup"):
        assert "Acme" in office.say(ANA, f"customers status:{status}").text


@pytest.mark.parametrize("line", ["customers", "low", "calling usage"])
def test_without_cards_every_row_is_a_line_of_its_own(office: Office, line: str) -> None:
    orgs = [
        Org(f"Acme {number}", [Held(products=[Product("Calling", 100, 60 if number else 1)])]) for number in range(6)
    ]
    with office.database.write() as session:
        put(session, orgs)
        save(session, [flat(record(number)) for number in range(6)])
    rows = [row for row in office.say(ANA, line).text.splitlines() if "Acme" in row]
    assert rows
    assert all(row.startswith("- Acme") and row.count("Acme") == 1 for row in rows)
