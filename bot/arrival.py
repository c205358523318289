"""What arrives from Webex: a message or a pressed button, after it was looked up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from notifications.outbox import Outgoing


@dataclass(frozen=True)
class Arrival:
    """One message to the bot, or one card action."""

    id: str
    """Public id of the message or of the attachment action."""
    person_id: str
    person_email: str
    room_id: str
    room_type: str
    """`direct` or `group`."""
    root_id: str
    """Message that starts the thread the answer belongs to."""
    text: str = ""
    """What was typed, with the bot's name still in it where it was mentioned."""
    inputs: Mapping[str, str] | None = None
    """A card action's data and fields; None for a message."""
    files: Sequence[str] = field(default=())
    """Addresses of attached files."""
    created: datetime | None = None


@dataclass(frozen=True)
class Prepared:
    """A parsed and authorised command, ready to run."""

    effects: bool
    """It may change something, so after a crash it must not simply run again."""
    run: Callable[[], Sequence[Outgoing]]
    """Runs it; never raises: what goes wrong becomes an answer."""


class Handler(Protocol):
    """Who answers arrivals: `bot.dispatch`."""

    def prepare(self, arrival: Arrival) -> Prepared:
        """Find out what an arrival asks for, and whether its sender may have it."""

    def interrupted(self, arrival: Arrival) -> Sequence[Outgoing]:
        """Ask the sender of a command with effects, during which the service stopped, to look and decide."""
