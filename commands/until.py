"""Until when: `3 days`, `tomorrow`, `monday 15:00`, `30/11`, `30 november`, `2026-11-30`; in English and Spanish.

A day without a time is meant from the morning on, when people are at work again.
"""

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from commands.errors import NotUnderstood
from commands.report_grammar import WhenParameter
from hub.names import fold
from templates.catalogue import N_
from templates.texts import Texts

MORNING = time(9)
"""When a day begins that was named without a time."""
EXAMPLES = "3 days, tomorrow, monday 15:00, 30/11, 2026-11-30"

_FILLERS = frozenset(
    [
        "in",
        "on",
        "at",
        "the",
        "next",
        "for",
        "until",
        "till",
        "el",
        "la",
        "las",
        "los",
        "en",
        "de",
        "del",
        "dentro",
        "proximo",
        "proxima",
        "hasta",
        "a",
    ]
)
_ONE = frozenset(("a", "an", "one", "un", "una"))
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("minute", "minutes", "min", "minuto", "minutos"), "minutes"),
    **dict.fromkeys(("hour", "hours", "h", "hora", "horas"), "hours"),
    **dict.fromkeys(("day", "days", "d", "dia", "dias"), "days"),
    **dict.fromkeys(("week", "weeks", "w", "semana", "semanas"), "weeks"),
    **dict.fromkeys(("month", "months", "mes", "meses"), "months"),
}
_WEEKDAYS: Mapping[str, int] = {
    **WhenParameter.WEEKDAYS,
    **{name[:3]: number for name, number in WhenParameter.WEEKDAYS.items()},
}
_MONTHS: Mapping[str, int] = {
    spelled: number
    for names in (
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    )
    for number, name in enumerate(names, start=1)
    for spelled in (name, name[:3])
}
_MOST = 100_000
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_SHORT = re.compile(r"(\d{1,6})([a-z]+)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?")


@dataclass(frozen=True)
class Tail:
    """The end of a command: what stands before `until`, what behind it, and the reason after `because`."""

    before: tuple[str, ...]
    when: str | None
    reason: str | None

    UNTIL: ClassVar = frozenset(("until", "till", "for", "hasta", "por", "durante"))
    BECAUSE: ClassVar = frozenset(("because", "porque"))

    @classmethod
    def of(cls, words: Sequence[str]) -> "Tail":
        """Tell the parts apart; of several `until` the last counts."""
        folded = [fold(word) for word in words]
        end = next((place for place, word in enumerate(folded) if word in cls.BECAUSE), len(words))
        reason = " ".join(words[end + 1 :]).strip('"') or None
        places = [place for place in range(end) if folded[place] in cls.UNTIL]
        if not places:
            return cls(tuple(words[:end]), None, reason)
        return cls(tuple(words[: places[-1]]), " ".join(words[places[-1] + 1 : end]) or None, reason)


def is_span(words: Sequence[str]) -> bool:
    """Whether words begin with a length of time, such as `3 days`."""
    folded = [fold(word) for word in words[:2]]
    return len(folded) == 2 and (folded[0].isdecimal() or folded[0] in _ONE) and folded[1] in _UNITS


def until(typed: str | None, now: datetime, texts: Texts, longest: timedelta) -> datetime:
    """Return the moment that is meant, in UTC.

    Raises:
        NotUnderstood: there is none, it is past, or further away than may be.
    """
    if not typed:
        raise NotUnderstood(
            N_("Until when? It always has an end."), hint=N_("For example: until %(examples)s"), examples=EXAMPLES
        )
    try:
        found = read(typed, now, ZoneInfo(texts.zone))
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise NotUnderstood(
            N_("I do not understand “%(typed)s” as a time."),
            hint=N_("For example: until %(examples)s"),
            typed=typed[:80],
            examples=EXAMPLES,
        )
    if found <= now:
        raise NotUnderstood(
            N_("“%(typed)s” is past: it would be until %(moment)s."),
            hint=N_("For example: until %(examples)s"),
            typed=typed[:80],
            moment=texts.moment(found),
            examples=EXAMPLES,
        )
    if found - now > longest:
        raise NotUnderstood(
            N_("That is too long: at most %(days)s days, until %(moment)s."),
            hint=N_("Give an earlier end; it can be prolonged when it comes."),
            days=longest.days,
            moment=texts.moment(now + longest),
        )
    return found


def read(typed: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the moment that words mean in a zone, in UTC; None where they mean none.

    Raises:
        ValueError: no such day or time exists.
        OverflowError: it is further away than there are days.
    """
    words = [word.strip(",") for word in fold(typed).split()]
    words = [word for place, word in enumerate(words) if word not in _FILLERS or is_span(words[place:])]
    if not words:
        return None
    span = _span(words)
    if span:
        return _later(*span, now, zone)
    at = MORNING
    if clock := _TIME.fullmatch(words[-1]):
        at = time(int(clock[1]), int(clock[2]))
        words = words[:-1]
    day = _day(words, at, now.astimezone(zone).replace(tzinfo=None))
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC) if day else None


def _span(words: Sequence[str]) -> tuple[int, str] | None:
    if len(words) == 1 and (short := _SHORT.fullmatch(words[0])) and short[2] in _UNITS:
        return int(short[1]), _UNITS[short[2]]
    if len(words) == 2 and is_span(words):
        number = 1 if words[0] in _ONE else int(words[0])
        return number, _UNITS[words[1]]
    return None


def _later(number: int, unit: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Days, weeks and months are those of the calendar: the same time of the day, whatever the clocks do."""
    number = min(number, _MOST)
    if unit in ("minutes", "hours"):
        return now + timedelta(**{unit: number})
    local = now.astimezone(zone)
    if unit == "months":
        years, month = divmod(local.month - 1 + number, 12)
        year = local.year + years
        day = min(local.day, calendar.monthrange(year, month + 1)[1])
        return local.replace(year=year, month=month + 1, day=day, fold=0).astimezone(UTC)
    days = number * (7 if unit == "weeks" else 1)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), tzinfo=zone).astimezone(UTC)


def _day(words: Sequence[str], at: time, local: datetime) -> date | None:
    today = local.date()
    match words:
        case [] | ["today" | "hoy"]:
            # A time alone is the next such time.
            return today if words or at > local.time() else today + timedelta(days=1)
        case ["tomorrow" | "manana"]:
            return today + timedelta(days=1)
        case ["day", "after", "tomorrow"] | ["pasado", "manana"]:
            return today + timedelta(days=2)
        case [name] if name in _WEEKDAYS:
            return today + timedelta(days=(_WEEKDAYS[name] - today.isoweekday() - 1) % 7 + 1)
        case [name] if found := _ISO.fullmatch(name):
            return date(*map(int, found.groups()))
        case [name] if found := _SLASHED.fullmatch(name):
            first, second, year = found.groups()
            day, month = int(first), int(second)
            if month > 12 >= day:
                day, month = month, day
            return _dated(day, month, int(year) if year else None, today)
    return _named(words, today)


def _named(words: Sequence[str], today: date) -> date | None:
    """Read `30 november`, `november 30`, either with a year."""
    year = int(words[-1]) if len(words) == 3 and re.fullmatch(r"\d{4}", words[-1]) else None
    pair = list(words[:-1] if year else words)
    if len(pair) != 2:
        return None
    numbers = [word for word in pair if re.fullmatch(r"\d{1,2}", word)]
    names = [word for word in pair if word in _MONTHS]
    return _dated(int(numbers[0]), _MONTHS[names[0]], year, today) if numbers and names else None


def _dated(day: int, month: int, year: int | None, today: date) -> date:
    """Without a year it is the next such day."""
    if year:
        return date(year, month, day)
    return next(found for found in _yearly(day, month, today.year) if found >= today)


def _yearly(day: int, month: int, year: int) -> Iterable[date]:
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(2024, month)[1]):
        raise ValueError("there is no such day")
    for following in range(year, year + 9):
        if day <= calendar.monthrange(following, month)[1]:
            yield date(following, month, day)
