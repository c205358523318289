"""What the bot can do, by topic, with examples; only what the asker may use."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from commands.context import Context
from commands.errors import NotFound
from commands.parameters import TextParameter
from commands.phrases import en, es
from commands.registry import Command, command
from commands.reply import Reply
from hub.access import may
from hub.names import fold
from templates.catalogue import N_

TOPICS = {
    "customers": (N_("Customers"), ["clientes"]),
    "filters": (N_("Saved filters"), ["filtros"]),
    "indicators": (N_("Indicators"), ["indicadores"]),
    "trend": (N_("Trend of licences"), ["tendencia"]),
    "calling": (N_("Webex Calling"), ["llamadas"]),
    "administrators": (N_("Administrators"), ["administradores", "admins"]),
    "tags": (N_("Tags"), ["etiquetas"]),
    "trials": (N_("Trials"), ["pruebas"]),
    "imports": (N_("Import"), ["importar", "importaciones"]),
    "reports": (N_("Reports"), ["informes"]),
    "alerts": (N_("Alerts"), ["alertas"]),
    "followup": (N_("Open alerts"), ["alertas abiertas", "seguimiento"]),
    "silences": (N_("Silences"), ["silencios"]),
    "why": (N_("Why I was told"), ["por que"]),
    "noise": (N_("Noise"), ["ruido"]),
    "selftest": (N_("Self-test"), ["autoprueba"]),
    "rules": (N_("Rules"), ["reglas"]),
    "resources": (N_("Resources and help desk"), ["recursos"]),
    "settings": (N_("Settings"), ["ajustes"]),
    "audit": (N_("Changes"), ["cambios"]),
    "upkeep": (N_("Data and delivery"), ["datos y entrega"]),
    "help": (N_("Help"), ["ayuda"]),
}
"""Topics in the order they are shown: each is the module its commands are in; with Spanish names."""

_PART_OF = {"report_templates": "reports"}
"""Modules whose commands are told under another topic."""

Topic = Annotated[str, TextParameter(N_("[TOPIC]"))]


def help_command(everything: Callable[[], Iterable[Command]]) -> Command:
    """Declare `help` over the commands it tells of, which are not all known yet when this is called."""

    @command(
        "help",
        aliases=["ayuda"],
        summary=N_("What I can do, by topic"),
        phrases=[
            en("(hi|hello|hey|good (morning|afternoon|evening))"),
            es("(hola|buenos dias|buenas [(tardes|noches)])"),
        ],
        examples=["help", "help alerts"],
    )
    def show_help(ctx: Context, topic: Topic = "") -> Reply:
        usable = [each for each in everything() if each.shown and may(ctx.person.roles, each.needs)]
        chosen = _topic(topic) if topic else None
        by_topic: dict[str, list[Command]] = {name: [] for name in TOPICS}
        for each in usable:
            by_topic[_PART_OF.get(each.topic, each.topic)].append(each)
        shown = {name: found for name, found in by_topic.items() if found and chosen in (None, name)}
        return Reply(
            "help",
            view={
                "topics": [
                    {
                        "name": name,
                        "title": ctx.texts(TOPICS[name][0]),
                        "typed": TOPICS[name][1][0] if ctx.texts.language == "es" else name,
                        "commands": [_view(ctx, each) for each in found],
                    }
                    for name, found in shown.items()
                ],
                "one": chosen is not None,
                "in_group": ctx.space.kind == "group",
                "has_role": bool(ctx.person.roles),
            },
            data=lambda: {
                "rows": [
                    {
                        "topic": name,
                        "command": each.name,
                        "usage": each.usage_in(ctx.texts),
                        "summary": ctx.texts(each.summary),
                    }
                    for name, found in shown.items()
                    for each in found
                ]
            },
        )

    return show_help


def _view(ctx: Context, each: Command) -> dict[str, Any]:
    called = each.in_spanish if ctx.texts.language == "es" else str
    examples = [called(example) for example in each.examples]
    return {
        "usage": called(each.usage_in(ctx.texts)),
        "summary": ctx.texts(each.summary),
        "examples": examples,
        "first": examples[0],
    }


def _topic(typed: str) -> str:
    for name, (_, aliases) in TOPICS.items():
        if fold(typed) in (name, *aliases):
            return name
    raise NotFound(
        N_("There is no help topic “%(topic)s”."),
        hint=N_("Topics: %(topics)s"),
        suggestions=["help"],
        topic=typed[:80],
        topics=lambda texts: ", ".join(
            aliases[0] if texts.language == "es" else name for name, (_, aliases) in TOPICS.items()
        ),
    )
