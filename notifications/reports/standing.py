"""What stands out in a report, found while its rows are written and said in words beside its file."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

if TYPE_CHECKING:
    from notifications.reports.catalogue import Report

Columns = Mapping[str, Sequence[Any]]
WEEK_DAYS = 7
URGENT = ("suspended", "expired", "overage", "expiring")
"""Statuses of customers that are counted."""
SAID = 2
"""So many things are said at most."""


@dataclass
class Tally:
    """Counts over the rows of a report; `fields` are those it looks at."""

    fields: tuple[str, ...] = ()
    look: Callable[["Tally", Columns], None] = lambda _tally, _columns: None
    words: Callable[["Tally", Texts], list[str]] = lambda _tally, _texts: []
    counts: Counter[str] = field(default_factory=Counter)
    extreme: tuple[float, str, float] | None = None
    """The largest value so far, whose it is, and a further figure of it."""

    def add(self, columns: Columns) -> None:
        """Look at some more rows."""
        self.look(self, columns)

    def said(self, texts: Texts) -> list[str]:
        """Say what stands out, the most important first; nothing where all is as usual."""
        return self.words(self, texts)[:SAID]

    def reach(self, value: float | None, whose: str, beside: float = 0) -> None:
        """Remember the largest value, and the first by name of several."""
        if value is not None and value > 0 and (self.extreme is None or value > self.extreme[0]):
            self.extreme = (value, whose, beside)


def tally_of(report: "Report") -> Tally:
    """Return what counts a report's rows."""
    return _TALLIES.get(report.name, Tally)()


def _soon(said: Callable[[Texts, int], str], of: str = "days_left") -> Callable[[], Tally]:
    def look(tally: Tally, columns: Columns) -> None:
        tally.counts["soon"] += sum(1 for days in columns[of] if days is not None and 0 <= days <= WEEK_DAYS)

    def words(tally: Tally, texts: Texts) -> list[str]:
        soon = tally.counts["soon"]
        return [said(texts, soon)] if soon else []

    return lambda: Tally((of,), look, words)


def _added(texts: Texts, n: int) -> str:
    return texts.count("%(n)s was added within a week", "%(n)s were added within a week", n)


def _ends(texts: Texts, n: int) -> str:
    return texts.count("%(n)s ends within a week", "%(n)s end within a week", n)


def _renews(texts: Texts, n: int) -> str:
    return texts.count("%(n)s renews within a week", "%(n)s renew within a week", n)


def _customers(tally: Tally, columns: Columns) -> None:
    for statuses in columns["statuses"]:
        tally.counts.update(status for status in statuses if status in URGENT)


def _customers_said(tally: Tally, texts: Texts) -> list[str]:
    parts = [f"{texts.number(tally.counts[each])} {label(each, texts)}" for each in URGENT if tally.counts[each]]
    return [", ".join(parts)] if parts else []


def _overage(tally: Tally, columns: Columns) -> None:
    for customer, total, assigned in zip(columns["customer"], columns["total"], columns["assigned"], strict=True):
        tally.reach(assigned - total, customer)


def _overage_said(tally: Tally, texts: Texts) -> list[str]:
    if tally.extreme is None:
        return []
    excess, customer, _ = tally.extreme
    return [texts(N_("%(customer)s is %(excess)s over its limit"), customer=customer, excess=texts.number(excess))]


def _low(tally: Tally, columns: Columns) -> None:
    for customer, total, assigned in zip(columns["customer"], columns["total"], columns["assigned"], strict=True):
        tally.reach((total or 0) - (assigned or 0), customer)


def _low_said(tally: Tally, texts: Texts) -> list[str]:
    if tally.extreme is None:
        return []
    unassigned, customer, _ = tally.extreme
    text = N_("%(customer)s has the most unassigned licences: %(count)s")
    return [texts(text, customer=customer, count=texts.number(unassigned))]


def _usage_change(tally: Tally, columns: Columns) -> None:
    for customer, change in zip(columns["customer"], columns["calls_change"], strict=True):
        tally.reach(-change if change is not None else None, customer)


def _usage_change_said(tally: Tally, texts: Texts) -> list[str]:
    if tally.extreme is None:
        return []
    fewer, customer, _ = tally.extreme
    text = N_("%(customer)s made %(count)s calls fewer than the week before")
    return [texts(text, customer=customer, count=texts.number(fewer))]


def _most_poor(customer: str, poor: str, legs: str) -> Callable[[], Tally]:
    def look(tally: Tally, columns: Columns) -> None:
        for name, count, of in zip(columns[customer], columns[poor], columns[legs], strict=True):
            whole, part = _count(of), _count(count)
            tally.counts["poor"] += part
            tally.counts["legs"] += whole
            tally.reach(part, name, 100 * part / whole if whole else 0)

    def words(tally: Tally, texts: Texts) -> list[str]:
        if tally.extreme is None:
            return []
        most, name, share = tally.extreme
        return [
            texts(
                N_("%(share)s of all call legs are poor"),
                share=texts.percent(round(100 * tally.counts["poor"] / max(tally.counts["legs"], 1), 1)),
            ),
            texts(
                N_("%(customer)s has the most poor legs: %(count)s (%(share)s)"),
                customer=name,
                count=texts.number(most),
                share=texts.percent(round(share, 1)),
            ),
        ]

    return lambda: Tally((customer, poor, legs), look, words)


def _queues(tally: Tally, columns: Columns) -> None:
    for customer, lost, share in zip(columns["customer"], columns["abandoned"], columns["abandoned_pct"], strict=True):
        tally.reach(lost, customer, share or 0)


def _queues_said(tally: Tally, texts: Texts) -> list[str]:
    if tally.extreme is None:
        return []
    lost, customer, share = tally.extreme
    text = N_("%(customer)s lost the most calls in queues: %(count)s (%(share)s)")
    return [texts(text, customer=customer, count=texts.number(lost), share=texts.percent(share))]


def _administrators(tally: Tally, columns: Columns) -> None:
    tally.counts["none"] += sum(1 for email in columns["email"] if not email)


def _administrators_said(tally: Tally, texts: Texts) -> list[str]:
    none = tally.counts["none"]
    said = texts.count("%(n)s customer is assigned to nobody", "%(n)s customers are assigned to nobody", none)
    return [said] if none else []


def _devices(tally: Tally, columns: Columns) -> None:
    tally.counts.update(filter(None, columns["Product"]))


def _devices_said(tally: Tally, texts: Texts) -> list[str]:
    if not tally.counts:
        return []
    product, count = min(tally.counts.items(), key=lambda item: (-item[1], item[0]))
    return [texts(N_("Most are %(product)s: %(count)s"), product=product, count=texts.number(count))]


def _numbers(tally: Tally, columns: Columns) -> None:
    tally.counts["unassigned"] += sum(1 for kind in columns["User Type"] if not kind)


def _numbers_said(tally: Tally, texts: Texts) -> list[str]:
    free = tally.counts["unassigned"]
    said = texts.count("%(n)s is assigned to nobody", "%(n)s are assigned to nobody", free)
    return [said] if free else []


def _count(value: Any) -> int:
    """Cells of Webex's reports are texts; what is no figure counts as none."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() else 0
    return int(value or 0)


_TALLIES: Mapping[str, Callable[[], Tally]] = {
    "customers": lambda: Tally(("statuses",), _customers, _customers_said),
    "recent": _soon(_added, "days_since_added"),
    "expiring": _soon(_ends),
    "renewing": _soon(_renews),
    "trials": _soon(_ends),
    "low": lambda: Tally(("customer", "total", "assigned"), _low, _low_said),
    "overage": lambda: Tally(("customer", "total", "assigned"), _overage, _overage_said),
    "administrators": lambda: Tally(("email",), _administrators, _administrators_said),
    "calling usage": lambda: Tally(("customer", "calls_change"), _usage_change, _usage_change_said),
    "calling quality": _most_poor("customer", "poor_legs", "legs"),
    "calling queues": lambda: Tally(("customer", "abandoned", "abandoned_pct"), _queues, _queues_said),
    "usage": _most_poor("Customer Name", "Total Poor Quality Call Legs", "Total Call Legs"),
    "devices": lambda: Tally(("Product",), _devices, _devices_said),
    "numbers": lambda: Tally(("User Type",), _numbers, _numbers_said),
}
"""By the report's name; of others nothing stands out."""
