"""The form of a rule: shown with what it holds, or as it was filled in, with what is wrong at each field; and read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from commands.context import Context
from commands.errors import NotUnderstood
from commands.filters import saved_filters
from commands.reply import Reply
from commands.report_grammar import WhenParameter
from commands.rule_views import quiet_typed, when_typed
from commands.rule_words import RuleWords, read_cap, read_days, read_quiet, read_where
from commands.words import Words
from hub.filters import Filter
from hub.products import BOTH
from notifications.kinds import DEFAULT_DAYS, KINDS, Nearing
from notifications.rules import HOURLY_CAP
from notifications.run import NOW
from notifications.schedules import Every
from storage.tables import Rule
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

_T = TypeVar("_T")


@dataclass
class Filled:
    """What a filled form says, and by field what is wrong with it; with any problem nothing is to be done."""

    words: RuleWords = field(default_factory=RuleWords)
    problems: dict[str, str] = field(default_factory=dict)


def empty(rule: Rule | None) -> dict[str, str]:
    """Return what the fields hold before anybody fills them in."""
    return {
        "events": ",".join(rule.events if rule else ()),
        **{
            kind.value: ",".join(map(str, (rule.thresholds.get(kind) if rule else None) or DEFAULT_DAYS))
            for kind in Nearing
        },
        "products": rule.products[0] if rule and len(rule.products) == 1 else "",
        "where": rule.where if rule else "",
        "every": rule.every if rule else NOW,
        "when": when_typed(rule),
        "quiet": quiet_typed(rule) if rule else "",
        "max": str((rule.hourly_cap if rule else HOURLY_CAP) or ""),
    }


def form(ctx: Context, number: int | None, form_id: str, filled: Mapping[str, str], wrong: Mapping[str, str]) -> Reply:
    """Show the form of a rule, or of a new one, with what was filled in and what is wrong with it."""
    texts = ctx.texts
    return Reply(
        "rule_form",
        view={
            "id": number,
            "form_id": form_id,
            "filled": filled,
            "problems": wrong,
            "kinds": [(str(kind), label(kind, texts)) for kind in KINDS],
            "product_names": [(name, name) for name in sorted(BOTH)],
            "every": [(NOW, texts(N_("at once"))), *((str(each), label(each, texts)) for each in Every)],
        },
        data=lambda: {"form": {"id": number, "kinds": [str(kind) for kind in KINDS]}, "problems": dict(wrong)},
        bounded=False,
    )


def read_form(ctx: Context) -> Filled:
    """Read the fields of the form."""
    inputs: Mapping[str, str] = {name: value.strip() for name, value in ctx.inputs.items()}
    found = Filled()
    events = [kind for kind in inputs.get("events", "").split(",") if kind in KINDS]
    if not events:
        found.problems["events"] = ctx.texts(N_("Please choose at least one."))
    fields: dict[str, Any] = {
        "events": events,
        "products": [inputs["products"]] if inputs.get("products") in BOTH else [],
    }
    thresholds = {}
    for kind in map(str, Nearing):
        if kind in events:
            thresholds[kind] = _read(found, kind, ctx.texts, partial(read_days, inputs.get(kind, "")))
    fields["thresholds"] = thresholds
    fields["hourly_cap"] = _read(found, "max", ctx.texts, lambda: read_cap(inputs.get("max") or "off"))
    fields |= _read(found, "quiet", ctx.texts, lambda: read_quiet(inputs.get("quiet") or "off")) or {}
    often = inputs.get("every", NOW), inputs.get("when", "")
    fields |= _read(found, "when", ctx.texts, lambda: _how_often(*often)) or {}
    typed = inputs.get("where", "")
    where = _read(found, "where", ctx.texts, lambda: read_where(typed, lambda: saved_filters(ctx, ctx.space)))
    found.words = RuleWords(fields, where or Filter.everything)
    return found


def _read(found: Filled, name: str, texts: Texts, read: Callable[[], _T]) -> _T | None:
    """Read a field; what is wrong with it is noted."""
    try:
        return read()
    except NotUnderstood as error:
        found.problems[name] = texts(error.text, **error.values)
        return None


def _how_often(every: str, when: str) -> dict[str, Any]:
    if every not in set(Every):
        return {"every": NOW, "day": None, "at": None}
    *day, at = when.replace(" at ", " ").split() or ["09:00"]
    found = WhenParameter("rule new suspended weekly monday at 09:00").take(Words(" ".join([every, *day, "at", at])))
    return {"every": every, "day": found.day if found else None, "at": found.at if found else None}
