"""Asking the feed for weeks: eight back at first, then each when it is over, and again while it may be corrected."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from hub import weeks
from hub.calling.saving import Saved, keep, save
from hub.errors import SourceError
from hub.feed import FeedClient
from hub.progress import Progress, Stage, silent
from hub.wire.reading import MOST_NAMED, Skipped
from storage import Database
from storage.tables import CallingReading, Source

SOURCE = "calling"
"""Its row in `storage.tables.Source`."""
FIRST_WEEKS = 8
FRESH_WEEKS = 2
"""So many of the newest weeks are asked for again each day, older ones each week: what was late or wrong is mended."""
EMPTY_AGAIN = timedelta(hours=1)
"""When a week is asked for again that nobody had figures of."""
KEPT_WEEKS = 60
"""The default of a setting."""


def fetch(
    database: Database,
    feed: FeedClient,
    clock: Callable[[], datetime],
    progress: Progress = silent,
    *,
    kept_weeks: int = KEPT_WEEKS,
    everything: bool = False,
) -> Saved:
    """Take in what is due, each week in a transaction of its own; a week that cannot be read leaves all as it was.

    Args:
        database: where to.
        feed: the source.
        clock: tells the time.
        progress: told how far it has come.
        kept_weeks: older weeks are dropped.
        everything: also what is not due yet.

    Raises:
        SourceError: the feed fails; weeks read before stay.

    """
    now = clock()
    due = [
        week
        for week in reversed(weeks.up_to(weeks.last_complete(now.date()), FIRST_WEEKS))
        if everything or _is_due(database, week, now)
    ]
    saved = Saved()
    if not due:
        return saved
    skipped = Skipped()
    error = None
    try:
        for place, week in enumerate(due):
            progress(Stage.CALLING, place, len(due))
            rows = feed.calling_week(week, skipped)
            if rows is None:
                _note_nothing(database, due, now)
                return saved
            with database.write() as session:
                saved += save(session, rows)
                session.merge(CallingReading(week=week, read_at=now, customers=len(rows)))
                keep(session, weeks.last_complete(now.date()) - weeks.WEEK * (kept_weeks - 1))
        progress(Stage.CALLING, len(due), len(due))
    except SourceError as failed:
        error = str(failed)
        raise
    finally:
        _remember(database, now, error, skipped)
    return saved


def _note_nothing(database: Database, due: list[date], now: datetime) -> None:
    """Note that the feed offers no weeks: it is asked again as for any week without figures."""
    with database.write() as session:
        for week in due:
            session.merge(CallingReading(week=week, read_at=now, customers=0))


def _is_due(database: Database, week: date, now: datetime) -> bool:
    with database.read() as session:
        reading = session.get(CallingReading, week)
    if reading is None:
        return True
    if not reading.customers:
        return now - reading.read_at >= EMPTY_AGAIN
    is_fresh = week > weeks.last_complete(now.date()) - weeks.WEEK * FRESH_WEEKS
    read_on = reading.read_at.date()
    return read_on < (now.date() if is_fresh else weeks.week_of(now.date()))


def _remember(database: Database, now: datetime, error: str | None, skipped: Skipped) -> None:
    with database.write() as session:
        row = session.get(Source, SOURCE) or Source(name=SOURCE)
        row.tried_at, row.error = now, error
        if error is None:
            row.read_at = now
            row.left_out = skipped.notes[:MOST_NAMED]
        session.add(row)
