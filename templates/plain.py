"""Markdown as plain text, for terminals and programs."""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token


def plain(markdown: str) -> str:
    """Return the words of a Markdown text: no marks, escapes resolved, one line a block."""
    lines: list[str] = []
    prefix = ""
    for token in _parser().parse(markdown):
        if token.type == "list_item_open":
            prefix = "- "
        elif token.type == "inline":
            lines.append(prefix + "".join(_words(child) for child in token.children or ()))
            prefix = ""
    return "\n".join(lines)


def _words(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")
