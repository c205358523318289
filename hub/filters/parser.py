"""From a text to a filter."""

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NoReturn

from hub.filters import reading
from hub.filters.errors import FilterError, Reason
from hub.filters.filter import Filter
from hub.filters.vocabulary import EXAMPLES, KEYS, plain
from hub.names import storable

if TYPE_CHECKING:
    from lark import Lark

LONGEST = 1000
"""In characters. Longer is no filter that a person wrote, and databases limit the conditions it would become."""

_ANY_EXAMPLE = "status:trial expires<30"

# Phones make quotes curly and dashes long. One character for one, so that positions stay.
_AS_TYPED = {
    **dict.fromkeys(map(ord, "“”„‟«»″＂"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛′"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
}


def parse(text: str) -> Filter:
    """Read a filter; an empty text chooses everybody.

    Raises:
        FilterError: the text is not a filter; the error says where, why, and what is near.

    """
    text = storable(text).translate(_AS_TYPED)
    if len(text) > LONGEST:
        raise FilterError(Reason.TOO_LONG, LONGEST, text[LONGEST:][:20], None, _ANY_EXAMPLE)
    if not text.strip():
        return Filter.everything

    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        tree = _grammar().parse(text)
    except UnexpectedCharacters as error:
        position = error.pos_in_stream or 0
        _refuse(text, position, Reason.UNCLOSED_QUOTE if text[position] == '"' else Reason.UNEXPECTED)
    except UnexpectedToken as error:
        start = error.token.start_pos
        at_end = error.token.type == "$END" or start is None
        _refuse(text, len(text) if at_end else start, Reason.UNEXPECTED)
    return Filter(tuple(reading.term(part) for part in tree.children))


def _refuse(text: str, position: int, reason: Reason) -> NoReturn:
    """Say what is wrong at a position; right after a key and its operator it is that their value is missing."""
    unfinished = re.search(r"(\w+)\s*[:<>=≤≥]+\s*$", text[:position])
    if unfinished and reason is Reason.UNEXPECTED:
        key = KEYS.get(plain(unfinished[1]))
        example = EXAMPLES[key] if key else _ANY_EXAMPLE
        raise FilterError(Reason.MISSING_VALUE, position, unfinished[1], key and str(key), example) from None
    word = re.match(r"\S*", text[position:])
    raise FilterError(reason, position, word[0] if word else "", None, _ANY_EXAMPLE) from None


@cache
def _grammar() -> "Lark":
    # Imported here: Lark costs a sixteenth of a second that a start without a filter need not pay.
    from lark import Lark

    grammar = resources.files("hub.filters").joinpath("filter.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr")
