"""Finding the one customer that a name means; where several fit, the person chooses."""

from collections.abc import Callable

from commands.context import Context
from commands.errors import Ambiguous, NotFound
from hub.customers import CustomerRow, MatchKind, find
from templates.catalogue import N_
from templates.escape import shortened


def the_customer(ctx: Context, name: str, again: Callable[[CustomerRow], str]) -> CustomerRow:
    """Return the customer a name means.

    `again` gives the command to run with the one chosen.

    Raises:
        Ambiguous: several fit, or only similar names exist.
        NotFound: none does, or none that this person may see; the two cannot be told apart.
    """
    with ctx.read() as session:
        match = find(session, ctx.scope, name)
    if match.kind is MatchKind.EXACT:
        return match.rows[0]
    if match.kind is MatchKind.NONE:
        raise NotFound(
            N_("I know no customer called “%(name)s”."),
            hint=N_("Type part of the name, or look with: customers %(name)s"),
            name=name[:80],
        )
    question = (
        N_("“%(name)s” fits several customers. Which one?")
        if match.kind is MatchKind.SEVERAL
        else N_("I know no customer called “%(name)s”. Did you mean one of these?")
    )
    raise Ambiguous(
        question,
        choices=[(f"{shortened(row.customer, 80)} · {row.org_id[:8]}", again(row)) for row in match.rows],
        name=name[:80],
    )
