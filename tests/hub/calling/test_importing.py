"""The weekly Calling CSV: what goes in, what is refused and why."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from hub.calling import CallingSummary, import_calling
from hub.calling.saving import FIGURES
from hub.importing import UnusableFile
from storage import Database
from storage.tables import CallingWeek
from tests.hub.calling.weeks import WEEK, back, flat, kept, org_id, record
from tests.hub.definitions.partner import NOON

Take = Callable[..., CallingSummary]


@pytest.fixture
def take(database: Database) -> Take:
    kept(database, 3, [])
    return lambda source, **options: import_calling(database, source, now=NOON, **options)


def csv(*rows: dict[str, Any], delimiter: str = ",", columns: tuple[str, ...] = ("org_id", "week", *FIGURES)) -> str:
    lines = [delimiter.join(columns)]
    lines += [delimiter.join("" if row.get(name) is None else str(row[name]) for name in columns) for row in rows]
    return "\n".join(lines) + "\n"


def stored(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        rows = session.scalars(select(CallingWeek).order_by("week", "org_id"))
        return [row.model_dump() for row in rows]


def test_every_column_goes_in_and_the_same_file_again_changes_nothing(take: Take, database: Database) -> None:
    rows = [flat(record(n, week, calls=100 + n)) for week in (back(1), WEEK) for n in range(3)]
    first = take(csv(*rows))
    assert (first.saved.new, first.weeks, first.rejected) == (6, [back(1), WEEK], 0)
    assert stored(database) == rows
    again = take(csv(*rows))
    assert (again.saved.new, again.saved.changed, again.saved.unchanged) == (0, 0, 6)
    assert again.succeeded


def test_a_later_file_of_the_same_week_replaces_it(take: Take, database: Database) -> None:
    take(csv(flat(record(0)), flat(record(1))))
    later = take(csv(flat(record(0, calls=300))))
    assert (later.saved.changed, later.saved.missing) == (1, 1)
    assert [row["calls"] for row in stored(database)] == [300, 100]
    whole = take(csv(flat(record(0, calls=300))), full=True)
    assert whole.saved.removed == 1
    assert [row["org_id"] for row in stored(database)] == [org_id(0)]


def test_a_column_that_is_lacking_leaves_what_was_told(take: Take, database: Database) -> None:
    take(csv(flat(record(0))))
    take(csv({"org_id": org_id(0), "week": WEEK, "calls": 7}, columns=("org_id", "week", "calls")))
    row = stored(database)[0]
    assert (row["calls"], row["legs"]) == (7, 200)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_headers_delimiters_and_bom_are_free(take: Take, database: Database, delimiter: str) -> None:
    header = delimiter.join(["Semana", "ORG ID", "Users by calls 20+", "queue answer seconds", "comment"])
    row = delimiter.join([WEEK.isoformat(), org_id(1), "4", "90", "hello"])
    summary = take(f"﻿{header}\r\n{row}\r\n".encode())
    assert summary.ignored_columns == ["comment"]
    found = stored(database)[0]
    assert (found["users_by_calls_20"], found["queue_answer_seconds"], found["calls"]) == (4, 90, None)


def test_bad_rows_are_named_by_line_and_reason_and_the_good_ones_go_in(take: Take, database: Database) -> None:
    columns = ("org_id", "week", "calls", "legs")
    lines = [
        ",".join(columns),
        f"{org_id(0)},{WEEK},10,20",
        f"{org_id(1)},{WEEK},many,20",
        f"{org_id(1)},{WEEK},-1,99999999999",
        f"nonsense,{WEEK},1,2",
        f"{org_id(1)},2026-11-16,1,2",
        f"{org_id(1)},2026-11-22,1,2",
        f"{org_id(1)},03/04/2026,1,2",
        f"{org_id(9)},{WEEK},1,2",
        f"{org_id(0)},{WEEK},11,22",
        f"{org_id(1)},{WEEK},1",
        f"{org_id(1)},{WEEK},1,2,3",
        "",
        f",{WEEK},1,2",
    ]
    summary = take("\n".join(lines))
    assert [(error.line, error.column, error.reason) for error in summary.errors] == [
        (3, "calls", "count"),
        (4, "calls", "count"),
        (4, "legs", "too_large"),
        (5, "org_id", "uuid"),
        (6, "week", "no_sunday"),
        (7, "week", "week_not_over"),
        (8, "week", "ambiguous_date"),
        (9, "org_id", "unknown_customer"),
        (10, "week", "repeated_week"),
        (11, None, "too_few_cells"),
        (12, None, "too_many_cells"),
        (14, "org_id", "required"),
    ]
    assert (summary.rows, summary.rejected) == (12, 11)
    assert [(row["org_id"], row["calls"]) for row in stored(database)] == [(org_id(0), 10)]


def test_strict_keeps_everything_out(take: Take, database: Database) -> None:
    summary = take(csv(flat(record(0)), {**flat(record(1)), "calls": "x"}), strict=True)
    assert not summary.succeeded
    assert stored(database) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param("org_id,week,calls\nñ".encode("latin-1"), "not UTF-8", id="latin-1"),
        pytest.param("org_id,week,calls\n".encode("utf-16"), "not UTF-8", id="utf-16"),
        pytest.param(b"a,b\n1,2\n", "names no column", id="other file"),
        pytest.param(b"org_id,calls\n", "missing: week", id="no week"),
        pytest.param(b"org_id,week,calls,Calls\n", "twice: calls", id="twice"),
        pytest.param(b"org_id,week,comment\n", "No column holds a figure", id="no figures"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(
    take: Take, database: Database, content: bytes, said: str
) -> None:
    with pytest.raises(UnusableFile, match=said):
        take(content)
    assert stored(database) == []


def test_a_file_that_is_not_there_is_named(take: Take, tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be opened"):
        take(tmp_path / "none.csv")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(["", "1", "x", str(WEEK), org_id(0), '"', "\x00", "é"]), max_size=4)))
def test_no_file_breaks_it(sqlite_database: Database, rows: list[list[str]]) -> None:
    content = "\n".join(["org_id,week,calls", *(",".join(row) for row in rows)])
    summary = import_calling(sqlite_database, content, now=NOON)
    assert summary.rejected == len({error.line for error in summary.errors})


def test_days_first_is_understood_when_said(take: Take, database: Database) -> None:
    take(
        csv({"org_id": org_id(0), "week": "01/11/2026", "calls": 1}, columns=("org_id", "week", "calls")), dayfirst=True
    )
    assert stored(database)[0]["week"] == date(2026, 11, 1)
