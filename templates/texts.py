"""How one reader is spoken to: language, time zone, and what dates and numbers look like there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_day_names
from babel.numbers import format_currency, format_decimal

from templates.catalogue import catalogue

UNKNOWN = "—"
"""Shown for a figure that no source gives."""


@dataclass(frozen=True)
class Texts:
    """The language (`en`, `es`) and time zone of a reader."""

    language: str = "en"
    zone: str = "UTC"

    def __call__(self, text: str, **values: object) -> str:
        """Translate a text and fill in its `%(name)s` values."""
        translated = catalogue(self.language).gettext(text)
        return translated % values if values else translated

    def count(self, singular: str, plural: str, n: int, **values: object) -> str:
        """Translate a text that depends on a count, which it names `%(n)s`."""
        return catalogue(self.language).ngettext(singular, plural, n) % {"n": self.number(n), **values}

    def number(self, value: float | None) -> str:
        """Group digits as the language does; unknown is a dash."""
        return UNKNOWN if value is None else _number(value, self.language)

    def percent(self, value: float | None) -> str:
        """Show a percentage (0–100) with at most one decimal."""
        return UNKNOWN if value is None else f"{_number(value, self.language)} %"

    def day(self, value: date | None) -> str:
        """Show a day, such as `22 Nov 2026`."""
        return UNKNOWN if value is None else _day(value, self.language)

    def short_day(self, value: date) -> str:
        """Show a day of this year or the last, such as `22 Nov`."""
        return _short_day(value, self.language)

    def money(self, amount: Decimal, currency: str | None) -> str:
        """Show an amount in its currency (ISO 4217), such as `€1,200.00`; a bare number where that is not told."""
        return format_currency(amount, currency, locale=self._locale) if currency else self.number(float(amount))

    def country(self, code: str | None) -> str:
        """Name a country by its ISO 3166 code; one that is not known stands for itself."""
        return UNKNOWN if code is None else str(self._locale.territories.get(code, code))

    def weekday(self, iso_number: int) -> str:
        """Name a weekday, 1 being Monday."""
        return str(get_day_names("wide", locale=self._locale)[iso_number - 1])

    def moment(self, value: datetime | None) -> str:
        """Show a point in time in the reader's zone."""
        if value is None:
            return UNKNOWN
        local = value.astimezone(self._zone)
        return format_datetime(local, _MOMENT[self.language], locale=self._locale)

    def ago(self, age: timedelta) -> str:
        """Say how long ago something was, such as `5 minutes ago`."""
        return format_timedelta(-age, add_direction=True, locale=self._locale)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse(self.language)


_DAY = {"en": "d MMM y", "es": "d MMM y"}
_MOMENT = {"en": "d MMM y, HH:mm", "es": "d MMM y, HH:mm"}


# The same small numbers come again and again, and Babel reads the pattern anew each time.
@lru_cache(maxsize=8192)
def _number(value: float, language: str) -> str:
    return format_decimal(value, "#,##0.#", locale=language)


@lru_cache(maxsize=1024)
def _short_day(value: date, language: str) -> str:
    return format_date(value, "d MMM", locale=language)


@lru_cache(maxsize=8192)
def _day(value: date, language: str) -> str:
    return format_date(value, _DAY[language], locale=language)
