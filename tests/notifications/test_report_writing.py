"""Reports on disk: harmless cells, the byte order mark, and what is too large for Webex."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from defusedcsv import csv as defused
from hypothesis import given
from hypothesis import strategies as st

from hub.scope import Scope
from notifications.reports import REPORTS, Report, ReportQuery, Shelf, WrittenReport, write
from notifications.reports.catalogue import ReportColumn
from notifications.reports.harmless import column_of_texts
from notifications.reports.writing import Stopped
from storage import Database
from templates.texts import Texts
from tests.clock import ManualClock

CELLS = st.text(st.sampled_from("=+-@|%\t\r\n 0189.,'\"aé\u00a0"), max_size=6)


def through(writer: Any, rows: Sequence[Sequence[str]]) -> str:
    to = io.StringIO(newline="")
    writer(to).writerows(rows)
    return to.getvalue()


@given(st.lists(CELLS, max_size=8))
def test_cells_are_as_defusedcsv_writes_them_unless_blanks_hide_a_formula(cells: list[str]) -> None:
    found = list(column_of_texts(cells))
    for cell, written in zip(cells, found, strict=True):
        hidden = cell[:1].isspace() and cell.lstrip()[:1] in tuple("=+-@|%")
        expected = f"'{cell}" if hidden else None
        assert written == expected if hidden else through(csv.writer, [[written]]) == through(defused.writer, [[cell]])


class Row(NamedTuple):
    name: str
    calls: int | None
    day: date


def report(rows: int) -> Report:
    return Report(
        "made up",
        "Customers",
        (ReportColumn("name", "Customer"), ReportColumn("calls", "Calls"), ReportColumn("day", "Start")),
        lambda _session, _scope, _query: (
            Row(f"=cmd|{number}" if number % 7 == 0 else f"Acme\n{number:06}", number or None, date(2026, 11, 22))
            for number in range(rows)
        ),
        org_id="",
    )


def written(
    database: Database, folder: Path, rows: int = 10, told: Any = lambda _: None, **shelf: Any
) -> WrittenReport:
    now = ManualClock()()
    return write(
        report(rows), ReportQuery(), database, Scope(now.date()), Texts(), Shelf(folder, **shelf), now, told=told
    )


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("mark", [True, False])
def test_the_byte_order_mark_is_a_choice(sqlite_database: Database, tmp_path: Path, mark: bool) -> None:
    made = written(sqlite_database, tmp_path / "files", byte_order_mark=mark)
    assert made.path.read_bytes().startswith(b"\xef\xbb\xbf") is mark
    header, *found = rows_of(made.path.read_text("utf-8-sig"))
    assert header == ["Customer", "Calls", "Start"]
    assert found[0] == ["'=cmd\\|0", "", "2026-11-22"]
    assert made.rows == len(found) == 10


def test_what_is_too_large_is_packed_as_one_table(sqlite_database: Database, tmp_path: Path) -> None:
    made = written(sqlite_database, tmp_path / "files", rows=20_000, most_bytes=200_000)
    assert made.is_packed
    assert made.path.stat().st_size <= 200_000
    with zipfile.ZipFile(made.path) as archive:
        (name,) = archive.namelist()
        found = rows_of(archive.read(name).decode("utf-8-sig"))
    assert name == made.name.replace(".zip", ".csv")
    assert len(found) == 20_001
    assert [path.name for path in (tmp_path / "files").iterdir()] == [made.path.name]


def test_what_is_too_large_even_packed_comes_in_parts(sqlite_database: Database, tmp_path: Path) -> None:
    made = written(sqlite_database, tmp_path / "files", rows=40_000, most_bytes=100_000)
    assert len(made.files) > 5
    assert all(file.path.stat().st_size <= 100_000 for file in made.files)
    parts = [rows_of(file.path.read_text("utf-8-sig")) for file in made.files]
    assert {tuple(part[0]) for part in parts} == {("Customer", "Calls", "Start")}
    assert [row for part in parts for row in part[1:]][-1][1] == "39999"
    assert made.files[0].name.endswith(f"_1-{len(made.files)}.csv")


def test_of_a_report_that_is_ended_nothing_stays(sqlite_database: Database, tmp_path: Path) -> None:
    def told(_rows: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        written(sqlite_database, tmp_path / "files", told=told)
    assert list((tmp_path / "files").iterdir()) == []


def test_every_header_has_spanish_words() -> None:
    english, spanish = Texts("en"), Texts("es")
    same = {
        column.header
        for each in REPORTS.values()
        for column in each.columns
        if english(column.header) == spanish(column.header)
    }
    assert same <= {"MAC", "Firmware"}


def test_columns_that_stand_out_may_be_left_out(sqlite_database: Database, tmp_path: Path) -> None:
    now = ManualClock()()
    slim = replace(REPORTS["expiring"], columns=REPORTS["expiring"].columns[:1])
    made = write(slim, ReportQuery(), sqlite_database, Scope(now.date()), Texts(), Shelf(tmp_path), now)
    assert made.path.read_text("utf-8-sig").splitlines() == ["Customer"]
