"""How a rule says what becomes of alerts that nobody acknowledges: `repeat 24h`, `escalate to EMAIL after 4h`."""

import re
from typing import Any

from commands.errors import NotUnderstood
from hub.names import fold
from templates.catalogue import N_

OFF = ("off", "none", "no", "nunca", "ninguno")
LONGEST_HOURS = 24 * 90
_UNITS = {"h": 1, "hour": 1, "hours": 1, "hora": 1, "horas": 1, "d": 24, "day": 24, "days": 24, "dia": 24, "dias": 24}


def read_repeat(typed: list[str]) -> dict[str, Any]:
    """Take how often it is told again: `24h`, `2 days`, or `off`.

    Raises:
        NotUnderstood: it is no such length of time.
    """
    while typed and fold(typed[0]) in ("every", "cada"):
        typed.pop(0)
    if typed and fold(typed[0]) in OFF:
        typed.pop(0)
        return {"repeat_hours": None}
    return {"repeat_hours": _hours(typed)}


def read_escalation(typed: list[str]) -> dict[str, Any]:
    """Take who hears of it, and after how long: `to EMAIL after 4h`, or `off`.

    Raises:
        NotUnderstood: nobody is named, or no length of time.
    """
    while typed and fold(typed[0]) in ("to", "a"):
        typed.pop(0)
    if typed and fold(typed[0]) in OFF:
        typed.pop(0)
        return {"escalate_to": None, "escalate_hours": None}
    person = typed.pop(0).strip("<>,").lower() if typed else ""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", person):
        raise NotUnderstood(
            N_("Escalate to whom? “%(word)s” is no e-mail address."),
            hint=N_("For example: %(example)s"),
            word=person[:80],
            example="escalate to ana@partner.example after 4h",
        )
    while typed and fold(typed[0]) in ("after", "tras", "despues", "de"):
        typed.pop(0)
    return {"escalate_to": person, "escalate_hours": _hours(typed)}


def _hours(typed: list[str]) -> int:
    text = fold(typed.pop(0)) if typed else ""
    found = re.fullmatch(r"(\d{1,4})([a-z]*)", text)
    unit = found[2] if found else ""
    if found and not unit and typed and fold(typed[0]) in _UNITS:
        unit = fold(typed.pop(0))
    hours = int(found[1]) * _UNITS.get(unit or "h", 0) if found else 0
    if not 1 <= hours <= LONGEST_HOURS:
        raise NotUnderstood(
            N_("“%(word)s” is no length of time: it is hours or days, such as 4h or 2 days."),
            hint=N_("For example: %(example)s"),
            word=text[:80],
            example="rule edit 3 repeat 24h escalate to ana@partner.example after 4h",
        )
    return hours
