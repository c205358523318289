"""Open alerts as people see them: what each is about, and what was done about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from notifications.kinds import Nearing
from storage.tables import OpenAlert
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label


def row_of(alert: OpenAlert, customer: str, at: datetime, texts: Texts) -> dict[str, Any]:
    """Return what a list says of an alert."""
    return {
        "id": alert.id,
        "customer": customer,
        "org_id": alert.org_id,
        "what": about(alert, at, texts),
        "done": " · ".join(done(alert, at, texts)),
        "acknowledged": bool(alert.acknowledged_at),
        "snoozed": is_snoozed(alert, at),
    }


def about(alert: OpenAlert, at: datetime, texts: Texts) -> str:
    """Say what an alert is about, without the customer's name."""
    if alert.kind in set(Nearing) and alert.end_date:
        left = texts.count("%(n)s day left", "%(n)s days left", (alert.end_date - at.date()).days)
        form = N_("%(id)s ends %(day)s (%(left)s)")
        if alert.kind == Nearing.RENEWAL:
            form = N_("%(id)s renews %(day)s (%(left)s)")
        return texts(form, id=alert.subscription_id, day=texts.day(alert.end_date), left=left)
    return texts(N_("%(what)s since %(day)s"), what=label(alert.kind, texts), day=texts.day(alert.opened_at.date()))


def done(alert: OpenAlert, at: datetime, texts: Texts) -> Sequence[str]:
    """Say who did what about it."""
    found = []
    if alert.acknowledged_at:
        form = N_("acknowledged by %(who)s, %(moment)s")
        found.append(texts(form, who=alert.acknowledged_by, moment=texts.moment(alert.acknowledged_at)))
    if is_snoozed(alert, at):
        form = N_("snoozed until %(moment)s by %(who)s")
        found.append(texts(form, who=alert.snoozed_by, moment=texts.moment(alert.snoozed_until)))
    if alert.assigned_to:
        found.append(texts(N_("assigned to %(who)s"), who=alert.assigned_to))
    if alert.reason and found:
        found.append(texts(N_("because %(reason)s"), reason=alert.reason))
    return found


def is_snoozed(alert: OpenAlert, at: datetime) -> bool:
    """Whether it is put off."""
    return alert.snoozed_until is not None and alert.snoozed_until > at


def data_of(alert: OpenAlert, customer: str) -> dict[str, Any]:
    """Return an alert as `--json` gives it."""
    return {
        "id": alert.id,
        "customer": customer,
        "org_id": alert.org_id,
        "event": alert.kind,
        "subscription_id": alert.subscription_id if alert.end_date else None,
        "end_date": alert.end_date,
        "opened_at": alert.opened_at,
        "told_at": alert.told_at,
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_at": alert.acknowledged_at,
        "snoozed_by": alert.snoozed_by,
        "snoozed_until": alert.snoozed_until,
        "assigned_to": alert.assigned_to,
        "reason": alert.reason,
    }
