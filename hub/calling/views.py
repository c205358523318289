"""What people look at: eight weeks of Webex Calling in sums, and a table of customers, by subject."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlmodel import Session

from hub import weeks
from hub.calling import figures
from hub.calling.figures import COMPARED, VOLUMES, Endpoint, Feature, Week
from hub.calling.rows import EndpointRow, FeatureRow, QualityRow, QueueRow, UsageRow
from hub.calling.totals import weekly, whose
from hub.filters import Filter
from hub.scope import Scope
from hub.sections.section import STATEMENTS_KEPT
from hub.tables import calling_week, customer

WEEKS = 8
_EVERY_ROW = 2**31


class View(StrEnum):
    """A subject."""

    USAGE = "usage"
    QUALITY = "quality"
    ENDPOINTS = "endpoints"
    FEATURES = "features"
    QUEUES = "queues"


@dataclass(frozen=True)
class _Subject:
    names: Sequence[str]
    """Sums that it shows."""
    order: ColumnElement[Any]
    """Of customers, the largest first."""
    row: Callable[[Any, Any], Any]
    """Makes a row of a customer's week and of the week before."""
    queues_only: bool = False


_now, _before = calling_week.c, figures.before.c
_POOR = [f"poor_{kind}_{part}" for kind in Endpoint for part in ("part", "whole")]
_DOUBLED = [name for name in COMPARED if name.startswith("doubled")]

SUBJECTS: Mapping[View, _Subject] = {
    View.USAGE: _Subject(("customers", "calls", "minutes", "active_users", *VOLUMES, "fell"), _now.calls, UsageRow.of),
    View.QUALITY: _Subject(
        ("customers", "legs", "poor_legs", "poor_part", "poor_whole", *_POOR, *_DOUBLED),
        _now.poor_legs,
        QualityRow.of,
    ),
    View.ENDPOINTS: _Subject(
        (
            "customers",
            *(f"endpoints_{kind}_{what}" for kind in Endpoint for what in ("legs", "poor_legs")),
            *_POOR,
        ),
        _now.poor_legs,
        EndpointRow.of,
    ),
    View.FEATURES: _Subject(
        ("customers", "queue_customers", *(f"queued_{kind}" for kind in Feature)),
        _now.calls,
        FeatureRow.of,
        queues_only=True,
    ),
    View.QUEUES: _Subject(
        (
            "customers",
            "queue_customers",
            "queue_calls",
            "queue_answered",
            "queue_abandoned",
            "queue_timed_out",
            "queue_overflowed",
            "queue_transferred",
            *(f"{share}_{part}" for share in ("abandoned", "answer", "wait") for part in ("part", "whole")),
        ),
        _now.queue_abandoned,
        QueueRow.of,
        queues_only=True,
    ),
}


@dataclass(frozen=True)
class Shown:
    """A subject over some customers."""

    view: View
    week: date
    """The newest week with figures; without any, the last complete week."""
    is_late: bool
    """The last complete week is not there yet."""
    weeks: Sequence[Week]
    """Eight, oldest first."""
    _session: Session
    _scope: Scope
    _org_id: str | None

    @property
    def now(self) -> Week:
        """The newest week."""
        return self.weeks[-1]

    @property
    def before(self) -> Week:
        """The week before it."""
        return self.weeks[-2]

    @property
    def is_known(self) -> bool:
        """Whether anything is known of any of the weeks."""
        return any(week["customers"] for week in self.weeks)

    @property
    def total_rows(self) -> int:
        """How many customers the table has."""
        return self.now["queue_customers" if SUBJECTS[self.view].queues_only else "customers"] or 0

    def rows(self, limit: int | None = None, offset: int = 0) -> list[Any]:
        """Return customers of the newest week, the largest first."""
        statement = _table(self.view, self._scope, self._org_id, self.week)
        return _read(self._session, self.view, statement, limit, offset)

    def by_week(self) -> list[Any]:
        """Return the customer's own weeks, newest first; of a customer that was asked for."""
        within = _now.week.between(self.weeks[0].week - weeks.WEEK, self.week)
        statement = (
            select(customer.c.name.label("customer"), *calling_week.c)
            .join(customer, customer.c.org_id == _now.org_id)
            .where(within, whose(self._scope, self._org_id))
        )
        known = {row["week"]: row for row in self._session.connection().execute(statement).mappings()}
        make = SUBJECTS[self.view].row
        shown = [week.week for week in reversed(self.weeks) if week.week in known]
        return [make(known[week], known.get(week - weeks.WEEK, {})) for week in shown]


def view(session: Session, scope: Scope, subject: View, org_id: str | None = None) -> Shown:
    """Show a subject in the newest week that is over and has figures, and the seven before it."""
    over = weeks.last_complete(scope.today)
    newest = session.connection().scalar(select(func.max(_now.week)).where(_now.week <= over))
    week = newest or over
    summed = weekly(session, scope, org_id, week, WEEKS, SUBJECTS[subject].names)
    return Shown(subject, week, newest is not None and newest < over, summed, session, scope, org_id)


def report_rows(session: Session, scope: Scope, subject: View, where: Filter) -> Iterable[Any]:
    """Return the table of all customers that a filter chooses, in the newest week."""
    shown = view(session, scope, subject)
    condition = where.condition(scope.today, scope.thresholds)
    return _read(session, subject, _table(subject, scope, None, shown.week).where(condition), None, 0)


def _read(session: Session, subject: View, statement: Select[Any], limit: int | None, offset: int) -> list[Any]:
    part = {"limit": _EVERY_ROW if limit is None else limit, "offset": offset}
    make = SUBJECTS[subject].row
    return [
        make(row, {name.removeprefix("before_"): row[name] for name in row if name.startswith("before_")})
        for row in session.connection().execute(statement, part).mappings()
    ]


# What rows say the change of.
_COMPARED_COLUMNS = ("calls", "legs", "poor_legs", "queue_calls", "features_call_queue")


@lru_cache(STATEMENTS_KEPT)
def _table(subject: View, scope: Scope, org_id: str | None, week: date) -> Select[Any]:
    kind = SUBJECTS[subject]
    week_before = and_(_before.org_id == _now.org_id, _before.week == week - weeks.WEEK)
    rows = (
        select(
            customer.c.name.label("customer"),
            *calling_week.c,
            *(_before[name].label(f"before_{name}") for name in _COMPARED_COLUMNS),
        )
        .select_from(
            calling_week.join(customer, customer.c.org_id == _now.org_id).outerjoin(figures.before, week_before)
        )
        .where(_now.week == week, whose(scope, org_id))
    )
    if kind.queues_only:
        rows = rows.where(figures.has_queues)
    return (
        rows.order_by(kind.order.desc().nulls_last(), customer.c.name_folded, customer.c.org_id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )
