"""From what somebody wrote to plain text, safe HTML and mentions (WEBEX.md §3).

A mention is `<@personEmail:a@b.com|Name>` or `<@personId:ID|Name>`, the name optional; only people of the room can
be mentioned. `<@all>` mentions everybody. For scripts that type, `@Name ` at the very start mentions too.
"""

import html
import re
from collections.abc import Collection
from functools import cache

import nh3
from markdown_it import MarkdownIt

from sandbox.ids import Kind, bare, webex_id
from sandbox.model import Content, Person

_MENTION = re.compile(r"(?<!\\)<@(?:(all)|person(?:Email|Id):([^|>\s]+)(?:\|[^>]*)?)>")
# Private-use characters stand for mentions while Markdown is rendered, so that names are not read as Markdown.
_PLACE = re.compile("\ue000(\\d+)\ue001")

_BLANK_LINES = re.compile(r"\n\s*\n")

# fmt: off
_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
# fmt: on
_ATTRIBUTES = {"a": {"href", "title"}, "blockquote": {"class"}, "code": {"class"}, "ol": {"start"}}


def compose(text: str | None, markdown: str | None, members: Collection[Person]) -> Content:
    """The content of a message in a room of `members`."""
    if markdown is None:
        return _plain_content(text, members)
    if addressee := _addressee(markdown, members):
        markdown = f"<@personId:{addressee.uuid}>{markdown[len(addressee.display_name) + 1 :]}"

    tags: list[str] = []
    mentioned: dict[str, Person] = {}
    mentions_all = False

    def take(match: re.Match[str]) -> str:
        nonlocal mentions_all
        if match[1]:
            mentions_all = True
            tags.append(_GROUP_MENTION)
        elif person := _find(match[2], members):
            mentioned[person.uuid] = person
            tags.append(_mention_tag(person))
        else:
            return f"\\{match[0]}"
        return f"\ue000{len(tags) - 1}\ue001"

    rendered = _render(_MENTION.sub(take, markdown))
    rich = _PLACE.sub(lambda match: "".join(tags[int(match[1]) :][:1]), rendered)
    return Content(
        text=text if text is not None else _plain(rich),
        markdown=markdown,
        html=rich,
        mentioned=tuple(mentioned.values()),
        mentions_all=mentions_all,
    )


def _plain_content(text: str | None, members: Collection[Person]) -> Content:
    addressee = _addressee(text or "", members)
    if text is None or addressee is None:
        return Content(text=text)
    rest = text[len(addressee.display_name) + 1 :]
    return Content(
        text=addressee.display_name + rest,
        html=f"<p>{_mention_tag(addressee)}{html.escape(rest)}</p>",
        mentioned=(addressee,),
    )


def _addressee(source: str, members: Collection[Person]) -> Person | None:
    """Whom a typed `@Name ` at the start speaks to."""
    if not source.startswith("@"):
        return None
    for person in members:
        typed, rest = source[1 : len(person.display_name) + 1], source[len(person.display_name) + 1 :]
        if typed.casefold() == person.display_name.casefold() and (not rest or rest[0].isspace()):
            return person
    return None


def _find(who: str, members: Collection[Person]) -> Person | None:
    uuid = bare(who)
    return next((p for p in members if p.uuid == uuid or p.email.casefold() == who.casefold()), None)


_GROUP_MENTION = '<spark-mention data-object-type="groupMention" data-group-type="all">All</spark-mention>'


def _mention_tag(person: Person) -> str:
    object_id = webex_id(Kind.PEOPLE, person.uuid)
    name = html.escape(person.display_name)
    return f'<spark-mention data-object-type="person" data-object-id="{object_id}">{name}</spark-mention>'


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])


def _render(markdown: str) -> str:
    """Safe HTML of Markdown."""
    return nh3.clean(_markdown().render(markdown), tags=_TAGS, attributes=_ATTRIBUTES).strip()


def _plain(rich: str) -> str:
    """What is left of HTML when the tags are gone."""
    return _BLANK_LINES.sub("\n", html.unescape(nh3.clean(rich, tags=set()))).strip()
