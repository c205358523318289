"""Bringing what a source told into the database.

The later reading wins per group of fields that are read together, and a source that lacks a field never clears it. An
older reading of something known changes nothing but the history, so it does not matter in which order the files of
several days are imported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, and_, delete, select, update
from sqlmodel import Session

from hub import snapshots
from hub.bulk import chunks, find, insert_rows, update_rows, upsert_rows
from hub.names import fold
from hub.readings import LACKING, Changes, CustomerReading, LicenceReading, Readings, SubscriptionReading, Tally
from hub.tables import customer, licence, subscription, touched

Row = dict[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class _Kind:
    """How the rows of a table are merged."""

    table: Table
    groups: Mapping[str, tuple[str, ...]]
    """Fields that are read together, by the column that keeps the time of their reading."""
    owner: tuple[str, ...] = ()
    """Fields that every reading names; they change with a group, but do not make it told."""
    blank: Mapping[str, Any] = field(default_factory=dict)
    """What a new row holds where nobody told."""

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.table.primary_key)


_CUSTOMERS = _Kind(
    customer,
    {
        "identity_at": ("name", "name_folded", "created"),
        "profile_at": ("region", "country", "managed_by", "last_admin_activity", "external_id"),
    },
)
_SUBSCRIPTIONS = _Kind(
    subscription,
    {"terms_at": ("type", "start_date", "end_date", "auto_renew", "invoice", "setup", "invoice_details", "orders")},
    owner=("org_id",),
    blank={"auto_renew": False, "setup": "complete", "orders": []},
)
_LICENCES = _Kind(licence, {"counts_at": ("total", "assigned"), "usage_at": ("used_7d", "used_3m")})


@dataclass
class _Outcome:
    """What became of the rows of one kind, by their keys."""

    new: set[Key] = field(default_factory=set)
    changed: set[Key] = field(default_factory=set)
    later: dict[Key, dict[str, datetime]] = field(default_factory=dict)
    """Where a later reading stands: its time, by group."""

    def tally(self, of: int) -> Tally:
        return Tally(len(self.new), len(self.changed), of - len(self.new) - len(self.changed))


def merge(session: Session, readings: Readings, at: datetime, day: date) -> Changes:
    """Merge what a source told.

    Subscriptions of unknown customers and licences of unknown subscriptions are left out. Customers of whom anything
    changed are noted as touched, in the same transaction, for whoever watches them.

    Args:
        session: an open transaction.
        readings: what was told.
        at: the time it holds for: of two readings of one field the later wins.
        day: the day whose history the counts are.

    """
    customers = {reading.org_id: reading for reading in readings.customers}
    organizations = _merge(session, _CUSTOMERS, map(_customer_row, customers.values()), at)

    named = {reading.org_id for reading in readings.subscriptions}
    known = {row.org_id for row in find(session, customer.c.org_id, named, customer.c.org_id)}
    contracts = {reading.subscription_id: reading for reading in readings.subscriptions if reading.org_id in known}
    terms = _merge(session, _SUBSCRIPTIONS, map(_told, contracts.values()), at)
    _move_licences(session, terms.changed)

    owners = _owners(session, contracts.keys() | {reading.subscription_id for reading in readings.licences})
    rows = [
        {**_told(reading), "org_id": owners[reading.subscription_id]}
        for reading in {(reading.subscription_id, reading.product): reading for reading in readings.licences}.values()
        if reading.subscription_id in owners
    ]
    counts = _merge(session, _LICENCES, rows, at)
    shrunk = _drop_gone_products(session, contracts, terms, at)
    snapshots.note(session, rows, counts.later, day)

    terms.changed |= {key[:1] for key in counts.new | counts.changed} | shrunk
    terms.changed -= terms.new
    org_ids = frozenset(key[0] for key in organizations.new | organizations.changed) | {
        owners[key[0]] for key in terms.new | terms.changed
    }
    upsert_rows(session, touched, ({"org_id": org_id} for org_id in org_ids), replace=False)
    return Changes(organizations.tally(of=len(customers)), terms.tally(of=len(owners)), org_ids)


def _merge(session: Session, kind: _Kind, rows: Iterable[Row], at: datetime) -> _Outcome:
    outcome = _Outcome()
    key_names = kind.key
    groups_of = _GroupsTold(kind.groups)
    for chunk in chunks(rows):
        stored = _stored(session, kind, chunk)
        added, altered = [], []
        for row in chunk:
            key = tuple([row[name] for name in key_names])
            told = groups_of[tuple(row)]
            before = stored.get(key)
            if before is None:
                outcome.new.add(key)
                added.append({**kind.blank, **row, **dict.fromkeys(told, at)})
                continue
            later = {moment: before[moment] for moment in told if before[moment] is not None and before[moment] > at}
            if later:
                outcome.later[key] = later
            won = [moment for moment in told if moment not in later]
            names = [name for moment in won for name in (*told[moment], *kind.owner)]
            if [row[name] for name in names] != [before[name] for name in names]:
                outcome.changed.add(key)
            elif [before[moment] for moment in won] == [at] * len(won):
                continue
            altered.append({name: row[name] for name in (*key_names, *names)} | dict.fromkeys(won, at))
        insert_rows(session, kind.table, added)
        update_rows(session, kind.table, altered)
    return outcome


class _GroupsTold(dict[tuple[str, ...], dict[str, list[str]]]):
    """Which fields of which groups a row tells, by the columns it names: the same for nearly all rows of a source."""

    def __init__(self, groups: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.groups = groups

    def __missing__(self, columns: tuple[str, ...]) -> dict[str, list[str]]:
        told = {moment: [name for name in names if name in columns] for moment, names in self.groups.items()}
        self[columns] = {moment: names for moment, names in told.items() if names}
        return self[columns]


def _stored(session: Session, kind: _Kind, rows: list[Row]) -> dict[Key, Row]:
    """Read the rows with these keys as far as they will be compared."""
    told = set().union(*rows)
    names = [*kind.key, *kind.groups, *kind.owner]
    names += [name for group in kind.groups.values() for name in group if name in told]
    first = kind.table.c[kind.key[0]]
    found = find(session, first, {row[first.name] for row in rows}, *(kind.table.c[name] for name in names))
    width = len(kind.key)
    return {tuple(values[:width]): dict(zip(names, values, strict=True)) for values in found}


def _told(reading: CustomerReading | SubscriptionReading | LicenceReading) -> Row:
    """Return the columns that a reading tells."""
    row = {name: getattr(reading, name) for name in _FIELDS[type(reading)]}
    return {name: value for name, value in row.items() if value is not LACKING}


_FIELDS = {
    kind: tuple(each.name for each in fields(kind) if each.name != "products")
    for kind in (CustomerReading, SubscriptionReading, LicenceReading)
}


def _customer_row(reading: CustomerReading) -> Row:
    return {**_told(reading), "name_folded": fold(reading.name)}


def _owners(session: Session, subscription_ids: set[str]) -> dict[str, str]:
    key = subscription.c.subscription_id
    return {row.subscription_id: row.org_id for row in find(session, key, subscription_ids, key, subscription.c.org_id)}


def _move_licences(session: Session, changed: Iterable[Key]) -> None:
    """Give licences the owner of their subscription, which may have changed."""
    owner = (
        select(subscription.c.org_id)
        .where(subscription.c.subscription_id == licence.c.subscription_id)
        .scalar_subquery()
    )
    for chunk in chunks(changed):
        moved = and_(licence.c.subscription_id.in_([key[0] for key in chunk]), licence.c.org_id != owner)
        session.connection().execute(update(licence).where(moved).values(org_id=owner))


def _drop_gone_products(
    session: Session, contracts: Mapping[str, SubscriptionReading], terms: _Outcome, at: datetime
) -> set[Key]:
    """Drop products that a complete list lacks and nothing later told; return the keys of their subscriptions."""
    lists = {
        key: reading.products
        for key, reading in contracts.items()
        if reading.products is not LACKING and (key,) not in terms.later and (key,) not in terms.new
    }
    columns = (licence.c.subscription_id, licence.c.product, licence.c.counts_at, licence.c.usage_at)
    gone = [
        (key, product)
        for key, product, *moments in find(session, licence.c.subscription_id, lists.keys(), *columns)
        if product not in lists[key] and all(moment is None or moment <= at for moment in moments)
    ]
    for key, product in gone:
        row = and_(licence.c.subscription_id == key, licence.c.product == product)
        session.connection().execute(delete(licence).where(row))
    return {(key,) for key, _ in gone}
