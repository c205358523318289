"""What is read when: the feed at every run; of Webex what is most overdue, as far as the budget of calls goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.errors import SourceError
from hub.feed import FeedClient
from hub.progress import Progress, silent
from hub.readings import Changes
from hub.sync import doubt, licences
from hub.sync.feed import read_feed
from hub.sync.pace import UNLIMITED, Pace
from hub.sync.task import SHARE, Task
from hub.sync.webex import read_assignments, read_organizations, read_tags
from hub.webex import PartnerClient
from hub.wire.reading import MOST_NAMED, Skipped
from storage import Database
from storage.tables import Source

FEED, LICENCES = "feed", "licences"


@dataclass(frozen=True)
class Reading:
    """Something that is read of Webex as a whole, and how old it may grow."""

    name: str
    """Of its row in `source`."""
    every: timedelta
    read: Callable[[PartnerClient, Task], Changes]


WEBEX = (
    Reading("webex", timedelta(minutes=1), read_organizations),
    Reading("tags", timedelta(minutes=5), read_tags),
    Reading("administrators", timedelta(minutes=5), read_assignments),
)
EVERY = {reading.name: reading.every for reading in WEBEX} | {LICENCES: licences.EVERY}
"""How old what is read of Webex may grow before it is due again."""


@dataclass
class SyncResult:
    """What a sync did; a source that failed is in `failures` with the reason, records left out are in `skipped`."""

    changes: Changes = field(default_factory=Changes)
    failures: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    """Of how many customers something is held until a person confirms it, by source."""
    departed: list[str] = field(default_factory=list)
    """Names of customers that Webex does not list any more."""

    @property
    def ok(self) -> bool:
        """Whether every source answered."""
        return not self.failures


def sync(
    database: Database,
    partner: PartnerClient | None,
    feed: FeedClient | None,
    clock: Callable[[], datetime],
    progress: Progress = silent,
    *,
    confirmed: bool = False,
    pace: Pace | None = None,
    share: float = SHARE,
) -> SyncResult:
    """Read what is new from every source.

    Args:
        database: where it goes.
        partner: Webex's partner interfaces.
        feed: the partner's own feed.
        clock: tells the time.
        progress: is told how far it has come.
        confirmed: somebody stands by and wants it so. Then everything is read, however fresh it is, and a source may
            remove more than a share that looks like a mistake.
        pace: what Webex may be asked now; without one, and when confirmed, as much as it takes.
        share: of what is known, how much a source may remove without being confirmed.
    """
    budget = pace if pace and not confirmed else Pace(UNLIMITED)
    result = SyncResult()

    def read(name: str, source: Callable[[Task], Changes]) -> None:
        task = Task(name, database, clock(), progress, confirmed=confirmed, share=share)
        error = None
        try:
            result.changes += source(task)
        except SourceError as failed:
            result.failures[name] = error = str(failed)
            if isinstance(failed, doubt.Doubted):
                with database.write() as session:
                    doubt.hold_gone(session, task, failed)
        else:
            with database.write() as session:
                doubt.settle(session, task)
        if task.doubted:
            result.held[name] = len(task.doubted)
        if task.skipped.count:
            result.skipped[name] = task.skipped
        result.departed += task.departed
        _remember(task, name, error)

    if partner:
        for reading in _overdue(database, clock(), everything=confirmed):
            if budget.left():
                with budget.spending_on(partner):
                    read(reading.name, lambda task, reading=reading: reading.read(partner, task))  # type: ignore[misc]
    if feed:
        read(FEED, lambda task: read_feed(feed, task, FEED))
    if result.changes.customers.new:
        database.analyse()
    if partner and budget.left():
        read(LICENCES, lambda task: licences.read_licences(partner, task, budget))
    return result


def _overdue(database: Database, now: datetime, *, everything: bool) -> Sequence[Reading]:
    """Return what is due, the most overdue first; what was never read goes before that."""
    with database.read() as session:
        rows = {reading.name: session.get(Source, reading.name) for reading in WEBEX}
    ages = {name: now - row.tried_at for name, row in rows.items() if row and row.tried_at}
    overdue = {each: ages[each.name] / each.every if each.name in ages else float("inf") for each in WEBEX}
    return sorted((each for each in WEBEX if everything or overdue[each] >= 1), key=lambda each: -overdue[each])


def _remember(task: Task, name: str, error: str | None) -> None:
    """Write down how a reading went; its time is when it began."""
    with task.database.write() as session:
        row = session.get(Source, name) or Source(name=name)
        row.tried_at, row.error = task.at, error
        if error is None:
            row.read_at, row.since = task.at, task.at
        if error is None or task.skipped.count:
            before = [] if task.is_whole else [note for note in row.left_out if not task.asked & _named(note)]
            row.left_out = list(dict.fromkeys([*before, *task.skipped.notes]))[:MOST_NAMED]
        session.add(row)


def _named(note: str) -> set[str]:
    return set(note.partition(":")[0].split())
