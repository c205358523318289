"""Rules as values: what is kept of one in the audit trail, shown to people, and put back."""

from datetime import datetime, time
from typing import Any

from sqlmodel import Session, col, update

from notifications.batch import Reason
from notifications.run import NOW
from storage.tables import Decision, Fate, Rule

_FIELDS = (
    "events",
    "thresholds",
    "products",
    "every",
    "day",
    "hourly_cap",
    "paused",
    "repeat_hours",
    "escalate_to",
    "escalate_hours",
)
_TIMES = ("at", "quiet_from", "quiet_until")

HOURLY_CAP = 20
"""Messages an hour at most that a new rule sends."""


def record_of(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON: `filter` is its filter, times are HH:MM, `created_at` ISO."""
    return {
        "id": rule.id,
        **{name: getattr(rule, name) for name in _FIELDS},
        **{name: _written(getattr(rule, name)) for name in _TIMES},
        "filter": rule.where,
        "created_by": rule.created_by,
        "created_at": rule.created_at.isoformat(),
    }


def fill(rule: Rule, record: dict[str, Any]) -> None:
    """Give a rule what a record of one holds; what an older record lacks stays as it is."""
    for name in _FIELDS:
        if name in record:
            setattr(rule, name, record[name])
    for name in _TIMES:
        if name in record:
            setattr(rule, name, time.fromisoformat(record[name]) if record[name] else None)
    rule.where = record["filter"]


def restored(room_id: str, record: dict[str, Any], now: datetime) -> Rule:
    """Return the rule that a record holds, under its old number; it speaks of what happens from now on."""
    made = record.get("created_at")
    rule = Rule(
        id=record["id"],
        room_id=room_id,
        events=record["events"],
        created_by=record["created_by"],
        created_at=datetime.fromisoformat(made) if made else now,
        changed_at=now,
    )
    thresholds = record["thresholds"]
    # Records of before the days were kept by kind.
    by_kind = thresholds if isinstance(thresholds, dict) else {"expiry": thresholds, "renewal": thresholds}
    fill(rule, {**record, "thresholds": by_kind})
    return rule


def changed(session: Session, rule: Rule, now: datetime) -> None:
    """Note that a rule is another from now on: what waits for a digest in its space is looked at anew."""
    rule.changed_at = now
    release(session, rule.room_id, now)


def release(session: Session, room_id: str, now: datetime) -> None:
    """See to it that what waits for a digest in a space is looked at in the next run."""
    waiting = (
        col(Decision.room_id) == room_id,
        col(Decision.fate) == Fate.HELD,
        col(Decision.reason) == Reason.DIGEST,
    )
    session.exec(update(Decision).where(*waiting).values(due_at=now))


def is_digest(rule: Rule) -> bool:
    """Whether it tells in digests instead of at once."""
    return rule.every != NOW


def _written(at: time | None) -> str | None:
    return at.strftime("%H:%M") if at else None
