"""What the tabs of a customer's page show, in the reader's words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from hub.customers import CustomerDetails, ProductCounts, State, SubscriptionDetails
from templates.catalogue import N_
from templates.texts import UNKNOWN, Texts
from templates.vocabulary import label, region_name

PAGE_SIZE = 5
"""Subscriptions or trials on a page: each takes several lines of a card, which has a limit of bytes."""
ORDERS_SHOWN = 2
"""Of each subscription, the newest; the page of orders has all."""
ORDERS_PAGE_SIZE = 15
PRODUCTS_SHOWN = 8
ITEMS_SHOWN = 6


class Tab(StrEnum):
    """The tabs, in their order; orders are reached from the subscriptions."""

    OVERVIEW = "overview"
    SUBSCRIPTIONS = "subscriptions"
    TRIALS = "trials"
    ADMINISTRATORS = "administrators"
    ORDERS = "orders"


TABS = {
    Tab.OVERVIEW: N_("Overview"),
    Tab.SUBSCRIPTIONS: N_("Subscriptions"),
    Tab.TRIALS: N_("Trials"),
    Tab.ADMINISTRATORS: N_("Administrators"),
}

STATES = {
    State.ACTIVE: N_("active"),
    State.LATER: N_("starts later"),
    State.UNKNOWN: N_("dates unknown"),
    State.ENDED: N_("ended"),
}


def overview(details: CustomerDetails, texts: Texts) -> dict[str, Any]:
    """Return facts, licences by product over what is active, and what wants attention."""
    held = [*details.subscriptions, *details.trials]
    active = [one for one in held if one.state is State.ACTIVE]
    unpaid = sum(one.invoice == "unpaid" and one.state is not State.ENDED for one in details.subscriptions)
    pending = sum(one.setup == "pending" and one.state is not State.ENDED for one in held)
    last = details.last_admin_activity
    return {
        "facts": [
            (texts(title), value)
            for title, value in [
                (N_("Organization ID"), details.org_id),
                (N_("Region"), region_name(details.region, texts) if details.region else UNKNOWN),
                (N_("Country"), texts.country(details.country)),
                (N_("Managed by"), label(details.managed_by, texts)),
                (N_("Customer since"), texts.day(details.created)),
                (N_("Last administrator sign-in"), texts.day(last.date() if last else None)),
                (N_("Next end"), texts.day(details.next_end)),
                (N_("External ID"), details.external_id),
                (N_("Tags"), ", ".join(details.tags)),
                (N_("Subscriptions"), _counted(details.subscriptions, texts)),
                (N_("Trials"), _counted(details.trials, texts)),
                (N_("Partner administrators"), texts.number(len(details.administrators))),
            ]
            if value
        ],
        "problems": [
            *([texts.count("%(n)s unpaid invoice", "%(n)s unpaid invoices", unpaid)] if unpaid else []),
            *([texts.count("%(n)s order not set up yet", "%(n)s orders not set up yet", pending)] if pending else []),
        ],
        "licences_held": [_licences(counts, texts) for counts in _summed(active)],
    }


def held(one: SubscriptionDetails, texts: Texts) -> dict[str, Any]:
    """Return what a tab shows of a subscription or trial."""
    orders = list(reversed(one.orders))
    return {
        "id": one.subscription_id,
        "state": texts(STATES[one.state]),
        "active": one.state is State.ACTIVE,
        "when": _when(one, texts),
        "problems": [texts(N_("not set up yet"))] if one.setup == "pending" and one.state is not State.ENDED else [],
        "invoice": _invoice(one, texts),
        "tags": ", ".join(one.tags),
        "products": [_licences(counts, texts) for counts in one.products[:PRODUCTS_SHOWN]],
        "more_products": len(one.products) - PRODUCTS_SHOWN,
        "orders": [order(each, texts) for each in orders[:ORDERS_SHOWN]],
        "more_orders": len(orders) - ORDERS_SHOWN,
    }


def orders_of(details: CustomerDetails) -> list[tuple[str, Mapping[str, Any]]]:
    """Return every order with its subscription's id, the newest first."""
    found = [(one.subscription_id, each) for one in (*details.subscriptions, *details.trials) for each in one.orders]
    return sorted(found, key=lambda pair: str(pair[1].get("date") or ""), reverse=True)


def order(told: Mapping[str, Any], texts: Texts) -> str:
    """Say an order: day, what was done, its number, items. A source may tell anything, or nothing, of each."""
    listed = told.get("items")
    items = [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, Sequence) else []
    said = [f"{item.get('product') or UNKNOWN} {_quantity(item.get('quantity'), texts)}" for item in items]
    if len(said) > ITEMS_SHOWN:
        said = [*said[:ITEMS_SHOWN], "…"]
    parts = [texts.day(_day(told.get("date"))), told.get("action"), told.get("order_id"), ", ".join(said)]
    return " · ".join(str(part) for part in parts if part)


def _when(one: SubscriptionDetails, texts: Texts) -> str:
    if one.start_date is None and one.end_date is None:
        return texts(N_("dates unknown"))
    parts = [f"{texts.day(one.start_date)} – {texts.day(one.end_date)}"]
    if one.type == "trial":
        parts.append(texts(N_("trial")))
    elif one.end_date is not None:
        renews, ends = texts(N_("renews by itself")), texts(N_("does not renew by itself"))
        parts.append(renews if one.auto_renew else ends)
    if one.state is State.ACTIVE and one.days_left is not None:
        parts.append(texts.count("%(n)s day left", "%(n)s days left", one.days_left))
    return " · ".join(parts)


def _invoice(one: SubscriptionDetails, texts: Texts) -> dict[str, Any] | None:
    """Return the invoice's line, None for a trial, which has none."""
    if one.type == "trial":
        return None
    told = one.invoice_details or {}
    url = told.get("url")
    parts = [
        label(one.invoice, texts),
        told.get("number"),
        texts.day(_day(told.get("date"))) if told.get("date") else None,
        _money(told.get("amount"), told.get("currency"), texts),
    ]
    return {
        "text": " · ".join(str(part) for part in parts if part),
        "url": url if isinstance(url, str) and re.match(r"https?://\S+$", url) else None,
        "unpaid": one.invoice == "unpaid" and one.state is not State.ENDED,
    }


def _licences(counts: ProductCounts, texts: Texts) -> dict[str, Any]:
    return {
        "product": label(counts.product, texts),
        "text": texts(
            N_("%(total)s licences: %(used)s used / %(assigned)s assigned / %(available)s available"),
            total=texts.number(counts.total),
            used=texts.number(counts.used),
            assigned=texts.number(counts.assigned),
            available=texts.number(counts.available),
        ),
        "over": counts.available is not None and counts.available < 0,
    }


def _summed(active: Sequence[SubscriptionDetails]) -> Iterator[ProductCounts]:
    """Sum the known counts of each product; one that nobody knows stays unknown."""
    by_product: dict[str, list[ProductCounts]] = {}
    for one in active:
        for counts in one.products:
            by_product.setdefault(counts.product, []).append(counts)
    for product, rows in sorted(by_product.items()):
        fields = ("total", "assigned", "used", "available", "used_3m")
        yield ProductCounts(product, **{field: _sum(getattr(row, field) for row in rows) for field in fields})


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _counted(found: Sequence[SubscriptionDetails], texts: Texts) -> str:
    active = sum(one.state is State.ACTIVE for one in found)
    if not found:
        return texts(N_("none"))
    return texts(N_("%(n)s, of which %(active)s active"), n=texts.number(len(found)), active=texts.number(active))


def _money(amount: object, currency: object, texts: Texts) -> str | None:
    """Say an amount, whatever form its source gives it."""
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return None if amount is None else str(amount)
    if not number.is_finite():
        return None
    return texts.money(number, currency if isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency) else None)


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return None


def _quantity(told: object, texts: Texts) -> str:
    return texts.number(told) if isinstance(told, int | float) else UNKNOWN
