"""Licences as `GET /licenses` lists them: named as Webex names them, without dates or a trial flag (WEBEX.md §13)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sandbox.ids import Kind, webex_id
from sandbox.partner import Counts, Customer, Line, Subscription
from sandbox.resources import Json


@dataclass(frozen=True)
class License:
    """One of the licences that a product consists of, and its share of the counts in per cent."""

    name: str
    code: str
    share: int = 100


WORKSPACE_PRODUCTS = {"Devices"}
LICENSES = {
    "Meetings": (License("Meeting - Webex Meeting Center", "MC"),),
    "Calling": (
        License("Webex Calling - Professional", "BCSTD", 75),
        License("Webex Calling - Standard", "BCBAS", 25),
    ),
    "Messaging": (License("Messaging", "MS"),),
    "Call on Webex": (License("Call on Webex (1:1 call, non-PSTN)", "UCB"),),
    "Real-Time Translations": (License("Real-Time Translations", "RTT"),),
    "Contact Center": (License("Contact Center Premium Agent", "CJPPRM"),),
    "Devices": (License("Room Systems", "SD"),),
}
"""By product; the licences of one product add up to its counts."""


@dataclass(frozen=True)
class Holding:
    """A customer's licence as Webex shows it, and the positions in the staff of those who have it."""

    customer: Customer
    shown: Json
    positions: range


def holdings(customer: Customer, today: date) -> list[Holding]:
    """The licences of what is active today. No two licences of one product are the same person's."""
    found: list[Holding] = []
    given: Counter[str] = Counter()
    for subscription in customer.subscriptions:
        for line in subscription.lines if subscription.is_active(today) else ():
            for shown in _licenses_of(line, subscription, today):
                first = given[line.product]
                given[line.product] += shown.get("consumedByUsers", 0)
                found.append(Holding(customer, shown, range(first, given[line.product])))
    return found


def find_holding(customer: Customer, license_id: str, today: date) -> Holding | None:
    """The licence whose Webex id ends so."""
    wanted = webex_id(Kind.LICENSE, license_id)
    return next((holding for holding in holdings(customer, today) if holding.shown["id"] == wanted), None)


def _licenses_of(line: Line, subscription: Subscription, today: date) -> list[Json]:
    kinds = LICENSES.get(line.product, (License(line.product, "OTHER"),))
    shares = _split(line.on(today), [kind.share for kind in kinds])
    return [
        _license(kind, counts, line, subscription)
        for kind, counts in zip(kinds, shares, strict=True)
        if counts != Counts(0, 0)
    ]


def _split(counts: Counts, shares: list[int]) -> list[Counts]:
    """The counts in parts; the first takes what does not divide, so that the sum stays."""
    parts = [Counts(_share(counts.total, share), _share(counts.assigned, share)) for share in shares[1:]]
    return [
        Counts(
            _rest(counts.total, [part.total for part in parts]),
            _rest(counts.assigned, [part.assigned for part in parts]),
        ),
        *parts,
    ]


def _share(count: int | None, share: int) -> int | None:
    return None if count is None else count * share // 100


def _rest(count: int | None, parts: list[int | None]) -> int | None:
    return None if count is None else count - sum(part or 0 for part in parts)


def _license(kind: License, counts: Counts, line: Line, subscription: Subscription) -> Json:
    """What is unknown or not applicable is absent."""
    customer = subscription.customer
    uuid = uuid5(UUID(customer.uuid), f"{subscription.id}/{kind.code}")
    used_by = "consumedByWorkspaces" if line.product in WORKSPACE_PRODUCTS else "consumedByUsers"
    shown: Json = {
        "id": webex_id(Kind.LICENSE, f"{customer.uuid}:{kind.code}_{uuid}"),
        "name": kind.name,
        "totalUnits": counts.total,
        "consumedUnits": counts.assigned,
        used_by: counts.assigned,
        "subscriptionId": subscription.id,
    }
    if line.product == "Meetings":
        shown |= {"siteUrl": f"c{customer.sequence}.webex.example", "siteType": "Control Hub managed site"}
    return {name: value for name, value in shown.items() if value is not None}
