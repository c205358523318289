"""One reading of a source, and what of it is believed: not that much is gone, until a person confirms it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hub.errors import Unavailable
from hub.progress import Progress
from hub.wire.reading import Skipped
from storage import Database

FEW = 20
"""So many may go at once, whatever their share."""
SHARE = 0.2
"""So much of what is known may go at once; a larger removal looks like a mistake. The default of a setting."""


@dataclass
class Task:
    """A reading under way."""

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
    departed: list[str] = field(default_factory=list)

    def believe(self, source: str, going: int, known: Callable[[], int], what: str) -> None:
        """Let a removal pass that is no larger than a share of what is known.

        Raises:
            Unavailable: it looks like a mistake; says how many are said to be gone.
        """
        if self.confirmed or going <= FEW:
            return
        of = known()
        if going > self.share * of:
            raise Unavailable(
                source,
                f"it says that {going} of {of} {what} are gone; nothing is removed until “partnerbot sync” is run",
            )
