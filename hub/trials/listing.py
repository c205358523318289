"""The list of trials: those that run, and those that start later."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session

from hub import days
from hub.bulk import find
from hub.customers.sort import Sort, SortField
from hub.filters import Filter
from hub.scope import Scope
from hub.tables import customer, licence, subscription


@dataclass(frozen=True)
class Counts:
    """The licences of one product in a trial; None is unknown."""

    product: str
    total: int | None
    assigned: int | None


@dataclass(frozen=True)
class Trial:
    """A trial that has not ended; sums are over its products whose count is known, None where none is."""

    customer: str
    org_id: str
    subscription_id: str
    products: tuple[str, ...]
    start_date: date | None
    end_date: date
    days_left: int
    total: int | None
    assigned: int | None
    used: int | None
    counts: tuple[Counts, ...] = ()


@dataclass(frozen=True)
class TrialPage:
    """A part of the list, and how long the whole is."""

    total_rows: int
    customers: int
    rows: list[Trial]


def list_trials(
    session: Session,
    scope: Scope,
    where: Filter = Filter.everything,
    sort: Sort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> TrialPage:
    """List the trials of customers that meet a filter, the one that ends first on top unless sorted otherwise."""
    wanted = and_(scope.customers(), where.condition(scope.today, scope.thresholds), _there(scope.today))
    joined = subscription.join(customer, customer.c.org_id == subscription.c.org_id)
    counting = select(func.count(), func.count(customer.c.org_id.distinct())).select_from(joined).where(wanted)
    total, customers = session.connection().execute(counting).one()
    found = session.connection().execute(
        select(*_SHOWN).select_from(joined).where(wanted).order_by(*_order(sort)).limit(limit).offset(offset or None)
    )
    return TrialPage(total, customers, _trials(session, found.all(), scope.today))


def trials_of(session: Session, org_id: str, today: date) -> list[Trial]:
    """Return the trials of one customer, the one that ends first on top."""
    joined = subscription.join(customer, customer.c.org_id == subscription.c.org_id)
    wanted = and_(customer.c.org_id == org_id, _there(today))
    found = session.connection().execute(select(*_SHOWN).select_from(joined).where(wanted).order_by(*_order(None)))
    return _trials(session, found.all(), today)


def trial(session: Session, subscription_id: str, today: date) -> Trial | None:
    """Return a trial that has not ended, by its id."""
    owner = select(subscription.c.org_id).where(subscription.c.subscription_id == subscription_id)
    org_id = session.connection().scalars(owner).first()
    found = trials_of(session, str(org_id), today) if org_id else []
    return next((each for each in found if each.subscription_id == subscription_id), None)


def state_of(trial: Trial, like: Mapping[str, Any]) -> dict[str, Any]:
    """Return a trial's end or its licences, whichever a change in the audit trail is about."""
    if "end_date" in like:
        return {"end_date": trial.end_date.isoformat()}
    return {"products": {each.product: each.total for each in trial.counts}}


_SHOWN = (
    customer.c.org_id,
    customer.c.name,
    subscription.c.subscription_id,
    subscription.c.start_date,
    subscription.c.end_date,
)


def _there(today: date) -> ColumnElement[bool]:
    return and_(days.is_trial(), subscription.c.end_date >= today)


def _order(sort: Sort | None) -> Sequence[ColumnElement[Any]]:
    rest = (subscription.c.end_date.asc(), customer.c.name_folded.asc(), subscription.c.subscription_id.asc())
    if sort is None:
        return rest
    value: ColumnElement[Any]
    match sort.field:
        case SortField.NAME:
            value = customer.c.name_folded
        case SortField.EXPIRES:
            value = subscription.c.end_date
        case SortField.LICENSES:
            value = _sum(licence.c.total)
        case SortField.ASSIGNED:
            value = _sum(licence.c.assigned)
    return (value.desc() if sort.descending else value.asc()).nulls_last(), *rest


def _sum(count: ColumnElement[Any]) -> ColumnElement[Any]:
    of_trial = licence.c.subscription_id == subscription.c.subscription_id
    return select(func.sum(count)).where(of_trial).correlate(subscription).scalar_subquery()


def _trials(session: Session, rows: Sequence[Any], today: date) -> list[Trial]:
    counts: dict[str, list[Any]] = defaultdict(list)
    columns = (licence.c.subscription_id, licence.c.product, licence.c.total, licence.c.assigned, licence.c.used_7d)
    for found in find(session, licence.c.subscription_id, [row.subscription_id for row in rows], *columns):
        counts[found.subscription_id].append(found)
    return [_trial(row, sorted(counts[row.subscription_id], key=lambda each: each.product), today) for row in rows]


def _trial(row: Any, counts: Sequence[Any], today: date) -> Trial:
    return Trial(
        customer=row.name,
        org_id=row.org_id,
        subscription_id=row.subscription_id,
        products=tuple(each.product for each in counts),
        start_date=row.start_date,
        end_date=row.end_date,
        days_left=(row.end_date - today).days,
        total=_known(each.total for each in counts),
        assigned=_known(each.assigned for each in counts),
        used=_known(each.used_7d for each in counts),
        counts=tuple(Counts(each.product, each.total, each.assigned) for each in counts),
    )


def _known(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
