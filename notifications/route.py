"""Second stage: which spaces asked for which events, of customers that everybody there may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlmodel import Session

from hub.bulk import chunks
from hub.filters import parse
from hub.scope import Scope
from hub.tables import customer
from notifications import keys
from notifications.batch import Alert, Batch, Item, Reader
from notifications.kinds import DAYS_BEFORE, Nearing
from storage.tables import Event, Rule


class Covering(Protocol):
    """Tells which customers a rule is about in a space, with their names."""

    def __call__(self, rule: Rule, reader: Reader, events: Sequence[Event]) -> Mapping[str, str]:
        """Return those of the events' customers."""


def covering(session: Session, today: date) -> Covering:
    """Return what looks it up: the rule's filter, as customers are today, and who reads there."""

    def covered(rule: Rule, reader: Reader, events: Sequence[Event]) -> Mapping[str, str]:
        scope = Scope(today, assigned_to=reader.audience.assigned_to)
        condition = parse(rule.where).condition(today)
        found: dict[str, str] = {}
        for chunk in chunks({event.org_id for event in events if event.org_id}):
            wanted = select(customer.c.org_id, customer.c.name).where(
                customer.c.org_id.in_(chunk), condition, scope.customers()
            )
            found |= {row.org_id: row.name for row in session.connection().execute(wanted)}
        return found

    return covered


def visible(session: Session, assigned_to: frozenset[str], org_ids: Collection[str], today: date) -> set[str]:
    """Return those of the customers that all of these partner administrators may see."""
    found: set[str] = set()
    for chunk in chunks(org_ids):
        wanted = select(customer.c.org_id).where(
            customer.c.org_id.in_(chunk), Scope(today, assigned_to=assigned_to).customers()
        )
        found |= set(session.connection().scalars(wanted))
    return found


def route(events: Sequence[Event], rules: Collection[Rule], readers: Mapping[str, Reader], covered: Covering) -> Batch:
    """Return an alert for each reader with all that their rules ask for; an event that several ask for is one item.

    What one space asked for is told there, unless it has rules that are not paused and none of them asks for it.
    """
    by_reader: dict[str, dict[str, Item]] = defaultdict(dict)
    for rule in rules:
        reader = readers.get(rule.room_id)
        if rule.paused or reader is None:
            continue
        wanted = [event for event in events if _asks(rule, event)]
        names = covered(rule, reader, wanted) if wanted else {}
        for event in wanted:
            if event.org_id is None or event.org_id in names:
                _add(by_reader[rule.room_id], rule, event, names.get(event.org_id or "", ""))
    _add_asked_for(by_reader, events, {rule.room_id for rule in rules if not rule.paused}, readers)
    return Batch(tuple(Alert(readers[room_id], tuple(items.values())) for room_id, items in by_reader.items() if items))


def _asks(rule: Rule, event: Event) -> bool:
    if event.kind not in rule.events or event.room_id not in (None, rule.room_id):
        return False
    products = event.after.get("products")
    return not rule.products or not products or bool(set(products) & set(rule.products))


def _add(items: dict[str, Item], rule: Rule, event: Event, name: str) -> None:
    key, days_before = event.key, None
    if event.kind in set(Nearing):
        days_before = _nearest(rule, event)
        if days_before is None or event.subscription_id is None or event.end_date is None:
            return
        key = keys.nearing(Nearing(event.kind), event.subscription_id, event.end_date, days_before)
    known = items.get(event.key)
    rules = (*(known.rules if known else ()), rule.id or 0)
    if known and known.days_before is not None and days_before is not None and known.days_before < days_before:
        key, days_before = known.key, known.days_before
    items[event.key] = Item(event, name, key, rules, days_before)


def _nearest(rule: Rule, event: Event) -> int | None:
    """Of the day counts crossed, the nearest that the rule asks for.

    A count that somebody asked for lately may be crossed long since, and is noticed only now: that is no news.
    """
    begins = (rule.changed_at or rule.created_at).date()
    crossed = [
        n
        for n in event.after["crossed"]
        if n in rule.thresholds.get(event.kind, ())
        and (
            n in DAYS_BEFORE
            or not event.after.get("by_time", True)
            or event.end_date is None
            or event.end_date - timedelta(days=n) >= begins
        )
    ]
    return min(crossed, default=None)


def _add_asked_for(
    by_reader: dict[str, dict[str, Item]],
    events: Iterable[Event],
    with_rules: Collection[str],
    readers: Mapping[str, Reader],
) -> None:
    for event in events:
        if event.room_id and event.room_id not in with_rules and event.room_id in readers:
            by_reader[event.room_id].setdefault(event.key, Item(event, "", event.key, ()))
