"""Sixth stage: alerts in the words of their reader: a card, its Markdown, and a CSV where the card cannot hold all."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from defusedcsv import csv

from hub.access import Needs
from hub.statuses import Status
from notifications import keys
from notifications.batch import Alert, Batch, Item
from notifications.kinds import Nearing
from notifications.outbox import Message, Outgoing, Priority
from notifications.reports.writing import file_name
from templates import render as templates
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

SHOWN = 10
"""Customers that a card lists; beyond that all of them are in a CSV in its thread."""


@dataclass(frozen=True)
class Style:
    """What readers get who chose nothing, and where files are written."""

    language: str
    zone: str
    folder: Path


def render(batch: Batch, style: Style, at: datetime) -> list[tuple[Alert, list[Outgoing]]]:
    """Return for each alert its messages: the first tells it, a second holds the CSV."""
    return [(alert, _messages(alert, style, at)) for alert in batch]


def cause_of(alert: Alert) -> str:
    """Return the identity of the message that tells an alert."""
    return keys.alert(alert.reader.target, alert.items[0].key)


def _messages(alert: Alert, style: Style, at: datetime) -> list[Outgoing]:
    reader = alert.reader
    texts = Texts(reader.language or style.language, reader.zone or style.zone)
    rows = [_row(item, texts) for item in alert.items]
    title = _title(alert, texts)
    view = {
        "title": title,
        "tone": _tone(alert.items[0]),
        "rows": rows[:SHOWN],
        "more": len(rows) - SHOWN if len(rows) > SHOWN else 0,
        "moved": reader.is_moved,
    }
    record = reader.audience.for_record(Needs.READ)
    first = Outgoing(
        cause=cause_of(alert),
        target=reader.target,
        message=Message(templates.markdown("alert", texts, **view), templates.card("alert", texts, **view)),
        priority=Priority.ALERT,
        audience=record,
    )
    if not view["more"]:
        return [first]
    return [
        first,
        Outgoing(
            cause=f"{first.cause}:csv",
            target=reader.target,
            message=_csv(rows, title, texts, style.folder, at),
            priority=Priority.ALERT,
            parent_cause=first.cause,
            audience=record,
        ),
    ]


def _title(alert: Alert, texts: Texts) -> str:
    item, n = alert.items[0], len({each.event.org_id for each in alert.items})
    days = texts.count("%(n)s day", "%(n)s days", item.days_before or 0)
    if item.event.kind == Nearing.EXPIRY:
        return texts.count("%(n)s customer ends within %(days)s", "%(n)s customers end within %(days)s", n, days=days)
    if item.event.kind == Nearing.RENEWAL:
        return texts.count(
            "%(n)s customer renews within %(days)s", "%(n)s customers renew within %(days)s", n, days=days
        )
    status = label(item.event.kind, texts)
    if item.left:
        return texts.count(
            "%(n)s customer no longer: %(status)s", "%(n)s customers no longer: %(status)s", n, status=status
        )
    return texts.count("%(n)s customer now: %(status)s", "%(n)s customers now: %(status)s", n, status=status)


def _tone(item: Item) -> str:
    """Colour of the title, as cards name them."""
    if item.left:
        return "good"
    return "attention" if item.event.kind in {Status.SUSPENDED, Status.EXPIRED, Status.OVERAGE} else "warning"


def _row(item: Item, texts: Texts) -> dict[str, Any]:
    return {
        "customer": item.customer,
        "org_id": item.event.org_id,
        "subscription_id": item.event.subscription_id
        or next((each["subscription_id"] for each in _evidence(item) if "subscription_id" in each), None),
        "detail": "; ".join(_details(item, texts)),
    }


def _details(item: Item, texts: Texts) -> Sequence[str]:
    event = item.event
    if event.end_date:
        what = label(event.after.get("type"), texts)
        left = event.after["days_left"]
        days_left = texts.count("%(n)s day left", "%(n)s days left", left)
        return [f"{what} {event.subscription_id}", f"{texts.day(event.end_date)} ({days_left})"]
    if item.left:
        since = datetime.fromisoformat(event.before["since"])
        return [texts(N_("had been since %(day)s"), day=texts.day(since.date()))]
    return [_fact(event.kind, each, texts) for each in _evidence(item)]


def _fact(status: str, fact: Mapping[str, Any], texts: Texts) -> str:
    if status == Status.OVERAGE:
        return texts(
            N_("%(product)s: %(assigned)s assigned of %(total)s"),
            product=label(fact["product"], texts),
            assigned=texts.number(fact["assigned"]),
            total=texts.number(fact["total"]),
        )
    if status == Status.SUSPENDED:
        return texts(N_("the invoice of %(subscription)s is unpaid"), subscription=fact["subscription_id"])
    if status == Status.SETUP:
        return texts(N_("the order of %(subscription)s is not set up"), subscription=fact["subscription_id"])
    if status == Status.INACTIVE:
        seen = datetime.fromisoformat(fact["last_admin_activity"]).date()
        return texts(N_("last administrator sign-in %(day)s"), day=texts.day(seen))
    if "end_date" in fact:
        return texts(N_("ended %(day)s"), day=texts.day(date.fromisoformat(fact["end_date"])))
    return str(fact.get("subscription_id", ""))


def _evidence(item: Item) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = item.event.after.get("evidence", [])
    return found


def _csv(rows: Sequence[Mapping[str, Any]], title: str, texts: Texts, folder: Path, at: datetime) -> Message:
    folder.mkdir(parents=True, exist_ok=True)
    identity = secrets.token_hex(4)
    path = folder / f"alert-{identity}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [texts(N_("Customer")), texts(N_("Organization ID")), texts(N_("Subscription ID")), texts(N_("What"))]
        )
        writer.writerows([row["customer"], row["org_id"], row["subscription_id"] or "", row["detail"]] for row in rows)
    name = file_name(title.replace(":", ""), identity.upper(), at.date())
    return Message(texts.count("All %(n)s", "All %(n)s", len(rows)), file=path, file_name=name)
