"""One reading of a source."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.progress import Progress
from hub.wire.reading import Skipped
from storage import Database

FEW = 10
"""Fewer may change or go at once, whatever their share."""
SHARE = 0.2
"""So much of what is known may change or go at once; more looks like a mistake. The default of a setting."""


@dataclass
class Task:
    """A reading under way."""

    name: str
    """Of its row in `source`."""
    database: Database
    at: datetime
    """When it began: what it tells holds for then."""
    progress: Progress
    confirmed: bool = False
    """Somebody stands by and wants it so."""
    share: float = SHARE
    is_whole: bool = True
    """It asks for everything, not only for what changed."""
    skipped: Skipped = field(default_factory=Skipped)
    asked: set[str] = field(default_factory=set)
    """Of a reading that is not whole: what it told anew, so that what was left out of it before counts no more."""
    doubted: set[str] = field(default_factory=set)
    """Customers of whom it told what is held."""
    departed: list[str] = field(default_factory=list)

    def is_many(self, hit: int, of: int) -> bool:
        """Whether so many changing at once look like a mistake."""
        return not self.confirmed and hit >= FEW and hit > self.share * of
