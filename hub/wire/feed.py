"""Records of the feed (docs/feed.md).

A field that is not there is `LACKING` in the reading made of it; so is a `null` where no source can mean "unknown" by
it.
"""

from typing import Literal, Self

from pydantic import ConfigDict, model_validator

from hub.readings import LACKING, CustomerReading, LicenceReading, SubscriptionReading
from hub.wire.values import Count, Day, Details, Identity, Moment, Name, OrgId, Record, Text, storable_json


class FeedCustomer(Record):
    """A customer of the feed."""

    org_id: OrgId
    name: Name
    created: Day | None = None
    region: Text | None = None
    country: Text | None = None
    managed_by: Literal["partner", "external"] | None = None
    last_admin_activity: Moment | None = None
    external_id: Text | None = None

    def reading(self) -> CustomerReading:
        """Return it as a reading."""
        return CustomerReading(
            self.org_id,
            self.name,
            created=self.told("created"),
            region=self.told("region"),
            country=self.told("country"),
            managed_by=self.told("managed_by"),
            last_admin_activity=self.told("last_admin_activity"),
            external_id=self.told("external_id"),
        )


class FeedProduct(Record):
    """The counts of one product; `null` says that they are unknown."""

    product: Name
    total: Count | None = None
    assigned: Count | None = None
    used_7d: Count | None = None
    used_3m: Count | None = None


class FeedInvoice(Record):
    """An invoice; what else it holds than its state is kept as it came."""

    model_config = ConfigDict(extra="allow")

    state: Literal["paid", "unpaid"] | None = None


class FeedSubscription(Record):
    """A subscription or trial of the feed."""

    subscription_id: Identity
    org_id: OrgId
    type: Literal["subscription", "trial"] | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    auto_renew: bool | None = None
    invoice: FeedInvoice | None = None
    setup: Literal["complete", "pending"] | None = None
    products: list[FeedProduct] | None = None
    orders: list[Details] | None = None

    @model_validator(mode="after")
    def _trial_ends(self) -> Self:
        if self.type == "trial" and self.auto_renew:
            raise ValueError("a trial never renews by itself")
        return self

    def reading(self) -> SubscriptionReading:
        """Return it as a reading."""
        invoice = self.told("invoice")
        details = storable_json(invoice.model_extra) if isinstance(invoice, FeedInvoice) else {}
        state = invoice.state if isinstance(invoice, FeedInvoice) and self.type != "trial" else None
        return SubscriptionReading(
            self.subscription_id,
            self.org_id,
            type=self.said("type"),
            start_date=self.told("start_date"),
            end_date=self.told("end_date"),
            auto_renew=self.said("auto_renew"),
            invoice=LACKING if invoice is LACKING else state,
            setup=self.said("setup"),
            invoice_details=LACKING if invoice is LACKING else details or None,
            orders=self.said("orders"),
            # A contract about nothing is hardly one: it tells nothing of its products.
            products=frozenset(each.product for each in self.products) if self.products else LACKING,
        )

    def licences(self) -> list[LicenceReading]:
        """Return its counts as readings."""
        return [
            LicenceReading(
                self.subscription_id,
                each.product,
                total=each.told("total"),
                assigned=each.told("assigned"),
                used_7d=each.told("used_7d"),
                used_3m=each.told("used_3m"),
            )
            for each in self.products or ()
        ]


class GoneCustomer(Record):
    """A customer that the feed says is deleted."""

    org_id: OrgId


class GoneSubscription(Record):
    """A subscription or trial that the feed says is deleted."""

    subscription_id: Identity


class FeedDay(Record):
    """The counts of a product in a subscription on a day gone by."""

    day: Day
    subscription_id: Identity
    product: Name
    total: Count | None = None
    assigned: Count | None = None
    used_7d: Count | None = None
