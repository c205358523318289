"""What a command answers: a template and what it shows, the data behind it, files."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.access import Needs
from notifications.notes import Note
from templates import render
from templates.escape import markdown
from templates.texts import Texts

_CODE = re.compile(r"(?<!\\)`([^`\n]+)`")
"""Commands in Markdown; what people named is escaped and never one."""


@dataclass(frozen=True)
class Attachment:
    """A file of an answer, under the name its reader sees."""

    path: Path
    name: str
    said: str = ""
    """What is said with it, where it comes in a message of its own."""


@dataclass(frozen=True)
class Reply:
    """An answer, not yet in words.

    `template` names `messages/….md.j2` and, where `card` is true, `cards/….json.j2`; both see `view`.
    `data` computes what `partnerbot ask --json` gives: names in snake_case, the whole result.
    """

    template: str
    view: Mapping[str, Any] = field(default_factory=dict)
    data: Callable[[], Mapping[str, Any]] = dict
    card: bool = True
    files: tuple[Attachment, ...] = ()
    bounded: bool = True
    """It shows customers, as far as region and readers allow: what is left out is said below it."""
    regional: bool = True
    """A chosen region bounds it, too."""
    needs: Needs | None = None
    """What it takes to see this answer, where that is other than what it took to run the command."""
    texts: Texts | None = None
    """The language it is said in, where the command changed it."""


@dataclass(frozen=True)
class Rendered:
    """An answer in words."""

    markdown: str
    card: dict[str, Any] | None
    files: tuple[Attachment, ...] = ()


def rendered(
    reply: Reply, texts: Texts, notes: Sequence[Note] = (), in_spanish: Callable[[str], str] = str
) -> Rendered:
    """Put an answer into the words of its reader, with notes below it.

    `in_spanish` gives a command its Spanish name: who reads Spanish sees it so wherever Markdown shows one as code.
    """
    texts = reply.texts or texts
    said = render.markdown(reply.template, texts, **reply.view)
    if texts.language == "es":
        said = _CODE.sub(lambda found: f"`{in_spanish(found[1])}`", said)
    return Rendered(
        "\n\n".join([said, *(markdown(note.text) for note in notes)]),
        render.card(reply.template, texts, notes=notes, **reply.view) if reply.card else None,
        reply.files,
    )
