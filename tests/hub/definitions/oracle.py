"""The definitions once more, in plain Python over the test partner: what the SQL must agree with.

Written from the product's description alone; nothing here shares code with the service but the folding of names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from hub.names import fold
from tests.hub.definitions.partner import Held, Org, Product

ORDER = ["suspended", "expired", "overage", "expiring", "setup", "inactive", "trial", "subscription"]


def active(held: Held, today: date) -> bool:
    return held.start is not None and held.end is not None and held.start <= today <= held.end


def ended(held: Held, today: date) -> bool:
    return held.start is not None and held.end is not None and held.end < today


def statuses(org: Org, today: date) -> list[str]:
    found = set()
    for held in org.held:
        if held.type == "subscription" and held.invoice == "unpaid" and not ended(held, today):
            found.add("suspended")
        if held.setup == "pending" and not ended(held, today):
            found.add("setup")
        if active(held, today) and held.end is not None:
            if held.type:
                found.add(held.type)
            if any(is_over(product) for product in held.products):
                found.add("overage")
            if lapses(held) and (held.end - today).days <= 7:
                found.add("expiring")
    if org.held and all(ended(held, today) and held.start is not None and held.start <= today for held in org.held):
        found.add("expired")
    if org.last_admin_activity and (today - org.last_admin_activity.astimezone(UTC).date()).days >= 30:
        found.add("inactive")
    return sorted(found, key=ORDER.index)


def lapses(held: Held) -> bool:
    return held.type == "trial" or (held.type == "subscription" and not held.auto_renew)


def is_over(product: Product) -> bool:
    return product.total is not None and product.assigned is not None and product.assigned > product.total


def customer_row(org: Org, today: date) -> dict[str, Any]:
    running = [held for held in org.held if active(held, today)]
    return {
        "customer": org.name,
        "org_id": org.org_id,
        "statuses": statuses(org, today),
        "products": sorted({product.name for held in running for product in held.products}),
        "region": org.region,
        "managed_by": org.managed_by,
        "tags": sorted(org.tags),
        "next_end": next_end(org, today),
    }


def next_end(org: Org, today: date) -> date | None:
    return min((held.end for held in org.held if active(held, today) and held.end), default=None)


def by_urgency(row: dict[str, Any]) -> tuple[Any, ...]:
    rank = ORDER.index(row["statuses"][0]) if row["statuses"] else len(ORDER)
    return rank, row["next_end"] is None, row["next_end"] or date.min, fold(row["customer"]), row["org_id"]


def known_sums(org: Org, today: date) -> tuple[int, int] | None:
    """Total and assigned over the active rows with both known."""
    counts = [
        (product.total, product.assigned)
        for held in org.held
        if active(held, today)
        for product in held.products
        if product.total is not None and product.assigned is not None
    ]
    return (sum(total for total, _ in counts), sum(assigned for _, assigned in counts)) if counts else None


@dataclass
class Line:
    """A licence row with all around it."""

    org: Org
    held: Held
    product: Product

    def start(self) -> date:
        assert self.held.start is not None
        return self.held.start

    def end(self) -> date:
        assert self.held.end is not None
        return self.held.end

    def ratio(self) -> float | None:
        if not self.product.total or self.product.assigned is None:
            return None
        return self.product.assigned / self.product.total

    def common(self) -> dict[str, Any]:
        total, assigned = self.product.total, self.product.assigned
        return {
            "customer": self.org.name,
            "org_id": self.org.org_id,
            "subscription_id": self.held.id,
            "product": self.product.name,
            "total": total,
            "used": self.product.used,
            "assigned": assigned,
            "available": None if total is None or assigned is None else total - assigned,
        }

    def weekly_change(self, count: int) -> int | None:
        """0 for assigned, 1 for used."""
        history = self.product.history
        if not history:
            return None
        newest = max(history)
        older = [day for day in history if timedelta(days=7) <= newest - day <= timedelta(days=13)]
        if not older:
            return None
        now, before = history[newest][count], history[max(older)][count]
        return None if now is None or before is None else now - before

    def place(self) -> tuple[str, str, str]:
        return fold(self.org.name), self.held.id, self.product.name


def lines(orgs: list[Org], today: date, products: frozenset[str]) -> Iterator[Line]:
    for org in orgs:
        for held in org.held:
            if active(held, today):
                yield from (Line(org, held, product) for product in held.products if product.name in products)


def customers_of(found: list[Line]) -> int:
    return len({line.org.org_id for line in found})


def share(found: list[Line], part: str, whole: str = "total") -> float | None:
    counts = [
        (getattr(line.product, part), getattr(line.product, whole))
        for line in found
        if getattr(line.product, part) is not None and getattr(line.product, whole) is not None
    ]
    bottom = sum(below for _, below in counts)
    return 100 * sum(above for above, _ in counts) / bottom if bottom else None


def months(earlier: date, later: date) -> int:
    """The most months that, added to the earlier day, do not go beyond the later."""
    count = 0
    while (earlier.year * 12 + earlier.month + count, earlier.day) <= (later.year * 12 + later.month - 1, later.day):
        count += 1
    return count


def ending(orgs: list[Org], today: date, days: int, products: frozenset[str], renewing: bool) -> dict[str, Any]:
    found = [
        line
        for line in lines(orgs, today, products)
        if (line.end() - today).days <= days
        and (lapses(line.held) if not renewing else line.held.type == "subscription" and line.held.auto_renew)
    ]
    found.sort(key=lambda line: (line.end(), *line.place()))
    return {
        "kpis": {
            "customers": customers_of(found),
            "assigned_pct": share(found, "assigned"),
            "used_pct": share(found, "used"),
        },
        "rows": [
            line.common() | {"days_left": (line.end() - today).days, "used_3m": line.product.used_3m} for line in found
        ],
    }


def recent(orgs: list[Org], today: date, days: int, products: frozenset[str]) -> dict[str, Any]:
    found = [line for line in lines(orgs, today, products) if (today - line.start()).days <= days]
    found.sort(key=lambda line: ((today - line.start()).days, *line.place()))
    return {
        "kpis": {
            "new_customers": customers_of(found),
            "total_licenses": sum(line.product.total or 0 for line in found),
        },
        "rows": [
            line.common()
            | {
                "days_since_added": (today - line.start()).days,
                "assigned_weekly_change": line.weekly_change(0),
                "used_weekly_change": line.weekly_change(1),
            }
            for line in found
        ],
    }


def low(orgs: list[Org], everybody: list[Org], today: date, products: frozenset[str]) -> dict[str, Any]:
    bounds = {}
    for product in products:
        ratios = [
            ratio for line in lines(everybody, today, frozenset({product})) if (ratio := line.ratio()) is not None
        ]
        if len(ratios) >= 5:
            bounds[product] = median(ratios) / 2
    found = [
        (ratio, line)
        for line in lines(orgs, today, products)
        if (ratio := line.ratio()) is not None and ratio < bounds.get(line.product.name, 0)
    ]
    found.sort(key=lambda pair: (pair[0], *pair[1].place()))
    low_lines = [line for _, line in found]
    return {
        "kpis": {
            "customers": customers_of(low_lines),
            "assigned_pct": share(low_lines, "assigned"),
            "used_of_assigned_pct": share(low_lines, "used"),
            "unassigned": sum(line.common()["available"] for line in low_lines),
        },
        "rows": [
            line.common()
            | {
                "months_since_added": months(line.start(), today),
                "assigned_pct": 100 * ratio,
                "assigned_weekly_change": line.weekly_change(0),
            }
            for ratio, line in found
        ],
    }


def overage(orgs: list[Org], today: date, products: frozenset[str]) -> dict[str, Any]:
    found = [line for line in lines(orgs, today, products) if is_over(line.product)]
    found.sort(key=lambda line: (line.common()["available"], *line.place()))
    excess = -sum(line.common()["available"] for line in found)
    rows = []
    for line in found:
        row = line.common() | {
            "months_left": months(today, line.end()),
            "auto_renew": line.held.auto_renew,
            "assigned_pct": share([line], "assigned"),
            "used_pct": share([line], "used"),
        }
        del row["available"]
        rows.append(row)
    return {
        "kpis": {
            "customers": customers_of(found),
            "licenses_in_overage": excess,
            "average_overage": excess / customers_of(found) if found else None,
        },
        "rows": rows,
    }


def total_customers(orgs: list[Org], products: frozenset[str]) -> int:
    return sum(any(product.name in products for held in org.held for product in held.products) for org in orgs)


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
