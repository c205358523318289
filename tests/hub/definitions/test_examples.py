"""The definitions by example: the exact data of commands on the example partner."""

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from hub import indicators, sections
from hub.customers import list_customers
from hub.filters import parse
from hub.products import BOTH, CALLING
from hub.scope import Scope
from storage import Database
from tests.hub.definitions.partner import EXPECTED, as_json

TODAY = date.fromisoformat(EXPECTED["today"])


def answer(session: Session, command: str) -> Any:
    """Return the data of a command, without the chat around it."""
    name, _, rest = command.partition(" ")
    scope = Scope(TODAY)
    if name == "kpis":
        return asdict(indicators.kpis(session, scope))
    if name == "customers":
        page = list_customers(session, scope, parse(rest))
        return {"total_rows": page.total_rows, "rows": [asdict(row) for row in page.rows]}
    products = CALLING if rest.endswith("calling") else BOTH
    days = [int(word) for word in rest.split() if word.isdigit()]
    section = getattr(sections, name)(session, scope, *days, products=products)
    rows = section.rows()
    assert section.total_rows == len(rows)
    return {"kpis": asdict(section.kpis), "rows": [asdict(row) for row in rows]}


@pytest.mark.parametrize("command", EXPECTED["data"])
def test_data_are_exactly_as_expected(example: Database, command: str) -> None:
    with example.read() as session:
        data = as_json(answer(session, command))
    assert data == EXPECTED["data"][command]


@pytest.mark.parametrize("command", EXPECTED["data"])
def test_rows_name_their_fields_in_order(example: Database, command: str) -> None:
    expected = EXPECTED["data"][command].get("rows", [])
    with example.read() as session:
        rows = answer(session, command).get("rows", [])
    assert [list(row) for row in rows] == [list(row) for row in expected]


@pytest.mark.parametrize("command", ["expiring 90", "recent 90", "low", "customers"])
def test_pages_put_together_are_the_whole(example: Database, command: str) -> None:
    with example.read() as session:
        scope = Scope(TODAY)
        if command == "customers":
            whole = list_customers(session, scope).rows
            pages = [list_customers(session, scope, limit=4, offset=start).rows for start in range(0, 32, 4)]
        else:
            section = getattr(sections, command.split()[0])(session, scope)
            whole = section.rows()
            pages = [section.rows(limit=2, offset=start) for start in range(0, 10, 2)]
    assert [row for page in pages for row in page] == whole
    assert pages[-1] == []
