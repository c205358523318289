"""How reports are asked for: which one, over which days, of which region, and when it comes by itself."""

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, ClassVar

from rapidfuzz import process

from commands.errors import NotUnderstood
from commands.parameters import Parameter
from commands.words import Words, unquote
from hub.names import fold
from hub.regions import ALL, KNOWN, canonical
from notifications.reports import REPORTS, Report
from notifications.reports.spans import Span
from notifications.schedules import LAST_DAY, Every
from templates.catalogue import N_

NAMES = {
    **{name: name for name in REPORTS},
    "clientes": "customers",
    "recientes": "recent",
    "vencen": "expiring",
    "renuevan": "renewing",
    "pruebas": "trials",
    "baja": "low",
    "exceso": "overage",
    "tendencia": "trend",
    "administradores": "administrators",
    "admins": "administrators",
    "uso": "usage",
    "dispositivos": "devices",
    "numeros": "numbers",
    "llamadas uso": "calling usage",
    "llamadas calidad": "calling quality",
    "llamadas dispositivos": "calling endpoints",
    "llamadas funciones": "calling features",
    "llamadas colas": "calling queues",
}
"""Every report by how it may be typed, folded."""


class ReportParameter(Parameter):
    """The report's name: the first one or two words."""

    usage = N_("NAME")

    def take(self, words: Words) -> Report | None:
        """Take the name.

        Raises:
            NotUnderstood: the first word is no report; the nearest is suggested.
        """
        own = words.reports()
        for length in range(min(len(words), 8), 0, -1) if own else ():
            typed = [*words][:length]
            if found := own.get(fold(" ".join(map(unquote, typed)))):
                for word in typed:
                    words.take(word)
                return found
        first, *others = [*words][:2] or [None]
        if first is None:
            return None
        two = " ".join([first, *others])
        if fold(two) in NAMES:
            for word in (first, *others):
                words.take(word)
            return REPORTS[NAMES[fold(two)]]
        name = NAMES.get(fold(first))
        if name is None:
            known = NAMES | {key: report.called or key for key, report in own.items()}
            nearest = known[process.extractOne(fold(unquote(first)), list(known))[0]]
            raise NotUnderstood(
                N_("There is no report “%(name)s”."),
                hint=N_("Reports: %(names)s. For example: report run %(example)s"),
                suggestions=[f"report run {nearest}"],
                name=unquote(first)[:80],
                names=", ".join([*REPORTS, *(report.called or key for key, report in own.items())]),
                example=nearest,
            )
        words.take(first)
        return REPORTS[name]


@dataclass(frozen=True)
class When:
    """How often and at what time, not yet in any time zone."""

    every: Every
    at: time
    day: int | None


class WhenParameter(Parameter):
    """`daily at 09:00`, `daily 09:00`, `weekdays at 9`, `weekly monday at 09:00`, `monthly 1|last at 09:00`."""

    AT = ("at", "a")
    usage = N_("daily|weekdays|weekly|monthly [DAY] at HH:MM")
    EVERY: ClassVar = {
        "daily": Every.DAILY,
        "weekly": Every.WEEKLY,
        "monthly": Every.MONTHLY,
        "diario": Every.DAILY,
        "semanal": Every.WEEKLY,
        "mensual": Every.MONTHLY,
        "weekdays": Every.WEEKDAYS,
        "laborables": Every.WEEKDAYS,
    }
    WEEKDAYS: ClassVar = {
        name: number
        for names in (
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
        )
        for number, name in enumerate(names, start=1)
    }
    HINT = N_("For example: %(example)s")

    def __init__(self, example: str = "report schedule expiring weekly monday at 09:00") -> None:
        self._example = example

    def take(self, words: Words) -> When | None:
        """Take the cadence.

        Raises:
            NotUnderstood: it is incomplete or no such time or day exists.
        """
        typed = list(words)
        start = next((index for index, word in enumerate(typed) if fold(word) in self.EVERY), None)
        if start is None:
            return None
        every = self.EVERY[fold(typed[start])]
        used = [typed[start]]
        following = typed[start + 1 :]
        has_day = every in (Every.WEEKLY, Every.MONTHLY)
        day = 1 if has_day else None
        if following and has_day and fold(following[0]) not in self.AT and ":" not in following[0]:
            day = self._day(every, following[0])
            used.append(following.pop(0))
        told = False
        while following and fold(following[0]) in (*self.AT, "las", "la"):
            used.append(following.pop(0))
            told = True
        # Without "at" only what cannot be anything else is a time.
        if not following or not (told or re.match(r"\d+:", following[0])):
            raise NotUnderstood(N_("At what time?"), hint=self.HINT, example=self._example)
        at = self._time(following[0])
        used.append(following[0])
        for word in used:
            words.take(word)
        return When(every, at, day)

    def _day(self, every: Every, word: str) -> int:
        if every is Every.WEEKLY and fold(word) in self.WEEKDAYS:
            return self.WEEKDAYS[fold(word)]
        if every is Every.MONTHLY and fold(word) in ("last", "ultimo"):
            return LAST_DAY
        if every is Every.MONTHLY and word.isdecimal() and 1 <= int(word) <= 31:
            return int(word)
        if every is Every.WEEKLY:
            raise self._refused(N_("“%(word)s” is no weekday."), word)
        raise self._refused(N_("“%(word)s” is no day of the month, which are 1 to 31."), word)

    def _time(self, word: str) -> time:
        found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", word)
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise self._refused(N_("“%(word)s” is no time of day; write it like 09:00 or 17:30."), word)
        return time(int(found[1]), int(found[2] or 0))

    def _refused(self, text: str, word: str) -> NotUnderstood:
        return NotUnderstood(text, hint=self.HINT, word=word, example=self._example)


class SpanParameter(Parameter):
    """`2026-11-01..2026-11-15`, or one day."""

    usage = N_("[FROM..TO]")

    def take(self, words: Words) -> Span | None:
        """Take the days.

        Raises:
            NotUnderstood: there is no such day, or the last comes before the first.
        """
        typed = next((word for word in words if re.fullmatch(r"\d{4}-\d\d?-\d\d?(\.\.\d{4}-\d\d?-\d\d?)?", word)), None)
        if typed is None:
            if dotted := next((word for word in words if ".." in word), None):
                raise self._refused(dotted)
            return None
        words.take(typed)
        first, _, last = typed.partition("..")
        try:
            span = Span(date.fromisoformat(first), date.fromisoformat(last or first))
        except ValueError as error:
            raise self._refused(typed) from error
        if span.last < span.first:
            raise self._refused(typed)
        return span

    def _refused(self, typed: str) -> NotUnderstood:
        return NotUnderstood(
            N_("“%(typed)s” is no range of days."),
            hint=N_("Write the first and the last day: 2026-11-01..2026-11-15"),
            typed=typed[:80],
        )


class RegionWordParameter(Parameter):
    """The code of a region, or `all`: for this report it counts instead of what was chosen."""

    usage = N_("[region]")

    def take(self, words: Words) -> str | None:
        """Take the region."""
        for word in words:
            if fold(word) in (ALL, "todas"):
                words.take(word)
                return ALL
            if canonical(word) in KNOWN:
                return canonical(words.take(word))
        return None


@dataclass(frozen=True)
class ReportNumber:
    """The number of a scheduled report, or of one that is being prepared (`r12`)."""

    number: int
    prepared: bool


class ReportNumberParameter(Parameter):
    """`3` or `#3` for a scheduled report, `r12` for one that is being prepared."""

    usage = "ID"

    def take(self, words: Words) -> ReportNumber | None:
        """Take the number."""
        found = next((word for word in words if re.fullmatch(r"[#rR]?\d{1,9}", word)), None)
        if found is None:
            return None
        words.take(found)
        return ReportNumber(int(found.lstrip("#rR")), prepared=found[0] in "rR")


ReportName = Annotated[Report, ReportParameter()]
Cadenced = Annotated[When, WhenParameter()]
OfDays = Annotated[Span | None, SpanParameter()]
OfRegion = Annotated[str | None, RegionWordParameter()]
Number = Annotated[ReportNumber, ReportNumberParameter()]
