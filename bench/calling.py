"""A week of Webex Calling of a large partner: taking it in, answering about it, drawing it; and the licence trend."""

import csv
import io
import shutil
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import pandas as pd
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from bench.partner import ADMINISTRATOR, TODAY, database_of
from commands.calling_charts import chart
from hub import trend, weeks
from hub.calling import View, anomalies, import_calling, sum_up, view
from hub.calling.saving import FIGURES
from hub.scope import Scope
from hub.tables import customer
from storage import Database
from templates.charts.drawing import drawn
from templates.texts import Texts

CUSTOMERS = 100_000
ROUNDS = 11
WEEKS = 9
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCOPES = {
    "everybody": Scope(TODAY),
    "a region": Scope(TODAY, region="EU"),
    "own 5 %": Scope(TODAY, frozenset({ADMINISTRATOR})),
}


def main(customers: int = CUSTOMERS) -> None:
    """Measure on a copy of the benchmarks' partner, and print a table."""
    table = Table(title=f"Webex Calling of {customers:,} customers")
    for heading in ("", "measured", "wanted"):
        table.add_column(heading, justify="right" if heading else "left")
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "partner.db"
        shutil.copyfile(str(database_of(customers).engine.url.database), copy)
        database = Database(f"sqlite:///{copy}")
        for name, measured, wanted in [*_ingest(database), *_answers(database), *_trend(database)]:
            table.add_row(name, measured, wanted)
        database.close()
    Console().print(table)


def _ingest(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        org_ids = list(session.connection().scalars(select(customer.c.org_id)))
    for week in weeks.up_to(weeks.last_complete(TODAY), WEEKS):
        content = _week(org_ids, week)
        began = time.perf_counter()
        import_calling(database, content, now=NOW)
        seconds = time.perf_counter() - began
    began = time.perf_counter()
    pd.read_csv(io.BytesIO(content))
    baseline = time.perf_counter() - began
    began = time.perf_counter()
    sum_up(database)
    summing = (time.perf_counter() - began) / WEEKS
    database.analyse()
    with database.read() as session:
        began = time.perf_counter()
        anomalies(session, weeks.last_complete(TODAY))
        judging = time.perf_counter() - began
    return [
        ("taking a week's CSV in", f"{seconds:.1f} s", "15 s"),
        ("pandas.read_csv of the same file", f"{baseline:.1f} s", ""),
        ("summing a week", f"{summing:.1f} s", ""),
        ("looking for anomalies", f"{judging:.1f} s", ""),
    ]


def _answers(database: Database) -> list[tuple[str, str, str]]:
    found = []
    for name, scope in SCOPES.items():
        for subject in View:

            def ask(scope: Scope = scope, subject: View = subject) -> None:
                with database.read() as session:
                    view(session, scope, subject).rows(10)

            found.append((f"calling {subject}, {name}", _milliseconds(ask), "100 ms"))
    texts = Texts("en")
    with database.read() as session:
        charts = {subject: chart(view(session, SCOPES["everybody"], subject), texts) for subject in View}
    for subject, declared in charts.items():
        if declared:
            found.append((f"chart of {subject}", _milliseconds(partial(drawn.__wrapped__, declared)), "400 ms"))
    return found


def _trend(database: Database) -> list[tuple[str, str, str]]:
    began = time.perf_counter()
    trend.build(database, TODAY)
    found = [("summing 12 weeks of licences", f"{time.perf_counter() - began:.1f} s", "")]
    for name, scope in SCOPES.items():

        def ask(scope: Scope = scope) -> None:
            with database.read() as session:
                trend.trend(session, scope)

        found.append((f"trend, {name}", _milliseconds(ask), ""))
    return found


def _milliseconds(ask: Callable[[], object]) -> str:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return f"{median(times) * 1000:.0f} ms"


def _week(org_ids: list[str], week: date) -> bytes:
    random = Random(week.toordinal())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("org_id", "week", *FIGURES))
    for each in org_ids:
        writer.writerow((each, week.isoformat(), *(random.randrange(500) for _ in FIGURES)))
    return out.getvalue().encode()
