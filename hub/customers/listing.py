"""The customer list: rows, their order, and a page of them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlmodel import Session

from hub import days, statuses
from hub.customers.sort import Sort, SortField
from hub.filters import Filter
from hub.scope import Scope
from hub.statuses import Status
from hub.tables import customer, customer_tag, licence, subscription


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
    wanted = and_(scope.customers(), where.condition(scope.today, scope.thresholds))
    total = session.connection().scalar(select(func.count()).select_from(customer).where(wanted))
    return CustomerPage(total or 0, rows(session, scope, wanted, sort, limit, offset))


def rows(
    session: Session,
    scope: Scope,
    wanted: ColumnElement[bool],
    sort: Sort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[CustomerRow]:
    """Read the customers that meet a condition; `scope` gives only the day and the thresholds."""
    page = _page(scope, wanted, sort).limit(limit).offset(offset or None)
    found = session.connection().execute(page).all()
    shown = wanted if limit is None and not offset else customer.c.org_id.in_([row.org_id for row in found])
    products = _gathered(session, _products(scope.today).where(shown))
    tags = _gathered(session, _tags().where(shown))
    return [
        CustomerRow(
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
    ]


def _page(scope: Scope, wanted: ColumnElement[bool], sort: Sort | None) -> Select[Any]:
    facts = statuses.subscription_facts(scope.today, scope.thresholds).subquery("facts")
    flags = statuses.flags_of(facts.c, scope.today, scope.thresholds)
    page = (
        select(
            customer.c.name,
            customer.c.org_id,
            customer.c.region,
            customer.c.managed_by,
            facts.c.next_end,
            *(flag.label(status) for status, flag in flags.items()),
        )
        .join_from(customer, facts, facts.c.org_id == customer.c.org_id, isouter=True)
        .where(wanted)
    )
    by_name = (customer.c.name_folded, customer.c.org_id)
    if sort is None:
        urgency = case(*((flag, place) for place, flag in enumerate(flags.values())), else_=len(flags))
        return page.order_by(urgency, *_last_if_unknown(facts.c.next_end), *by_name)
    if sort.field is SortField.NAME:
        return page.order_by(*(column.desc() if sort.descending else column for column in by_name))
    if sort.field is SortField.EXPIRES:
        return page.order_by(*_last_if_unknown(facts.c.next_end, sort.descending), *by_name)
    sums = _licence_sums(scope.today).subquery("sums")
    return page.join(sums, sums.c.org_id == customer.c.org_id, isouter=True).order_by(
        *_last_if_unknown(sums.c[sort.field], sort.descending), *by_name
    )


def _last_if_unknown(column: ColumnElement[Any], descending: bool = False) -> tuple[ColumnElement[Any], ...]:
    return column.is_(None), column.desc() if descending else column


def _licence_sums(today: date) -> Select[Any]:
    """Per customer the licences of the active rows whose both counts are known."""
    return (
        select(
            subscription.c.org_id,
            func.sum(licence.c.total).label(SortField.LICENSES),
            func.sum(licence.c.assigned).label(SortField.ASSIGNED),
        )
        .join_from(subscription, licence, licence.c.subscription_id == subscription.c.subscription_id)
        .where(days.active(today), licence.c.total.is_not(None), licence.c.assigned.is_not(None))
        .group_by(subscription.c.org_id)
    )


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
