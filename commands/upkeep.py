"""What keeps the service going: sending again what could not be posted."""

from commands.context import Context
from commands.registry import command
from commands.reply import Reply
from notifications import halts
from storage.tables import Audit
from templates.catalogue import N_


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


COMMANDS = (resend,)
