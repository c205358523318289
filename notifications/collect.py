"""First stage: compare customers with what they were at the last look, and write down what happened.

Only customers whose data changed and those that a new day changes are looked at. Events are written in the transaction
that remembers the new look, so nothing is seen twice or missed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlmodel import Session, col

from hub import dayfall, days, evidence, statuses
from hub.statuses import DEFAULTS, Thresholds
from hub.tables import subscription
from notifications import keys
from notifications.kinds import DAYS_BEFORE, Nearing
from storage import Database
from storage.tables import Event, Source, Standing, Term, Touched

WATCH = "watch"
"""Name of the row that remembers when the last look was."""


CHUNK = 500
"""Customers looked at in one statement."""


def collect(database: Database, now: datetime, thresholds: Thresholds = DEFAULTS) -> int:
    """Look at what may have changed and write its events; returns how many.

    The first look of all is a baseline: it remembers, and raises nothing.
    """
    with database.write() as session:
        look = session.get(Source, WATCH)
        if look is None or look.read_at is None:
            _remember_everything(session, now, thresholds)
            return 0
        touched = set(session.scalars(select(col(Touched.org_id))))
        due = dayfall.affected(session, look.read_at.date(), now.date(), DAYS_BEFORE, thresholds)
        events = [
            event
            for chunk in _chunks(sorted(touched | due))
            for event in (*_status_changes(session, chunk, now, thresholds), *_nearing(session, chunk, now))
        ]
        session.add_all(events)
        session.exec(delete(Touched))
        look.tried_at = look.read_at = now
        return len(events)


def _chunks(org_ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (org_ids[start : start + CHUNK] for start in range(0, len(org_ids), CHUNK))


def _remember_everything(session: Session, now: datetime, thresholds: Thresholds) -> None:
    current = statuses.of(session, None, now.date(), thresholds)
    session.add_all(
        Standing(org_id=org_id, status=status, since=now) for org_id, carried in current.items() for status in carried
    )
    session.add_all(_term(row, now.date()) for row in _ending(session, now.date()))
    session.exec(delete(Touched))
    session.merge(Source(name=WATCH, tried_at=now, read_at=now))


def _status_changes(session: Session, org_ids: Sequence[str], now: datetime, thresholds: Thresholds) -> Iterable[Event]:
    current = statuses.of(session, org_ids, now.date(), thresholds)
    known: dict[str, dict[str, Standing]] = defaultdict(dict)
    for standing in session.scalars(select(Standing).where(col(Standing.org_id).in_(org_ids))):
        known[standing.org_id][standing.status] = standing
    entering = [
        (org_id, status) for org_id in org_ids for status in current.get(org_id, ()) if status not in known[org_id]
    ]
    seen = evidence.of(session, entering, now.date(), thresholds)
    for org_id, status in entering:
        session.add(Standing(org_id=org_id, status=status, since=now))
        yield Event(
            key=keys.entered(org_id, status, now),
            kind=status,
            at=now,
            org_id=org_id,
            before={"statuses": sorted(known[org_id])},
            after={"statuses": list(current[org_id]), "evidence": seen.get((org_id, status), [])},
        )
    for org_id in org_ids:
        for was, standing in known[org_id].items():
            if was not in current.get(org_id, ()):
                session.delete(standing)
                yield Event(
                    key=keys.left(org_id, was, standing.since),
                    kind=was,
                    at=now,
                    org_id=org_id,
                    before={"statuses": sorted(known[org_id]), "since": standing.since.isoformat()},
                    after={"statuses": list(current.get(org_id, ())), "left": True},
                )


def _nearing(session: Session, org_ids: Sequence[str], now: datetime) -> Iterable[Event]:
    today = now.date()
    rows = _ending(session, today, org_ids)
    ids = [row.subscription_id for row in rows]
    known = {
        term.subscription_id: term for term in session.scalars(select(Term).where(col(Term.subscription_id).in_(ids)))
    }
    for row in rows:
        before = known.get(row.subscription_id)
        same = before and (before.end_date, before.auto_renew) == (row.end_date, row.auto_renew)
        was = before.threshold if before and same else None
        left = (row.end_date - today).days
        crossed = [n for n in DAYS_BEFORE if left <= n and (was is None or n < was)]
        if not crossed:
            continue
        session.merge(_term(row, today))
        kind = Nearing.RENEWAL if row.auto_renew else Nearing.EXPIRY
        yield Event(
            key=keys.nearing(kind, row.subscription_id, row.end_date, min(crossed)),
            kind=kind,
            at=now,
            org_id=row.org_id,
            subscription_id=row.subscription_id,
            end_date=row.end_date,
            before={"end_date": before.end_date.isoformat()} if before and not same else {},
            after={"days_left": left, "crossed": crossed, "type": row.type},
        )


def _ending(session: Session, today: date, org_ids: Sequence[str] | None = None) -> Sequence[Any]:
    """Subscriptions and trials that end within the largest of the day counts."""
    wanted = select(
        subscription.c.subscription_id,
        subscription.c.org_id,
        subscription.c.type,
        subscription.c.end_date,
        and_(subscription.c.auto_renew.is_(True), days.is_subscription()).label("auto_renew"),
    ).where(or_(days.lapses(), days.renews()), days.ends_within(today, max(DAYS_BEFORE)))
    if org_ids is not None:
        wanted = wanted.where(subscription.c.org_id.in_(org_ids))
    return session.connection().execute(wanted).all()


def _term(row: Any, today: date) -> Term:
    left = (row.end_date - today).days
    return Term(
        subscription_id=row.subscription_id,
        end_date=row.end_date,
        auto_renew=row.auto_renew,
        threshold=min(n for n in DAYS_BEFORE if left <= n),
    )
