"""What keeps the service going: sending again what could not be posted, and saying which changes are true."""

from typing import Annotated, Any

from sqlmodel import Session, col, select

from commands.context import Context
from commands.errors import CommandError, NotFound
from commands.parameters import NumberParameter
from commands.registry import command
from commands.reply import Reply
from hub.sync import decide
from hub.tables import customer, held_customer
from notifications import halts
from notifications.held import facts
from storage.tables import Audit, Held, HeldState
from templates.catalogue import N_

SHOWN = 20
"""Customers that a card names; the data hold all."""

HeldNumber = Annotated[int, NumberParameter()]


@command(
    "resend",
    aliases=["reenviar"],
    summary=N_("Send again what I could not post here"),
    examples=["resend"],
    effects=True,
)
def resend(ctx: Context) -> Reply:
    """Make due again what was parked in this space or, one-to-one, for this person."""
    targets = [ctx.here, *([ctx.person.email] if ctx.space.kind == "direct" else [])]
    with ctx.write() as session:
        again = halts.resend(session, targets, ctx.now)
        if again:
            session.add(
                Audit(
                    at=ctx.now,
                    who=ctx.person.email,
                    what="resend",
                    target=f"space:{ctx.here}",
                    after={"messages": again},
                    room_id=ctx.here,
                )
            )
    return Reply("resend", view={"again": again}, data=lambda: {"messages": again}, card=False, bounded=False)


@command(
    "changes",
    aliases=["cambios retenidos"],
    summary=N_("What sources tell that looks like a mistake, and is held until somebody says that it is true"),
    examples=["changes"],
)
def changes(ctx: Context) -> Reply:
    """Show what is held, with the customers it is about."""
    return _changes(ctx)


@command(
    "changes confirm",
    aliases=["cambios confirmar"],
    summary=N_("Say that a change that is held is true: it goes in"),
    examples=["changes confirm 3"],
    effects=True,
)
def changes_confirm(ctx: Context, number: HeldNumber) -> Reply:
    """Let a held change pass; its source is read anew at the next look."""
    return _decide(ctx, number, is_true=True)


@command(
    "changes leave",
    aliases=["cambios dejar"],
    summary=N_("Say that a change that is held is a mistake: everything stays as it was"),
    examples=["changes leave 3"],
    effects=True,
)
def changes_leave(ctx: Context, number: HeldNumber) -> Reply:
    """Keep what was known, and ask no more about this change."""
    return _decide(ctx, number, is_true=False)


def _decide(ctx: Context, number: int, *, is_true: bool) -> Reply:
    with ctx.write() as session:
        held = session.get(Held, number)
        if held is None:
            raise NotFound(N_("Nothing is held under %(number)s."), suggestions=["changes"], number=str(number))
        wanted = HeldState.CONFIRMED if is_true else HeldState.LEFT
        if held.state == HeldState.OVER:
            raise CommandError(
                N_("That is over: it went in, or its source does not say it any more."), suggestions=["changes"]
            )
        if held.state != wanted:
            before = held.state
            decide(session, held, is_true=is_true, who=ctx.person.email, at=ctx.now)
            session.add(
                Audit(
                    at=ctx.now,
                    who=ctx.person.email,
                    what="changes confirm" if is_true else "changes leave",
                    target=f"held:{held.id}",
                    before={"state": before},
                    after={"state": wanted.value},
                    room_id=ctx.space.room_id or None,
                )
            )
    if is_true:
        return _changes(ctx, ctx.texts(N_("Believed: it goes in with the next look at its source.")))
    return _changes(ctx, ctx.texts(N_("Left: everything stays as it was, and I ask no more about it.")))


def _changes(ctx: Context, decided: str | None = None) -> Reply:
    with ctx.read() as session:
        found = session.scalars(select(Held).where(Held.state == HeldState.OPEN).order_by(col(Held.id))).all()
        shown = [facts(session, held, ctx.texts) | {"rows": _customers(session, ctx, held)} for held in found]
    for each in shown:
        each["customers"] = [row["customer"] for row in each["rows"][:SHOWN]]
        each["more"] = max(0, len(each["rows"]) - SHOWN)
    return Reply(
        "changes",
        view={"held": shown, "decided": decided},
        data=lambda: {
            "rows": [
                {
                    "id": held.id,
                    "source": held.source,
                    "what": held.what,
                    "of": held.of,
                    "counts": held.counts,
                    "since": held.first_at,
                    "customers": each["rows"],
                }
                for held, each in zip(found, shown, strict=True)
            ]
        },
        bounded=False,
    )


def _customers(session: Session, ctx: Context, held: Held) -> list[dict[str, Any]]:
    about = (
        select(customer.c.name, customer.c.org_id, held_customer.c.facts)
        .join(held_customer, held_customer.c.org_id == customer.c.org_id)
        .where(held_customer.c.held_id == held.id, ctx.scope.customers())
        .order_by(customer.c.name, customer.c.org_id)
    )
    return [
        {
            "customer": row.name,
            "org_id": row.org_id,
            "changes": [dict(zip(("kind", "of", "before", "after"), fact, strict=True)) for fact in row.facts],
        }
        for row in session.connection().execute(about)
    ]


COMMANDS = (resend, changes, changes_confirm, changes_leave)
