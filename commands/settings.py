"""Choices of a person or a space: language and time zone; and how the service is."""

from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import process

from commands.context import Context
from commands.errors import NotUnderstood
from commands.parameters import Parameter
from commands.registry import command
from commands.reply import Reply
from commands.words import Words
from hub.names import fold
from storage.tables import Person, Space
from templates.catalogue import N_
from templates.texts import Texts

LANGUAGES = {"en": "English", "es": "Español"}
_SPELLINGS = {"en": "en", "english": "en", "ingles": "en", "es": "es", "spanish": "es", "espanol": "es"}


class LanguageParameter(Parameter):
    """`language en` or `language es`."""

    usage = "[language en|es]"

    def take(self, words: Words) -> str | None:
        """Take the language.

        Raises:
            NotUnderstood: it is not spoken here.
        """
        typed = list(words)
        start = next((i for i, word in enumerate(typed) if fold(word) in ("language", "idioma")), None)
        if start is None:
            return None
        words.take(typed[start])
        chosen = typed[start + 1] if start + 1 < len(typed) else ""
        if fold(chosen) not in _SPELLINGS:
            raise NotUnderstood(
                N_("I speak English and Spanish."), hint=N_("For example: settings language es"), word=chosen
            )
        return _SPELLINGS[fold(words.take(chosen))]


class ZoneParameter(Parameter):
    """`timezone Europe/Madrid`."""

    usage = "[timezone ZONE]"

    def take(self, words: Words) -> str | None:
        """Take the time zone.

        Raises:
            NotUnderstood: there is no such zone; the nearest is suggested.
        """
        typed = list(words)
        start = next((i for i, word in enumerate(typed) if fold(word) in ("timezone", "zona")), None)
        if start is None:
            return None
        words.take(typed[start])
        chosen = words.take(typed[start + 1]) if start + 1 < len(typed) else ""
        zones = {name.casefold(): name for name in available_timezones()}
        if chosen.casefold() not in zones:
            nearest = process.extractOne(chosen.casefold(), list(zones))
            raise NotUnderstood(
                N_("I know no time zone “%(word)s”."),
                hint=N_("Did you mean %(nearest)s?"),
                suggestions=[f"settings timezone {zones[nearest[0]]}"],
                word=chosen,
                nearest=zones[nearest[0]],
            )
        return zones[chosen.casefold()]


Language = Annotated[str | None, LanguageParameter()]
Zone = Annotated[str | None, ZoneParameter()]


@command(
    "settings",
    aliases=["ajustes"],
    summary=N_("Language and time zone: yours one-to-one, the space's in a group"),
    examples=["settings", "settings language es", "settings timezone Europe/Madrid"],
)
def settings(ctx: Context, language: Language = None, zone: Zone = None) -> Reply:
    """Show the choices, changed first where a new one is given."""
    if language or zone:
        with ctx.write() as session:
            chooser = (
                session.get_one(Person, ctx.person.email)
                if ctx.space.kind == "direct"
                else session.get_one(Space, ctx.here)
            )
            chooser.language = language or chooser.language
            chooser.time_zone = zone or chooser.time_zone
    texts = Texts(language or ctx.texts.language, zone or ctx.texts.zone)
    return Reply(
        "settings",
        view={
            "languages": LANGUAGES,
            "language": texts.language,
            "zone": texts.zone,
            "now": ctx.now.astimezone(ZoneInfo(texts.zone)),
            "group": ctx.space.kind == "group",
        },
        data=lambda: {"language": texts.language, "time_zone": texts.zone},
        texts=texts,
    )


@command(
    "status",
    aliases=["estado"],
    summary=N_("Am I well, and how old are the data"),
    examples=["status"],
)
def status(ctx: Context) -> Reply:
    """Tell how the service and its sources are."""
    checks = ctx.services.health(ctx.now)
    return Reply(
        "status",
        view={
            "checks": [
                {"name": ctx.texts(check.name), "state": check.state(ctx.texts), "ok": check.ok} for check in checks
            ],
            "ok": all(check.ok for check in checks),
        },
        data=lambda: {
            "rows": [{"check": check.code, "ok": check.ok, "state": check.state(Texts())} for check in checks]
        },
    )


COMMANDS = (settings, status)
