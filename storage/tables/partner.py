"""What is known of the partner's customers.

Several sources tell the same fields (Webex, the feed, an imported CSV). The later reading wins and a source that
lacks a field never clears it, so each group of fields that a source tells together carries the time of its reading
(`*_at`).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, false, text
from sqlmodel import Field, SQLModel

from storage.types import Json, OrderedText, UtcDateTime


class Customer(SQLModel, table=True):
    """An organization the partner manages."""

    org_id: str = Field(primary_key=True, description="the organization's UUID, lower case")
    name: str = Field(sa_type=OrderedText)
    name_folded: str = Field(index=True, sa_type=OrderedText, description="the name without case, accents")
    created: date | None = None
    identity_at: datetime = Field(sa_type=UtcDateTime, description="when name and created were read")
    region: str | None = Field(default=None, description="where the data live: US, CA, EU, UAE or another code")
    country: str | None = Field(default=None, description="ISO 3166 alpha-2")
    managed_by: str | None = Field(default=None, description="partner or external")
    last_admin_activity: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    external_id: str | None = None
    profile_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when region to external_id were read"
    )
    listed: bool = Field(default=False, description="Webex lists it among the partner's customers")
    absent_since: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="the first reading of Webex's list that lacked it"
    )
    licences_tried_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, index=True, description="when Webex was last asked for its licences"
    )


class Departed(SQLModel, table=True):
    """An organization that is the partner's customer no more, since Webex stopped to list it."""

    org_id: str = Field(primary_key=True)
    name: str = Field(sa_type=OrderedText)
    at: datetime = Field(sa_type=UtcDateTime)


class Subscription(SQLModel, table=True):
    """A paid contract or a trial of one customer."""

    # Questions by date, and by customer, are answered from these alone, without a look at the rows.
    __table_args__ = (
        Index("ix_subscription_end", "end_date", "start_date", "type", "auto_renew", "org_id", "subscription_id"),
        Index(
            "ix_subscription_org",
            "org_id",
            "end_date",
            "start_date",
            "type",
            "auto_renew",
            "invoice",
            "setup",
            "subscription_id",
        ),
    )

    subscription_id: str = Field(primary_key=True)
    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE")
    type: str | None = Field(default=None, description="subscription or trial; None while no source told")
    start_date: date | None = Field(default=None, index=True)
    end_date: date | None = Field(default=None, description="the last active day")
    auto_renew: bool = False
    invoice: str | None = Field(default=None, description="paid or unpaid; always None on a trial")
    setup: str = Field(default="complete", description="complete or pending")
    invoice_details: dict[str, Any] | None = Field(
        default=None, sa_type=Json, description="number, date, amount, currency, url as the feed gives them"
    )
    orders: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=Json, description="order_id, date, action, items, oldest first"
    )
    terms_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="when type to orders were read")


class Licence(SQLModel, table=True):
    """The licence counts of one product in one subscription or trial; None means unknown."""

    __table_args__ = (
        Index("ix_licence_product_org", "product", "org_id"),
        Index(
            "ix_licence_over",
            "subscription_id",
            sqlite_where=text("assigned > total"),
            postgresql_where=text("assigned > total"),
        ),
        {"sqlite_with_rowid": False},
    )

    subscription_id: str = Field(foreign_key="subscription.subscription_id", ondelete="CASCADE", primary_key=True)
    product: str = Field(primary_key=True, sa_type=OrderedText)
    org_id: str = Field(index=True, description="of the subscription, repeated here for speed")
    total: int | None = None
    assigned: int | None = None
    counts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_7d: int | None = None
    used_3m: int | None = None
    usage_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Snapshot(SQLModel, table=True):
    """The counts of a licence row on a day: daily for two weeks, then the last of each week."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    subscription_id: str = Field(foreign_key="subscription.subscription_id", ondelete="CASCADE", primary_key=True)
    product: str = Field(primary_key=True, sa_type=OrderedText)
    day: date = Field(primary_key=True)
    total: int | None = None
    assigned: int | None = None
    used_7d: int | None = None


class CustomerTag(SQLModel, table=True):
    """A tag of a customer."""

    __tablename__ = "customer_tag"

    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True)
    tag: str = Field(primary_key=True, index=True, sa_type=OrderedText)
    kept_here: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="given where no administrator token was configured: Webex does not know it yet",
    )


class SubscriptionTag(SQLModel, table=True):
    """A tag of a subscription."""

    __tablename__ = "subscription_tag"

    subscription_id: str = Field(foreign_key="subscription.subscription_id", ondelete="CASCADE", primary_key=True)
    tag: str = Field(primary_key=True, index=True, sa_type=OrderedText)
    kept_here: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="given where no administrator token was configured: Webex does not know it yet",
    )


class Assignment(SQLModel, table=True):
    """A partner administrator's customer: what a `partner_admin` may see."""

    email: str = Field(primary_key=True, description="lower case")
    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True, index=True)
