"""A report as a CSV file: harmless in a spreadsheet, named as its reader expects."""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from defusedcsv import csv

from hub import outlook
from hub.scope import Scope
from notifications.reports.catalogue import Report, ReportQuery
from storage import Database
from templates.texts import Texts
from templates.vocabulary import label

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_BEHIND_BLANKS = re.compile(r"\s+[=+\-@|%]")
_ALPHANUMERICS = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class WrittenReport:
    """A report on disk."""

    path: Path
    name: str
    """The file's name as its reader sees it."""
    rows: int
    customers: int


def write(
    report: Report, query: ReportQuery, database: Database, scope: Scope, texts: Texts, folder: Path, now: datetime
) -> WrittenReport:
    """Write a report into a folder: UTF-8 with a byte order mark, headers in the reader's language.

    The name is `<title>_<8 alphanumerics>_<YYYY-MM-DD>.csv`, the day being today where the reader is.
    """
    identity = "".join(secrets.choice(_ALPHANUMERICS) for _ in range(8))
    name = file_name(texts(report.title), identity, now.astimezone(ZoneInfo(texts.zone)).date())
    folder.mkdir(parents=True, exist_ok=True)
    if scope.today == now.date():
        outlook.keep(database, scope.today, scope.thresholds)
    path = folder / f"{identity}.csv"
    customers: set[str] = set()
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file, database.read() as session:
        writer = csv.writer(file)
        writer.writerow([texts(column.header) for column in report.columns])
        for row in report.rows(session, scope, query):
            count += 1
            customers.update(filter(None, [_value(row, report.org_id)]))
            writer.writerow([_cell(_value(row, column.field), texts) for column in report.columns])
    return WrittenReport(path, name, count, len(customers))


def file_name(title: str, identity: str, day: date) -> str:
    """Return a name every file system can hold; spaces are kept."""
    return f"{_UNSAFE.sub('_', title)[:100].strip()}_{identity}_{day.isoformat()}.csv"


def _value(row: Any, field: str) -> Any:
    return row.get(field) if isinstance(row, dict) else getattr(row, field, None)


def _cell(value: Any, texts: Texts) -> Any:
    """Spreadsheets read figures and ISO dates; unknown is an empty cell, several values one text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return texts("yes") if value else texts("no")
    if isinstance(value, list | tuple):
        value = ", ".join(label(item, texts) for item in value)
    # A formula behind white space, which the CSV writer takes for text and spreadsheets do not.
    return f"'{value}" if isinstance(value, str) and _BEHIND_BLANKS.match(value) else value
