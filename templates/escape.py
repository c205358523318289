"""Text of others made literal."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~])")
_SPACES = re.compile(r"\s+")


def markdown(text: object) -> str:
    """Escape a text so that Webex Markdown shows it letter by letter, on one line.

    `<` and `>` become entities, else `<@all>` would mention everybody; the rest takes CommonMark's backslash.
    """
    escaped = _MARKDOWN.sub(r"\\\1", _SPACES.sub(" ", str(text)))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(text: object) -> str:
    """Fold white space, for the text runs of cards, which know no Markdown."""
    return _SPACES.sub(" ", str(text)).strip()
