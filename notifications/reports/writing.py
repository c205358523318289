"""A report as CSV files: harmless in a spreadsheet, named as their reader expects, never larger than Webex takes."""

import csv
import io
import re
import secrets
import string
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from zoneinfo import ZoneInfo

from hub import outlook
from hub.scope import Scope
from notifications.reports.catalogue import Report, ReportQuery
from notifications.reports.harmless import column_of_texts, harmless
from notifications.reports.standing import Tally, tally_of
from storage import Database
from templates.texts import Texts
from templates.vocabulary import label

MOST_BYTES = 100_000_000
"""Webex takes files of up to 100 MB (Webex API reference, Message Attachments)."""
ROWS_AT_ONCE = 2_000
BYTE_ORDER_MARK = "\ufeff"

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_ALPHANUMERICS = string.ascii_uppercase + string.digits
_PLAIN = frozenset({int, float, type(None), date})
"""What the CSV writer writes as it should be: figures, ISO dates, nothing for what is unknown."""
Item = TypeVar("Item")


class Stopped(Exception):
    """Somebody ended the report while it was written."""


@dataclass(frozen=True)
class Shelf:
    """Where files are written, and how."""

    folder: Path
    byte_order_mark: bool = True
    """Excel takes a CSV without one for another encoding than UTF-8; some programs do not know it."""
    most_bytes: int = MOST_BYTES
    """A larger report is packed into a ZIP archive or, where that is too large, split."""


@dataclass(frozen=True)
class WrittenFile:
    """A file on disk, and its name as its reader sees it."""

    path: Path
    name: str


@dataclass(frozen=True)
class WrittenReport:
    """A report on disk."""

    files: tuple[WrittenFile, ...]
    rows: int
    customers: int
    tally: Tally
    """What stands out in it."""

    @property
    def path(self) -> Path:
        """The first file, which is the only one unless the report is too large."""
        return self.files[0].path

    @property
    def name(self) -> str:
        """The first file's name."""
        return self.files[0].name

    @property
    def is_packed(self) -> bool:
        """It is a ZIP archive, since it is too large for Webex otherwise."""
        return self.name.endswith(".zip")


def write(
    report: Report,
    query: ReportQuery,
    database: Database,
    scope: Scope,
    texts: Texts,
    shelf: Shelf,
    now: datetime,
    told: Callable[[int], None] = lambda _: None,
) -> WrittenReport:
    """Write a report: UTF-8, headers in the reader's language.

    The name is `<title>_<8 alphanumerics>_<YYYY-MM-DD>.csv`, the day being today where the reader is. `told` hears now
    and then how many rows are written; what it raises ends the report, and nothing is left of it.
    """
    identity = "".join(secrets.choice(_ALPHANUMERICS) for _ in range(8))
    day = now.astimezone(ZoneInfo(texts.zone)).date()
    name = file_name(report.title_in(texts), identity, day)
    if scope.today == now.date():
        outlook.keep(database, scope.today, scope.thresholds)
    header = _lines([[texts(column.header) for column in report.columns]])
    tally, count, customers = tally_of(report), 0, set[str]()
    fields = [column.field for column in report.columns]
    # What stands out may depend on a column that a template leaves out.
    beside = [field for field in (report.org_id, *tally.fields) if field and field not in fields]
    with Parts(shelf, identity, header) as parts, database.read() as session:
        for columns in _columns(report.rows(session, scope, query), [*fields, *beside]):
            by_field = dict(zip([*fields, *beside], columns, strict=True))
            count += len(columns[0])
            customers.update(filter(None, by_field.get(report.org_id, ())))
            tally.add(by_field)
            parts.write(_lines(zip(*(_cells(column, texts) for column in columns[: len(fields)]), strict=True)))
            told(count)
    return WrittenReport(tuple(parts.files(name)), count, len(customers), tally)


def file_name(title: str, identity: str, day: date) -> str:
    """Return a name every file system can hold; spaces are kept."""
    return f"{_UNSAFE.sub('_', title)[:100].strip()}_{identity}_{day.isoformat()}.csv"


class Parts:
    """The files of a report while it is written: another one begins where one would be too large.

    Left by an error, nothing stays.
    """

    def __init__(self, shelf: Shelf, identity: str, header: str) -> None:
        mark = BYTE_ORDER_MARK if shelf.byte_order_mark else ""
        self._shelf, self._identity = shelf, identity
        self._header = f"{mark}{header}".encode()
        self._paths: list[Path] = []
        self._stack = ExitStack()
        self._open: BinaryIO | None = None
        self._bytes = 0

    def __enter__(self) -> "Parts":
        self._shelf.folder.mkdir(parents=True, exist_ok=True)
        self._begin()
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self._stack.close()
        if failed:
            for path in self._paths:
                path.unlink(missing_ok=True)

    def write(self, lines: str) -> None:
        """Add whole records."""
        content = lines.encode()
        if self._bytes > len(self._header) and self._bytes + len(content) > self._shelf.most_bytes:
            self._begin()
        if self._open:
            self._open.write(content)
        self._bytes += len(content)

    def files(self, name: str) -> Iterator[WrittenFile]:
        """Return the files to send: one, or an archive that holds it as one, or else its parts."""
        if len(self._paths) == 1:
            yield WrittenFile(self._paths[0], name)
            return
        archive = self._shelf.folder / f"{self._identity}.zip"
        self._pack(archive, name)
        stem = name.removesuffix(".csv")
        if archive.stat().st_size <= self._shelf.most_bytes:
            for path in self._paths:
                path.unlink()
            yield WrittenFile(archive, f"{stem}.zip")
            return
        archive.unlink()
        for number, path in enumerate(self._paths, start=1):
            yield WrittenFile(path, f"{stem}_{number}-{len(self._paths)}.csv")

    def _begin(self) -> None:
        self._stack.close()
        number = len(self._paths) + 1
        path = self._shelf.folder / (f"{self._identity}.csv" if number == 1 else f"{self._identity}-{number}.csv")
        self._paths.append(path)
        self._open = self._stack.enter_context(path.open("wb"))
        self._open.write(self._header)
        self._bytes = len(self._header)

    def _pack(self, archive: Path, name: str) -> None:
        with (
            zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed,
            packed.open(name, "w", force_zip64=True) as to,
        ):
            for place, path in enumerate(self._paths):
                with path.open("rb") as part:
                    part.seek(len(self._header) if place else 0)
                    while content := part.read(1_000_000):
                        to.write(content)


def _columns(rows: Iterable[Any], fields: Sequence[str]) -> Iterator[list[Sequence[Any]]]:
    """Yield rows some at a time, turned: for each field its values."""
    several = iter(rows)
    first = next(several, None)
    if first is None:
        return
    pick = _picker(first, fields)
    for some in _batches(chain([first], several), ROWS_AT_ONCE):
        yield list(zip(*map(pick, some), strict=True))


def _picker(row: Any, fields: Sequence[str]) -> Callable[[Any], Any]:
    """Return what takes the fields' values from a row: a mapping, a named tuple or any other object."""
    if isinstance(row, dict):
        return lambda each: [each.get(field) for field in fields]
    if names := getattr(row, "_fields", None):
        places = [names.index(field) for field in fields if field in names]
        if len(places) == len(fields):
            return (lambda each: each) if places == list(range(len(names))) else _several(itemgetter(*places), places)
    if all(hasattr(row, field) for field in fields):
        return _several(attrgetter(*fields), fields)
    return lambda each: [getattr(each, field, None) for field in fields]


def _several(getter: Callable[[Any], Any], wanted: Sequence[Any]) -> Callable[[Any], Any]:
    """A getter of one value gives it bare."""
    return getter if len(wanted) > 1 else lambda row: (getter(row),)


def _batches(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    several = iter(items)
    while some := list(islice(several, most)):
        yield some


def _cells(column: Sequence[Any], texts: Texts) -> Iterable[Any]:
    """Spreadsheets read figures and ISO dates; unknown is an empty cell, several values one text."""
    kinds = set(map(type, column))
    if kinds <= _PLAIN:
        return column
    if kinds == {str}:
        return column_of_texts(column)
    if kinds == {str, type(None)}:
        return column_of_texts([cell or "" for cell in column])
    return [_cell(cell, texts) for cell in column]


def _cell(value: Any, texts: Texts) -> Any:
    if isinstance(value, bool):
        return texts("yes") if value else texts("no")
    if isinstance(value, list | tuple):
        value = ", ".join(label(item, texts) for item in value)
    return harmless(value) if isinstance(value, str) else value


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    to = io.StringIO(newline="")
    csv.writer(to).writerows(rows)
    return to.getvalue()
