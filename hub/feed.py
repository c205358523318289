"""The feed: what a partner's own system tells that Webex does not (docs/feed.md), and the door to start trials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import httpx

from hub.errors import NotFound
from hub.http import Api, Json
from hub.readings import CustomerReading, DayReading, LicenceReading, SubscriptionReading
from hub.tokens import FixedToken
from hub.wire.calling import FeedCallingWeek
from hub.wire.feed import FeedCustomer, FeedDay, FeedSubscription, GoneCustomer, GoneSubscription
from hub.wire.reading import Skipped, read_each

SOURCE = "The feed"


@dataclass
class FeedPage:
    """What the feed told: readings, the ids of what is gone, and what could not be read."""

    customers: list[CustomerReading] = field(default_factory=list)
    gone_customers: set[str] = field(default_factory=set)
    subscriptions: list[SubscriptionReading] = field(default_factory=list)
    licences: list[LicenceReading] = field(default_factory=list)
    gone_subscriptions: set[str] = field(default_factory=set)
    skipped: Skipped = field(default_factory=Skipped)


class FeedClient:
    """Reads the feed. Every call raises `hub.errors.SourceError`; a record that cannot be read is left out."""

    def __init__(self, url: str, token: str | None, *, transport: httpx.BaseTransport | None = None) -> None:
        tokens = FixedToken(token, "PARTNERBOT_FEED_TOKEN") if token else None
        self._api = Api(SOURCE, f"{url.rstrip('/')}/", tokens, transport=transport)

    def close(self) -> None:
        """Give back every connection."""
        self._api.close()

    def read(self, updated_since: datetime | None = None) -> FeedPage:
        """Return customers, subscriptions and trials: all, or those updated since."""
        page = FeedPage()
        params = {"updated_since": updated_since.isoformat()} if updated_since else None

        def customer(record: Mapping[str, Any]) -> None:
            if record.get("deleted"):
                page.gone_customers.add(GoneCustomer.model_validate(record).org_id)
            else:
                page.customers.append(FeedCustomer.model_validate(record).reading())

        def subscription(record: Mapping[str, Any]) -> None:
            if record.get("deleted"):
                page.gone_subscriptions.add(GoneSubscription.model_validate(record).subscription_id)
                return
            read, licences = read_subscription(record)
            page.subscriptions.append(read)
            page.licences.extend(licences)

        read_each(self._api.pages("customers", params), "customer", customer, page.skipped)
        read_each(self._api.pages("subscriptions", params), "subscription", subscription, page.skipped)
        return page

    def history(self, first: date, last: date) -> list[DayReading] | None:
        """Return the counts of past days, or None where the feed offers no history (404)."""
        try:
            records = list(self._api.pages("history", {"from": first.isoformat(), "to": last.isoformat()}))
        except NotFound:
            return None
        return read_each(records, "day of", _day, Skipped())

    def calling_week(self, week: date, skipped: Skipped) -> list[dict[str, Any]] | None:
        """Return a week of Webex Calling as rows of `hub.calling.saving`, or None where it is not offered (404)."""

        def row(record: Mapping[str, Any]) -> dict[str, Any]:
            told = FeedCallingWeek.model_validate(record).row()
            if told["week"] != week:
                raise ValueError(f"it is of another week: {told['week']}")
            return told

        try:
            records = list(self._api.pages("calling/weeks", {"week": week.isoformat()}))
        except NotFound:
            return None
        return read_each(records, "calling week of", row, skipped)

    def start_trial(self, request: Json, key: str) -> Json:
        """Start a trial, once for each idempotency key; returns its subscription record.

        Raises:
            Conflict: the company has one.
            Rejected: naming the wrong fields.
        """
        started: Json = self._api.send("POST", "trials", request, key=key)
        return started

    def change_trial(self, trial_id: str, change: Json, key: str) -> Json:
        """Give a trial another `end_date` or other `products`; returns its subscription record.

        Raises:
            Rejected: naming the wrong fields.
        """
        changed: Json = self._api.send("PATCH", f"trials/{quote(trial_id, safe='')}", change, key=key)
        return changed

    def cancel_trial(self, trial_id: str, key: str) -> None:
        """End a trial for good.

        Raises:
            NotFound: there is none.
        """
        self._api.send("DELETE", f"trials/{quote(trial_id, safe='')}", key=key)


def read_subscription(record: Mapping[str, Any]) -> tuple[SubscriptionReading, list[LicenceReading]]:
    """Read one subscription record, as the feed gives it in lists and when a trial is started.

    Raises:
        ValueError: it cannot be read.
    """
    told = FeedSubscription.model_validate(record)
    return told.reading(), told.licences()


def _day(record: Mapping[str, Any]) -> DayReading:
    told = FeedDay.model_validate(record)
    return DayReading(told.day, told.subscription_id, told.product, told.total, told.assigned, told.used_7d)
