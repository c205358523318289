"""From the bytes of a CSV file to its rows, each with the line it begins on."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.importing.columns import Column, match
from hub.importing.problems import Fault, UnusableFile

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the file; `cells` is None where its quotation marks do not match."""

    line: int
    cells: list[str] | None


def read_lines(source: Path | bytes | str) -> list[str]:
    """Return the physical lines of a file (a path), of its content, or of a text, with their ends.

    Raises:
        UnusableFile: it cannot be opened, is not UTF-8, or is empty.

    """
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise UnusableFile(Fault.NOT_READABLE, cause=error.strerror or str(error)) from error
    try:
        # A text takes the same way, so that what no file could hold is refused as well.
        text = (content if isinstance(content, bytes) else content.encode()).decode("utf-8-sig")
    except UnicodeError as error:
        raise UnusableFile(Fault.ENCODING) from error
    lines = list(io.StringIO(text, newline=""))
    if not text.strip():
        raise UnusableFile(Fault.EMPTY)
    if "\0" in lines[0]:
        raise UnusableFile(Fault.ENCODING)
    return lines


def find_delimiter(lines: Sequence[str], known: Sequence[Column]) -> str:
    """Return the delimiter by which the header names the most columns that are known."""

    def recognised(delimiter: str) -> int:
        header = next(records(lines, delimiter), None)
        return sum(match(name, known) is not None for name in (header and header.cells) or ())

    return max(DELIMITERS, key=recognised)


def records(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """Yield the rows that hold anything.

    A quotation mark that is never closed costs its own line only: reading goes on at the next.
    """
    start = 0
    while start < len(lines):
        reader = csv.reader((lines[number] for number in range(start, len(lines))), delimiter=delimiter, strict=True)
        done = start
        try:
            for cells in reader:
                if any(cells):
                    yield Record(done + 1, cells)
                done = start + reader.line_num
            return
        except csv.Error:
            yield Record(done + 1, None)
            start = done + 1
