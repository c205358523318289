"""Sixth stage: alerts in the words of their reader: a card, its Markdown, and a CSV where the card cannot hold all."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from defusedcsv import csv

from hub.access import Needs
from notifications import keys
from notifications.batch import Alert, Item
from notifications.cap import SHOWN
from notifications.kinds import KINDS, SELFTEST
from notifications.outbox import Message, Outgoing, Priority, fits
from notifications.record import opens
from notifications.reports.writing import MOST_BYTES, Shelf, file_name
from notifications.wording import heading, row, subject, tone
from templates import render as templates
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

NAMED_RULES = 10
"""Rules that a card names."""


@dataclass(frozen=True)
class Style:
    """What readers get who chose nothing, and where files are written."""

    language: str
    zone: str
    folder: Path
    byte_order_mark: bool = True
    most_bytes: int = MOST_BYTES

    @property
    def shelf(self) -> Shelf:
        """Where reports are written, and how."""
        return Shelf(self.folder, self.byte_order_mark, self.most_bytes)


def render(alerts: Sequence[Alert], style: Style, at: datetime) -> list[tuple[Alert, list[Outgoing]]]:
    """Return for each alert its messages: the first tells it, a second holds the CSV."""
    return [(alert, _messages(alert, style, at)) for alert in alerts]


def cause_of(alert: Alert) -> str:
    """Return the identity of the message that tells an alert."""
    first = alert.items[0].key
    if alert.digest:
        return keys.digest(alert.reader.room_id, alert.digest.rule, alert.digest.until, first)
    return keys.alert(alert.reader.room_id, first)


def _messages(alert: Alert, style: Style, at: datetime) -> list[Outgoing]:
    reader = alert.reader
    texts = Texts(reader.language or style.language, reader.zone or style.zone)
    topics = _topics(alert)
    title = _title(alert, topics, texts)
    said, shown = _fitting(alert, topics, title, texts, at)
    record = reader.audience.for_record(Needs.READ) if any(item.event.org_id for item in alert.items) else None
    first = Outgoing(
        cause=cause_of(alert),
        target=reader.target,
        message=said,
        priority=Priority.DIGEST if alert.digest else Priority.ALERT,
        parent_cause=alert.thread,
        audience=record,
    )
    if shown == len(alert.items):
        return [first]
    return [
        first,
        Outgoing(
            cause=f"{first.cause}:csv",
            target=reader.target,
            message=_csv(topics, title, texts, style.folder, at),
            priority=first.priority,
            parent_cause=first.cause,
            audience=record,
        ),
    ]


def _fitting(
    alert: Alert, topics: Sequence[Sequence[Item]], title: str, texts: Texts, at: datetime
) -> tuple[Message, int]:
    """Return the card, and how many items it lists: fewer where so many are too large for a card."""
    listed = min(len(alert.items), SHOWN)
    while True:
        said = _said(alert, topics, title, texts, at, listed)
        if fits(said) or listed == 0:
            return said, listed
        listed -= 1


def _said(
    alert: Alert, topics: Sequence[Sequence[Item]], title: str, texts: Texts, at: datetime, listed: int
) -> Message:
    rules = sorted({number for item in alert.items for number in item.rules})
    view = {
        "title": title,
        "tone": tone(topics[0][0]) if len(topics) == 1 else "default",
        "period": _period(alert, texts),
        "sections": _sections(alert, topics, texts, at, listed),
        "more": len(alert.items) - listed,
        "moved": alert.reader.is_moved,
        "stays_open": any(opens(item) for item in alert.items),
        "rules": rules[:NAMED_RULES],
        "more_rules": len(rules[NAMED_RULES:]),
    }
    return Message(templates.markdown("alert", texts, **view), templates.card("alert", texts, **view))


def _topics(alert: Alert) -> list[list[Item]]:
    """Return the items by what they have in common, what matters most first."""
    topics: dict[tuple[str, bool, int | None, bool], list[Item]] = defaultdict(list)
    for item in alert.items:
        topics[item.topic].append(item)
    return [topics[topic] for topic in sorted(topics, key=_urgency)]


def _urgency(topic: tuple[str, bool, int | None, bool]) -> tuple[bool, int, int, bool]:
    kind, left, days_before, flaps = topic
    return left, [*KINDS, SELFTEST].index(kind), days_before or 0, flaps


def _title(alert: Alert, topics: Sequence[Sequence[Item]], texts: Texts) -> str:
    if alert.digest:
        return texts(N_("Digest, %(every)s"), every=label(alert.digest.every, texts))
    if len(topics) == 1:
        return heading(topics[0], texts)
    customers = len({item.event.org_id for item in alert.items if item.event.org_id})
    return texts.count("%(n)s customer changed", "%(n)s customers changed", customers)


def _period(alert: Alert, texts: Texts) -> str:
    """Say which time a digest is about."""
    if alert.digest is None:
        return ""
    return texts(
        N_("What changed from %(since)s to %(until)s"),
        since=texts.moment(alert.digest.since),
        until=texts.moment(alert.digest.until),
    )


def _sections(
    alert: Alert, topics: Sequence[Sequence[Item]], texts: Texts, at: datetime, listed: int
) -> list[dict[str, Any]]:
    """Share the rows that a card lists among the topics: each lists some, the first ones more."""
    left = listed
    shares = []
    for place, items in enumerate(topics):
        share = min(len(items), max(1, left - sum(min(2, len(each)) for each in topics[place + 1 :])) if left else 0)
        left -= share
        shares.append(share)
    # A digest says when it is from, so what happened stands above its rows.
    is_headed = len(topics) > 1 or alert.digest is not None
    return [
        {
            "title": heading(items, texts) if is_headed else "",
            "tone": tone(items[0]),
            "rows": [row(item, at, texts) for item in items[:share]],
            "more": len(items) - share,
        }
        for items, share in zip(topics, shares, strict=True)
    ]


def _csv(topics: Sequence[Sequence[Item]], title: str, texts: Texts, folder: Path, at: datetime) -> Message:
    folder.mkdir(parents=True, exist_ok=True)
    identity = secrets.token_hex(4)
    path = folder / f"alert-{identity}.csv"
    lines = [(subject(item, texts), row(item, at, texts, whole=True)) for items in topics for item in items]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        headers = (N_("Event"), N_("Customer"), N_("Organization ID"), N_("Subscription ID"), N_("What"))
        writer.writerow([texts(header) for header in headers])
        writer.writerows(_line(event, cells) for event, cells in lines)
    name = file_name(title.replace(":", ""), identity.upper(), at.date())
    return Message(texts.count("All %(n)s", "All %(n)s", len(lines)), file=path, file_name=name)


def _line(event: str, cells: Mapping[str, Any]) -> list[str]:
    return [event, cells["customer"], cells["org_id"] or "", cells["subscription_id"] or "", cells["detail"]]
