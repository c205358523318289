"""Days: how they are counted, and which subscriptions and trials are active, ended or end soon on a day.

Days are whole UTC days. `end_date` is the last active day: what ends today has 0 days left and is still active. A row
whose start or end is unknown is neither active nor ended, and no condition here holds for it but `not_ended`.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_

from hub.tables import subscription

_SUBSCRIPTION = subscription.c.type == "subscription"
_TRIAL = subscription.c.type == "trial"


def shift(day: date, days: int) -> date:
    """Return the day so many days later (earlier, if negative), or the calendar's last or first day beyond them."""
    if days > (date.max - day).days:
        return date.max
    if days < (date.min - day).days:
        return date.min
    return day + timedelta(days=days)


def months_between(earlier: date, later: date) -> int:
    """Count whole calendar months, rounded down: 24 August to 22 November are 2."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)


def midnight(day: date) -> datetime:
    """Return the moment a day begins, in UTC."""
    return datetime.combine(day, time.min, UTC)


def active(today: date) -> ColumnElement[bool]:
    """Start ≤ today ≤ end."""
    return and_(subscription.c.start_date <= today, subscription.c.end_date >= today)


def not_ended(today: date) -> ColumnElement[bool]:
    """Active, starting later, or of unknown dates."""
    return or_(subscription.c.end_date >= today, subscription.c.end_date.is_(None), subscription.c.start_date.is_(None))


def is_subscription() -> ColumnElement[bool]:
    """A paid contract."""
    return _SUBSCRIPTION


def is_trial() -> ColumnElement[bool]:
    """A trial."""
    return _TRIAL


def lapses() -> ColumnElement[bool]:
    """Ends unless somebody acts: a trial, or a subscription that does not renew by itself."""
    return or_(_TRIAL, and_(_SUBSCRIPTION, subscription.c.auto_renew.is_(False)))


def renews() -> ColumnElement[bool]:
    """A subscription that renews by itself; a trial never does."""
    return and_(_SUBSCRIPTION, subscription.c.auto_renew.is_(True))


def ends_within(today: date, days: int) -> ColumnElement[bool]:
    """Active, with 0 ≤ days left ≤ `days`."""
    return and_(active(today), subscription.c.end_date <= shift(today, days))


def started_within(today: date, days: int) -> ColumnElement[bool]:
    """Active, with 0 ≤ days since the start ≤ `days`."""
    return and_(active(today), subscription.c.start_date >= shift(today, -days))
