"""Where to find help: links, the partner help desk, a getting-started guide. Their content is a data file."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from commands.context import Context
from commands.errors import NotFound
from commands.parameters import Page, WordsParameter
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Paging, without_page
from hub.names import fold
from hub.resources import RESERVED, Entry, Resource
from templates.catalogue import N_

ALIASES = {"rapidos": "quick", "destacados": "featured", "todo": "all", "todos": "all"}
SHOWN_BESIDE = 5
"""Quick links and featured resources shown before anybody searches."""

KindAndWords = Annotated[Sequence[str], WordsParameter(N_("[quick|featured|all|KIND] [WORDS]"))]


@command(
    "resources",
    aliases=["recursos"],
    summary=N_("Links for partners: quick links, featured, everything by kind and words"),
    examples=["resources", "resources quick", "resources trials extend"],
)
def resources(ctx: Context, words: KindAndWords = (), page: Page = 1) -> Reply:
    """Find resources by kind and words; with neither, show the quick links and what is featured."""
    known = ctx.services.resources
    chosen, searched = _chosen(ctx, words or _asked_by_card(ctx, page))
    found = [each for each in known.resources if _fits(each, chosen) and all(map(each.has, searched))]
    if not found:
        raise NotFound(
            N_("No resource fits “%(words)s”."),
            hint=N_("Try fewer words, or one of these kinds: %(kinds)s"),
            suggestions=["resources"],
            words=" ".join([*([chosen] if chosen else []), *searched])[:80],
            kinds=", ".join([*sorted(RESERVED), *known.kinds]),
        )
    line = without_page(" ".join(["resources", *([chosen] if chosen else []), *searched]))
    paging = Paging(page, len(found), line)
    everything = not chosen and not searched
    beside = found if everything else []
    language = ctx.texts.language
    return Reply(
        "resources",
        view={
            "quick": _links((each for each in beside if each.quick), language)[:SHOWN_BESIDE],
            "featured": _links((each for each in beside if each.featured), language)[:SHOWN_BESIDE],
            "found": [] if everything else _links(found[paging.offset : paging.offset + PAGE_SIZE], language),
            "paging": paging.view(),
            "total": len(found),
            "kinds": [
                ("quick", ctx.texts(N_("Quick links"))),
                ("featured", ctx.texts(N_("Featured"))),
                *((kind, title.in_language(language)) for kind, title in known.kinds.items()),
            ],
            "chosen": chosen or "all",
            "words": " ".join(searched),
        },
        data=lambda: {
            "rows": [
                {**_link(each, language), "kind": each.kind, "quick": each.quick, "featured": each.featured}
                for each in found
            ]
        },
    )


@command(
    "helpdesk",
    aliases=["mesa de ayuda"],
    summary=N_("The partner help desk, for Webex Calling and Contact Center"),
    examples=["helpdesk"],
)
def helpdesk(ctx: Context) -> Reply:
    """Tell where to turn to."""
    links = _links(ctx.services.resources.helpdesk, ctx.texts.language)
    return Reply("helpdesk", view={"links": links}, data=lambda: {"rows": links})


@command(
    "start",
    aliases=["comenzar", "empezar", "primeros pasos"],
    summary=N_("Getting started with Partner Hub, step by step"),
    examples=["start"],
)
def start(ctx: Context) -> Reply:
    """Show the guide."""
    steps = [
        {"number": number, **_link(step, ctx.texts.language), "command": step.command}
        for number, step in enumerate(ctx.services.resources.start, start=1)
    ]
    return Reply("start", view={"steps": steps}, data=lambda: {"rows": steps})


def _chosen(ctx: Context, words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Tell the kind from the words."""
    first = fold(words[0]) if words else ""
    kinds = {fold(spelling): kind for kind, title in _kinds(ctx) for spelling in (kind, title)}
    named = ALIASES.get(first) or kinds.get(first)
    return (named, list(words[1:])) if named else (None, list(words))


def _asked_by_card(ctx: Context, page: int) -> list[str]:
    """Return what the card's search fields say; its pager sends them along, and means something else."""
    asked = " ".join([ctx.inputs.get("kind", ""), ctx.inputs.get("words", "")])
    return asked.split() if page == 1 else []


def _kinds(ctx: Context) -> Iterable[tuple[str, str]]:
    yield from ((word, word) for word in sorted(RESERVED))
    for kind, title in ctx.services.resources.kinds.items():
        yield kind, title.in_language(ctx.texts.language)


def _fits(resource: Resource, chosen: str | None) -> bool:
    match chosen:
        case None | "all":
            return True
        case "quick":
            return resource.quick
        case "featured":
            return resource.featured
        case kind:
            return resource.kind == kind


def _links(entries: Iterable[Entry], language: str) -> list[dict[str, Any]]:
    return [_link(entry, language) for entry in entries]


def _link(entry: Entry, language: str) -> dict[str, Any]:
    return {
        "title": entry.title.in_language(language),
        "about": entry.about.in_language(language) if entry.about else None,
        "url": str(entry.url) if entry.url else None,
    }


COMMANDS = (resources, helpdesk, start)
