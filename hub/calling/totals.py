"""Sums by week: over a region or everybody kept ready, over other customers computed when asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, insert, select, text
from sqlmodel import Session

from hub import weeks
from hub.calling.figures import COMPARED, SUMS, Week, before
from hub.scope import Scope
from hub.sections.section import STATEMENTS_KEPT
from hub.tables import calling_total, calling_week, customer
from storage import Database

_week = calling_week.c


def sum_up(database: Database) -> None:
    """Make the sums that lack: weeks that changed, or all after a customer left or moved."""
    with database.read() as session:
        if not _lacking(session):
            return
    with database.write() as session:
        # Nobody may leave or move between the sums and their writing; the lock lets PostgreSQL's others wait.
        if session.get_bind().dialect.name == "postgresql":
            session.connection().execute(text("LOCK TABLE calling_total IN EXCLUSIVE MODE"))
        for missing in _lacking(session):
            rows = _by_region(session, missing)
            session.connection().execute(insert(calling_total), rows)


def _lacking(session: Session) -> list[date]:
    there = select(_week.week).distinct()
    ready = set(session.connection().scalars(select(calling_total.c.week).distinct()))
    return [each for each in session.connection().scalars(there) if each not in ready]


def _by_region(session: Session, of_week: date) -> list[dict[str, Any]]:
    region = func.coalesce(customer.c.region, "")
    figures: dict[str, dict[str, int | None]] = defaultdict(dict)
    for statement in (_sums(tuple(SUMS), of_week, of_week), _compared(tuple(COMPARED), of_week)):
        found = statement.add_columns(region.label("region")).group_by(region)
        for row in session.connection().execute(found).mappings():
            figures[row["region"]] |= _whole(row)
    return [{"week": of_week, "region": name, "figures": sums} for name, sums in figures.items()]


def _sums(names: Sequence[str], first: date, last: date) -> Select[Any]:
    return (
        select(_week.week, *(SUMS[name].label(name) for name in names))
        .select_from(calling_week.join(customer, customer.c.org_id == _week.org_id))
        .where(_week.week.between(first, last))
        .group_by(_week.week)
    )


def _compared(names: Sequence[str], of_week: date) -> Select[Any]:
    week_before = and_(before.c.org_id == _week.org_id, before.c.week == of_week - weeks.WEEK)
    return (
        select(*(COMPARED[name].label(name) for name in names))
        .select_from(calling_week.join(customer, customer.c.org_id == _week.org_id).join(before, week_before))
        .where(_week.week == of_week)
    )


def _whole(row: RowMapping) -> dict[str, int | None]:
    # PostgreSQL sums integers as decimals.
    return {
        name: None if value is None else int(value) for name, value in row.items() if name not in ("week", "region")
    }


def weekly(
    session: Session, scope: Scope, org_id: str | None, last: date, count: int, names: Sequence[str]
) -> list[Week]:
    """Return so many weeks, oldest first, the last of which is `last`, with the sums of these names.

    Names of `COMPARED` are told of the last week only.
    """
    wanted = weeks.up_to(last, count)
    found = None
    if org_id is None and not scope.assigned_to:
        found = _ready(session, scope, wanted)
    if found is None:
        found = _computed(session, scope, org_id, wanted, tuple(names))
    return [Week(each, found.get(each, {})) for each in wanted]


def _ready(session: Session, scope: Scope, wanted: Sequence[date]) -> dict[date, dict[str, int | None]] | None:
    by_week: dict[date, list[Mapping[str, int | None]]] = {}
    for row in session.connection().execute(select(calling_total).where(calling_total.c.week.in_(wanted))):
        of_region = [row.figures] if scope.region in (None, row.region) else []
        by_week.setdefault(row.week, []).extend(of_region)
    for each in wanted:
        if each not in by_week and session.connection().scalar(select(_week.org_id).where(_week.week == each).limit(1)):
            return None
    return {each: _together(rows) for each, rows in by_week.items()}


def _together(rows: Iterable[Mapping[str, int | None]]) -> dict[str, int | None]:
    sums: dict[str, int | None] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                sums[name] = (sums.get(name) or 0) + value
    return sums


def _computed(
    session: Session, scope: Scope, org_id: str | None, wanted: Sequence[date], names: tuple[str, ...]
) -> dict[date, dict[str, int | None]]:
    summed = tuple(name for name in names if name in SUMS)
    statement = _of_customers(scope, org_id, summed, wanted[0], wanted[-1])
    found = {row["week"]: _whole(row) for row in session.connection().execute(statement).mappings()}
    compared = tuple(name for name in names if name in COMPARED)
    if compared and wanted[-1] in found:
        row = session.connection().execute(_compared_of_customers(scope, org_id, compared, wanted[-1])).mappings().one()
        found[wanted[-1]] |= _whole(row)
    return found


@lru_cache(STATEMENTS_KEPT)
def _of_customers(scope: Scope, org_id: str | None, names: tuple[str, ...], first: date, last: date) -> Select[Any]:
    return _sums(names, first, last).where(whose(scope, org_id))


@lru_cache(STATEMENTS_KEPT)
def _compared_of_customers(scope: Scope, org_id: str | None, names: tuple[str, ...], of_week: date) -> Select[Any]:
    return _compared(names, of_week).where(whose(scope, org_id))


def whose(scope: Scope, org_id: str | None) -> ColumnElement[bool]:
    """Return the condition, where `customer` is joined, that it is in the scope, and is the one asked for."""
    return scope.customers() if org_id is None else and_(_week.org_id == org_id, scope.customers())
