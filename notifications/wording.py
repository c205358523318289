"""What happened, in the words of its reader: a heading for what belongs together, and a line for each customer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from hub.statuses import Status
from notifications.batch import Item
from notifications.kinds import GREW, SELFTEST, Calling, Nearing, Service, Trial
from storage.tables import Event
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

_BAD = frozenset({Status.SUSPENDED, Status.EXPIRED, Status.OVERAGE, GREW, *Service})
_GOOD = frozenset({Trial.CONVERTED, Trial.STARTED, Trial.EXTENDED})


FACTS = 2
"""What is behind a status, as far as a line says it; the customer's page has all."""


def heading(items: Sequence[Item], texts: Texts) -> str:
    """Say what items of one topic have in common, and how many customers they are."""
    item, n = items[0], len({each.event.org_id for each in items})
    kind = item.event.kind
    if kind in {*Service, SELFTEST}:
        return subject(item, texts)
    if kind == Nearing.EXPIRY:
        days = texts.count("%(n)s day", "%(n)s days", item.days_before or 0)
        return texts.count("%(n)s customer ends within %(days)s", "%(n)s customers end within %(days)s", n, days=days)
    if kind == Nearing.RENEWAL:
        days = texts.count("%(n)s day", "%(n)s days", item.days_before or 0)
        return texts.count(
            "%(n)s customer renews within %(days)s", "%(n)s customers renew within %(days)s", n, days=days
        )
    if kind not in set(Status):
        return texts.count("%(n)s customer: %(event)s", "%(n)s customers: %(event)s", n, event=label(kind, texts))
    status = label(kind, texts)
    if item.flaps:
        return texts.count(
            "%(n)s customer goes in and out of: %(status)s",
            "%(n)s customers go in and out of: %(status)s",
            n,
            status=status,
        )
    if item.left:
        return texts.count(
            "%(n)s customer no longer: %(status)s", "%(n)s customers no longer: %(status)s", n, status=status
        )
    return texts.count("%(n)s customer now: %(status)s", "%(n)s customers now: %(status)s", n, status=status)


def subject(item: Item, texts: Texts) -> str:
    """Name an event in a few words."""
    kind = item.event.kind
    if kind in set(Status):
        form = N_("no longer: %(status)s") if item.left else N_("now: %(status)s")
        return texts(form, status=label(kind, texts))
    if kind in set(Service):
        return texts(_SERVICE[Service(kind)])
    if kind == SELFTEST:
        return texts(N_("Self-test: this message came the whole way, and nothing happened"))
    if kind == Nearing.EXPIRY:
        return texts.count("ends within %(n)s day", "ends within %(n)s days", item.days_before or 0)
    if kind == Nearing.RENEWAL:
        return texts.count("renews within %(n)s day", "renews within %(n)s days", item.days_before or 0)
    return label(kind, texts)


_SERVICE = {
    Service.REPORT_FAILED: N_("A scheduled report failed"),
    Service.DATA_STALE: N_("The data are out of date"),
}


def tone(item: Item) -> str:
    """Colour of the heading, as cards name them."""
    kind = item.event.kind
    if item.left or kind in _GOOD:
        return "good"
    return "attention" if kind in _BAD or item.flaps else "warning"


def row(item: Item, at: datetime, texts: Texts, *, whole: bool = False) -> dict[str, Any]:
    """Return what a list says of one item: a line, or the `whole` of it."""
    evidence = _evidence(item)
    return {
        "customer": item.customer,
        "org_id": item.event.org_id,
        "subscription_id": item.event.subscription_id
        or next((each["subscription_id"] for each in evidence if "subscription_id" in each), None),
        "detail": "; ".join(_details(item, at, texts, whole=whole)),
    }


def _details(item: Item, at: datetime, texts: Texts, *, whole: bool) -> Sequence[str]:
    event = item.event
    if item.flaps:
        changes = texts.count("%(n)s change in a day", "%(n)s changes in a day", item.flaps)
        return [changes, subject(item, texts), texts(N_("told again when it is steady for a day"))]
    if event.kind in set(Nearing) and event.end_date:
        left = _days_left((event.end_date - at.date()).days, texts)
        what = f"{label(event.after.get('type'), texts)} {event.subscription_id}"
        return [what, f"{texts.day(event.end_date)} ({left})", *_moved(event.before, event.end_date, texts)]
    if event.kind in set(Trial):
        return _trial(item, texts)
    if event.kind == GREW:
        before = texts.number(event.before.get("excess"))
        more = texts(N_("%(before)s over before, %(now)s now"), before=before, now=texts.number(event.after["excess"]))
        return [_fact(Status.OVERAGE, event.after, texts), more]
    if event.kind in set(Calling):
        return _calling(event, texts)
    if event.kind in set(Service):
        # Who raises these says it in numbers and names; there is no other word for them here.
        return [f"{name}: {value}" for name, value in event.after.get("facts", {}).items()]
    if item.left:
        since = datetime.fromisoformat(event.before["since"])
        return [texts(N_("had been since %(day)s"), day=texts.day(since.date()))]
    facts = [_fact(event.kind, each, texts) for each in _evidence(item)]
    if whole or len(facts) <= FACTS:
        return facts
    more = texts.count("%(n)s more", "%(n)s more", len(facts) - FACTS)
    return [*facts[:FACTS], more]


def _days_left(days: int, texts: Texts) -> str:
    """Say how far off an end is; by the time of a digest it may be over."""
    if days < 0:
        return texts.count("%(n)s day ago", "%(n)s days ago", -days)
    return texts.count("%(n)s day left", "%(n)s days left", days)


def _moved(before: Mapping[str, Any], end: date, texts: Texts) -> Sequence[str]:
    """Say where an end was before, where it is another now."""
    if "end_date" not in before or before["end_date"] == end.isoformat():
        return []
    return [texts(N_("was %(day)s"), day=texts.day(date.fromisoformat(before["end_date"])))]


def _trial(item: Item, texts: Texts) -> Sequence[str]:
    event = item.event
    products = ", ".join(label(product, texts) for product in event.after.get("products", ()))
    if event.kind == Trial.CONVERTED:
        now = texts(N_("now subscription %(id)s"), id=event.after["subscription_id"])
        return [*filter(None, [products]), now]
    end = date.fromisoformat(event.after["end_date"])
    if event.kind == Trial.ENDED:
        ended = N_("cancelled before %(day)s") if event.after.get("cancelled") else N_("ended %(day)s")
        return [*filter(None, [products]), texts(ended, day=texts.day(end))]
    until = texts(N_("until %(day)s"), day=texts.day(end))
    return [*filter(None, [products]), until, *_moved(event.before, end, texts)]


def _calling(event: Event, texts: Texts) -> Sequence[str]:
    """Say a week's figure, and what is usual there."""
    week = texts(N_("week from %(day)s"), day=texts.day(date.fromisoformat(event.after["week"])))
    value, usual = event.after["value"], event.before.get("usual")
    if event.kind == Calling.CALLS_FELL:
        calls = texts.count("%(n)s call", "%(n)s calls", int(value))
        return [texts(N_("%(calls)s, usual are %(usual)s"), calls=calls, usual=texts.number(usual)), week]
    if event.kind == Calling.POOR_LEGS:
        shown = {"poor": texts.percent(value), "usual": texts.percent(usual)}
        return [texts(N_("%(poor)s of the call legs poor, usual are %(usual)s"), **shown), week]
    return [texts(N_("%(share)s of the calls to queues abandoned"), share=texts.percent(value)), week]


def _fact(status: str, fact: Mapping[str, Any], texts: Texts) -> str:
    if status == Status.OVERAGE:
        return texts(
            N_("%(product)s: %(assigned)s assigned of %(total)s"),
            product=label(fact["product"], texts),
            assigned=texts.number(fact["assigned"]),
            total=texts.number(fact["total"]),
        )
    if status == Status.SUSPENDED:
        return texts(N_("the invoice of %(subscription)s is unpaid"), subscription=fact["subscription_id"])
    if status == Status.SETUP:
        return texts(N_("the order of %(subscription)s is not set up"), subscription=fact["subscription_id"])
    if status == Status.INACTIVE:
        seen = datetime.fromisoformat(fact["last_admin_activity"]).date()
        return texts(N_("last administrator sign-in %(day)s"), day=texts.day(seen))
    if "end_date" in fact:
        return texts(N_("ended %(day)s"), day=texts.day(date.fromisoformat(fact["end_date"])))
    return str(fact.get("subscription_id", ""))


def _evidence(item: Item) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = item.event.after.get("evidence", [])
    return found
