"""The feed: what a partner's own system tells that Webex does not (docs/feed.md), and the door to start trials."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import httpx

from hub.errors import Unavailable
from hub.http import Api, Json
from hub.readings import LACKING, CustomerReading, DayReading, LicenceReading, SubscriptionReading

SOURCE = "The feed"


@dataclass
class FeedPage:
    """What the feed told of subscriptions: readings, licence counts, and the ids of what is gone."""

    subscriptions: list[SubscriptionReading] = field(default_factory=list)
    licences: list[LicenceReading] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)


class FeedClient:
    """Reads the feed. Every call raises `hub.errors.SourceError`; a record that cannot be read is one, too."""

    def __init__(self, url: str, token: str | None, *, transport: httpx.BaseTransport | None = None) -> None:
        self._api = Api(SOURCE, f"{url.rstrip('/')}/", token, transport)

    def close(self) -> None:
        """Give back every connection."""
        self._api.close()

    def customers(self, updated_since: datetime | None = None) -> tuple[list[CustomerReading], set[str]]:
        """Return customers, all or those updated since, and the ids of those that are gone."""
        readings, gone = [], set()
        for record in self._records("customers", updated_since):
            if record.get("deleted"):
                gone.add(record["org_id"])
            else:
                readings.append(_customer(record))
        return readings, gone

    def subscriptions(self, updated_since: datetime | None = None) -> FeedPage:
        """Return subscriptions and trials, all or those updated since."""
        page = FeedPage()
        for record in self._records("subscriptions", updated_since):
            if record.get("deleted"):
                page.gone.add(record["subscription_id"])
                continue
            page.subscriptions.append(_subscription(record))
            page.licences.extend(_licences(record))
        return page

    def history(self, first: date, last: date) -> list[DayReading] | None:
        """Return the counts of past days, or None where the feed offers no history (404)."""
        try:
            return [
                DayReading(
                    date.fromisoformat(record["day"]),
                    record["subscription_id"],
                    record["product"],
                    record.get("total"),
                    record.get("assigned"),
                    record.get("used_7d"),
                )
                for record in self._api.pages("history", {"from": first.isoformat(), "to": last.isoformat()})
            ]
        except Unavailable as error:
            if error.reason == "HTTP 404":
                return None
            raise
        except (KeyError, ValueError, TypeError) as error:
            raise Unavailable(SOURCE, f"a record of its history cannot be read ({error})") from error

    def start_trial(self, request: Json, key: str) -> Json:
        """Start a trial, once for each idempotency key; returns its subscription record.

        Raises:
            Conflict: the company has one.
            Rejected: naming the wrong fields.
        """
        started: Json = self._api.send("POST", "trials", request, key=key)
        return started

    def _records(self, path: str, updated_since: datetime | None) -> Iterator[Mapping[str, Any]]:
        params = {"updated_since": updated_since.isoformat()} if updated_since else None
        try:
            yield from self._api.pages(path, params)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise Unavailable(SOURCE, f"a record of its {path} cannot be read ({error})") from error


def read_subscription(record: Mapping[str, Any]) -> tuple[SubscriptionReading, list[LicenceReading]]:
    """Read one subscription record, as the feed gives it in lists and when a trial is started."""
    return _subscription(record), _licences(record)


def _customer(record: Mapping[str, Any]) -> CustomerReading:
    seen = record.get("last_admin_activity", LACKING)
    return CustomerReading(
        record["org_id"],
        record["name"],
        created=_day(record.get("created", LACKING)),
        region=record.get("region", LACKING),
        country=record.get("country", LACKING),
        managed_by=record.get("managed_by", LACKING),
        last_admin_activity=datetime.fromisoformat(seen) if isinstance(seen, str) else seen,
        external_id=record.get("external_id", LACKING),
    )


def _subscription(record: Mapping[str, Any]) -> SubscriptionReading:
    invoice = record.get("invoice", LACKING)
    details = invoice if isinstance(invoice, Mapping) else {}
    return SubscriptionReading(
        record["subscription_id"],
        record["org_id"],
        type=record.get("type", LACKING),
        start_date=_day(record.get("start_date", LACKING)),
        end_date=_day(record.get("end_date", LACKING)),
        auto_renew=record.get("auto_renew", LACKING),
        invoice=LACKING if invoice is LACKING else details.get("state"),
        setup=record.get("setup", LACKING),
        invoice_details=LACKING
        if invoice is LACKING
        else {name: value for name, value in details.items() if name != "state"} or None,
        orders=record.get("orders", LACKING),
        products=frozenset(each["product"] for each in record["products"]) if "products" in record else LACKING,
    )


def _licences(record: Mapping[str, Any]) -> list[LicenceReading]:
    return [
        LicenceReading(
            record["subscription_id"],
            each["product"],
            total=each.get("total", LACKING),
            assigned=each.get("assigned", LACKING),
            used_7d=each.get("used_7d", LACKING),
            used_3m=each.get("used_3m", LACKING),
        )
        for each in record.get("products", ())
    ]


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value
