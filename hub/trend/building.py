"""Past weeks are summed once for each customer, from the last snapshot of each licence row in the week.

A chart over 13 weeks of 100,000 customers would otherwise read ten million snapshots. A week whose history changes is
forgotten, in the same transaction, and summed again before it is shown.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, select, text, update
from sqlmodel import Session

from hub import weeks
from hub.bulk import chunks
from hub.products import BOTH
from hub.tables import customer, licence_week, licence_week_built, licence_week_total, snapshot, subscription
from hub.trend.counts import SUMS, sums
from storage import Database

PAST = 12
"""Weeks before the current one."""


def forget(session: Session, days: Iterable[date]) -> None:
    """Have the weeks of these days summed again: their history changes."""
    changed = {weeks.week_of(day) for day in days}
    built = licence_week_built.c.week
    session.connection().execute(delete(licence_week_built).where(built.in_(changed)))


def build(database: Database, today: date) -> None:
    """Sum the past weeks that need it, as of a day."""
    wanted = weeks.up_to(weeks.last_complete(today), PAST)
    with database.read() as session:
        known = built_weeks(session)
        has_totals = session.connection().scalar(select(func.count()).select_from(licence_week_total))
    missing = [week for week in wanted if week not in known]
    for week in missing:
        _build_week(database, week)
    if missing or (known and not has_totals):
        _sum_up(database, wanted[0])


def built_weeks(session: Session) -> set[date]:
    """Return the weeks whose sums are kept."""
    complete = select(licence_week_built.c.week).where(licence_week_built.c.complete)
    return set(session.connection().scalars(complete))


def _build_week(database: Database, week: date) -> None:
    with database.write() as session:
        session.connection().execute(delete(licence_week_built).where(licence_week_built.c.week == week))
        session.connection().execute(insert(licence_week_built).values(week=week, complete=False))
    # Read outside the transaction that writes: it takes long, and answers wait for the writer.
    with database.read() as session:
        by_customer = last_of_week(week, subscription.c.org_id, snapshot.c.product)
        rows = [dict(row) for row in session.connection().execute(by_customer).mappings()]
    with database.write() as session:
        # Whoever changed the history meanwhile took the mark away; then the week is summed again next time.
        marked = update(licence_week_built).where(licence_week_built.c.week == week).values(complete=True)
        if not session.connection().execute(marked).rowcount:
            return
        present = set(session.connection().scalars(select(customer.c.org_id)))
        session.connection().execute(delete(licence_week).where(licence_week.c.week == week))
        for part in chunks(row for row in rows if row["org_id"] in present):
            session.connection().execute(insert(licence_week), [{**row, "week": week} for row in part])


def last_of_week(week: date, *group: ColumnElement[Any]) -> Select[Any]:
    """Select the sums of each group over the last snapshot of each row in a week, if it was active on that day."""
    saturday = week + timedelta(days=6)
    later = snapshot.alias("later")
    followed = exists().where(
        later.c.subscription_id == snapshot.c.subscription_id,
        later.c.product == snapshot.c.product,
        later.c.day > snapshot.c.day,
        later.c.day <= saturday,
    )
    active = and_(subscription.c.start_date <= snapshot.c.day, subscription.c.end_date >= snapshot.c.day)
    return (
        select(*group, *sums(snapshot.c.total, snapshot.c.assigned, snapshot.c.used_7d))
        .join(subscription, subscription.c.subscription_id == snapshot.c.subscription_id)
        .where(snapshot.c.day.between(week, saturday), snapshot.c.product.in_(sorted(BOTH)), active, ~followed)
        .group_by(*group)
    )


def _sum_up(database: Database, oldest: date) -> None:
    """Drop what is too old, and sum the weeks over the customers of each region."""
    with database.write() as session:
        # Nobody may leave or move between the sums and their writing; the lock lets PostgreSQL's others wait.
        if session.get_bind().dialect.name == "postgresql":
            session.connection().execute(text("LOCK TABLE licence_week_total IN EXCLUSIVE MODE"))
        session.connection().execute(delete(licence_week).where(licence_week.c.week < oldest))
        session.connection().execute(delete(licence_week_built).where(licence_week_built.c.week < oldest))
        session.connection().execute(delete(licence_week_total))
        region = func.coalesce(customer.c.region, "")
        found = session.connection().execute(
            select(
                licence_week.c.week,
                licence_week.c.product,
                region.label("region"),
                *(func.sum(licence_week.c[name]).label(name) for name in SUMS),
            )
            .join(customer, customer.c.org_id == licence_week.c.org_id)
            .group_by(licence_week.c.week, licence_week.c.product, region)
        )
        rows = [
            {
                "week": row.week,
                "product": row.product,
                "region": row.region,
                "figures": {name: _whole(getattr(row, name)) for name in SUMS},
            }
            for row in found
        ]
        if rows:
            session.connection().execute(insert(licence_week_total), rows)


def _whole(value: Any) -> int | None:
    # PostgreSQL sums integers as decimals.
    return None if value is None else int(value)


def together(rows: Iterable[Any]) -> dict[str, int | None]:
    """Add up rows of sums, each over the rows where it is known."""
    known: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for name in SUMS:
            if row[name] is not None:
                known[name].append(int(row[name]))
    return {name: sum(known[name]) if known[name] else None for name in SUMS}
