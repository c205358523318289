"""Keeping outlines and running licences up to date: what changed is made anew, by the definitions themselves."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlmodel import Session

from hub import dayfall, days, holdings, statuses
from hub.bulk import chunks, insert_of, upsert_rows
from hub.products import BOTH, KNOWN
from hub.statuses import Status, Thresholds
from hub.tables import changed_customer, customer, licence, outline, outlook, ratio_count, running, subscription
from storage import Database
from storage.database import WRITES

TYPES = ("subscription", "trial")
MANY = 20_000
"""With so many to be made anew, all of them are."""

_IS_ITS_CUSTOMER = customer.c.org_id == outline.c.org_id
_IS_BEHIND = exists().where(changed_customer.c.id.is_not(None))
_VERSION = select(outlook.c.version).where(
    outlook.c.day == bindparam("today"),
    outlook.c.expiring_soon_days == bindparam("soon"),
    outlook.c.inactive_days == bindparam("quiet"),
    ~_IS_BEHIND,
)


def version(session: Session, today: date, thresholds: Thresholds) -> int | None:
    """Return which outlook the database holds; None while it is behind, or of another day or other numbers."""
    asked = {"today": today, "soon": thresholds.expiring_soon_days, "quiet": thresholds.inactive_days}
    found: int | None = session.connection().execute(_VERSION, asked).scalar()
    return found


def keep(database: Database, today: date, thresholds: Thresholds) -> None:
    """Bring the outlook up to date; costs a look where nothing changed, else work that grows with what did."""
    with database.read() as session:
        if version(session, today, thresholds) is not None:
            return
    with database.write() as session:
        is_whole = refresh(session, today, thresholds)
    if is_whole:
        database.analyse()


def refresh(session: Session, today: date, thresholds: Thresholds) -> bool:
    """Make anew what changed since, and what time alone changes until that day; True when that was everything.

    On a day before the last one nothing is done.
    """
    # What this session sees may yet be undone, and its version be given to something else.
    session.info[WRITES] = True
    numbers = {"expiring_soon_days": thresholds.expiring_soon_days, "inactive_days": thresholds.inactive_days}
    never = {"id": 1, "day": date.min, "version": 0, **numbers}
    upsert_rows(session, outlook, [never], replace=False)
    connection = session.connection()
    # Locked, so that of several processes one does it, and the others find it done.
    before = connection.execute(select(outlook).with_for_update()).one()
    if before.day > today:
        return False
    # Deleted first and read after: what is committed in between stays noted.
    noted = set(connection.scalars(delete(changed_customer).returning(changed_customer.c.org_id)))
    is_other = before.day == date.min or any(before._mapping[name] != value for name, value in numbers.items())
    if not is_other:
        noted |= dayfall.affected(session, before.day, today, (), thresholds)
    is_whole = is_other or len(noted) > MANY
    if is_whole:
        _make(session, None, today, thresholds)
    else:
        for chunk in chunks(noted):
            _make(session, chunk, today, thresholds)
    connection.execute(update(outlook).values(day=today, version=outlook.c.version + 1, **numbers))
    return is_whole


def _make(session: Session, org_ids: Collection[str] | None, today: date, thresholds: Thresholds) -> None:
    """Make the outlines and running licences of some customers, or of all."""
    connection = session.connection()

    def only(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if org_ids is None else column.in_(org_ids)

    numbers = select(outline.c.number).where(only(outline.c.org_id))
    theirs = true() if org_ids is None else running.c.customer.in_(numbers)
    _count_ratios(session, theirs, -1)
    connection.execute(delete(running).where(theirs))
    connection.execute(delete(outline).where(only(outline.c.org_id), ~exists().where(_IS_ITS_CUSTOMER)))
    made = _outlines(today, thresholds)
    _upsert(session, outline, select(*made.values()).where(only(customer.c.org_id)), made, key=("org_id",))
    made = _running()
    rows = (
        select(*made.values())
        .join_from(subscription, licence, licence.c.subscription_id == subscription.c.subscription_id)
        .join(outline, outline.c.org_id == subscription.c.org_id)
        .where(days.active(today), (licence.c.product + "").in_(sorted(BOTH)), only(subscription.c.org_id))
    )
    connection.execute(insert(running).from_select(list(made), rows))
    _count_ratios(session, theirs, +1)


def _count_ratios(session: Session, which: ColumnElement[bool], sign: int) -> None:
    """Add running licences to the counts of their ratios, or take them off."""
    counted = (
        select(running.c.product, running.c.ratio, (func.count() * sign).label("rows"))
        .where(which, running.c.ratio.is_not(None))
        .group_by(running.c.product, running.c.ratio)
    )
    _upsert(session, ratio_count, counted, ("product", "ratio", "rows"), key=("product", "ratio"), added=True)
    session.connection().execute(delete(ratio_count).where(ratio_count.c.rows == 0))


def _upsert(
    session: Session, table: Table, rows: Any, names: Iterable[str], key: Sequence[str], *, added: bool = False
) -> None:
    """Write rows that a query gives; where one of a key is there, its other columns are replaced, or added to."""
    statement = insert_of(session)(table).from_select(list(names), rows)
    changed = {
        name: table.c[name] + statement.excluded[name] if added else statement.excluded[name]
        for name in names
        if name not in key
    }
    session.connection().execute(statement.on_conflict_do_update(index_elements=key, set_=changed))


def _outlines(today: date, thresholds: Thresholds) -> dict[str, Any]:
    """What each column of an outline is made of."""
    carried = {status: statuses.condition(status, today, thresholds) for status in Status}
    bits = (case((holds, bit(tuple(Status), status)), else_=0) for status, holds in carried.items())
    urgency = case(*((carried[status], place) for place, status in enumerate(Status)), else_=len(Status))
    next_end = holdings.next_end(today)
    held = select(_bits(licence.c.product, KNOWN)).where(licence.c.org_id == customer.c.org_id).correlate(customer)
    return {
        "org_id": customer.c.org_id,
        "name_folded": customer.c.name_folded,
        "region": customer.c.region,
        "managed_by": customer.c.managed_by,
        "urgency": urgency,
        "statuses": sum(bits, literal(0)),
        "types": _none_is_0(holdings.active(today, _bits(subscription.c.type, TYPES))),
        "products": _none_is_0(holdings.licences(today, _bits(licence.c.product, KNOWN))),
        "held": _none_is_0(held),
        "next_end": next_end,
        "ends": func.coalesce(next_end, date.max),
        "licenses": holdings.counted(today, func.sum(licence.c.total)).scalar_subquery(),
        "assigned": holdings.counted(today, func.sum(licence.c.assigned)).scalar_subquery(),
    }


def _running() -> dict[str, Any]:
    """What each column of a running licence is made of."""
    known = and_(licence.c.total > 0, licence.c.assigned.is_not(None))
    ratio = case((known, cast(licence.c.assigned, Float) / licence.c.total))
    own = {column.name: column for column in (*licence.c, *subscription.c)} | {
        "customer": outline.c.number,
        "ratio": ratio,
        "excess": case((statuses.licence_overage(), licence.c.assigned - licence.c.total)),
    }
    return {column.name: own[column.name] for column in running.c}


def bit(names: Collection[str], name: str) -> int:
    """Return the bit that stands for a name in a set of names."""
    return 1 << list(names).index(name)


def _bits(column: ColumnElement[Any], names: Collection[str]) -> ColumnElement[int]:
    """Gather the bits of the names that occur."""
    return func.sum(case({name: bit(names, name) for name in names}, value=column, else_=0).distinct())


def _none_is_0(query: Any) -> ColumnElement[int]:
    return func.coalesce(query.scalar_subquery(), 0)
