"""How a rule is typed: which events, days, products, when, and the filter that is left.

`expiring at 90,60,30 suspended calling tag:gold weekly monday at 09:00 quiet 22:00-07:00 max 10`
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Annotated, Any

from rapidfuzz import fuzz, process

from commands.choices import ZoneParameter
from commands.errors import NotUnderstood
from commands.parameters import Parameter, filter_not_understood, read_filter
from commands.report_grammar import WhenParameter
from commands.rule_reminding import read_escalation, read_repeat
from commands.words import Words
from hub.filters import Filter, FilterError
from hub.names import fold
from hub.statuses import Status
from notifications.cap import LOWEST
from notifications.kinds import DEFAULT_DAYS, DEFAULT_EVENTS, GREW, Calling, Nearing, Service, Trial
from notifications.run import NOW
from templates.catalogue import N_

EXAMPLE = "rule new expiring at 90,60,30 suspended tag:gold"

EVENT_WORDS: Mapping[str, Sequence[str]] = {
    "suspended": [Status.SUSPENDED],
    "expired": [Status.EXPIRED],
    "overage": [Status.OVERAGE],
    "expiring-soon": [Status.EXPIRING],
    "setup": [Status.SETUP],
    "inactive": [Status.INACTIVE],
    "trial": [Status.TRIAL],
    "subscription": [Status.SUBSCRIPTION],
    "expiring": [Nearing.EXPIRY],
    "renewing": [Nearing.RENEWAL],
    "trials": [*Trial],
    "growth": [GREW],
    "calls": [Calling.CALLS_FELL],
    "quality": [Calling.POOR_LEGS],
    "abandoned": [Calling.ABANDONED],
    "reports": [Service.REPORT_FAILED],
    "data": [Service.DATA_STALE],
    "defaults": DEFAULT_EVENTS,
}
"""What is typed for events, and the kinds that it stands for."""

_SPANISH = {
    "suspendido": "suspended",
    "suspendidos": "suspended",
    "vencido": "expired",
    "vencidos": "expired",
    "exceso": "overage",
    "por-vencer": "expiring-soon",
    "configuracion": "setup",
    "inactivo": "inactive",
    "inactivos": "inactive",
    "prueba": "trial",
    "suscripcion": "subscription",
    "vencen": "expiring",
    "renuevan": "renewing",
    "pruebas": "trials",
    "crecimiento": "growth",
    "llamadas-caen": "calls",
    "calidad": "quality",
    "abandonadas": "abandoned",
    "informes": "reports",
    "datos": "data",
    "habituales": "defaults",
}
_EVENTS = {**{word: word for word in EVENT_WORDS}, **_SPANISH}
_PRODUCTS = {"meetings": "Meetings", "calling": "Calling", "reuniones": "Meetings", "llamadas": "Calling"}
_OFF = ("off", "none", "no", "ninguno", "nunca")
LONGEST_DAYS = 365


@dataclass
class RuleWords:
    """What was typed of a rule: the fields that it gives, and the words left, which are the filter."""

    fields: dict[str, Any] = field(default_factory=dict)
    where: Filter = Filter.everything


class RuleParameter(Parameter):
    """Everything after the name of the command."""

    usage = N_(
        "[EVENTS] [at DAYS] [WHEN] [quiet HH:MM-HH:MM] [max N] [repeat HOURS] [escalate to EMAIL after HOURS] [FILTER]"
    )
    greedy = True

    def take(self, words: Words) -> RuleWords | None:
        """Take all of it.

        Raises:
            NotUnderstood: something of it makes no sense; how to mend it is said.
        """
        typed = words.take_all()
        if not typed:
            return None
        found, rest = read(typed)
        found.where = read_where(rest, words.saved)
        return found


Typed = Annotated[RuleWords | None, RuleParameter()]


def read(typed: list[str]) -> tuple[RuleWords, str]:
    """Read the words of a rule; returns what they say, and the words that are left."""
    found = RuleWords()
    typed = _when(found, typed)
    events: list[str] = []
    thresholds: dict[str, list[int]] = {}
    rest: list[str] = []
    while typed:
        word = typed.pop(0)
        folded = fold(word)
        if folded in _EVENTS:
            kinds = EVENT_WORDS[_EVENTS[folded]]
            events += kinds
            asked = [kind for kind in kinds if kind in set(Nearing)]
            if asked and typed and fold(typed[0]) in ("at", "a"):
                typed.pop(0)
                days = _days(typed)
                thresholds |= dict.fromkeys(asked, days)
        elif folded in _PRODUCTS:
            found.fields.setdefault("products", []).append(_PRODUCTS[folded])
        elif folded in ("quiet", "silencio"):
            found.fields |= _quiet(typed)
        elif folded in ("repeat", "repetir"):
            found.fields |= read_repeat(typed)
        elif folded in ("escalate", "escalar"):
            found.fields |= read_escalation(typed)
        elif folded in ("max", "maximo"):
            found.fields["hourly_cap"] = _cap(typed)
        elif folded in ("now", "ahora"):
            found.fields |= {"every": NOW, "day": None, "at": None}
        elif folded in ZoneParameter.words:
            _refuse_zone(word, typed)
        else:
            rest.append(word)
    if events:
        found.fields["events"] = list(dict.fromkeys(str(kind) for kind in events))
    if thresholds:
        found.fields["thresholds"] = thresholds
    _refuse_slips(rest)
    return found, " ".join(rest)


def read_where(text: str, saved: Callable[[], Mapping[str, str]]) -> Filter:
    """Read the filter of a rule, with what saved names stand for now.

    Raises:
        NotUnderstood: it is none.
    """
    try:
        return read_filter(text, saved)
    except FilterError as error:
        raise filter_not_understood(error) from error


def read_days(text: str) -> list[int]:
    """Read days before an end: `90,60,30`.

    Raises:
        NotUnderstood: one is no number of days.
    """
    return _days(["".join(text.split())])


def read_quiet(text: str) -> dict[str, Any]:
    """Read quiet hours: `22:00-07:00`, or `off`."""
    return _quiet([text])


def read_cap(text: str) -> int | None:
    """Read the most messages an hour, or `off`."""
    return _cap([text])


def default_days(events: Sequence[str]) -> dict[str, list[int]]:
    """Return the days that a rule tells for which none are given."""
    return {kind.value: list(DEFAULT_DAYS) for kind in Nearing if kind in events}


def _when(found: RuleWords, typed: list[str]) -> list[str]:
    """Take how often a digest comes: its `at` is a time, not days."""
    start = next((place for place, word in enumerate(typed) if fold(word) in WhenParameter.EVERY), len(typed))
    # Only from there on: another `at` may stand before it.
    words = Words(" ".join(typed[start:]))
    when = WhenParameter("rule new suspended weekly monday at 09:00").take(words)
    if when is None:
        return typed
    found.fields |= {"every": when.every.value, "day": when.day, "at": when.at}
    return [*typed[:start], *words]


def _days(typed: list[str]) -> list[int]:
    days: list[int] = []
    said = False
    while typed and (not said or typed[0][0].isdecimal() or typed[0].startswith(",")):
        said = True
        for word in filter(None, typed.pop(0).split(",")):
            if not word.isdecimal() or int(word) > LONGEST_DAYS:
                raise NotUnderstood(
                    N_("“%(word)s” is no number of days before an end: they are whole numbers from 0 to %(most)s."),
                    hint=N_("For example: %(example)s"),
                    word=word[:80],
                    most=LONGEST_DAYS,
                    example=EXAMPLE,
                )
            days.append(int(word))
    if not days:
        raise NotUnderstood(N_("How many days before?"), hint=N_("For example: %(example)s"), example=EXAMPLE)
    return sorted(set(days), reverse=True)


def _quiet(typed: list[str]) -> dict[str, Any]:
    text = typed.pop(0) if typed else ""
    if fold(text) in _OFF:
        return {"quiet_from": None, "quiet_until": None}
    # Webex's keyboards may put spaces around the dash.
    while typed and (text.endswith("-") or typed[0].startswith("-")):
        text += typed.pop(0)
    hours = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", text)
    times = [int(each) for each in hours.groups()] if hours else []
    if not times or max(times[0], times[2]) > 23 or max(times[1], times[3]) > 59 or times[:2] == times[2:]:
        raise NotUnderstood(
            N_("“%(word)s” are no quiet hours."),
            hint=N_("For example: rule new suspended quiet 22:00-07:00, or without any: quiet off"),
            word=text[:80],
        )
    begin_hour, begin_minute, end_hour, end_minute = times
    return {"quiet_from": time(begin_hour, begin_minute), "quiet_until": time(end_hour, end_minute)}


def _cap(typed: list[str]) -> int | None:
    text = typed.pop(0) if typed else ""
    if fold(text) in _OFF:
        return None
    if not text.isdecimal() or not LOWEST <= int(text) <= 1000:
        raise NotUnderstood(
            N_("“%(word)s” is no number of messages an hour: from %(lowest)s (a card and its file) to 1000."),
            hint=N_("For example: rule new suspended max 10, or without any: max off"),
            word=text[:80],
            lowest=LOWEST,
        )
    return int(text)


def _refuse_zone(word: str, typed: list[str]) -> None:
    zone = ZoneParameter().read(typed.pop(0) if typed else "")
    raise NotUnderstood(
        N_("A rule goes by the time zone of its space."),
        hint=N_("Choose it there: settings timezone %(zone)s"),
        suggestions=[f"settings timezone {zone}"],
        word=word,
        zone=zone,
    )


def _refuse_slips(rest: Sequence[str]) -> None:
    """What nearly is an event is a slip, not the name of a customer; quoted it is a name."""
    for word in rest:
        if not re.fullmatch(r"[^\W\d_-]{4,}", word):
            continue
        near = process.extractOne(fold(word), list(_EVENTS), scorer=fuzz.ratio, score_cutoff=82)
        if near:
            raise NotUnderstood(
                N_("“%(word)s” is no event."),
                hint=N_("Did you mean %(suggestion)s? The name of a customer goes in quotes."),
                correction=(word, _EVENTS[near[0]]),
                word=word[:80],
                suggestion=_EVENTS[near[0]],
            )
