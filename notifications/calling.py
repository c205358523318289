"""What stands out in a week of Webex Calling becomes events: once for each customer, week and kind."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from hub import days, weeks
from hub.calling import Anomaly, anomalies
from hub.tables import calling_week
from notifications.events import Raised, raise_events
from storage import Database
from storage.tables import Source

WATCH = "watch:calling"
"""Name of the row that remembers which week was looked at, and when."""
AGAIN = timedelta(hours=1)
"""When a week is looked at again: its figures may have been corrected."""


def raise_anomalies(database: Database, now: datetime) -> int:
    """Look at the newest week that is over; returns how many events are new.

    The first week that is ever looked at is a baseline, and raises nothing.
    """
    with database.read() as session:
        over = calling_week.c.week <= weeks.last_complete(now.date())
        week = session.connection().scalar(select(func.max(calling_week.c.week)).where(over))
        look = session.get(Source, WATCH)
        if week is None or (look and look.since == days.midnight(week) and look.read_at and now - look.read_at < AGAIN):
            return 0
        is_baseline = look is None or (look.since == days.midnight(week) and look.left_out == [BASELINE])
        found = [] if is_baseline else anomalies(session, week)
    with database.write() as session:
        raised = raise_events(session, map(_raised, found), now)
        row = session.get(Source, WATCH) or Source(name=WATCH)
        row.since, row.tried_at, row.read_at = days.midnight(week), now, now
        row.left_out = [BASELINE] if is_baseline else []
        session.add(row)
    return raised


BASELINE = "baseline"
"""Stands in the row while the week looked at is the first of all."""


def _raised(anomaly: Anomaly) -> Raised:
    return Raised(
        kind=anomaly.kind.value,
        identity=f"{anomaly.org_id}:{anomaly.week.isoformat()}",
        org_id=anomaly.org_id,
        before={} if anomaly.usual is None else {"usual": anomaly.usual},
        after={"week": anomaly.week.isoformat(), "value": anomaly.value, "count": anomaly.count},
    )
