"""Saved filters: `@NAME` in a filter stands for the terms that were saved under the name."""

import re
from collections.abc import Mapping

from hub.filters.errors import FilterError, Reason
from hub.filters.parser import parse
from hub.filters.reading import nearest
from hub.names import fold

LONGEST_NAME = 30
_NAME = re.compile(rf"[^\W_][\w-]{{0,{LONGEST_NAME - 1}}}")
_RESERVED = frozenset({"all", "here", "todos"})
"""What chats take for a mention of everybody."""
_QUOTED_OR_REFERENCE = re.compile(r'"(?:\\[\s\S]|[^"\\])*"|(?<!\S)(?P<sign>-?)@(?P<name>\S+)')


def key(name: str) -> str:
    """Bring a name to the form under which it is kept: case and accents do not matter."""
    return fold(name.removeprefix("@"))


def is_name(name: str) -> bool:
    """Whether a filter can be saved under a name: a letter or digit, then letters, digits, `-` or `_`."""
    return _NAME.fullmatch(name.removeprefix("@")) is not None and key(name) not in _RESERVED


def expand(text: str, saved: Mapping[str, str], within: tuple[str, ...] = ()) -> str:
    """Put saved terms, by key, in the place of their names; `-@NAME` is everybody whom they do not choose.

    `within` are the keys of the filters that the text belongs to.

    Raises:
        FilterError: a name is not known, or stands for itself.

    """

    def terms(found: re.Match[str]) -> str:
        if found["name"] is None:
            return found[0]
        name = key(found["name"])
        if name in within:
            raise FilterError(Reason.CIRCULAR, found.start(), f"@{found['name']}", None, "status:trial")
        if name not in saved:
            near = nearest(name, saved)
            raise FilterError(Reason.UNKNOWN_SAVED, found.start(), f"@{found['name']}", near and f"@{near}", "@NAME")
        inner = expand(saved[name], saved, (*within, name))
        return _negated(inner) if found["sign"] else inner

    return _QUOTED_OR_REFERENCE.sub(terms, text)


def names_in(text: str) -> frozenset[str]:
    """Return the keys of the saved filters that a text names."""
    return frozenset(key(found["name"]) for found in _QUOTED_OR_REFERENCE.finditer(text) if found["name"])


def _negated(text: str) -> str:
    return f"-( {parse(text)} )"
