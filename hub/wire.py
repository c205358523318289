"""The sources' records as they come over the wire, checked; what cannot be read is told apart from what can.

Fields of the feed: docs/feed.md. A field that is not there is `LACKING` in the reading made of it; so is a `null`
where no source can mean "unknown" by it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Annotated, Any, Literal, TypeVar

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from hub.readings import LACKING, CustomerReading, LicenceReading, SubscriptionReading

log = structlog.get_logger()

T = TypeVar("T")
Identity = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
LONGEST_NOTE = 200


@dataclass
class Skipped:
    """Records that could not be read and were left out: how many, and the first in words."""

    count: int = 0
    first: str | None = None
    _guard: Lock = field(default_factory=Lock, repr=False, compare=False)

    def note(self, what: str, error: Exception) -> None:
        """Note one more; from any thread."""
        said = f"{what}: {_in_one_line(error)}"[:LONGEST_NOTE]
        with self._guard:
            self.count += 1
            self.first = self.first or said
        log.warning("a record cannot be read and is left out", action="skip", record=said)

    def take(self, others: "Skipped") -> None:
        """Add what was noted elsewhere."""
        self.count += others.count
        self.first = self.first or others.first


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    def told(self, name: str) -> Any:
        """The value of a field, or `LACKING` where the record has none."""
        return getattr(self, name) if name in self.model_fields_set else LACKING

    def said(self, name: str) -> Any:
        """The value of a field that is never unknown: `null` tells nothing."""
        value = self.told(name)
        return LACKING if value is None else value


class FeedCustomer(_Record):
    """A customer of the feed."""

    org_id: Identity
    name: Identity
    created: date | None = None
    region: str | None = None
    country: str | None = None
    managed_by: Literal["partner", "external"] | None = None
    last_admin_activity: AwareDatetime | None = None
    external_id: str | None = None

    def reading(self) -> CustomerReading:
        """Return it as a reading."""
        return CustomerReading(
            self.org_id.lower(),
            self.name,
            created=self.told("created"),
            region=self.told("region"),
            country=self.told("country"),
            managed_by=self.told("managed_by"),
            last_admin_activity=self.told("last_admin_activity"),
            external_id=self.told("external_id"),
        )


class FeedProduct(_Record):
    """The counts of one product; `null` says that they are unknown."""

    product: Identity
    total: Count | None = None
    assigned: Count | None = None
    used_7d: Count | None = None
    used_3m: Count | None = None


class FeedSubscription(_Record):
    """A subscription or trial of the feed."""

    subscription_id: Identity
    org_id: Identity
    type: Literal["subscription", "trial"] | None = None
    start_date: date | None = None
    end_date: date | None = None
    auto_renew: bool | None = None
    invoice: dict[str, Any] | None = None
    setup: Literal["complete", "pending"] | None = None
    products: list[FeedProduct] | None = None
    orders: list[dict[str, Any]] | None = None

    def reading(self) -> SubscriptionReading:
        """Return it as a reading."""
        invoice = self.told("invoice")
        details = {} if invoice in (None, LACKING) else dict(invoice)
        state = details.pop("state", None)
        return SubscriptionReading(
            self.subscription_id,
            self.org_id.lower(),
            type=self.said("type"),
            start_date=self.told("start_date"),
            end_date=self.told("end_date"),
            auto_renew=self.said("auto_renew"),
            invoice=LACKING if invoice is LACKING else state,
            setup=self.said("setup"),
            invoice_details=LACKING if invoice is LACKING else details or None,
            orders=self.said("orders"),
            products=LACKING if self.products is None else frozenset(each.product for each in self.products),
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


class FeedDay(_Record):
    """The counts of a product in a subscription on a day gone by."""

    day: date
    subscription_id: Identity
    product: Identity
    total: Count | None = None
    assigned: Count | None = None
    used_7d: Count | None = None


class WebexOrganization(_Record):
    """An organization (Webex API reference, GET /v1/organizations)."""

    id: Identity
    displayName: Identity  # noqa: N815  (Webex's name)
    created: datetime | None = None


class WebexLicence(_Record):
    """A licence of an organization (Webex API reference, GET /v1/licenses)."""

    subscriptionId: Identity  # noqa: N815
    name: Identity
    totalUnits: Count | None = None  # noqa: N815
    consumedUnits: Count | None = None  # noqa: N815


def read_each(records: Iterable[Any], kind: str, read: Callable[[Mapping[str, Any]], T], skipped: Skipped) -> list[T]:
    """Read records one by one; those that cannot be read are noted and left out."""
    found = []
    for record in records:
        try:
            if not isinstance(record, Mapping):
                raise TypeError("it is no object")
            found.append(read(record))
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            skipped.note(f"{kind} {_identity(record)}", error)
    return found


def _identity(record: Any) -> str:
    if not isinstance(record, Mapping):
        return "?"
    return str(next((record[name] for name in ("subscription_id", "org_id", "id", "name") if name in record), "?"))


def _in_one_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in error.errors()[:3])
    return str(error)
