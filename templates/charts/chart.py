"""What a chart says: panels of series over the same weeks, or of rows. All words are in the reader's language."""

from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    """What a colour means. They differ in lightness, too, so that no kind of colour blindness makes two alike."""

    STRONG = "#0b4f94"
    """What is wanted: used, answered, many calls."""
    MEDIUM = "#4c97d1"
    CALM = "#9cc7ea"
    FAINT = "#c9ced6"
    """What is there and does nothing: available, no calls."""
    ALARM = "#c8500a"
    """What somebody should look at: overage, poor, abandoned."""
    OTHER = "#7a5195"
    GREEN = "#1f8a5b"
    AMBER = "#a87400"


class Form(StrEnum):
    """How a panel shows its series."""

    STACKED = "stacked"
    """Columns, one series upon the other, the first at the bottom."""
    LINES = "lines"
    ROWS = "rows"
    """Horizontal bars, one for each series, which has one value."""


@dataclass(frozen=True)
class Series:
    """A series by name; None is unknown, and nothing is drawn for it."""

    name: str
    values: tuple[float | None, ...]
    colour: Colour
    note: str = ""
    """Said beside the value of a row, such as how many of how many."""


@dataclass(frozen=True)
class Panel:
    """One drawing with a scale of its own."""

    title: str
    form: Form
    series: tuple[Series, ...]
    is_percentage: bool = False
    height: float = 1.0
    """Beside that of the chart's other panels."""


@dataclass(frozen=True)
class Chart:
    """Panels one below the other over the same weeks."""

    weeks: tuple[str, ...]
    panels: tuple[Panel, ...]
    language: str
