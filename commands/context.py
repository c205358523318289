"""What a command knows beside its arguments."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlmodel import Session

from hub.feed import FeedClient
from hub.scope import Scope
from hub.webex import PartnerClient
from notifications.audience import Audience, Member
from storage import Database
from templates.texts import Texts


@dataclass(frozen=True)
class SpaceView:
    """The space a command was typed in."""

    room_id: str
    kind: str
    """`direct` or `group`."""


class Health(Protocol):
    """What the running service tells of itself."""

    def lines(self) -> Iterator[tuple[str, str, bool]]:
        """Name, state in words, and whether it is well; texts of the catalogue."""


@dataclass(frozen=True)
class Services:
    """What commands work with."""

    database: Database
    partner: PartnerClient | None = None
    """Webex's partner interfaces; None where no administrator token is configured."""
    feed: FeedClient | None = None
    """The partner's own feed, which also starts trials; None where none is configured."""
    files: Path = Path("data/files")
    """Where reports are written before they are sent."""
    watch_seconds: float = 60
    control_hub: str = "https://admin.webex.com"
    health: Health | None = None
    """None outside the running service."""


@dataclass(frozen=True)
class Context:
    """Who asks, where, when, in which language, and whose customers they may see."""

    person: Member
    space: SpaceView
    audience: Audience
    scope: Scope
    texts: Texts
    now: datetime
    services: Services
    line: str
    """The command as typed, without the bot's name."""
    request_id: str
    """Identity of the message or click: what makes an effect happen once."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Fields of the card whose button was pressed."""

    def read(self) -> AbstractContextManager[Session]:
        """Open a unit of work that only reads."""
        return self.services.database.read()

    def write(self) -> AbstractContextManager[Session]:
        """Open a transaction."""
        return self.services.database.write()
