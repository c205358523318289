"""Tags of customers: at most five, of at most 25 characters each."""

from collections.abc import Sequence
from typing import Annotated

from commands.choose import the_customer
from commands.context import Context
from commands.errors import CommandError, NotUnderstood
from commands.parameters import WordsParameter
from commands.registry import command
from commands.reply import Reply
from hub import tags as hub_tags
from hub.access import Needs
from hub.customers import CustomerRow, MatchKind, find
from hub.errors import Rejected
from templates.catalogue import N_

CustomerAndTags = Annotated[Sequence[str], WordsParameter("CUSTOMER TAG…")]


@command(
    "tag",
    aliases=["etiquetar"],
    summary=N_("Put tags on a customer"),
    needs=Needs.CHANGE,
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
    needs=Needs.CHANGE,
    examples=["untag Acme gold"],
    effects=True,
)
def untag(ctx: Context, words: CustomerAndTags) -> Reply:
    """Remove tags from a customer."""
    return _change(ctx, words, "untag", hub_tags.remove)
