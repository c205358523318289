"""Whether the whole way works that an alert goes into this space."""

from commands.context import Context
from commands.registry import command
from commands.reply import Reply
from notifications.batch import Reader
from notifications.render import Style
from notifications.selftest import SelfTest
from templates.catalogue import N_


@command(
    "selftest",
    aliases=["autoprueba"],
    summary=N_("Send an event of nothing the whole way that alerts go, and say how long each step takes"),
    examples=["selftest"],
    effects=True,
)
def selftest(ctx: Context) -> Reply:
    """Try the way from an event to a message in this space; nothing is left behind but that message."""
    style = Style(ctx.texts.language, ctx.texts.zone, ctx.services.files)
    test = SelfTest(ctx.services.database, style, ctx.services.wake, ctx.services.sleep)
    reader = Reader(ctx.here, ctx.here, ctx.audience, ctx.texts.language, ctx.texts.zone)
    outcome = test.run(reader, ctx.request_id, ctx.thread, ctx.now)
    texts = ctx.texts
    return Reply(
        "selftest",
        view={
            "steps": [(texts(name), texts.number(taken)) for name, taken in outcome.steps],
            "failed": texts(outcome.failed) if outcome.failed else None,
            "error": outcome.error,
            "total": texts.number(round(sum(taken for _, taken in outcome.steps), 1)),
        },
        data=lambda: {
            "ok": outcome.failed is None,
            "failed": outcome.failed,
            "error": outcome.error,
            "rows": [{"step": name, "milliseconds": taken} for name, taken in outcome.steps],
        },
        bounded=False,
    )


COMMANDS = (selftest,)
