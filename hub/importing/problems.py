"""What can be wrong with a file, one of its rows, or one of its cells: codes with data, and their English texts.

UnusableFile    nothing of the file can be read
BadCell         one cell cannot be read; becomes a RowError, and the other rows go in
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """Why a whole file cannot be used."""

    NOT_READABLE = "not_readable"
    ENCODING = "encoding"
    EMPTY = "empty"
    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    REPEATED_COLUMN = "repeated_column"
    NOTHING_TO_KEEP = "nothing_to_keep"
    NO_FIGURES = "no_figures"


class Reason(StrEnum):
    """Why a row cannot be read."""

    REQUIRED = "required"
    UUID = "uuid"
    CHOICE = "choice"
    SHORT_CODE = "short_code"
    COUNTRY = "country"
    DATE = "date"
    AMBIGUOUS_DATE = "ambiguous_date"
    TIME = "time"
    COUNT = "count"
    TOO_LARGE = "too_large"
    TRIAL_RENEWS = "trial_renews"
    CONTROL_CHARACTER = "control_character"
    QUOTES = "quotes"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_FEW_CELLS = "too_few_cells"
    NO_SUBSCRIPTION = "no_subscription"
    OTHER_CUSTOMER = "other_customer"
    CONTRADICTION = "contradiction"
    REPEATED_PRODUCT = "repeated_product"
    NO_SUNDAY = "no_sunday"
    WEEK_NOT_OVER = "week_not_over"
    UNKNOWN_CUSTOMER = "unknown_customer"
    REPEATED_WEEK = "repeated_week"


FAULTS: Mapping[Fault, str] = {
    Fault.NOT_READABLE: "The file cannot be opened: %(cause)s.",
    Fault.ENCODING: "The file is not UTF-8 text. Save it as “CSV UTF-8”.",
    Fault.EMPTY: "The file is empty.",
    Fault.NO_HEADER: "The first line names no column that is known, such as customer or org_id.",
    Fault.MISSING_COLUMN: "A column is missing: %(columns)s.",
    Fault.REPEATED_COLUMN: "A column is there twice: %(columns)s.",
    Fault.NO_FIGURES: "No column holds a figure, such as calls, legs or queue_answer_seconds.",
    Fault.NOTHING_TO_KEEP: "The file holds no customer, so removing what it lacks would remove everything.",
}
"""English texts of faults, with `%(name)s` for their data."""

REASONS: Mapping[Reason, str] = {
    Reason.REQUIRED: "is required",
    Reason.UUID: "is neither a UUID nor the Webex id of one",
    Reason.CHOICE: "is none of: %(choices)s",
    Reason.SHORT_CODE: "is no short code such as US or EU",
    Reason.COUNTRY: "is no two-letter country code of ISO 3166",
    Reason.DATE: "is no date such as 2026-11-22",
    Reason.AMBIGUOUS_DATE: "may be day/month or month/day; write %(month_first)s or %(day_first)s, or say dayfirst",
    Reason.TIME: "is no time such as 2026-11-22T14:30:00Z",
    Reason.COUNT: "is no whole number of at least 0",
    Reason.TOO_LARGE: "is larger than %(limit)s",
    Reason.TRIAL_RENEWS: "a trial never renews by itself",
    Reason.CONTROL_CHARACTER: "holds a character that is no text",
    Reason.QUOTES: "the quotation marks of this row do not match",
    Reason.TOO_MANY_CELLS: "the row has %(cells)s cells and the header %(columns)s",
    Reason.TOO_FEW_CELLS: "the row has %(cells)s cells and the header %(columns)s",
    Reason.NO_SUBSCRIPTION: "is given without a subscription_id",
    Reason.OTHER_CUSTOMER: "line %(line)s gives this subscription to another customer",
    Reason.CONTRADICTION: "line %(line)s says %(other)s of the same subscription",
    Reason.REPEATED_PRODUCT: "line %(line)s has this product of the same subscription already",
    Reason.NO_SUNDAY: "is no Sunday; a week is named by the Sunday it begins on, such as %(sunday)s",
    Reason.WEEK_NOT_OVER: "is a week that is not over yet",
    Reason.UNKNOWN_CUSTOMER: "is no customer that is known; import or read the customers first",
    Reason.REPEATED_WEEK: "line %(line)s has this week of the same customer already",
}
"""English texts of reasons, with `%(name)s` for their data."""


@dataclass(frozen=True)
class RowError:
    """Why a row was left out."""

    line: int
    """Of the file, where the row begins; the header is 1."""
    column: str | None
    """The name in FORMATS.md; None when it is about the whole row."""
    value: str
    reason: Reason
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The reason in English."""
        return REASONS[self.reason] % self.data

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints of it."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "text": self.text,
        }

    def __str__(self) -> str:
        where = f"line {self.line}"
        if self.column:
            where += f", {self.column}"
        if self.value:
            where += f" “{self.value}”"
        return f"{where}: {self.text}"


class BadCell(Exception):
    """A cell that cannot be read."""

    def __init__(self, reason: Reason, **data: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.data = data


class UnusableFile(Exception):
    """A file of which nothing can be read."""

    def __init__(self, fault: Fault, **data: object) -> None:
        super().__init__(FAULTS[fault] % data)
        self.fault = fault
        self.data = data
