"""Customers and subscriptions as the feed tells of them (FORMATS.md §4)."""

from datetime import date, timedelta
from hashlib import sha256

from sandbox.calling import Week
from sandbox.clock import stamp
from sandbox.partner import Customer, Subscription
from sandbox.resources import Json

PRICE = 11
"""What one licence costs, in the invoices' currency."""


def customer_record(customer: Customer) -> Json:
    """One customer."""
    activity = customer.last_admin_activity
    return {
        "org_id": customer.uuid,
        "name": customer.name,
        "region": customer.region,
        "country": customer.country,
        "managed_by": customer.managed_by,
        "created": customer.created.isoformat(),
        "last_admin_activity": stamp(activity) if activity else None,
        "external_id": customer.external_id,
        "updated": stamp(customer.updated),
    }


def subscription_record(subscription: Subscription, today: date) -> Json:
    """One subscription or trial with today's counts; what is gone says so."""
    if subscription.deleted:
        return {
            "subscription_id": subscription.id,
            "org_id": subscription.customer.uuid,
            "deleted": True,
            "updated": stamp(subscription.updated),
        }
    return {
        "subscription_id": subscription.id,
        "org_id": subscription.customer.uuid,
        "type": subscription.type,
        "start_date": _iso(subscription.start),
        "end_date": _iso(subscription.end),
        "auto_renew": subscription.auto_renew,
        "invoice": _invoice(subscription, today),
        "setup": subscription.setup,
        "products": _products(subscription, today),
        "orders": _orders(subscription, today),
        "updated": stamp(subscription.updated),
    }


def calling_record(week: Week) -> Json:
    """One customer's week of Webex Calling."""
    usage = week.usage
    return {
        "org_id": week.customer.uuid,
        "week": week.start.isoformat(),
        "calls": usage.calls,
        "minutes": usage.minutes,
        "active_users": week.active_users,
        "users_by_calls": dict(zip(("0", "1-5", "6-20", "20+"), week.users_by_calls, strict=True)),
        "legs": usage.legs,
        "poor_legs": usage.poor_legs,
        "endpoints": {
            endpoint: {"legs": legs, "poor_legs": week.poor_by_endpoint[endpoint]}
            for endpoint, legs in week.legs_by_endpoint.items()
        },
        "features": {
            "hunt_group": usage.hunt_group,
            "auto_attendant": usage.auto_attendant,
            "call_queue": usage.queue_calls,
        },
        "queue": {
            "calls": usage.queue_calls,
            "answered": week.answered,
            "answer_seconds": week.answer_seconds,
            "abandoned": usage.abandoned,
            "abandon_wait_seconds": week.abandon_wait_seconds,
            "timed_out": usage.timed_out,
            "overflowed": usage.overflowed,
            "transferred": usage.transferred,
        },
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _products(subscription: Subscription, today: date) -> list[Json]:
    shown = []
    for line in subscription.lines:
        counts = line.on(today)
        shown.append(
            {
                "product": line.product,
                "total": counts.total,
                "assigned": counts.assigned,
                "used_7d": counts.used_7d,
                "used_3m": counts.used_3m,
            }
        )
    return shown


def _invoice(subscription: Subscription, today: date) -> Json | None:
    """The latest yearly invoice; its details follow from the subscription."""
    if subscription.invoice is None:
        return None
    start = subscription.start or subscription.customer.created
    years = max((today - start).days // 365, 0)
    number = f"INV-{_digits(subscription.id, str(years))}"
    return {
        "state": subscription.invoice,
        "number": number,
        "date": (start + timedelta(days=365 * years)).isoformat(),
        "amount": sum(line.on(today).total or 0 for line in subscription.lines) * PRICE * 12,
        "currency": "EUR" if subscription.customer.region == "EU" else "USD",
        "url": f"https://billing.brightwater.example/invoices/{number}",
    }


def _orders(subscription: Subscription, today: date) -> list[Json]:
    placed = subscription.start or subscription.customer.created
    items = [
        {"product": line.product, "quantity": line.on(today).total}
        for line in subscription.lines
        if line.on(today).total
    ]
    order_id = f"ORD-{_digits(subscription.id, 'order')}"
    return [{"order_id": order_id, "date": placed.isoformat(), "action": "new", "items": items}]


def _digits(*parts: str) -> str:
    return str(int.from_bytes(sha256("/".join(parts).encode()).digest()[:4])).zfill(10)
