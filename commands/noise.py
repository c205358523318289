"""Whether a space is told too much, and what would make it less."""

from dataclasses import asdict

from commands.context import Context
from commands.registry import command
from commands.reply import Reply
from notifications import noise as measured
from templates.catalogue import N_


@command(
    "noise",
    aliases=["ruido"],
    summary=N_("What this space was told in a week, what was ignored, and what to change"),
    examples=["noise"],
)
def noise(ctx: Context) -> Reply:
    """Report the last seven days of the space; the same comes by itself every Monday."""
    with ctx.read() as session:
        found = measured.of(session, ctx.here, ctx.now)
    return Reply(
        "noise",
        view=measured.view(found, ctx.texts),
        data=lambda: {
            "since": found.since,
            "until": found.until,
            "messages": found.messages,
            "told": found.told,
            "dealt_with": found.dealt,
            "ignored": found.ignored,
            "rows": [
                {("event" if name == "kind" else name): value for name, value in asdict(each).items()}
                | {"ignored": each.ignored}
                for each in found.kinds
            ],
            "advice": [said for said, _ in measured.advice(found, ctx.texts)],
        },
        bounded=False,
    )


COMMANDS = (noise,)
