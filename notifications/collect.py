"""First stage: compare customers with what they were at the last look, and write down what happened.

Only customers whose data changed and those that a new day changes are looked at. Events are written in the transaction
that remembers the new look, so nothing is seen twice or missed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from hub import dayfall, statuses
from hub.bulk import chunks
from hub.statuses import DEFAULTS, Thresholds
from notifications.events import add_new
from notifications.kinds import DAYS_BEFORE
from notifications.looks.growth import growth, over
from notifications.looks.growth import remembered as remembered_excess
from notifications.looks.looking import Looking
from notifications.looks.nearing import ending, nearing, term
from notifications.looks.statuses import status_changes
from notifications.looks.trials import contracts, products_of, trials
from notifications.looks.trials import remembered as remembered_trial
from storage import Database
from storage.tables import Event, Rule, Source, Standing, Touched

WATCH = "watch"
"""Name of the row that remembers when the last look was."""
TRIALS = "watch:trials"
"""Name of the row that tells that trials and licences in overage are remembered, too."""

CHUNK = 500
"""Customers looked at in one statement."""

COMPARISONS: tuple[Callable[[Looking], Iterable[Event]], ...] = (status_changes, nearing, trials, growth)


@dataclass(frozen=True)
class Look:
    """What a look came to."""

    events: int
    org_ids: frozenset[str] = frozenset()
    """The customers that were looked at."""


def collect(database: Database, now: datetime, thresholds: Thresholds = DEFAULTS) -> Look:
    """Look at what may have changed and write its events.

    The first look of all is a baseline: it remembers, and raises nothing.
    """
    with database.write() as session:
        look = session.get(Source, WATCH)
        everyone = Looking(session, (), now, {}, thresholds, day_counts(session))
        if look is None or look.read_at is None:
            _remember_everything(everyone)
            return Look(0)
        if session.get(Source, TRIALS) is None:
            _remember_trials(everyone)
        due = dayfall.affected(session, look.read_at.date(), now.date(), everyone.day_counts, thresholds)
        org_ids = frozenset(session.scalars(select(col(Touched.org_id)))) | due
        events = [event for chunk in chunks(sorted(org_ids), CHUNK) for event in _compare(everyone, chunk)]
        raised = add_new(session, events)
        session.exec(delete(Touched))
        look.tried_at = look.read_at = now
        return Look(raised, org_ids)


def day_counts(session: Session) -> tuple[int, ...]:
    """Return the days before an end or renewal that matter to anybody, the largest first."""
    asked = (days for each in session.scalars(select(col(Rule.thresholds))) for days in each.values())
    return tuple(sorted({*DAYS_BEFORE, *(n for days in asked for n in days)}, reverse=True))


def _compare(everyone: Looking, org_ids: Sequence[str]) -> Iterable[Event]:
    session, now, thresholds = everyone.session, everyone.at, everyone.thresholds
    carried = statuses.of(session, org_ids, now.date(), thresholds)
    look = Looking(session, org_ids, now, carried, thresholds, everyone.day_counts)
    for compare in COMPARISONS:
        yield from compare(look)


def _remember_everything(everyone: Looking) -> None:
    session, now = everyone.session, everyone.at
    current = statuses.of(session, None, now.date(), everyone.thresholds)
    session.add_all(
        Standing(org_id=org_id, status=status, since=now) for org_id, carried in current.items() for status in carried
    )
    rows = ending(session, now.date(), everyone.day_counts)
    session.add_all(term(row, now.date(), everyone.day_counts) for row in rows)
    _remember_trials(everyone)
    session.exec(delete(Touched))
    session.merge(Source(name=WATCH, tried_at=now, read_at=now))


def _remember_trials(everyone: Looking) -> None:
    session, now = everyone.session, everyone.at
    for rows in chunks(contracts(session, everyone), CHUNK):
        products = products_of(session, [row.org_id for row in rows])
        for row in rows:
            session.merge(remembered_trial(row, products[row.subscription_id]))
    for row in over(session, everyone):
        session.merge(remembered_excess(row))
    session.merge(Source(name=TRIALS, tried_at=now, read_at=now))
