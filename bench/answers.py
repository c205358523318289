"""Computing the answers of a large partner: every list, section and indicator, beside pandas over the same tables."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import update

from bench.partner import ADMINISTRATOR, TODAY, database_of, org_id
from bot.dispatch import Dispatcher, Request
from commands import registry
from commands.context import COMMAND_LINE, Services
from hub import days, outlook
from hub.access import Role
from hub.statuses import DEFAULTS
from hub.tables import licence
from notifications.audience import Audience, Member
from storage import Database
from templates.texts import Texts

CUSTOMERS = 100_000
ROUNDS = 20
WANTED_MEMORY_MB = 300
WANTED_CSV_SECONDS = 5.0

FULL = Member("full@partner.example", "Full", frozenset({Role.FULL}))
ONE_IN_TWENTY = Member(ADMINISTRATOR, "Sales", frozenset({Role.ADMIN}))

LISTS = ("customers", "customers sort:expires", "customers sort:name", "customers sort:-licenses")
SECTIONS = ("recent", "expiring", "expiring 30", "renewing", "low", "overage")
FILTERS = (
    "status:trial product:calling region:EU",
    "expires<30 managed:partner -tag:legacy",
    "assigned<50% licenses>100 type:subscription",
    "tag:gold status:expiring,suspended acme",
    "-status:inactive -type:trial product:meetings",
)


@dataclass(frozen=True)
class Question:
    """What is asked, by whom and where, and how long 95 of 100 answers may take."""

    name: str
    lines: tuple[str, ...]
    wanted_milliseconds: int
    asker: Member = FULL
    region: str | None = None
    changes: bool = True
    """Something changes before each time it is asked."""


def questions() -> Iterator[Question]:
    """Every figure that is wanted."""
    for line in (*LISTS, *SECTIONS):
        yield Question(line, (line,), 50)
        yield Question(f"{line}, in one region", (line,), 150, region="EU")
        yield Question(f"{line}, own 5 %", (line,), 150, ONE_IN_TWENTY)
        yield Question(f"{line}, three terms", tuple(f"{line} {terms}" for terms in FILTERS), 150)
    yield Question("customer, by id", (f"customer {org_id(0)}",), 50)
    yield Question("kpis, unchanged", ("kpis",), 20, changes=False)
    yield Question("kpis, changed", ("kpis",), 150)
    yield Question("kpis, in one region", ("kpis",), 150, region="EU")
    yield Question("kpis, own 5 %", ("kpis",), 150, ONE_IN_TWENTY)


def main(customers: int = CUSTOMERS) -> None:
    """Measure, and print two tables."""
    # Made by another process: what that takes is not what answers take.
    subprocess.run([sys.executable, "-m", "bench.partner", str(customers)], check=True)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda _log, _name, _event: ""])
    database = database_of(customers)
    began = time.perf_counter()
    outlook.keep(database, TODAY, DEFAULTS)
    made_seconds = time.perf_counter() - began
    with TemporaryDirectory() as folder:
        desk = Desk(database, Path(folder))
        answers = Table(title=f"{customers:,} customers: milliseconds from a line to its rendered answer")
        for heading in ("", "median", "p95", "of it processor", "wanted", ""):
            answers.add_column(heading, justify="right" if heading else "left")
        for question in questions():
            answers.add_row(*_measured(desk, question))
        began = time.perf_counter()
        desk.ask("report run customers", FULL, None)
        csv_seconds = time.perf_counter() - began
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console = Console()
    console.print(answers)
    console.print(f"CSV of all customers: {csv_seconds:.1f} s (wanted: at most {WANTED_CSV_SECONDS})")
    console.print(f"everything that is kept ready, if it was not: {made_seconds:.1f} s")
    console.print(f"most memory resident: {memory_mb:.0f} MB (wanted: at most {WANTED_MEMORY_MB})")

    from bench.frames import compared

    console.print(compared(database, lambda line: desk.ask(line, FULL, None)))
    database.close()


class Desk:
    """Answers lines in this process, as `partnerbot ask` does."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._now = days.midnight(TODAY)
        self._dispatcher = Dispatcher(registry(), Services(database, files=folder), lambda: self._now)
        self._changes = 0
        self.worked_seconds = 0.0
        """Of the processor, for the last answer: what is left where other programs want it, too."""

    def ask(self, line: str, asker: Member, region: str | None) -> float:
        """Return the seconds that an answer took."""
        request = Request("bench", asker, COMMAND_LINE, lambda: Audience.of_one(asker), line, Texts(), region=region)
        began, worked = time.perf_counter(), time.process_time()
        answer = self._dispatcher.answer(request)
        took = time.perf_counter() - began
        self.worked_seconds = time.process_time() - worked
        if not answer.ok:
            raise AssertionError(f"{line}: {answer.rendered.markdown}")
        return took

    def change(self) -> None:
        """Assign one licence more, somewhere: to one row and another in turn."""
        self._changes += 1
        row = licence.c.subscription_id == f"Sub{self._changes * 37 % 1000:07}"
        with self._database.write() as session:
            session.connection().execute(update(licence).where(row).values(assigned=licence.c.assigned + 1))


def _measured(desk: Desk, question: Question) -> list[str]:
    took: list[float] = []
    worked: list[float] = []
    for number in range(-1, ROUNDS):
        if question.changes or number < 0:
            desk.change()
        for line in question.lines:
            seconds = desk.ask(line, question.asker, question.region)
            if number >= 0:
                took.append(seconds * 1000)
                worked.append(desk.worked_seconds * 1000)
    p95 = _p95(took)
    missed = "" if p95 <= question.wanted_milliseconds else "MISSED"
    return [
        question.name,
        f"{median(took):.1f}",
        f"{p95:.1f}",
        f"{_p95(worked):.1f}",
        f"≤ {question.wanted_milliseconds}",
        missed,
    ]


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]
