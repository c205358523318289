"""What people do about open alerts: acknowledge, snooze, assign; and what that makes of repeating and escalating."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from notifications.outbox import Message, Outgoing, Priority
from notifications.snoozes import Level
from storage.tables import OpenAlert, Outbox, Rule, Space
from templates.escape import markdown

_TEXTS = ("acknowledged_by", "reason", "snoozed_by", "assigned_to", "assigned_by", "escalate_to", "snoozed_at")
_MOMENTS = ("acknowledged_at", "snoozed_until", "repeat_at", "escalate_at")

Change = Callable[[OpenAlert], bool]
"""Changes an alert; False when it was so already."""


def arm(alert: OpenAlert, rules: Iterable[Rule], at: datetime) -> None:
    """An alert was told: who acknowledged or put it off did so before; the rules say when it is told again."""
    alert.acknowledged_at = alert.acknowledged_by = alert.reason = None
    alert.snoozed_until = alert.snoozed_by = alert.snoozed_at = None
    known = list(rules)
    alert.repeat_hours = min((rule.repeat_hours for rule in known if rule.repeat_hours), default=None)
    alert.repeat_at = at + timedelta(hours=alert.repeat_hours) if alert.repeat_hours else None
    escalating = [rule for rule in known if rule.escalate_to and rule.escalate_hours]
    first = min(escalating, key=lambda rule: rule.escalate_hours or 0, default=None)
    alert.escalate_to = first.escalate_to if first else None
    alert.escalate_at = at + timedelta(hours=first.escalate_hours or 0) if first else None


def acknowledge(who: str, at: datetime, reason: str | None) -> Change:
    """Somebody has seen it: it is neither repeated nor escalated."""

    def change(alert: OpenAlert) -> bool:
        if alert.acknowledged_at:
            return False
        alert.acknowledged_at, alert.acknowledged_by, alert.reason = at, who, reason
        alert.repeat_at = alert.snoozed_until if alert.snoozed_until and alert.snoozed_until > at else None
        alert.escalate_at = None
        return True

    return change


def snooze(who: str, until: datetime, reason: str | None, levels: Mapping[int, Level]) -> Change:
    """Somebody puts it off: it comes back at its end, and before that only if it is worse than now."""

    def change(alert: OpenAlert) -> bool:
        if alert.snoozed_until == until and alert.snoozed_by == who:
            return False
        alert.snoozed_until, alert.snoozed_by, alert.reason = until, who, reason
        alert.snoozed_at = dict(levels[alert.id or 0])
        alert.repeat_at = until
        alert.escalate_at = None
        return True

    return change


def unsnooze(at: datetime) -> Change:
    """The snooze ends now; it is told again as its rules say."""

    def change(alert: OpenAlert) -> bool:
        if alert.snoozed_until is None or alert.snoozed_until <= at:
            return False
        alert.snoozed_until = alert.snoozed_by = alert.snoozed_at = alert.reason = None
        again = alert.repeat_hours is not None and not alert.acknowledged_at
        alert.repeat_at = at + timedelta(hours=alert.repeat_hours or 0) if again else None
        return True

    return change


def assign(who: str, to: str) -> Change:
    """Somebody is to deal with it."""

    def change(alert: OpenAlert) -> bool:
        if alert.assigned_to == to:
            return False
        alert.assigned_to, alert.assigned_by = to, who
        return True

    return change


def record_of(alert: OpenAlert) -> dict[str, Any]:
    """Return, as JSON, what people did about an alert."""
    moments = {name: value.isoformat() if (value := getattr(alert, name)) else None for name in _MOMENTS}
    return {**{name: getattr(alert, name) for name in _TEXTS}, **moments}


def fill(alert: OpenAlert, record: Mapping[str, Any]) -> None:
    """Make an alert what a record of it says."""
    for name in _TEXTS:
        setattr(alert, name, record[name])
    for name in _MOMENTS:
        setattr(alert, name, datetime.fromisoformat(record[name]) if record[name] else None)


def of_thread(session: Session, message_id: str) -> list[OpenAlert]:
    """Return the open alerts that the message told, or a message in whose thread it is."""
    cause = session.scalars(select(col(Outbox.cause)).where(col(Outbox.message_id) == message_id)).first()
    if cause is None:
        return []
    told = cause.partition("#")[0]
    wanted = select(OpenAlert).where(
        (col(OpenAlert.cause) == told) | (col(OpenAlert.last_cause) == told), col(OpenAlert.closed_at).is_(None)
    )
    return list(session.scalars(wanted.order_by(col(OpenAlert.id))))


def notes(
    session: Session, alerts: Sequence[OpenAlert], text: str, identity: str, beside: str | None
) -> list[Outgoing]:
    """Return what the threads of alerts are told, one message each, but for the thread that is told anyway."""
    causes = list(dict.fromkeys(alert.cause for alert in alerts))
    rows = session.scalars(select(Outbox).where(col(Outbox.cause).in_(causes)))
    return [
        Outgoing(
            f"followup:{identity}:{row.id}",
            row.target,
            Message(markdown(text)),
            Priority.ALERT,
            parent_cause=row.cause,
            audience=row.audience,
        )
        for row in rows
        if beside is None or row.message_id != beside
    ]


def rooms_of(session: Session, email: str) -> list[str]:
    """Return the spaces that a person owns."""
    return list(session.scalars(select(Space.room_id).where(Space.owner_email == email)))
