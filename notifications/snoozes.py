"""Snoozes: an alert is put off until a time, unless it becomes worse than it was when somebody put it off."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from hub import evidence
from hub.bulk import chunks
from hub.statuses import DEFAULTS, Status, Thresholds
from storage.tables import OpenAlert

Level = Mapping[str, Any]
"""JSON, how bad something is: `subscriptions` behind it, `excess` licences; `worse` once it was exceeded."""

GROWS_BY = 1.1
"""An overage is worse when it is more than a tenth above what it was."""


def levels(
    session: Session, alerts: Sequence[OpenAlert], at: datetime, thresholds: Thresholds = DEFAULTS
) -> dict[int, Level]:
    """Return, by alert, how bad it is now; of what is no status it is what it was when it was told."""
    things = {(alert.org_id or "", Status(alert.kind)): alert.id or 0 for alert in alerts if alert.kind in set(Status)}
    seen = evidence.of(session, things, at.date(), thresholds) if things else {}
    found: dict[int, Level] = {alert.id or 0: _level([], alert.subscription_id) for alert in alerts}
    for alert in alerts:
        if alert.kind in set(Status):
            facts = seen.get((alert.org_id or "", Status(alert.kind)), [])
            found[alert.id or 0] = _level(facts, None)
    return found


def is_worse(then: Level, now: Level) -> bool:
    """Whether something concerns a subscription that it did not, or an overage grew by more than a tenth."""
    if set(now["subscriptions"]) - set(then.get("subscriptions", ())):
        return True
    return bool(now["excess"] > GROWS_BY * then.get("excess", 0))


def break_through(
    session: Session, org_ids: Collection[str], at: datetime, thresholds: Thresholds = DEFAULTS
) -> Sequence[OpenAlert]:
    """End the snoozes of alerts of these customers that became worse; they are told again at once."""
    ended = []
    for chunk in chunks(org_ids):
        wanted = select(OpenAlert).where(
            col(OpenAlert.org_id).in_(chunk), col(OpenAlert.closed_at).is_(None), col(OpenAlert.snoozed_until) > at
        )
        alerts = list(session.scalars(wanted))
        now = levels(session, alerts, at, thresholds)
        for alert in alerts:
            if is_worse(alert.snoozed_at or {}, now[alert.id or 0]):
                alert.snoozed_until = alert.repeat_at = at
                alert.snoozed_at = {**(alert.snoozed_at or {}), "worse": True}
                ended.append(alert)
    return ended


def _level(facts: Iterable[Mapping[str, Any]], subscription_id: str | None) -> Level:
    known = list(facts)
    subscriptions = {str(each["subscription_id"]) for each in known if "subscription_id" in each}
    return {
        "subscriptions": sorted(subscriptions | ({subscription_id} if subscription_id else set())),
        "excess": sum(max(0, each["assigned"] - each["total"]) for each in known if "assigned" in each),
    }
