"""The customer list: rows, their order, and a page of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlmodel import Session

from hub import days, statuses
from hub.customers.sort import Sort, SortField
from hub.filters import Filter
from hub.holdings import counted, next_end
from hub.outlook import remembered, version
from hub.outlook import terms as outlook
from hub.scope import Scope
from hub.statuses import Status
from hub.tables import customer, customer_tag, licence, outline, subscription


@dataclass(frozen=True)
class CustomerRow:
    """One customer as lists show it."""

    customer: str
    org_id: str
    statuses: tuple[Status, ...]
    """The most urgent first."""
    products: tuple[str, ...]
    """Of active subscriptions and trials."""
    region: str | None
    managed_by: str | None
    tags: tuple[str, ...]
    next_end: date | None
    """The earliest end among active subscriptions and trials."""


@dataclass(frozen=True)
class CustomerPage:
    """A part of a list, and how long the whole is."""

    total_rows: int
    rows: list[CustomerRow]


def list_customers(
    session: Session,
    scope: Scope,
    where: Filter = Filter.everything,
    sort: Sort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> CustomerPage:
    """List the customers that meet a filter, the most urgent status first unless sorted otherwise."""
    now = version(session, scope.today, scope.thresholds)
    if now is not None:
        return _ready_page(session, now, scope, where, sort, limit, offset)
    wanted = and_(scope.customers(), where.condition(scope.today, scope.thresholds))
    total = session.connection().scalars(_count(wanted)).one()
    return CustomerPage(total, rows(session, scope, wanted, sort, limit, offset))


def _ready_page(
    session: Session, now: int, scope: Scope, where: Filter, sort: Sort | None, limit: int | None, offset: int
) -> CustomerPage:
    """The same from the outlines that are kept ready, of version `now`."""
    connection = session.connection()
    chosen = outlook.wanted(scope, where)
    count = select(func.count()).select_from(outline).where(chosen)
    total = remembered(session, now, (list_customers, scope, where), lambda: connection.scalars(count).one())
    ordered = select(outline.c.org_id).where(chosen).order_by(*_ready_order(sort)).limit(limit).offset(offset or None)
    org_ids = list(connection.scalars(ordered))
    shown = select(outline.c.org_id).where(chosen) if limit is None and not offset else org_ids
    known = _read(session, scope, customer.c.org_id.in_(shown))
    return CustomerPage(total, [known[org_id] for org_id in org_ids])


def _ready_order(sort: Sort | None) -> Sequence[ColumnElement[Any]]:
    by_name = (outline.c.name_folded, outline.c.org_id)
    if sort is None:
        return outline.c.urgency, outline.c.ends, *by_name
    if sort.field is SortField.NAME:
        return [column.desc() if sort.descending else column for column in by_name]
    if sort.field is SortField.EXPIRES and not sort.descending:
        return outline.c.ends, *by_name
    values = {
        SortField.EXPIRES: outline.c.next_end,
        SortField.LICENSES: outline.c.licenses,
        SortField.ASSIGNED: outline.c.assigned,
    }
    value = values[sort.field]
    return (value.desc() if sort.descending else value.asc()).nulls_last(), *by_name


def rows(
    session: Session,
    scope: Scope,
    wanted: ColumnElement[bool],
    sort: Sort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[CustomerRow]:
    """Read the customers that meet a condition; `scope` gives only the day and the thresholds."""
    whole = limit is None and not offset
    if sort is None and not whole:
        org_ids = _most_urgent(session, scope, wanted, limit, offset)
    else:
        ordered = _org_ids(wanted, _order(sort, scope)).limit(limit).offset(offset or None)
        org_ids = list(session.connection().scalars(ordered))
    known = _read(session, scope, wanted if whole else customer.c.org_id.in_(org_ids))
    return [known[org_id] for org_id in org_ids]


def _most_urgent(
    session: Session, scope: Scope, wanted: ColumnElement[bool], limit: int | None, offset: int
) -> list[str]:
    """Return the org ids of a page, status by status: the first pages need not know who is less urgent."""
    connection = session.connection()
    order = next_end(scope.today).asc().nulls_last(), *_BY_NAME
    found: list[str] = []
    for place in range(len(Status) + 1):
        if limit == len(found):
            break
        ranked = and_(wanted, _urgency(scope, tuple(Status)[: place + 1]) == place)
        left = None if limit is None else limit - len(found)
        page = list(connection.scalars(_org_ids(ranked, order).limit(left).offset(offset or None)))
        # Where a page begins nothing is left to skip; before that a whole rank is skipped.
        offset = 0 if page or not offset else offset - connection.scalars(_count(ranked)).one()
        found += page
    return found


def _urgency(scope: Scope, among: Sequence[Status] = tuple(Status)) -> ColumnElement[int]:
    """The place of the most urgent status carried, of those looked at."""
    return case(
        *((statuses.condition(status, scope.today, scope.thresholds), place) for place, status in enumerate(among)),
        else_=len(Status),
    )


def _org_ids(wanted: ColumnElement[bool], order: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return select(customer.c.org_id).where(wanted).order_by(*order)


def _count(wanted: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).select_from(customer).where(wanted)


def _order(sort: Sort | None, scope: Scope) -> Sequence[ColumnElement[Any]]:
    if sort is None:
        return _urgency(scope), next_end(scope.today).asc().nulls_last(), *_BY_NAME
    if sort.field is SortField.NAME:
        return [column.desc() if sort.descending else column for column in _BY_NAME]
    if sort.field is SortField.EXPIRES:
        value = next_end(scope.today)
    else:
        value = counted(scope.today, func.sum(_COUNTS[sort.field])).scalar_subquery()
    return (value.desc() if sort.descending else value.asc()).nulls_last(), *_BY_NAME


_BY_NAME = (customer.c.name_folded, customer.c.org_id)


_COUNTS = {SortField.LICENSES: licence.c.total, SortField.ASSIGNED: licence.c.assigned}


def _read(session: Session, scope: Scope, shown: ColumnElement[bool]) -> Mapping[str, CustomerRow]:
    """Return the rows of the customers that meet a condition, by org id."""
    found = session.connection().execute(
        select(
            customer.c.org_id,
            customer.c.name,
            customer.c.region,
            customer.c.managed_by,
            next_end(scope.today).label("next_end"),
            *statuses.columns(scope.today, scope.thresholds),
        ).where(shown)
    )
    products = _gathered(session, _products(scope.today).where(shown))
    tags = _gathered(session, _tags().where(shown))
    return {
        row.org_id: CustomerRow(
            customer=row.name,
            org_id=row.org_id,
            statuses=statuses.carried(row),
            products=products[row.org_id],
            region=row.region,
            managed_by=row.managed_by,
            tags=tags[row.org_id],
            next_end=row.next_end,
        )
        for row in found
    }


def _products(today: date) -> Select[Any]:
    return (
        select(customer.c.org_id, licence.c.product)
        .distinct()
        .join_from(customer, subscription, subscription.c.org_id == customer.c.org_id)
        .join(licence, licence.c.subscription_id == subscription.c.subscription_id)
        .where(days.active(today))
    )


def _tags() -> Select[Any]:
    return select(customer.c.org_id, customer_tag.c.tag).join_from(
        customer, customer_tag, customer_tag.c.org_id == customer.c.org_id
    )


def _gathered(session: Session, pairs: Select[Any]) -> Mapping[str, tuple[str, ...]]:
    """Gather the second column by the first, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for org_id, name in session.connection().execute(pairs):
        found[org_id].append(name)
    return defaultdict(tuple, {org_id: tuple(sorted(names)) for org_id, names in found.items()})
