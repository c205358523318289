"""Writing a report of a million rows and 20 columns from the database, beside pandas' own writer on the same data."""

import os
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from sqlalchemy import Column, Date, Float, Integer, MetaData, String, insert, select
from sqlalchemy import Table as SqlTable

from hub.scope import Scope
from notifications.reports import Report, ReportQuery, Shelf, write
from notifications.reports.catalogue import ReportColumn
from storage import Database
from templates.texts import Texts

ROWS = 1_000_000
AT_ONCE = 10_000
WANTED_SPEED = 0.6
WANTED_MEMORY_MB = 256
TODAY = date(2026, 11, 22)

TABLE = SqlTable(
    "bench_report",
    MetaData(),
    *(Column(f"text_{number}", String) for number in range(6)),
    *(Column(f"count_{number}", Integer) for number in range(10)),
    *(Column(f"share_{number}", Float) for number in range(2)),
    *(Column(f"day_{number}", Date) for number in range(2)),
)
"""Six texts, ten counts, two percentages, two days: as the reports of the product have. One text in a hundred is a
formula, and one in ten counts is unknown."""
REPORT = Report(
    "bench",
    "Customers",
    tuple(ReportColumn(column.name, column.name) for column in TABLE.columns),
    lambda session, _scope, _query: session.connection().execution_options(yield_per=2_000).execute(select(TABLE)),
    org_id="",
)


def main(rows: int = ROWS) -> None:
    """Measure, each in a process of its own, and print a table."""
    with TemporaryDirectory() as folder:
        for part in ("fill", "ours", "pandas"):
            subprocess.run([sys.executable, "-m", "bench.reports", part, folder, str(rows)], check=True)
        figures = {
            name: [float(figure) for figure in (Path(folder) / f"{name}.txt").read_text().split()]
            for name in ("ours", "pandas")
        }
    ours, memory = figures["ours"]
    baseline, _ = figures["pandas"]
    table = Table(
        "", "seconds", "rows a second", "memory above idle", title=f"{rows:,} rows × {len(TABLE.columns)} columns"
    )
    table.add_row("database → file, formulas harmless", f"{ours:.1f}", f"{rows / ours:,.0f}", f"{memory:.0f} MB")
    table.add_row("pandas.DataFrame.to_csv, in memory", f"{baseline:.1f}", f"{rows / baseline:,.0f}", "")
    Console().print(table)
    speed = baseline / ours
    print(f"{speed:.2f} × the speed of pandas (wanted: {WANTED_SPEED} ×)")
    print(f"{memory:.0f} MB (wanted: at most {WANTED_MEMORY_MB} MB)")


def fill(folder: Path, rows: int) -> None:
    """Make the table."""
    database = _database(folder)
    TABLE.create(database.engine)
    for first in range(0, rows, AT_ONCE):
        with database.write() as session:
            some = [_row(number) for number in range(first, min(first + AT_ONCE, rows))]
            session.connection().execute(insert(TABLE), some)


def ours(folder: Path, _rows: int) -> None:
    """Write the report, and note how long it took and what it needed."""
    database = _database(folder)
    with database.read() as session:
        session.connection().execute(select(TABLE).limit(10)).all()
    idle = _memory()
    began = time.perf_counter()
    made = write(
        REPORT,
        ReportQuery(),
        database,
        Scope(TODAY),
        Texts(),
        Shelf(folder / "files", most_bytes=10**12),
        datetime(2026, 11, 23, tzinfo=UTC),
    )
    seconds = time.perf_counter() - began
    assert made.rows == _rows
    (folder / "ours.txt").write_text(f"{seconds} {_memory() - idle}")


def with_pandas(folder: Path, _rows: int) -> None:
    """Write the same data, which are in memory already, with pandas."""
    import pandas as pd

    with _database(folder).read() as session:
        frame = pd.DataFrame(session.connection().execute(select(TABLE)).all(), columns=[c.name for c in TABLE.columns])
    began = time.perf_counter()
    frame.to_csv(folder / "pandas.csv", index=False)
    (folder / "pandas.txt").write_text(f"{time.perf_counter() - began} 0")


def _row(number: int) -> dict[str, object]:
    row: dict[str, object] = {f"text_{place}": f"Customer {number % 9973} of {place}" for place in range(6)}
    if number % 100 == 0:
        row["text_1"] = f'=HYPERLINK("http://x",{number})'
    row |= {f"count_{place}": number * 7 % 10_007 if (number + place) % 10 else None for place in range(10)}
    row |= {f"share_{place}": round(number % 1_000 / 10, 1) for place in range(2)}
    return row | {f"day_{place}": TODAY + timedelta(days=number % 700 - place) for place in range(2)}


def _database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'bench.db'}")


def _memory() -> float:
    """The most memory this process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    {"fill": fill, "ours": ours, "pandas": with_pandas}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    os._exit(0)
