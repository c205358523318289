"""Which data are older than they should be."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from hub.calling.fetching import SOURCE as CALLING
from hub.sync.running import EVERY, FEED
from storage import Database
from storage.tables import Source

AGES = {**EVERY, CALLING: timedelta(days=1)}
"""How old what is read may grow before it is read again; the feed is read at every look."""
INTERVALS = 10
"""So many looks at the sources may go by without a good reading, beyond how old something may grow anyway."""
AT_LEAST = timedelta(minutes=1)
LOOKED_UP_FOR = timedelta(seconds=5)


def grace(name: str, watch_seconds: float) -> timedelta:
    """Return how old what a source told may be before it counts as late."""
    return max(timedelta(seconds=INTERVALS * watch_seconds), AT_LEAST) + AGES.get(name, timedelta())


def late(session: Session, now: datetime, watch_seconds: float) -> Sequence[Source]:
    """Return the sources whose data are older than they should be, or were never had though they were asked for."""
    rows = session.scalars(select(Source).where(col(Source.name).in_([*AGES, FEED])).order_by(col(Source.name)))
    return [row for row in rows if _is_late(row, now, watch_seconds)]


def _is_late(row: Source, now: datetime, watch_seconds: float) -> bool:
    if row.read_at is None:
        return row.error is not None
    return now - row.read_at > grace(row.name, watch_seconds)


class Freshness:
    """Tells how old data are, as often as it is asked: every answer asks."""

    def __init__(self, database: Database, watch_seconds: float) -> None:
        self._database = database
        self._watch_seconds = watch_seconds
        self._known: tuple[datetime, datetime | None] | None = None

    def stale_since(self, now: datetime) -> datetime | None:
        """Return when the oldest data were read that should be newer, as it was some seconds ago; None: all are new."""
        known = self._known
        if known is None or abs(now - known[0]) > LOOKED_UP_FOR:
            with self._database.read() as session:
                read = [source.read_at for source in late(session, now, self._watch_seconds) if source.read_at]
            known = self._known = now, min(read, default=None)
        return known[1]
