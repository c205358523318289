"""Why a space was told something of a customer, or was not: every evaluation, with what decided it."""

from typing import Annotated

from commands.choose import the_customer
from commands.chosen_alerts import chosen
from commands.context import Context
from commands.errors import Ambiguous
from commands.parameters import Page, TextParameter
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import Paging, without_page
from hub.customers import CustomerRow
from notifications import dealing, trail
from templates.catalogue import N_

PAGE_SIZE = 5

Customer = Annotated[str, TextParameter(N_("CUSTOMER"))]


@command(
    "why",
    aliases=["por qué"],
    summary=N_("What I saw of a customer, which rule decided, what muted it, and where the message is"),
    examples=["why Acme"],
    phrases=[
        en("why (was|were) [i|we] [not] told (of|about) {text}", "{text}"),
        es("por que (se|me) [me] avisa de {text}", "{text}"),
    ],
)
def why(ctx: Context, name: Customer = "", page: Page = 1) -> Reply:
    """Tell for each evaluation of a customer what became of it in this space, the newest first."""
    row = _meant(ctx, name)
    room_id = _room(ctx)
    line = f"why {row.org_id}" if not name else without_page(ctx.line)
    with ctx.read() as session:
        paging = Paging(page, trail.count(session, row.org_id), line, PAGE_SIZE)
        found = trail.of(session, row.org_id, row.customer, room_id, PAGE_SIZE, paging.offset)

    def whole() -> dict[str, object]:
        with ctx.read() as session:
            everything = trail.of(session, row.org_id, row.customer, room_id, None)
        return {
            "customer": row.customer,
            "org_id": row.org_id,
            "total_rows": len(everything),
            "rows": [trail.data_of(each) for each in everything],
        }

    return Reply(
        "why",
        view={
            "customer": row.customer,
            "org_id": row.org_id,
            "rows": [trail.words(each, ctx.now, ctx.texts) for each in found],
            "paging": paging.view(),
        },
        data=whole,
        regional=False,
    )


def _meant(ctx: Context, name: str) -> CustomerRow:
    """Return the customer named, or the one that the thread is about; of several the person chooses."""
    if name:
        return the_customer(ctx, name, lambda row: f"why {row.org_id}")
    with ctx.read() as session:
        about = {alert.org_id or "": shown for alert, shown in chosen(ctx, session, [])}
    if len(about) > 1:
        raise Ambiguous(
            N_("The thread is about several customers. Which one?"),
            choices=[(shown, f"why {org_id}") for org_id, shown in list(about.items())[:10]],
        )
    (org_id,) = about
    return the_customer(ctx, org_id, lambda row: f"why {row.org_id}")


def _room(ctx: Context) -> str:
    """Return the space that is asked about: this one; one-to-one, in an alert's thread, where the alert comes from."""
    if ctx.space.kind == "direct" and ctx.thread:
        with ctx.read() as session:
            alerts = dealing.of_thread(session, ctx.thread)
        if alerts:
            return alerts[0].room_id
    return ctx.space.room_id


COMMANDS = (why,)
