"""A customer CSV comes in: good rows whole, bad rows named, the same file twice for nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.customers import list_customers
from hub.importing import Summary, UnusableFile, import_customers
from hub.scope import Scope
from storage import Database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ORG = "b7222606-3fa4-402f-8439-6eee542f18a9"
OTHER = "2a9f8f23-5cd9-4d6b-b516-de6e55afc8da"
HEADER = "customer,org_id,subscription_id,type,product,start_date,end_date,total,assigned"
ACME = f"Acme,{ORG},Sub1,subscription,Calling,2026-01-01,2027-01-01,100,50"


def take(database: Database, folder: Path, *lines: str, **options: bool) -> Summary:
    """Import a file with these lines."""
    path = folder / "customers.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return import_customers(database, path, now=NOW, as_of=date(2026, 11, 22), **options)  # type: ignore[arg-type]


def names(database: Database) -> list[str]:
    with database.read() as session:
        return [row.customer for row in list_customers(session, Scope(NOW.date())).rows]


def test_the_same_file_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    first = take(database, tmp_path, HEADER, ACME)
    again = take(database, tmp_path, HEADER, ACME)
    assert (first.customers.new, first.subscriptions.new) == (1, 1)
    assert (again.customers.unchanged, again.subscriptions.unchanged) == (1, 1)
    assert again.succeeded


def test_a_bad_row_is_named_and_the_good_ones_go_in(database: Database, tmp_path: Path) -> None:
    bad = f"Beta,{OTHER},Sub2,subscription,Calling,2026-01-01,soon,10,5"
    summary = take(database, tmp_path, HEADER, bad, ACME)
    assert [(error.line, error.column, error.value) for error in summary.errors] == [(2, "end_date", "soon")]
    assert names(database) == ["Acme"]


def test_strict_keeps_everything_out(database: Database, tmp_path: Path) -> None:
    bad = f"Beta,{OTHER},Sub2,subscription,Calling,2026-01-01,soon,10,5"
    assert not take(database, tmp_path, HEADER, bad, ACME, strict=True).succeeded
    assert names(database) == []


def test_an_ambiguous_date_is_an_error_not_a_guess(database: Database, tmp_path: Path) -> None:
    row = f"Acme,{ORG},Sub1,subscription,Calling,03/04/2026,2027-01-01,100,50"
    assert len(take(database, tmp_path, HEADER, row).errors) == 1
    assert not take(database, tmp_path, HEADER, row, dayfirst=True).errors


def test_spanish_headers_and_semicolons(database: Database, tmp_path: Path) -> None:
    columns = "Cliente;ID de la organización;ID de suscripción;Tipo;Producto"
    header = f"{columns};Fecha de inicio;Fecha de vencimiento;Total;Asignadas"
    summary = take(database, tmp_path, header, ACME.replace(",", ";").replace("subscription;C", "suscripción;C"))
    assert not summary.errors
    assert names(database) == ["Acme"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01", b"a,b\n1,2\n"], ids=["empty", "binary", "other columns"])
def test_a_file_of_something_else_is_refused_whole(database: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableFile):
        import_customers(database, path, now=NOW)
