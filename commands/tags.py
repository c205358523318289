"""Tags of customers and subscriptions: at most five each, of at most 25 characters."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated

from commands import tagging
from commands.choose import the_customer
from commands.confirming import Confirmation, is_about
from commands.context import Context
from commands.errors import CommandError, NotUnderstood
from commands.files import csv_file
from commands.parameters import AsFile, Page, WordsParameter
from commands.phrases import en, es
from commands.progress import Progress
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Column, Paging, table, without_page
from hub import tags as hub_tags
from hub.customers import MatchKind, find
from hub.tags import Owner, TagCount
from templates.catalogue import N_

CustomerAndTags = Annotated[Sequence[str], WordsParameter(N_("CUSTOMER TAG…"))]

_COLUMNS = (
    Column(N_("Tag"), lambda row, _: row.tag, 4),
    Column(N_("Customers"), lambda row, texts: texts.number(row.customers), 2),
    Column(N_("Subscriptions"), lambda row, texts: texts.number(row.subscriptions), 2),
)


@command(
    "tags",
    aliases=["etiquetas"],
    summary=N_("All tags, and how many customers and subscriptions have them"),
    examples=["tags"],
    phrases=[
        en("(which|what) tags (are there|do we have|exist)", ""),
        en("(show|list) [me] [all] [the|my|our] tags", ""),
        es("que etiquetas (hay|tenemos|existen)", ""),
        es("(muestra|muestrame|lista) [todas] [las|mis|nuestras] etiquetas", ""),
    ],
)
def tags(ctx: Context, as_file: AsFile = False, page: Page = 1) -> Reply:
    """List tags, what most customers have on top; a tag opens its customers."""
    with ctx.read() as session:
        found = hub_tags.count_tags(session, ctx.scope)
    paging = Paging(page, len(found), without_page(ctx.line))
    title = ctx.texts.count("%(n)s tag", "%(n)s tags", len(found))
    header = [ctx.texts(column.title) for column in _COLUMNS]
    file = csv_file(ctx, ctx.texts(N_("Tags")), header, map(_cells, found)) if as_file else None
    return Reply(
        "tag_list",
        view={
            "title": title,
            "table": table(_COLUMNS, found[paging.offset : paging.offset + PAGE_SIZE], ctx.texts, opens=_customers),
            "paging": paging.view(),
            "csv": "tags csv",
        },
        data=lambda: {"total_rows": len(found), "rows": [asdict(each) for each in found]},
        card=not as_file,
        files=(file,) if file else (),
    )


@command(
    "tag",
    aliases=["etiquetar"],
    summary=N_("Put tags on a customer, or on a subscription by its id"),
    examples=["tag Acme gold", 'tag "Acme Iberia" gold save-2026', "tag Sub1027384 renewal-call"],
    effects=True,
)
def tag(ctx: Context, words: CustomerAndTags) -> Reply:
    """Add tags to a customer or subscription; those it has already stay."""
    return _change(ctx, words, "tag", hub_tags.add)


@command(
    "untag",
    aliases=["desetiquetar"],
    summary=N_("Take tags off a customer, or off a subscription by its id"),
    examples=["untag Acme gold"],
    effects=True,
)
def untag(ctx: Context, words: CustomerAndTags) -> Reply:
    """Remove tags from a customer or subscription."""
    return _change(ctx, words, "untag", hub_tags.remove)


@command(
    "tag where",
    aliases=["etiquetar donde"],
    summary=N_("Put tags on all customers that a filter chooses, after a preview"),
    examples=["tag where expires<30 region:EU with save-2026"],
    effects=True,
)
def tag_where(ctx: Context, many: tagging.Many, confirmation: Confirmation = None) -> Reply:
    """Show whom a filter chooses, ask, and tag them all; one undo takes all of it back."""
    key = f"tag where:{confirmation}"
    try:
        wanted = hub_tags.checked(many.tags)
    except hub_tags.TagRefused as error:
        raise tagging.refused(error, "", "") from error
    with ctx.read() as session:
        plan = hub_tags.plan(session, ctx.scope, many.where, wanted)
        done = bool(confirmation) and hub_tags.was_done(session, key)
    if done:
        raise CommandError(
            N_("It was done already."), hint=N_("undo takes it back; audit me shows it."), suggestions=["undo"]
        )
    if not plan.wanting:
        raise tagging.nobody(plan)
    if not confirmation or not is_about(confirmation, plan.digest):
        return tagging.preview(ctx, plan, again=bool(confirmation))
    author = hub_tags.Author(ctx.person.email, ctx.now, ctx.space.room_id or None)
    outcome = hub_tags.put_on(ctx.services.database, ctx.services.partner, plan, author, key, Progress(ctx))
    failed = outcome.failures if outcome else []
    tagged = outcome.tagged if outcome else 0
    return Reply(
        "tags_many",
        view={
            "tags": plan.tags,
            "tagged": tagged,
            "had": len(plan.having),
            "full": tagging.named(ctx, plan.full),
            "failed": tagging.named(ctx, [each.candidate for each in failed]),
            "opens": f"customers {_tag_term(plan.tags[0])}",
            "again": f"tag where {plan.where} with {tagging.spelled(plan.tags)}" if failed else None,
        },
        data=lambda: {
            **tagging.plan_data(plan),
            "tagged": tagged,
            "failed": [{**asdict(each.candidate), "reason": each.reason} for each in failed],
        },
    )


def _change(ctx: Context, words: Sequence[str], verb: str, change: Callable[..., hub_tags.TagChange]) -> Reply:
    owner, name, given = _owner_and_tags(ctx, words, verb)
    author = hub_tags.Author(ctx.person.email, ctx.now, ctx.space.room_id or None)
    try:
        changed = change(ctx.services.database, ctx.services.partner, owner, given, author)
    except hub_tags.TagRefused as error:
        raise tagging.refused(error, name, owner.subscription_id or owner.org_id) from error
    return Reply(
        "tags",
        view={
            "customer": name,
            "org_id": owner.org_id,
            "subscription_id": owner.subscription_id,
            "after": changed.after,
            "added": [each for each in changed.after if each not in changed.before],
            "removed": [each for each in changed.before if each not in changed.after],
        },
        data=lambda: {
            "customer": name,
            "org_id": owner.org_id,
            **({"subscription_id": owner.subscription_id} if owner.subscription_id else {}),
            "before": list(changed.before),
            "tags": list(changed.after),
        },
    )


def _owner_and_tags(ctx: Context, words: Sequence[str], verb: str) -> tuple[Owner, str, list[str]]:
    """Tell whose tags from the tags: a subscription's id, else the longest beginning that is a customer."""
    if len(words) < 2:
        raise NotUnderstood(
            N_("Name a customer and at least one tag."),
            hint=N_("For example: %(example)s"),
            example=f'{verb} "Acme Iberia" gold',
        )
    with ctx.read() as session:
        owner = hub_tags.subscription_of(session, ctx.scope, words[0])
        for end in [1] if owner else range(len(words) - 1, 0, -1):
            match = find(session, ctx.scope, " ".join(words[:end]))
            if match.kind is MatchKind.EXACT:
                row = match.rows[0]
                return owner or Owner(row.org_id), row.customer, list(words[end:])
    given = tagging.spelled(words[1:])
    row = the_customer(ctx, words[0], lambda row: f"{verb} {row.org_id} {given}")
    return Owner(row.org_id), row.customer, list(words[1:])


def _tag_term(tag: str) -> str:
    return f'tag:"{tag}"'


def _customers(row: TagCount) -> str | None:
    """The command that lists a tag's customers; a filter cannot spell a quotation mark."""
    return f"customers {_tag_term(row.tag)}" if '"' not in row.tag else None


def _cells(row: TagCount) -> Sequence[object]:
    return row.tag, row.customers, row.subscriptions


COMMANDS = (tags, tag, untag, tag_where)
