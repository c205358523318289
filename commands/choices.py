"""What people and spaces choose: language, time zone, region, products; how it is typed, and whose choice counts."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from commands.errors import NotUnderstood
from commands.parameters import Parameter
from commands.words import Words, unquote
from hub.filters.vocabulary import VALUES, Field, plain
from hub.names import fold
from hub.products import BOTH, CALLING, MEETINGS
from hub.regions import ALL, that_counts
from storage.tables import Person, Space
from templates.catalogue import N_

LANGUAGES = {"en": "English", "es": "Español"}
_LANGUAGES = {"en": "en", "english": "en", "ingles": "en", "es": "es", "spanish": "es", "espanol": "es"}

PRODUCTS: Mapping[str, frozenset[str]] = {"meetings": MEETINGS, "calling": CALLING, "both": BOTH}
_PRODUCTS = {**{name: name for name in PRODUCTS}, "reuniones": "meetings", "llamadas": "calling", "ambos": "both"}


COMMON_ZONES = (
    "UTC",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Toronto",
    "America/Mexico_City",
    "America/Bogota",
    "America/Santiago",
    "America/Argentina/Buenos_Aires",
    "America/Sao_Paulo",
    "Atlantic/Canary",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Athens",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
)
"""Offered to choose from; any other can be typed."""


def region_of(person: Person | None, space: Space | None) -> str | None:
    """Return the region that counts: the space's choice, else the person's; None is every region."""
    return that_counts(space.region if space else None, person.region if person else None)


def products_of(person: Person | None, space: Space | None) -> frozenset[str]:
    """Return the products that sections show where nobody names one: the space's choice, else the person's."""
    chosen = (space.products if space else None) or (person.products if person else None)
    return PRODUCTS[chosen or "both"]


class ChoiceParameter(Parameter):
    """A word that says what is chosen, and the choice after it: `language es`."""

    words: ClassVar[Sequence[str]]

    def take(self, words: Words) -> str | None:
        """Take both words.

        Raises:
            NotUnderstood: there is no such choice.
        """
        typed = list(words)
        start = next((place for place, word in enumerate(typed) if fold(word) in self.words), None)
        if start is None:
            return None
        chosen = words.take(typed[start + 1]) if start + 1 < len(typed) else ""
        words.take(typed[start])
        return self.read(unquote(chosen))

    def read(self, chosen: str) -> str:
        """Return the choice as it is kept.

        Raises:
            NotUnderstood: there is no such choice.
        """
        raise NotImplementedError


class LanguageParameter(ChoiceParameter):
    """`language en` or `language es`."""

    usage = "[language en|es]"
    words = ("language", "idioma")

    def read(self, chosen: str) -> str:
        """Read a language's code or name."""
        if fold(chosen) not in _LANGUAGES:
            raise NotUnderstood(
                N_("I speak English and Spanish."), hint=N_("For example: settings language es"), word=chosen
            )
        return _LANGUAGES[fold(chosen)]


class ZoneParameter(ChoiceParameter):
    """`timezone Europe/Madrid`."""

    usage = N_("[timezone ZONE]")
    words = ("timezone", "zona")

    def read(self, chosen: str) -> str:
        """Read the name of a time zone; the nearest is suggested for one that is not."""
        zones = {name.casefold(): name for name in available_timezones()}
        if chosen.casefold() not in zones:
            near = process.extractOne(chosen.casefold(), list(zones), scorer=fuzz.ratio, score_cutoff=60)
            zone = zones[near[0]] if near else "Europe/Madrid"
            raise NotUnderstood(
                N_("I know no time zone “%(word)s”."),
                hint=N_("Did you mean %(nearest)s?") if near else N_("For example: %(example)s"),
                suggestions=[f"settings timezone {zone}"],
                word=chosen[:80],
                nearest=zone,
                example=f"settings timezone {zone}",
            )
        return zones[chosen.casefold()]


class DefaultProductsParameter(ChoiceParameter):
    """`products calling`."""

    usage = "[products meetings|calling|both]"
    words = ("products", "product", "productos", "producto")

    def read(self, chosen: str) -> str:
        """Read which products sections show."""
        if fold(chosen) not in _PRODUCTS:
            raise NotUnderstood(
                N_("Sections show meetings, calling or both."), hint=N_("For example: settings products calling")
            )
        return _PRODUCTS[fold(chosen)]


class RegionParameter(Parameter):
    """A region's code or name, or `all`."""

    usage = "[US|CA|EU|UAE|all]"
    greedy = True
    _ALL: ClassVar = (ALL, "todas", "todos", "todo")

    def take(self, words: Words) -> str | None:
        """Take the region; whether customers' data are there is for the command to say."""
        typed = unquote(words.rest())
        return ALL if fold(typed) in self._ALL else VALUES[Field.REGION].get(plain(typed), typed.upper()) or None


Language = Annotated[str | None, LanguageParameter()]
Zone = Annotated[str | None, ZoneParameter()]
DefaultProducts = Annotated[str | None, DefaultProductsParameter()]
Region = Annotated[str | None, RegionParameter()]
