"""Cells that a spreadsheet would take for a formula are made harmless, a column at a time.

The rule is that of defusedcsv, and goes further: white space before a formula does not hide it from a spreadsheet.
Most columns hold nothing of the kind; one search over all of a column's cells tells so: that makes large reports fast.
"""

import re
from collections.abc import Iterable, Sequence

from defusedcsv.csv import _escape as defused

_SUSPECT = re.compile(r"\n\s*[=+\-@|%]")
"""Where a cell might begin a formula: each follows a line end; one that holds lines itself is looked at, too."""
_BEHIND_BLANKS = re.compile(r"\s+[=+\-@|%]")


def harmless(cell: str) -> str:
    """Return a text that every spreadsheet takes for text; figures stay as they are."""
    return f"'{cell}" if _BEHIND_BLANKS.match(cell) else str(defused(cell))


def column_of_texts(cells: Sequence[str]) -> Iterable[str]:
    """Return a column's cells, each harmless."""
    return map(harmless, cells) if _SUSPECT.search("\n" + "\n".join(cells)) else cells
