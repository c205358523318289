"""What passes from stage to stage: alerts, each for one reader, made of items; and what was decided on the way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from notifications.audience import Audience
from storage.tables import Event, Fate


class Reason(StrEnum):
    """Why a stage decided as it did; `why` puts it into words."""

    TOGETHER = "together"
    """Waits a little for what belongs to it."""
    DIGEST = "digest"
    """Waits for its digest."""
    RULE_GONE = "rule_gone"
    """The rules that asked for it were deleted or paused before it was told."""
    EXPLAINED = "explained"
    """A bigger fact explains it; `detail.by` is its kind."""
    SNOOZED = "snoozed"
    """Somebody put its alert off, `detail.alert`, and it is no worse than then."""
    SILENCED = "silenced"
    """`detail.silence` is its id."""
    QUIET = "quiet"
    """Quiet hours."""
    FLAPPING = "flapping"
    """Changes again and again, and was told as that."""
    PASSED = "passed"
    """Was over, or as before, by the time it would have been told."""
    NEARER = "nearer"
    """A nearer threshold of the same end is told."""
    NEWER = "newer"
    """A later change of the same status counts."""
    MOVED = "moved"
    """The end has moved since, or renews in another way."""
    KNOWN = "known"
    """The space was told before."""
    CAPPED = "capped"
    """The space has had its messages of this hour."""
    WITHHELD = "withheld"
    """Nobody who could be told may see customers."""
    SENT = "sent"
    """In a message."""


@dataclass(frozen=True)
class Item:
    """One event, as one reader is told of it."""

    event: Event
    customer: str
    """Name of the customer; empty where it concerns none."""
    key: str
    """What makes it be told once to this reader."""
    rules: tuple[int, ...]
    """Every rule that asked for it."""
    days_before: int | None = None
    """Of the day counts crossed, the nearest that a rule asked for."""
    decision: int | None = None
    """Id of what was decided on it before, where it was held."""
    held_for: Reason | None = None
    """Why it was held."""
    released: datetime | None = None
    """Since when nothing holds it, where that is later than it happened."""
    flaps: int = 0
    """So many changes in a day make it one that is told as flapping."""

    @property
    def left(self) -> bool:
        """The status was left, not entered."""
        return bool(self.event.after.get("left"))

    @property
    def since(self) -> datetime:
        """From when on it could be told."""
        return self.released or self.event.at

    @property
    def topic(self) -> tuple[str, bool, int | None, bool]:
        """What belongs together: the same kind of thing."""
        return self.event.kind, self.left, self.days_before, bool(self.flaps)


@dataclass(frozen=True)
class Reader:
    """Where something is told, and who reads it there."""

    room_id: str
    """The space whose rules asked for it."""
    target: str
    """That space; or its owner one-to-one, where somebody in the space may not see customers."""
    audience: Audience
    language: str | None = None
    zone: str | None = None

    @property
    def is_moved(self) -> bool:
        """It is told one-to-one instead of in the space."""
        return self.target != self.room_id


@dataclass(frozen=True)
class Digest:
    """A digest, and the time it is about."""

    rule: int
    every: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Alert:
    """Items told together."""

    reader: Reader
    items: tuple[Item, ...]
    digest: Digest | None = None
    thread: str | None = None
    """Cause of the message in whose thread it is told: of a recovery, the one that told what is over."""


@dataclass(frozen=True)
class Verdict:
    """What a stage decided on an item that it took out of the batch."""

    reader: Reader
    item: Item
    fate: Fate
    stage: str
    reason: Reason
    due_at: datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """What is on its way to be told, and what is not, with the reasons."""

    alerts: tuple[Alert, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    def after(self, alerts: Iterable[Alert], verdicts: Iterable[Verdict] = ()) -> "Batch":
        """Return the batch as a stage leaves it: other alerts, those without items left out, and more verdicts."""
        return Batch(tuple(each for each in alerts if each.items), (*self.verdicts, *verdicts))


def keeping(alert: Alert, items: Iterable[Item]) -> Alert:
    """Return the alert with these items, in their order: by customer, then by identity."""
    return replace(alert, items=tuple(sorted(items, key=lambda item: (item.customer, item.key))))
