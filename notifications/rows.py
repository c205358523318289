"""Cutting long lists and tables between their rows, each part under the heading it belongs to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from notifications.limits import split

_ROW = re.compile(r"\s*(?:[-*+•]|\d{1,9}[.)])\s|\s*\|")
_RULE = re.compile(r"\s*\|?\s*:?-{3,}[\s|:-]*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_HEAD_SHARE = 4
"""A heading larger than this part of a message is not repeated."""


@dataclass
class _Section:
    """A heading and the rows under it."""

    head: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)


def split_rows(markdown: str, limit_bytes: int) -> list[str]:
    """Cut Markdown into parts of at most `limit_bytes` of UTF-8, between rows of lists and tables where it has any.

    A part that begins with a row begins with the heading of its list, or the header of its table, again. Text with
    code blocks, and lines too long for a part, are cut as `limits.split` does.

    Raises:
        ValueError: the limit is below 128.

    """
    text = markdown.encode(errors="replace").decode()
    if len(text.encode()) <= limit_bytes or any(_FENCE.match(line) for line in text.split("\n")):
        return split(text, limit_bytes)
    parts = ["\n".join(lines).strip("\n") for lines in _parts(_sections(text), limit_bytes)]
    return [piece for part in parts if part.strip() for piece in split(part, limit_bytes)] or [""]


def _sections(text: str) -> list[_Section]:
    sections = [_Section()]
    for line in text.split("\n"):
        current = sections[-1]
        if _RULE.fullmatch(line) and "|" in line and len(current.rows) == 1:
            # What stands above it is the header of a table, not its first row.
            current.head += [*current.rows, line]
            current.rows = []
        elif _ROW.match(line):
            current.rows.append(line)
        elif current.rows and line.strip() and not line.startswith("  "):
            sections.append(_Section([line]))
        else:
            (current.rows if current.rows else current.head).append(line)
    return sections


def _parts(sections: list[_Section], limit_bytes: int) -> Iterator[list[str]]:
    part: list[str] = []
    for section in sections:
        head = section.head if _size(section.head) * _HEAD_SHARE <= limit_bytes else []
        first = section.rows[:1]
        if part and _size([*part, *section.head, *first]) > limit_bytes:
            yield part
            part = []
        part = [*part, *section.head]
        size = _size(part)
        for row in section.rows:
            row_size = len(row.encode()) + 1
            if size + row_size > limit_bytes and part != head:
                yield part
                part = list(head)
                size = _size(part)
            part.append(row)
            size += row_size
    yield part


def _size(lines: list[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)
