"""Weekly change: the newest snapshot of a row less the newest one taken 7 to 13 days before it."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from hub.tables import snapshot


class days_before(GenericFunction[Any]):  # noqa: N801 (SQL functions are named in lower case)
    """`days_before(day, n)`: the day n days earlier, in the database."""

    type = Date()
    inherit_cache = True


@compiles(days_before, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    day, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date({day}, -{days} || ' days')"


@compiles(days_before, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    day, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({day} - CAST({days} AS INTEGER))"


def with_weekly_changes(page: Select[Any]) -> Select[Any]:
    """Add `assigned_weekly_change` and `used_weekly_change` to the rows of a page; None where there is no such week.

    The page is numbered inside, so that snapshots are looked up only for the rows it shows.
    """
    rows = page.add_columns(func.row_number().over(order_by=page._order_by_clauses).label("position")).subquery("page")
    newest, older = snapshot.alias("newest"), snapshot.alias("older")
    week_before = and_(snapshot.c.day >= days_before(newest.c.day, 13), snapshot.c.day <= days_before(newest.c.day, 7))
    return (
        select(
            rows,
            (newest.c.assigned - older.c.assigned).label("assigned_weekly_change"),
            (newest.c.used_7d - older.c.used_7d).label("used_weekly_change"),
        )
        .outerjoin_from(rows, newest, and_(_of_row(newest, rows), newest.c.day == _last_day(rows)))
        .outerjoin(older, and_(_of_row(older, rows), older.c.day == _last_day(rows, week_before, newest)))
        .order_by(rows.c.position)
    )


def _of_row(snapshots: Any, rows: Any) -> ColumnElement[bool]:
    return and_(
        snapshots.c.subscription_id == rows.c.subscription_id,
        snapshots.c.product == rows.c.product,
    )


def _last_day(rows: Any, when: ColumnElement[bool] | None = None, *correlated: Any) -> ColumnElement[Any]:
    last = select(func.max(snapshot.c.day)).where(_of_row(snapshot, rows)).correlate(rows, *correlated)
    return (last if when is None else last.where(when)).scalar_subquery()
