"""Tags of customers: at most five, of at most 25 characters each."""

from collections.abc import Callable, Sequence
from typing import Annotated

from commands.choose import the_customer
from commands.context import Context
from commands.errors import CommandError, NotUnderstood
from commands.parameters import WordsParameter
from commands.registry import command
from commands.reply import Reply
from hub import tags as hub_tags
from hub.customers import CustomerRow, MatchKind, find
from templates.catalogue import N_

CustomerAndTags = Annotated[Sequence[str], WordsParameter(N_("CUSTOMER TAG…"))]


@command(
    "tag",
    aliases=["etiquetar"],
    summary=N_("Put tags on a customer"),
    examples=["tag Acme gold", 'tag "Acme Iberia" gold save-2026'],
    effects=True,
)
def tag(ctx: Context, words: CustomerAndTags) -> Reply:
    """Add tags to a customer; those it has already stay."""
    return _change(ctx, words, "tag", hub_tags.add)


@command(
    "untag",
    aliases=["desetiquetar"],
    summary=N_("Take tags off a customer"),
    examples=["untag Acme gold"],
    effects=True,
)
def untag(ctx: Context, words: CustomerAndTags) -> Reply:
    """Remove tags from a customer."""
    return _change(ctx, words, "untag", hub_tags.remove)


def _change(ctx: Context, words: Sequence[str], verb: str, change: Callable[..., hub_tags.TagChange]) -> Reply:
    row, tags = _customer_and_tags(ctx, words, verb)
    try:
        changed = change(
            ctx.services.database,
            ctx.services.partner,
            row.org_id,
            tags,
            who=ctx.person.email,
            now=ctx.now,
            room_id=ctx.space.room_id or None,
        )
    except hub_tags.TagRefused as error:
        raise _refused(error, row) from error
    return Reply(
        "tags",
        view={
            "customer": row.customer,
            "org_id": row.org_id,
            "before": changed.before,
            "after": changed.after,
            "added": [each for each in changed.after if each not in changed.before],
            "removed": [each for each in changed.before if each not in changed.after],
        },
        data=lambda: {
            "customer": row.customer,
            "org_id": row.org_id,
            "before": list(changed.before),
            "tags": list(changed.after),
        },
    )


def _customer_and_tags(ctx: Context, words: Sequence[str], verb: str) -> tuple[CustomerRow, list[str]]:
    """Tell the customer's name from the tags: the longest beginning that is a customer, and at least one tag."""
    if len(words) < 2:
        raise NotUnderstood(
            N_("Name a customer and at least one tag."),
            hint=N_("For example: %(example)s"),
            example=f'{verb} "Acme Iberia" gold',
        )
    with ctx.read() as session:
        for end in range(len(words) - 1, 0, -1):
            match = find(session, ctx.scope, " ".join(words[:end]))
            if match.kind is MatchKind.EXACT:
                return match.rows[0], list(words[end:])
    tags = " ".join(f'"{word}"' if " " in word else word for word in words[1:])
    return the_customer(ctx, words[0], lambda row: f"{verb} {row.org_id} {tags}"), list(words[1:])


def _refused(error: hub_tags.TagRefused, row: CustomerRow) -> CommandError:
    if error.reason is hub_tags.Reason.TOO_LONG:
        return CommandError(
            N_("The tag “%(tag)s” has more than %(most)s characters."),
            hint=N_("Choose a shorter one."),
            tag=error.tag,
            most=hub_tags.LONGEST,
        )
    return CommandError(
        N_("A customer has at most %(most)s tags, and “%(customer)s” would have %(count)s."),
        hint=N_("Take one off first: untag %(org_id)s TAG"),
        most=hub_tags.MOST,
        customer=row.customer,
        count=error.count,
        org_id=row.org_id,
    )


COMMANDS = (tag, untag)
