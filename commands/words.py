"""Chat input as words: kind to what keyboards do to quotes and dashes, and to the space around."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifications.reports import Report

_PLAIN = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’", "'") | dict.fromkeys("–—", "-"))
_WORD = re.compile(r'-?[^\s":]+:(?:"[^"]*"|[^\s"]+)(?:,(?:"[^"]*"|[^\s",]+))*|"[^"]*"|\S+')


def normalise(text: str) -> str:
    """Turn curly quotes and long dashes into plain ones and fold white space."""
    return " ".join(text.translate(_PLAIN).split())


class Words:
    """The words after a command's name, from which each parameter takes what it recognises.

    `saved` tells what the names of saved filters stand for, `reports` what reports somebody gave names of their own.
    """

    def __init__(
        self,
        text: str,
        saved: Callable[[], Mapping[str, str]] = dict,
        reports: Callable[[], Mapping[str, "Report"]] = dict,
    ) -> None:
        self._words = _WORD.findall(text)
        self.saved = saved
        self.reports = reports

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._words))

    def __len__(self) -> int:
        return len(self._words)

    def take(self, word: str) -> str:
        """Remove a word and return it."""
        self._words.remove(word)
        return word

    def take_all(self) -> list[str]:
        """Remove and return everything that is left."""
        taken, self._words = self._words, []
        return taken

    def rest(self) -> str:
        """Remove everything that is left, as one text."""
        return " ".join(self.take_all())


def unquote(word: str) -> str:
    """Take the quotes off a quoted word."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word
