"""How much fits into one message, and cutting text that is longer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST_FENCE_BYTES = 32
_FENCE = re.compile(
    rf" {{0,3}}(?P<marks>(?P<mark>[`~])(?P=mark){{2,{_LONGEST_FENCE_BYTES - 1}}})(?!(?P=mark))(?P<info>.*)"
)
_SMALLEST_LIMIT_BYTES = 4 * _LONGEST_FENCE_BYTES


@dataclass(frozen=True)
class Limits:
    """What a chat service takes in one message; the defaults are Webex's."""

    markdown_bytes: int = 7439
    """Webex API reference, POST /messages."""
    card_bytes: int = 20_000
    """JSON of a card. Webex documents no limit; larger cards are reported to be refused."""
    spare_bytes: int = 239
    """Of the Markdown, kept free for a mark that delivery may set before a message's own text."""

    @property
    def text_bytes(self) -> int:
        """What a message's own text may take."""
        return self.markdown_bytes - self.spare_bytes


WEBEX = Limits()


@dataclass(frozen=True)
class _Fence:
    """A fenced code block that is open at some line; with empty marks, none is."""

    marks: str = ""
    info: str = ""

    @property
    def opening(self) -> str:
        return self.marks + self.info

    @property
    def overhead_bytes(self) -> int:
        """What opening it again and closing it takes of a part, line ends included."""
        return len(self.opening.encode()) + len(self.marks) + 2 if self.marks else 0

    def after(self, line: str) -> "_Fence":
        """The fence that is open after one more line (CommonMark 0.31, section 4.5)."""
        found = _FENCE.fullmatch(line)
        if not found:
            return self
        if not self.marks:
            info = found["info"].strip()
            if found["mark"] == "`" and "`" in info:
                return self
            return _Fence(found["marks"], info if len(info.encode()) <= _LONGEST_FENCE_BYTES else "")
        closes = found["marks"].startswith(self.marks) and not found["info"].strip()
        return _Fence() if closes else self


def split(markdown: str, limit_bytes: int) -> list[str]:
    """Cut Markdown into parts of at most `limit_bytes` of UTF-8, at line ends where there are any.

    A line too long for a part is cut between code points. A fenced code block that is cut is closed at the end of one
    part and opened again in the next. Parts of nothing but white space are left out. Halves of surrogate pairs, which
    UTF-8 does not have, become question marks.

    Raises:
        ValueError: the limit is below 128, where a code block's fences could fill a part.

    """
    if limit_bytes < _SMALLEST_LIMIT_BYTES:
        raise ValueError(f"parts need at least {_SMALLEST_LIMIT_BYTES} bytes")
    text = markdown.encode(errors="replace").decode()
    if len(text.encode()) <= limit_bytes:
        return [text]
    parts = ["\n".join(lines) for lines in _parts(text.split("\n"), limit_bytes)]
    return [part for part in parts if part.strip()] or [""]


def _parts(lines: list[str], limit_bytes: int) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    fence = _Fence()
    for line in lines:
        after = fence.after(line)
        for piece in _pieces(line, limit_bytes - max(fence.overhead_bytes, after.overhead_bytes)):
            piece_size = len(piece.encode()) + 1
            closing_size = len(after.marks) + 1 if after.marks else 0
            # The line end counted after the last line is not there.
            if part and size + piece_size + closing_size - 1 > limit_bytes:
                yield [*part, fence.marks] if fence.marks else part
                part = [fence.opening] if fence.marks else []
                size = sum(len(opening.encode()) + 1 for opening in part)
            part.append(piece)
            size += piece_size
            fence = after
    yield part


def _pieces(line: str, limit_bytes: int) -> Iterator[str]:
    rest = line.encode()
    while len(rest) > limit_bytes:
        cut = limit_bytes
        while rest[cut] & 0b1100_0000 == 0b1000_0000:  # inside a character
            cut -= 1
        yield rest[:cut].decode()
        rest = rest[cut:]
    yield rest.decode()
