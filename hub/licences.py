"""Webex's licences as products: several licences of one product in one subscription are added."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from hub.readings import LicenceReading
from hub.webex import LicenceCount

PRODUCTS = Path(__file__).with_name("licence_products.toml")


@cache
def product_of(licence_name: str) -> str:
    """Return the product that a licence belongs to; an unknown one is a product of its own."""
    return next((product for pattern, product in _patterns() if pattern.search(licence_name)), licence_name)


def as_readings(counts: Iterable[LicenceCount]) -> list[LicenceReading]:
    """Add licences up by subscription and product; a sum with an unknown part is unknown."""
    sums: dict[tuple[str, str], tuple[int | None, int | None]] = {}
    for count in counts:
        key = (count.subscription_id, product_of(count.name))
        total, assigned = sums.get(key, (0, 0))
        sums[key] = _plus(total, count.total), _plus(assigned, count.assigned)
    return [
        LicenceReading(subscription_id, product, total=total, assigned=assigned)
        for (subscription_id, product), (total, assigned) in sums.items()
    ]


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = tomllib.loads(PRODUCTS.read_text(encoding="utf-8"))["licence"]
    return tuple((re.compile(row["pattern"], re.IGNORECASE), row["product"]) for row in rows)
