"""Text of others made literal."""

import json
import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~])")
_SPACES = re.compile(r"\s+")


def markdown(text: object) -> str:
    """Escape a text so that Webex Markdown shows it letter by letter, on one line.

    `<` and `>` become entities, else `<@all>` would mention everybody; the rest takes CommonMark's backslash.
    """
    escaped = _MARKDOWN.sub(r"\\\1", _SPACES.sub(" ", str(text)))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: object, most: int = 100) -> str:
    """Cut a text to so many characters, less where a card's JSON needs several bytes for one."""
    kept = str(text)
    if len(kept) > most or len(json.dumps(kept)) > 3 * most:
        kept = kept[:most]
        while len(json.dumps(kept)) > 3 * most:
            kept = kept[: len(kept) * 9 // 10]
        kept = f"{kept.rstrip()}…"
    return kept


def one_line(text: object) -> str:
    """Fold white space, for the text runs of cards, which know no Markdown."""
    return _SPACES.sub(" ", str(text)).strip()
