"""How a rule is shown: in words, and as it is typed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from commands.report_grammar import WhenParameter
from notifications.kinds import KINDS, Calling, Service, Trial
from notifications.rules import is_digest
from notifications.run import cadence_of
from notifications.schedules import Every
from storage.tables import Rule
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

_GROUPS: Mapping[str, Sequence[str]] = {
    N_("all about trials"): tuple(Trial),
    N_("what stands out in Webex Calling"): tuple(Calling),
    N_("failed reports, old data"): tuple(Service),
}


def when_typed(rule: Rule | None) -> str:
    """Return day and time of a digest as they are typed."""
    if rule is None or not is_digest(rule) or rule.at is None:
        return "09:00"
    at = rule.at.strftime("%H:%M")
    if rule.every == Every.WEEKLY:
        names = [name for name, number in WhenParameter.WEEKDAYS.items() if number == rule.day]
        return f"{names[0]} {at}"
    return f"{rule.day} {at}" if rule.every == Every.MONTHLY else at


def quiet_typed(rule: Rule) -> str:
    """Return quiet hours as they are typed."""
    if rule.quiet_from is None or rule.quiet_until is None:
        return ""
    return f"{rule.quiet_from:%H:%M}-{rule.quiet_until:%H:%M}"


def view_of(rule: Rule, texts: Texts) -> dict[str, Any]:
    """Return what cards say of a rule."""
    days = {
        kind: texts(N_("%(event)s (%(days)s days)"), event=label(kind, texts), days=", ".join(map(str, found)))
        for kind, found in rule.thresholds.items()
    }
    return {
        "id": rule.id,
        "events": ", ".join(_events(rule, days, texts)),
        "products": ", ".join(label(product, texts) for product in rule.products),
        "where": rule.where,
        "when": _when(rule, texts),
        "quiet": quiet_typed(rule),
        "hourly_cap": rule.hourly_cap,
        "reminding": _reminding(rule, texts),
        "paused": rule.paused,
        "by": rule.created_by,
    }


def _events(rule: Rule, days: Mapping[str, str], texts: Texts) -> Iterable[str]:
    """Say which events, those that belong together in one word where all of them are told."""
    said: set[str] = set()
    # An older rule may name what is no event any more.
    for event in filter(KINDS.__contains__, rule.events):
        whole = next((name for name, kinds in _GROUPS.items() if event in kinds and {*kinds} <= {*rule.events}), None)
        text = texts(whole) if whole else days.get(event) or label(event, texts)
        if text not in said:
            said.add(text)
            yield text


def _reminding(rule: Rule, texts: Texts) -> str:
    """Say what becomes of an alert that nobody acknowledges."""
    said = []
    if rule.repeat_hours:
        hours = texts.count("%(n)s hour", "%(n)s hours", rule.repeat_hours)
        said.append(texts(N_("told again every %(hours)s"), hours=hours))
    if rule.escalate_to and rule.escalate_hours:
        hours = texts.count("%(n)s hour", "%(n)s hours", rule.escalate_hours)
        said.append(texts(N_("told to %(person)s after %(hours)s"), person=rule.escalate_to, hours=hours))
    return "; ".join(said)


def _when(rule: Rule, texts: Texts) -> str:
    if not is_digest(rule):
        return texts(N_("at once"))
    cadence = cadence_of(rule, texts.zone)
    every = label(rule.every, texts)
    if rule.every == Every.WEEKLY and rule.day:
        every = f"{every}, {texts.weekday(rule.day)}"
    elif rule.every == Every.MONTHLY:
        every = f"{every}, {texts(N_('day %(day)s'), day=rule.day)}"
    return f"{every}, {cadence.at:%H:%M}"
