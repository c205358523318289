"""Second stage: which spaces asked for which events, of customers that everybody there may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from hub.filters import parse
from hub.scope import Scope
from hub.tables import customer
from notifications import keys
from notifications.batch import Alert, Batch, Item, Reader
from notifications.kinds import Nearing
from storage.tables import Event, Rule


def route(
    session: Session, events: Sequence[Event], rules: Iterable[Rule], readers: Mapping[str, Reader], today: date
) -> Batch:
    """Return an alert for each reader with all that their rules ask for; an event that several ask for is one item."""
    by_reader: dict[str, dict[str, Item]] = defaultdict(dict)
    for rule in rules:
        if rule.paused or rule.room_id not in readers:
            continue
        names = _covered(
            session, rule, readers[rule.room_id], {event.org_id for event in events if event.org_id}, today
        )
        for event in events:
            if event.org_id in names and event.kind in rule.events:
                _add(by_reader[rule.room_id], rule, event, names[event.org_id])
    return tuple(Alert(readers[room_id], tuple(items.values())) for room_id, items in by_reader.items() if items)


def _covered(session: Session, rule: Rule, reader: Reader, org_ids: set[str], today: date) -> dict[str, str]:
    """Of these customers the ones the rule is about, with their names."""
    scope = Scope(today, assigned_to=reader.audience.assigned_to)
    found = session.connection().execute(
        select(customer.c.org_id, customer.c.name).where(
            customer.c.org_id.in_(org_ids), parse(rule.where).condition(today), scope.customers()
        )
    )
    return {row.org_id: row.name for row in found}


def _add(items: dict[str, Item], rule: Rule, event: Event, name: str) -> None:
    key, days_before = event.key, None
    if event.kind in set(Nearing):
        crossed = [n for n in event.after["crossed"] if n in rule.thresholds.get(event.kind, ())]
        if not crossed or event.subscription_id is None or event.end_date is None:
            return
        days_before = min(crossed)
        key = keys.nearing(Nearing(event.kind), event.subscription_id, event.end_date, days_before)
    known = items.get(event.key)
    rules = (*(known.rules if known else ()), rule.id or 0)
    if known and known.days_before is not None and days_before is not None and known.days_before < days_before:
        key, days_before = known.key, known.days_before
    items[event.key] = Item(event, name, key, rules, days_before)
