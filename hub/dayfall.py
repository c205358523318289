"""Customers that time alone changes: found by ranges of indexed dates, never by a look at all of them."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from hub import days
from hub.statuses import DEFAULTS, Thresholds
from hub.tables import customer, subscription


def affected(
    session: Session, since: date, today: date, day_counts: Iterable[int], thresholds: Thresholds = DEFAULTS
) -> set[str]:
    """Return the organizations in which something began, ended, or came as near its end as one of the day counts.

    Args:
        session: a unit of work.
        since: the last day that was looked at.
        today: the day to look at.
        day_counts: days before an end that matter, beside those of the statuses.
        thresholds: the numbers of the statuses.
    """
    if today <= since:
        return set()
    counts = {*day_counts, thresholds.expiring_soon_days}
    ranges = (
        _within(subscription.c.start_date, since, today),
        # What ended yesterday is over today.
        _within(subscription.c.end_date, days.shift(since, -1), days.shift(today, -1)),
        *(_within(subscription.c.end_date, days.shift(since, n), days.shift(today, n)) for n in sorted(counts)),
    )
    quiet = thresholds.inactive_days - 1
    went_quiet = (
        customer.c.last_admin_activity >= days.midnight(days.shift(since, -quiet)),
        customer.c.last_admin_activity < days.midnight(days.shift(today, -quiet)),
    )
    connection = session.connection()
    # A question for each range: of several joined by OR, SQLite reads the whole index.
    found = set(connection.scalars(select(customer.c.org_id).where(*went_quiet)))
    for within in ranges:
        found |= set(connection.scalars(select(subscription.c.org_id).where(within)))
    return found


def _within(column: ColumnElement[date], after: date, until: date) -> ColumnElement[bool]:
    return (column > after) & (column <= until)
