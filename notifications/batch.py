"""What passes from stage to stage: alerts, each for one reader, made of items."""

from dataclasses import dataclass

from notifications.audience import Audience
from storage.tables import Event


@dataclass(frozen=True)
class Item:
    """One event, as one reader is told of it."""

    event: Event
    customer: str
    """Name of the customer."""
    key: str
    """What makes it be told once to this reader."""
    rules: tuple[int, ...]
    """Every rule that asked for it."""
    days_before: int | None = None
    """Of the day counts crossed, the nearest that a rule asked for."""

    @property
    def left(self) -> bool:
        """The status was left, not entered."""
        return bool(self.event.after.get("left"))


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
class Alert:
    """Items told together."""

    reader: Reader
    items: tuple[Item, ...]


Batch = tuple[Alert, ...]
