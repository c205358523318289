"""What every comparison is given: the customers to look at, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from hub.statuses import Status, Thresholds


@dataclass(frozen=True)
class Looking:
    """A look at some customers, in the transaction that remembers it."""

    session: Session
    org_ids: Sequence[str]
    at: datetime
    statuses: Mapping[str, tuple[Status, ...]]
    """What each carries now."""
    thresholds: Thresholds
    day_counts: tuple[int, ...]
    """Days before an end or renewal whose crossing is an event, the largest first."""

    @property
    def today(self) -> date:
        """The day it is."""
        return self.at.date()
