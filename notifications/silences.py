"""Silences: nothing is said of some customers in a space for a while. They are begun and ended, never rewritten."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from notifications.batch import Reason
from storage.tables import Decision, Fate, Silence


def begin(session: Session, wanted: Silence) -> tuple[Silence, list[Silence]]:
    """Begin a silence; those of the same customers in its space end now. One that says the same goes on.

    So what was silenced when, by whom and why, stays as it was. Returns the silence, and those that ended for it.
    """
    now = wanted.begins_at
    same = select(Silence).where(
        col(Silence.room_id) == wanted.room_id,
        col(Silence.org_id) == wanted.org_id if wanted.org_id else col(Silence.org_id).is_(None),
        col(Silence.where) == wanted.where,
        col(Silence.until) > now,
    )
    known = list(session.scalars(same.order_by(col(Silence.id))))
    going_on = next((each for each in known if (each.until, each.reason) == (wanted.until, wanted.reason)), None)
    if going_on:
        return going_on, []
    for each in known:
        end(session, each, wanted.created_by, now)
    session.add(wanted)
    session.flush()
    return wanted, known


def end(session: Session, silence: Silence, who: str, at: datetime) -> bool:
    """End a silence before its time, and have what it held looked at again; False when it was over already."""
    if silence.until <= at:
        return False
    silence.until, silence.ended_by = at, who
    held = select(Decision).where(
        col(Decision.room_id) == silence.room_id,
        col(Decision.fate) == Fate.HELD,
        col(Decision.reason) == Reason.SILENCED,
    )
    for decision in session.scalars(held):
        if decision.detail.get("silence") == silence.id:
            decision.due_at = at
    return True


def holding(session: Session, room_id: str, at: datetime) -> list[Silence]:
    """Return the silences of a space that hold at a time, the first to end first."""
    wanted = select(Silence).where(
        col(Silence.room_id) == room_id, col(Silence.begins_at) <= at, col(Silence.until) > at
    )
    return list(session.scalars(wanted.order_by(col(Silence.until), col(Silence.id))))


def record_of(silence: Silence) -> dict[str, Any]:
    """Return a silence as JSON."""
    return {
        "id": silence.id,
        "org_id": silence.org_id,
        "filter": silence.where,
        "events": silence.kinds,
        "begins_at": silence.begins_at.isoformat(),
        "until": silence.until.isoformat(),
        "reason": silence.reason,
        "created_by": silence.created_by,
    }
