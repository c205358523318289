"""The history of licence counts: one row a day for two weeks, then the last of each week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, and_, delete, exists, func, literal, select, update
from sqlmodel import Session

from hub.bulk import find, upsert_rows
from hub.readings import DayReading
from hub.tables import licence, snapshot, subscription
from hub.trend import forget

DAILY = timedelta(days=14)
"""Younger snapshots are kept day by day."""

COUNTS = {"counts_at": ("total", "assigned"), "usage_at": ("used_7d",)}
"""The counts of a snapshot, by the column of `licence` that says when they were read."""

_SAME_ROW = and_(
    snapshot.c.subscription_id == licence.c.subscription_id,
    snapshot.c.product == licence.c.product,
)


def note(
    session: Session, told: Iterable[Mapping[str, Any]], later: Mapping[Any, Mapping[str, datetime]], day: date
) -> None:
    """Write what was told of a day into its history, unless a later reading of the same day stands there.

    Args:
        session: an open transaction.
        told: rows of `licence` with the counts that were told.
        later: by (subscription id, product), the times of later readings, by their column of `licence`.
        day: the day the counts were taken.

    """
    rows = []
    for row in told:
        standing = later.get((row["subscription_id"], row["product"]), {})
        counts = {
            name: row[name]
            for moment, names in COUNTS.items()
            if moment not in standing or standing[moment].date() != day
            for name in names
            if name in row
        }
        if counts:
            rows.append({"subscription_id": row["subscription_id"], "product": row["product"], "day": day, **counts})
    upsert_rows(session, snapshot, rows)
    forget(session, [day])


def carry(session: Session, at: datetime, day: date) -> None:
    """Bring what was read at `at`, if nothing later was told, to the days after `day`.

    Their snapshots, where there are any, were taken before this reading arrived.
    """
    newest = session.scalar(select(func.max(snapshot.c.day)))
    if newest is None or newest <= day:
        return
    forget(session, [day + timedelta(days=n) for n in range((newest - day).days + 1)])
    for moment, names in COUNTS.items():
        session.connection().execute(
            update(snapshot)
            .values({name: licence.c[name] for name in names})
            .where(_SAME_ROW, licence.c[moment] == at, snapshot.c.day > day)
        )


def take(session: Session, day: date) -> None:
    """Write the counts as they are known into a day's history, for every row that it lacks.

    Without it a row that has not changed for a week would have nothing that a change could be measured against.
    """
    columns = ("subscription_id", "product", "day", "total", "assigned", "used_7d")
    known = select(
        licence.c.subscription_id,
        licence.c.product,
        literal(day, Date),
        licence.c.total,
        licence.c.assigned,
        licence.c.used_7d,
    ).where(~exists().where(_SAME_ROW, snapshot.c.day == day))
    session.connection().execute(snapshot.insert().from_select(columns, known))


def thin(session: Session, today: date) -> None:
    """Of weeks (Sunday to Saturday) that ended more than two weeks ago, keep the last snapshot of each row."""
    weeks: dict[date, list[date]] = defaultdict(list)
    for day in session.scalars(select(snapshot.c.day).where(snapshot.c.day < today - DAILY).distinct()):
        weeks[day - timedelta(days=day.isoweekday() % 7)].append(day)
    later = snapshot.alias("later")
    for sunday, days in weeks.items():
        saturday = sunday + timedelta(days=6)
        if len(days) > 1 and saturday < today - DAILY:
            followed = exists().where(
                later.c.subscription_id == snapshot.c.subscription_id,
                later.c.product == snapshot.c.product,
                later.c.day > snapshot.c.day,
                later.c.day <= saturday,
            )
            session.connection().execute(delete(snapshot).where(snapshot.c.day.between(sunday, saturday), followed))


def add_days(session: Session, readings: Iterable[DayReading]) -> None:
    """Add history that a source kept; days that are known already stay, unknown subscriptions are left out."""
    told = list(readings)
    column = subscription.c.subscription_id
    known = {row.subscription_id for row in find(session, column, {day.subscription_id for day in told}, column)}
    rows = (
        {
            "subscription_id": reading.subscription_id,
            "product": reading.product,
            "day": reading.day,
            "total": reading.total,
            "assigned": reading.assigned,
            "used_7d": reading.used_7d,
        }
        for reading in told
        if reading.subscription_id in known
    )
    upsert_rows(session, snapshot, rows, replace=False)
    forget(session, {reading.day for reading in told})
