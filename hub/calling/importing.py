"""Importing the weekly Calling CSV (docs/calling.md): one row for each customer and week, one transaction for all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub import weeks
from hub.calling.saving import FIGURES, Saved, known_customers, save
from hub.importing import cells
from hub.importing.problems import BadCell, Fault, Reason, RowError, UnusableFile
from hub.importing.table import DELIMITERS, Record, read_lines, records
from hub.names import fold
from hub.progress import Progress, Stage, silent
from storage import Database

if TYPE_CHECKING:
    import pandas as pd

REQUIRED = ("org_id", "week")
SPANISH = {"iddelaorganizacion": "org_id", "semana": "week"}
SHOWN_CHARACTERS = 80
LONGEST_COUNT = 12
"""Digits; more are too many for any count, and for 64 bits."""
_NOT_NAMING = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class CallingSummary:
    """What an import did, for people and, by `as_json`, for programs."""

    rows: int
    rejected: int
    """Rows that could not be taken; each has one or several errors."""
    weeks: Sequence[date]
    saved: Saved
    applied: bool = True
    """False when `strict` kept everything out."""
    errors: Sequence[RowError] = ()
    ignored_columns: Sequence[str] = ()

    @property
    def succeeded(self) -> bool:
        """Whether something went in or nothing was to do."""
        return self.applied and (self.rejected < self.rows or not self.errors)

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        counts = ("new", "changed", "unchanged", "missing", "removed")
        return {
            "applied": self.applied,
            "rows": self.rows,
            "rejected": self.rejected,
            "weeks": [week.isoformat() for week in self.weeks],
            **{name: getattr(self.saved, name) for name in counts},
            "ignored_columns": list(self.ignored_columns),
            "errors": [error.as_json() for error in self.errors],
        }


@dataclass
class _File:
    """The rows of a file as they are read; `frame` has a column for each that is known, of texts."""

    frame: "pd.DataFrame"
    lines: list[int]
    ignored: list[str]
    errors: list[RowError] = field(default_factory=list)
    rows: int = 0

    def reject(self, place: int, column: str | None, value: object, reason: Reason, **data: object) -> None:
        """Note why a row is left out."""
        self.errors.append(RowError(self.lines[place], column, str(value)[:SHOWN_CHARACTERS], reason, data))


def import_calling(
    database: Database,
    source: Path | bytes | str,
    *,
    now: datetime,
    dayfirst: bool = False,
    strict: bool = False,
    full: bool = False,
    progress: Progress = silent,
) -> CallingSummary:
    """Take the good rows of a weekly Calling CSV in; a row told later of the same customer and week replaces it.

    Importing the same file twice changes nothing.

    Args:
        database: where to.
        source: a file, the content of one, or its text.
        now: the present.
        dayfirst: 04/10/2026 is the fourth of October.
        strict: any bad row, and nothing goes in.
        full: customers that the file's weeks lack have none of these weeks any more, unless a row could not be read.
        progress: told how far it has come.

    Raises:
        UnusableFile: nothing of it can be read.

    """
    file = _read(source)
    progress(Stage.READING, file.rows, file.rows)
    rows = _rows(file, database, now.date(), dayfirst=dayfirst)
    errors = sorted(file.errors, key=lambda error: error.line)
    rejected = len({error.line for error in errors})
    applied = not (strict and errors)
    saved = Saved()
    if applied and rows:
        progress(Stage.SAVING, 0, len(rows))
        with database.write() as session:
            saved = save(session, rows, full=full and not errors)
        progress(Stage.SAVING, len(rows), len(rows))
    told = sorted({row["week"] for row in rows}) if applied else []
    return CallingSummary(file.rows, rejected, told, saved, applied, errors, file.ignored)


def _key(name: str) -> str:
    return _NOT_NAMING.sub("", fold(name))


_COLUMNS: Mapping[str, str] = {
    **{_key(name): name for name in (*REQUIRED, *FIGURES)},
    **SPANISH,
    "usersbycalls20plus": "users_by_calls_20",
}


def _read(source: Path | bytes | str) -> _File:
    """Read the file's table; rows with too many or too few cells are errors."""
    # Imported here: pandas costs most of a second that a start need not pay.
    import pandas as pd

    lines = read_lines(source)
    delimiter = max(DELIMITERS, key=lambda each: sum(_key(name) in _COLUMNS for name in _first(lines, each)))
    found = records(lines, delimiter)
    header = (next(found).cells or []) if lines else []
    names = [_COLUMNS.get(_key(name)) for name in header]
    _check(names)
    good, file = [], _File(pd.DataFrame(), [], [name.strip() for name in header if _key(name) not in _COLUMNS])
    for record in found:
        file.rows += 1
        problem = _shape(record, len(names))
        if problem:
            file.errors.append(problem)
        else:
            good.append([cell.strip() for cell in (record.cells or [])[: len(names)]])
            file.lines.append(record.line)
    frame = pd.DataFrame(good, columns=range(len(names)), dtype=object)
    kept = [place for place, name in enumerate(names) if name]
    file.frame = frame[kept].set_axis([str(names[place]) for place in kept], axis=1)
    return file


def _first(lines: Sequence[str], delimiter: str) -> Sequence[str]:
    header = next(records(lines, delimiter), None)
    return (header and header.cells) or ()


def _check(names: Sequence[str | None]) -> None:
    known = [name for name in names if name]
    if not known:
        raise UnusableFile(Fault.NO_HEADER)
    if missing := [name for name in REQUIRED if name not in known]:
        raise UnusableFile(Fault.MISSING_COLUMN, columns=", ".join(missing))
    if repeated := sorted({name for name in known if known.count(name) > 1}):
        raise UnusableFile(Fault.REPEATED_COLUMN, columns=", ".join(repeated))
    if set(known) <= set(REQUIRED):
        raise UnusableFile(Fault.NO_FIGURES)


def _shape(record: Record, width: int) -> RowError | None:
    if record.cells is None:
        return RowError(record.line, None, "", Reason.QUOTES)
    data = {"cells": len(record.cells), "columns": width}
    if len(record.cells) < width:
        return RowError(record.line, None, "", Reason.TOO_FEW_CELLS, data)
    if any(record.cells[width:]):
        return RowError(record.line, None, "", Reason.TOO_MANY_CELLS, data)
    return None


def _rows(file: _File, database: Database, today: date, *, dayfirst: bool) -> list[dict[str, Any]]:
    """Return the rows that can be taken, and note why others cannot."""
    bad: set[int] = set()
    org_ids = list(_identities(file, bad))
    sundays = list(_weeks(file, bad, today, dayfirst=dayfirst))
    figures = {name: _figures(file, name, bad) for name in file.frame.columns if name not in REQUIRED}
    with database.read() as session:
        present = known_customers(session, (each for each in org_ids if each))
    first: dict[tuple[str, date], int] = {}
    names = list(figures)
    rows = []
    for place, (org_id, week, *values) in enumerate(zip(org_ids, sundays, *figures.values(), strict=True)):
        if place in bad:
            continue
        if org_id not in present:
            file.reject(place, "org_id", org_id, Reason.UNKNOWN_CUSTOMER)
        elif (org_id, week) in first:
            file.reject(place, "week", week, Reason.REPEATED_WEEK, line=first[org_id, week])
        else:
            first[org_id, week] = file.lines[place]
            rows.append({"org_id": org_id, "week": week, **dict(zip(names, values, strict=True))})
    return rows


def _identities(file: _File, bad: set[int]) -> Iterator[str]:
    for place, cell in enumerate(file.frame["org_id"]):
        try:
            if not cell:
                raise BadCell(Reason.REQUIRED)
            yield cells.uuid(cell)
        except BadCell as error:
            bad.add(place)
            file.reject(place, "org_id", cell, error.reason, **error.data)
            yield ""


def _weeks(file: _File, bad: set[int], today: date, *, dayfirst: bool) -> Iterator[date]:
    known: dict[str, date | BadCell] = {}
    for place, cell in enumerate(file.frame["week"]):
        if cell not in known:
            known[cell] = _week(cell, today, dayfirst=dayfirst)
        found = known[cell]
        if isinstance(found, BadCell):
            bad.add(place)
            file.reject(place, "week", cell, found.reason, **found.data)
            yield date.min
        else:
            yield found


def _week(cell: str, today: date, *, dayfirst: bool) -> date | BadCell:
    try:
        if not cell:
            raise BadCell(Reason.REQUIRED)
        day = cells.day(cell, dayfirst=dayfirst)
        if day != weeks.week_of(day):
            raise BadCell(Reason.NO_SUNDAY, sunday=weeks.week_of(day).isoformat())
        if day > weeks.last_complete(today):
            raise BadCell(Reason.WEEK_NOT_OVER)
    except BadCell as error:
        return error
    return day


def _figures(file: _File, name: str, bad: set[int]) -> list[int | None]:
    """Read a column of counts; an empty cell is unknown."""
    column = file.frame[name]
    empty = column == ""
    # Python's own methods, mapped: five times as fast as those of `Series.str`.
    whole = column.map(str.isdecimal) & column.map(str.isascii)
    numbers = column.where(whole & (column.map(len) <= LONGEST_COUNT), "0").astype("int64")
    fits = whole & (column.map(len) <= LONGEST_COUNT) & (numbers <= cells.LARGEST_COUNT)
    for place in (~empty & ~fits).to_numpy().nonzero()[0].tolist():
        bad.add(place)
        if whole.iloc[place]:
            file.reject(place, name, column.iloc[place], Reason.TOO_LARGE, limit=cells.LARGEST_COUNT)
        else:
            file.reject(place, name, column.iloc[place], Reason.COUNT)
    return [None if is_empty else number for is_empty, number in zip(empty.tolist(), numbers.tolist(), strict=True)]
