"""Steps that commands on tags share: what is typed, what a preview shows, and why a tag is refused."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from commands.confirming import question
from commands.context import Context
from commands.errors import CommandError, NotUnderstood
from commands.parameters import Parameter, filter_not_understood, read_filter
from commands.reply import Reply
from commands.words import Words, unquote
from hub import tags as hub_tags
from hub.filters import Filter, FilterError
from hub.names import fold
from hub.tags import Bulk, Candidate
from templates.catalogue import N_

NAMED = 5
"""Customers that a preview names."""


@dataclass(frozen=True)
class FilterAndTags:
    """Whom to tag, and with what."""

    where: Filter
    tags: tuple[str, ...]


class FilterAndTagsParameter(Parameter):
    """`FILTER with TAG…`: the last `with` is the one that counts."""

    usage = N_("FILTER with TAG…")
    greedy = True

    def take(self, words: Words) -> FilterAndTags | None:
        """Take everything that is left.

        Raises:
            NotUnderstood: there is no filter, no tag or no `with` between them.
        """
        typed = words.take_all()
        places = [place for place, word in enumerate(typed) if fold(word) in ("with", "con")]
        if not places or places[-1] == 0 or places[-1] == len(typed) - 1:
            raise NotUnderstood(
                N_("Say which customers, and with which tag."),
                hint=N_("For example: %(example)s"),
                example="tag where expires<30 region:EU with save-2026",
            )
        try:
            where = read_filter(" ".join(typed[: places[-1]]), words.saved)
        except FilterError as error:
            raise filter_not_understood(error) from error
        return FilterAndTags(where, tuple(unquote(word) for word in typed[places[-1] + 1 :]))


Many = Annotated[FilterAndTags, FilterAndTagsParameter()]


def preview(ctx: Context, plan: Bulk, *, again: bool) -> Reply:
    """Show whom a filter chooses, and ask."""
    facts = [(ctx.texts(N_("They get it")), named(ctx, plan.wanting))]
    if plan.having:
        facts.append((ctx.texts(N_("They have it already")), ctx.texts.number(len(plan.having))))
    if plan.full:
        most = hub_tags.MOST
        facts.append((ctx.texts(N_("Left out, more than %(most)s tags"), most=most), named(ctx, plan.full)))
    if again:
        facts.append((ctx.texts(N_("Please note")), ctx.texts(N_("The customers have changed since you were asked."))))
    count = len(plan.wanting)
    text = ctx.texts.count(
        "Tag %(n)s customer with %(tags)s?", "Tag %(n)s customers with %(tags)s?", count, tags=", ".join(plan.tags)
    )
    button = ctx.texts.count("Tag %(n)s customer", "Tag %(n)s customers", count)
    line = f"tag where {plan.where} with {spelled(plan.tags)}"
    return question(ctx, line, text, facts, button, about=plan.digest, data=plan_data(plan))


def nobody(plan: Bulk) -> CommandError:
    """Say why nobody would be tagged."""
    if plan.full:
        return CommandError(
            N_("Whom the filter chooses would have more than %(most)s tags, or has these already."),
            hint=N_("Take tags off first: untag CUSTOMER TAG"),
            most=hub_tags.MOST,
        )
    if plan.having:
        return CommandError(N_("Whom the filter chooses has these tags already."), hint=N_("Nothing was changed."))
    return CommandError(
        N_("No customer fits this filter."),
        hint=N_("Look at it with: customers %(filter)s"),
        suggestions=[f"customers {plan.where}"],
        filter=str(plan.where),
    )


def refused(error: hub_tags.TagRefused, name: str, identity: str) -> CommandError:
    """Say why a tag is refused; `identity` is what takes one off."""
    match error.reason:
        case hub_tags.Reason.TOO_LONG:
            return CommandError(
                N_("The tag “%(tag)s” has more than %(most)s characters."),
                hint=N_("Choose a shorter one."),
                tag=error.tag,
                most=hub_tags.LONGEST,
            )
        case hub_tags.Reason.NOT_A_TAG:
            return CommandError(
                N_("“%(tag)s” cannot be a tag."), hint=N_("A tag is not empty and has no comma."), tag=error.tag
            )
    if not name:
        return CommandError(
            N_("A customer has at most %(most)s tags; these are %(count)s."), most=hub_tags.MOST, count=error.count
        )
    return CommandError(
        N_("A customer has at most %(most)s tags, and “%(customer)s” would have %(count)s."),
        hint=N_("Take one off first: untag %(org_id)s TAG"),
        most=hub_tags.MOST,
        customer=name,
        count=error.count,
        org_id=identity,
    )


def named(ctx: Context, candidates: Sequence[Candidate]) -> str:
    """Return how many they are and who the first are: `7: Acme, Globex … and 2 more`."""
    if not candidates:
        return ""
    names = ", ".join(each.customer for each in candidates[:NAMED])
    more = len(candidates) - NAMED
    rest = f" {ctx.texts.count('and %(n)s more', 'and %(n)s more', more)}" if more > 0 else ""
    return f"{ctx.texts.number(len(candidates))}: {names}{rest}"


def plan_data(plan: Bulk) -> dict[str, Any]:
    """Return what `--json` tells of a plan."""
    return {
        "filter": str(plan.where),
        "tags": list(plan.tags),
        "rows": [asdict(each) for each in plan.wanting],
        "already": len(plan.having),
        "too_many": [asdict(each) for each in plan.full],
    }


def spelled(tags: Sequence[str]) -> str:
    """Return tags as they are typed."""
    return " ".join(f'"{tag}"' if " " in tag else tag for tag in tags)
