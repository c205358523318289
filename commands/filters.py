"""Saved filters: `@NAME` in any filter stands for the terms that a person, or in a group the space, saved."""

from collections.abc import Mapping
from typing import Annotated, Any

from commands.context import Context, SpaceView
from commands.errors import CommandError, NotFound, NotUnderstood
from commands.parameters import Page, Parameter, filter_not_understood, read_filter
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Paging, without_page
from commands.words import Words
from hub import customers as hub_customers
from hub.filters import FilterError, keeping
from hub.filters.saved import LONGEST_NAME, is_name
from storage.tables import Audit, SavedFilter
from templates.catalogue import N_


class FilterNameParameter(Parameter):
    """The name of a saved filter, with or without its @: the first word."""

    usage = N_("NAME")

    def take(self, words: Words) -> str | None:
        """Take the name.

        Raises:
            NotUnderstood: a filter cannot be called that.
        """
        first = next(iter(words), None)
        if first is None:
            return None
        if not is_name(first):
            raise NotUnderstood(
                N_("“%(word)s” is no name for a filter."),
                hint=N_("A name has letters, digits, - and _, at most %(most)s: save filter %(example)s"),
                word=first[:80],
                most=LONGEST_NAME,
                example="renewals-eu region:EU expires<90",
            )
        return words.take(first).removeprefix("@")


class TermsParameter(Parameter):
    """A filter, as typed."""

    usage = N_("FILTER")
    greedy = True

    def take(self, words: Words) -> str | None:
        """Take the rest; the command reads it, for what a name stands for depends on where it is saved."""
        return words.rest() or None


FilterName = Annotated[str, FilterNameParameter()]
Terms = Annotated[str, TermsParameter()]


@command(
    "save filter",
    aliases=["guardar filtro"],
    summary=N_("Save a filter under a name; @NAME in any filter then stands for it"),
    examples=["save filter renewals-eu region:EU expires<90", "save filter big @renewals-eu licenses>100"],
    effects=True,
)
def save_filter(ctx: Context, name: FilterName, terms: Terms) -> Reply:
    """Save a filter for the person, or in a group for the space; one of the same name is replaced."""
    owner = _owner(ctx, ctx.space)
    try:
        with ctx.write() as session:
            before = keeping.save(session, owner, name, terms, ctx.person.email, ctx.now)
            if before is None or before.terms != terms:
                session.add(_audit(ctx, "save filter", before, {"name": name, "terms": terms}))
        where = read_filter(f"@{name}", lambda: saved_filters(ctx, ctx.space))
    except FilterError as error:
        raise filter_not_understood(error) from error
    except keeping.TooMany as error:
        raise CommandError(
            N_("At most %(most)s filters can be saved."),
            hint=N_("Delete one first: delete filter NAME"),
            suggestions=["filters"],
            most=keeping.MOST,
        ) from error
    with ctx.read() as session:
        fitting = hub_customers.list_customers(session, ctx.scope, where, limit=0).total_rows
    return Reply(
        "filter_saved",
        view={
            "outcome": "saved",
            "saved_as": name,
            "terms": terms,
            "before": before.terms if before and before.terms != terms else None,
            "fitting": fitting,
            "group": ctx.space.kind == "group",
        },
        data=lambda: {"name": name, "filter": terms, "before": before.terms if before else None, "customers": fitting},
    )


@command(
    "filters",
    aliases=["filtros"],
    summary=N_("The saved filters: yours one-to-one, the space's in a group"),
    phrases=[
        en("(show|list) [me] [the|my|our] [saved] filters"),
        es("(muestra|muestrame|lista) [los|mis|nuestros] filtros [guardados]"),
    ],
    examples=["filters"],
)
def filters(ctx: Context, page: Page = 1) -> Reply:
    """List saved filters by name."""
    with ctx.read() as session:
        found = keeping.saved_by(session, _owner(ctx, ctx.space))
    paging = Paging(page, len(found), without_page(ctx.line))
    return Reply(
        "filters",
        view={
            "filters": [
                {"name": each.name, "terms": each.terms} for each in found[paging.offset : paging.offset + PAGE_SIZE]
            ],
            "paging": paging.view(),
            "group": ctx.space.kind == "group",
        },
        data=lambda: {
            "total_rows": len(found),
            "rows": [
                {"name": each.name, "filter": each.terms, "saved_by": each.saved_by, "saved_at": each.saved_at}
                for each in found
            ],
        },
        bounded=False,
    )


@command(
    "delete filter",
    aliases=["borrar filtro", "eliminar filtro"],
    summary=N_("Delete a saved filter"),
    examples=["delete filter renewals-eu"],
    effects=True,
)
def delete_filter(ctx: Context, name: FilterName) -> Reply:
    """Delete a filter, unless another one names it."""
    try:
        with ctx.write() as session:
            found = keeping.drop(session, _owner(ctx, ctx.space), name)
            if found:
                session.add(_audit(ctx, "delete filter", found, None))
    except keeping.InUse as error:
        raise CommandError(
            N_("The saved filter “%(by)s” names “%(name)s”, so it stays."),
            hint=N_("Change or delete that one first."),
            suggestions=["filters"],
            by=error.by,
            name=name,
        ) from error
    if found is None:
        raise NotFound(
            N_("No filter is saved here as “%(word)s”."),
            hint=N_("filters lists what is saved."),
            suggestions=["filters"],
            word=name,
        )
    return Reply(
        "filter_saved",
        view={
            "outcome": "deleted",
            "saved_as": found.name,
            "terms": found.terms,
            "before": None,
            "fitting": None,
            "group": ctx.space.kind == "group",
        },
        data=lambda: {"name": found.name, "filter": None, "before": found.terms},
        bounded=False,
    )


def saved_filters(ctx: Context, space: SpaceView) -> Mapping[str, str]:
    """Return what the names of filters stand for in a space: the person's own one-to-one, else the group's."""
    with ctx.read() as session:
        return keeping.terms_by_key(session, _owner(ctx, space))


def _owner(ctx: Context, space: SpaceView) -> str:
    return keeping.of_space(space.room_id) if space.kind == "group" else keeping.of_person(ctx.person.email)


def _audit(ctx: Context, what: str, before: SavedFilter | None, after: dict[str, Any] | None) -> Audit:
    return Audit(
        at=ctx.now,
        who=ctx.person.email,
        what=what,
        target=_owner(ctx, ctx.space),
        before={"filter": {"name": before.name, "terms": before.terms}} if before else {},
        after={"filter": after} if after else {},
        room_id=ctx.space.room_id or None,
    )


COMMANDS = (save_filter, filters, delete_filter)
