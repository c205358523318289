"""What a source tells of many customers at once, and a person has not confirmed, is held: what was known stays.

Only what a source changes counts, for both looks are at the same day: what time alone changes is in neither. What was
not known before (a customer, a date, a count) is no change but a gain.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from hub.bulk import chunks, find, upsert_rows
from hub.errors import Unavailable
from hub.merging import merge
from hub.readings import Changes, Readings
from hub.sync.task import FEW, Task
from hub.tables import customer, held_customer, licence, subscription
from storage.tables import Held, HeldCustomer, HeldState, Source

CHANGES, GONE = "changes", "gone"
NEARLY = 0.8
"""So much of a change must be as it was when a person decided on it: a source goes on while they think."""
Fact = tuple[str, str]
"""What it is, and of which subscription and product."""
Facts = Mapping[str, Mapping[Fact, Any]]
"""By organization id."""
Altered = Mapping[str, list[list[Any]]]
"""By organization id: kind, of what, before, after; in JSON's types."""

_TERMS = ("type", "end_date", "auto_renew", "invoice", "setup")


def merge_believed(session: Session, task: Task, readings: Readings, of: int | None = None) -> Changes:
    """Merge what a source told, but for customers of whom it tells a change that looks like a mistake.

    Args:
        session: an open transaction.
        task: the reading.
        readings: what was told.
        of: of how many customers it could have told a change; None: of those it told about.
    """
    told = _told(readings)
    if task.confirmed or len(told) < FEW:
        return merge(session, readings, task.at, task.at.date())
    before = facts(session, told)
    attempt = session.begin_nested()
    changes = merge(session, readings, task.at, task.at.date())
    altered = _altered(before, facts(session, changes.org_ids & before.keys()))
    base = len(before) if of is None else of
    if not task.is_many(len(altered), base) or is_confirmed(session, task.name, CHANGES, altered.keys()):
        attempt.commit()
        return changes
    attempt.rollback()
    hold(session, task, CHANGES, base, altered)
    return merge(session, _without(readings, altered.keys()), task.at, task.at.date())


class Doubted(Unavailable):
    """A source says that so many are gone that it is not believed; `org_ids` are the customers they belong to."""

    def __init__(self, source: str, what: str, going: int, of: int, org_ids: Collection[str]) -> None:
        told = f"it says that {going} of {of} {what} are gone; nothing is removed until somebody confirms it (changes)"
        super().__init__(source, told)
        self.what = what
        self.going = going
        self.of = of
        self.org_ids = org_ids


def believe_gone(
    session: Session, task: Task, source: str, what: str, owners: Sequence[str], known: Callable[[], int]
) -> bool:
    """Let a removal pass that is small, or that a person said is true; returns whether one said so.

    Args:
        session: an open unit of work.
        task: the reading.
        source: as messages name it.
        what: is going: customers, tags …
        owners: organization ids, one for each that is going.
        known: tells how many there are.

    Raises:
        Doubted: it looks like a mistake.
    """
    if len(owners) < FEW or task.confirmed:
        return task.confirmed
    of = known()
    if not task.is_many(len(owners), of):
        return False
    if is_confirmed(session, task.name, what, set(owners)):
        return True
    raise Doubted(source, what, len(owners), of, set(owners))


def hold_gone(session: Session, task: Task, doubted: Doubted) -> None:
    """Write down that a removal is held."""
    gone = {org_id: [[GONE, doubted.what, None, None]] for org_id in doubted.org_ids}
    held = hold(session, task, doubted.what, doubted.of, gone)
    held.counts = {GONE: doubted.going}


def facts(session: Session, org_ids: Collection[str]) -> Facts:
    """Return what is known of customers that alerts and statuses are made of."""
    found: dict[str, dict[Fact, Any]] = defaultdict(dict)
    terms = [subscription.c[name] for name in _TERMS]
    columns = (subscription.c.org_id, subscription.c.subscription_id, subscription.c.terms_at, *terms)
    for org_id, identity, terms_at, *values in find(session, subscription.c.org_id, org_ids, *columns):
        if terms_at:
            found[org_id] |= {(name, identity): value for name, value in zip(_TERMS, values, strict=True)}
    counted = (licence.c.org_id, licence.c.subscription_id, licence.c.product, licence.c.total, licence.c.assigned)
    for org_id, identity, product, total, assigned in find(session, licence.c.org_id, org_ids, *counted):
        found[org_id]["total", f"{identity} {product}"] = total
        if total is not None and assigned is not None:
            found[org_id]["overage", f"{identity} {product}"] = assigned > total
    seen = (customer.c.org_id, customer.c.last_admin_activity)
    for org_id, last in find(session, customer.c.org_id, org_ids, *seen):
        if last:
            found[org_id]["activity", ""] = last
    return found


def _altered(before: Facts, after: Facts) -> dict[str, list[list[Any]]]:
    found = {}
    for org_id, now in after.items():
        changed = [
            [kind, of, _json(was), _json(now.get((kind, of)))]
            for (kind, of), was in before[org_id].items()
            if _is_altered(kind, was, now.get((kind, of)))
        ]
        if changed:
            found[org_id] = changed
    return found


def _is_altered(kind: str, was: Any, now: Any) -> bool:
    if kind == "activity":
        # An administrator signs in, time after time; only that it was longer ago is strange.
        return now is None or bool(now < was)
    if was is None:
        return kind == "invoice" and now == "unpaid"
    return bool(was != now)


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _told(readings: Readings) -> set[str]:
    return {each.org_id for each in readings.customers} | {each.org_id for each in readings.subscriptions}


def _without(readings: Readings, org_ids: Collection[str]) -> Readings:
    owners = {each.subscription_id: each.org_id for each in readings.subscriptions}
    return replace(
        readings,
        customers=[each for each in readings.customers if each.org_id not in org_ids],
        subscriptions=[each for each in readings.subscriptions if each.org_id not in org_ids],
        licences=[each for each in readings.licences if owners.get(each.subscription_id) not in org_ids],
    )


def hold(session: Session, task: Task, what: str, of: int, altered: Altered) -> Held:
    """Write down what is held; where the same is held already, for these customers, too."""
    is_held = col(Held.state).in_([HeldState.OPEN, HeldState.LEFT])
    known = session.scalars(
        select(Held).where(col(Held.source) == task.name, col(Held.what) == what, is_held).order_by(col(Held.id).desc())
    ).first()
    if known and known.state == HeldState.LEFT and not _is_about(session, [known.id], altered.keys()):
        # What a person did not believe was about others.
        known.state = HeldState.OVER
        known = None
    held = known or Held(source=task.name, what=what, of=of, first_at=task.at, last_at=task.at)
    held.of = of if held.last_at != task.at else max(of, held.of)
    held.last_at = task.at
    session.add(held)
    session.flush()
    rows = ({"held_id": held.id, "org_id": org_id, "facts": found} for org_id, found in altered.items())
    upsert_rows(session, held_customer, rows)
    kinds: Counter[str] = Counter()
    for found in session.scalars(select(col(HeldCustomer.facts)).where(col(HeldCustomer.held_id) == held.id)):
        kinds.update({fact[0] for fact in found})
    held.counts = dict(kinds)
    task.doubted |= altered.keys()
    return held


def is_confirmed(session: Session, source: str, what: str, org_ids: Collection[str]) -> bool:
    """Whether a person said of nearly all of these customers that what the source tells of them is true."""
    told = select(col(Held.id)).where(col(Held.source) == source, col(Held.what) == what)
    confirmed = session.scalars(told.where(col(Held.state) == HeldState.CONFIRMED)).all()
    return _is_about(session, confirmed, org_ids)


def _is_about(session: Session, held_ids: Collection[int | None], org_ids: Collection[str]) -> bool:
    about = 0
    for chunk in chunks(org_ids):
        found = select(func.count(func.distinct(HeldCustomer.org_id))).where(
            col(HeldCustomer.held_id).in_(held_ids), col(HeldCustomer.org_id).in_(chunk)
        )
        about += session.scalars(found).one()
    return bool(held_ids) and about >= NEARLY * len(org_ids)


def settle(session: Session, task: Task) -> None:
    """After a reading that went well: what it did not tell again, or took in, is not held any more."""
    states = [HeldState.OPEN, HeldState.LEFT, HeldState.CONFIRMED]
    rows = list(session.scalars(select(Held).where(col(Held.source) == task.name, col(Held.state).in_(states))))
    for held in rows:
        told_again = held.last_at >= task.at
        if task.confirmed:
            held.decided_at, held.decided_by = task.at, "partnerbot sync"
        if task.confirmed or (task.is_whole and not told_again):
            held.state = HeldState.OVER
            continue
        cleared = task.asked - task.doubted
        for chunk in chunks(cleared):
            session.execute(
                delete(HeldCustomer).where(col(HeldCustomer.held_id) == held.id, col(HeldCustomer.org_id).in_(chunk))
            )
        if cleared and not session.scalars(select(HeldCustomer).where(col(HeldCustomer.held_id) == held.id)).first():
            held.state = HeldState.OVER


def decide(session: Session, held: Held, *, is_true: bool, who: str, at: datetime) -> None:
    """Write down what a person says of something that is held; if it is true, its source is read anew at once."""
    held.state = HeldState.CONFIRMED if is_true else HeldState.LEFT
    held.decided_at, held.decided_by = at, who
    session.add(held)
    if not is_true:
        return
    source = session.get(Source, held.source)
    if source:
        source.tried_at = source.since = None
    about = select(col(HeldCustomer.org_id)).where(col(HeldCustomer.held_id) == held.id)
    asked_anew = update(customer).where(customer.c.org_id.in_(about)).values(licences_tried_at=None)
    session.connection().execute(asked_anew)
