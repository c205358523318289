"""What can be wrong with a filter, as data: whoever speaks with people finds the words.

FilterError
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a text is not a filter."""

    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_VALUE = "unknown_value"
    MISSING_VALUE = "missing_value"
    NOT_A_NUMBER = "not_a_number"
    NOT_COMPARABLE = "not_comparable"
    """The field is written with a colon, not with a comparison."""
    NOT_A_CHOICE = "not_a_choice"
    """The field is written with a comparison, not with a colon."""
    UNCLOSED_QUOTE = "unclosed_quote"
    UNEXPECTED = "unexpected"
    TOO_LONG = "too_long"
    UNKNOWN_SAVED = "unknown_saved"
    """No filter was saved under the name."""
    CIRCULAR = "circular"
    """A saved filter stands for itself."""


class FilterError(Exception):
    """A text that is not a filter.

    `position` counts characters from 0, `word` stands there, `suggestion` is the nearest valid term (None where
    nothing is near), `example` a filter that uses what was probably meant.
    """

    def __init__(self, reason: Reason, position: int, word: str, suggestion: str | None, example: str) -> None:
        super().__init__(f"{reason} at {position}: {word!r}")
        self.reason = reason
        self.position = position
        self.word = word
        self.suggestion = suggestion
        self.example = example
