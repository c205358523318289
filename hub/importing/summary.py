"""What an import did."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hub.importing.problems import RowError


class Note(StrEnum):
    """Something odd that is no error."""

    USED_ABOVE_ASSIGNED = "used_above_assigned"
    ASSIGNED_ABOVE_TOTAL = "assigned_above_total"
    LONG_TRIAL = "long_trial"
    ENDS_BEFORE_START = "ends_before_start"
    CUSTOMER_DIFFERS = "customer_differs"
    FUTURE_DAY = "future_day"
    NOT_REMOVED = "not_removed"


NOTES = {
    Note.USED_ABOVE_ASSIGNED: "more licences used than assigned",
    Note.ASSIGNED_ABOVE_TOTAL: "more licences assigned than bought",
    Note.LONG_TRIAL: "a trial of more than 90 days",
    Note.ENDS_BEFORE_START: "ends before it starts",
    Note.CUSTOMER_DIFFERS: "says something else of the customer than an earlier row, which was kept",
    Note.FUTURE_DAY: "the day of the counts is still to come",
    Note.NOT_REMOVED: "nothing was removed, because rows could not be read or a later file was imported before",
}
"""English texts of notes."""

LINES_SHOWN = 10


@dataclass(frozen=True)
class Remark:
    """A note, how many rows it is about, and the lines of the first ten of them."""

    note: Note
    rows: int = 0
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Counted:
    """How many customers, or subscriptions, were what."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    """Known, but no longer in the file."""
    removed: int = 0
    """Of the missing, those removed (`full`)."""


@dataclass(frozen=True)
class Summary:
    """What an import did, for people and, by `as_json`, for programs."""

    as_of: date
    applied: bool
    """False when `strict` kept everything out."""
    rows: int
    rejected: int
    """Rows that could not be read; each has one or several errors."""
    customers: Counted
    subscriptions: Counted
    errors: Sequence[RowError] = ()
    notes: Sequence[Remark] = ()
    ignored_columns: Sequence[str] = ()
    org_ids: frozenset[str] = frozenset()
    """Customers of whom anything is new or changed."""

    @property
    def succeeded(self) -> bool:
        """Whether something went in or nothing was to do."""
        return self.applied and (self.rejected < self.rows or not self.errors)

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "as_of": self.as_of.isoformat(),
            "applied": self.applied,
            "rows": self.rows,
            "rejected": self.rejected,
            "customers": asdict(self.customers),
            "subscriptions": asdict(self.subscriptions),
            "ignored_columns": list(self.ignored_columns),
            "notes": [
                {"note": remark.note, "text": NOTES[remark.note], "rows": remark.rows, "lines": list(remark.lines)}
                for remark in self.notes
            ],
            "errors": [error.as_json() for error in self.errors],
        }
