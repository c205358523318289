"""Natural ways to say a command: "who expires in the next 30 days", "clientes que vencen en 30 días".

A phrase is a pattern of words: `[…]` may lack, `(a|b)` is one of several, `{days}` stands for a span of time, and
`{text}` for any words. Case, accents and punctuation do not matter. The arguments say how what was found is typed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from hub.names import fold

_UNITS = {"day": 1, "dia": 1, "week": 7, "semana": 7, "month": 30, "mes": 30, "quarter": 90, "trimestre": 90}
_UNIT = "days?|dias?|weeks?|semanas?|months?|mes(?:es)?|quarters?|trimestres?"
_PLACES = {
    "days": rf"(?:\d{{1,4}}(?: (?:{_UNIT}))?|(?:a |un |una )?(?:{_UNIT}))",
    "text": r"\S+(?: \S+)*",
}
_TOKEN = re.compile(r"\{(\w+)\}|([\[\]()|])|([^\[\](){}|\s]+)")
_AROUND = "¿?¡!.,;"


@dataclass(frozen=True)
class Phrase:
    """A pattern, and the arguments of the command it stands for, with `{…}` where the words of that name go."""

    pattern: str
    arguments: str
    in_spanish: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern over folded words, each followed by a blank.

        Raises:
            ValueError: the pattern is none.
        """
        parts = []
        for place, mark, word in _TOKEN.findall(self.pattern):
            if place:
                parts.append(f"(?P<{place}>{_PLACES[place]}) ")
            elif mark:
                parts.append({"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}[mark])
            else:
                parts.append(re.escape(fold(word)) + " ")
        return re.compile("".join(parts))

    def read(self, words: "Typed") -> str | None:
        """Return the arguments, if these words are this phrase."""
        found = self.regex.fullmatch(words.folded)
        if not found:
            return None
        values = {place: words.between(*found.span(place)) if found[place] else "" for place in found.groupdict()}
        if values.get("days"):
            values["days"] = str(_days(fold(values["days"])))
        return self.arguments.format(**values).strip()


class Typed:
    """Words as typed, and as they are compared."""

    def __init__(self, text: str) -> None:
        # Folding may split or empty a word; both forms must count the same words.
        pairs = [(word.strip(_AROUND), fold(word.strip(_AROUND)).replace(" ", "")) for word in text.split()]
        kept = [pair for pair in pairs if pair[1]]
        self._words = [word for word, _ in kept]
        self.folded = "".join(f"{folded} " for _, folded in kept)

    def between(self, start: int, end: int) -> str:
        """Return the words as typed that stand between two places of the folded text."""
        first = self.folded.count(" ", 0, start)
        return " ".join(self._words[first : first + self.folded.count(" ", start, end) + 1])


def en(pattern: str, arguments: str = "") -> Phrase:
    """Declare an English phrase."""
    return Phrase(pattern, arguments)


def es(pattern: str, arguments: str = "") -> Phrase:
    """Declare a Spanish phrase, which asks for a Spanish answer."""
    return Phrase(pattern, arguments, in_spanish=True)


def _days(span: str) -> int:
    """Read "2 weeks" as 14 days; a number alone is days, a unit alone is one of it."""
    words: Sequence[str] = span.split()
    number = next((int(word) for word in words if word.isdecimal()), 1)
    unit = words[-1]
    return number * next((days for name, days in _UNITS.items() if unit.startswith(name)), 1)
