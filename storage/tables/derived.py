"""What is kept ready for quick answers: made from the partner's tables, and never told by anybody.

`hub.outlook` makes it. Triggers note every customer of whom anything changed, in the transaction of the change, so that
what is ready is known to be behind, whoever wrote.
"""

from datetime import date

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.types import OrderedText


class ChangedCustomer(SQLModel, table=True):
    """A customer of whom something changed since its outline was made; several rows of one are fine."""

    __tablename__ = "changed_customer"

    id: int | None = Field(default=None, primary_key=True)
    org_id: str


class Outlook(SQLModel, table=True):
    """For which day, by which numbers, outlines and running licences were made. One row, or none."""

    id: int = Field(primary_key=True, description="always 1")
    day: date
    expiring_soon_days: int
    inactive_days: int
    version: int = Field(description="grows by one whenever anything is made anew")


class Outline(SQLModel, table=True):
    """What lists choose and order customers by, as of the outlook's day. Sets are bits, in the order of their names."""

    __table_args__ = (
        Index("ix_outline_urgent", "urgency", "ends", "name_folded", "org_id"),
        Index("ix_outline_ends", "ends", "name_folded", "org_id"),
        Index("ix_outline_name", "name_folded", "org_id"),
    )

    number: int | None = Field(default=None, primary_key=True, description="stands for the customer in running_licence")
    org_id: str = Field(unique=True)
    name_folded: str = Field(sa_type=OrderedText)
    region: str | None = None
    managed_by: str | None = None
    urgency: int = Field(description="the place of the most urgent status among all; their number where there is none")
    statuses: int
    types: int = Field(description="subscription, trial: of what is active")
    products: int = Field(description="known products of active subscriptions and trials")
    held: int = Field(description="known products of all, active or not")
    next_end: date | None = None
    ends: date = Field(description="next_end, or the calendar's last day: unknown goes last")
    licenses: int | None = Field(default=None, description="sum over active rows whose counts are both known")
    assigned: int | None = None


_SUMMED = ("customer", "total", "assigned", "used_7d")


class RunningLicence(SQLModel, table=True):
    """A licence row of an active subscription or trial, of the products that indicators look at."""

    __tablename__ = "running_licence"
    # Each section reads its rows from one of these alone, in its order.
    __table_args__ = (
        Index("ix_running_end", "end_date", "product", "type", "auto_renew", "start_date", *_SUMMED),
        Index("ix_running_start", "start_date", "product", "end_date", "customer", "total"),
        Index("ix_running_ratio", "ratio", "product", *_SUMMED),
        Index("ix_running_customer", "customer"),
        Index(
            "ix_running_over",
            "excess",
            "product",
            *_SUMMED,
            sqlite_where=text("excess IS NOT NULL"),
            postgresql_where=text("excess IS NOT NULL"),
        ),
    )

    subscription_id: str = Field(primary_key=True)
    product: str = Field(primary_key=True, sa_type=OrderedText)
    customer: int = Field(description="number of its outline")
    type: str | None = None
    start_date: date
    end_date: date
    auto_renew: bool
    total: int | None = None
    assigned: int | None = None
    used_7d: int | None = None
    used_3m: int | None = None
    ratio: float | None = Field(default=None, description="assigned ÷ total, where there is one")
    excess: int | None = Field(default=None, description="assigned − total, where more are assigned than bought")


class RatioCount(SQLModel, table=True):
    """How many running licences of a product have a ratio: their median is found among these."""

    __tablename__ = "ratio_count"

    product: str = Field(primary_key=True, sa_type=OrderedText)
    ratio: float = Field(primary_key=True)
    rows: int


_TABLES = (ChangedCustomer, Outlook, Outline, RatioCount, RunningLicence)
DERIVED = frozenset(str(table.__tablename__) for table in _TABLES)
"""Tables that need no copy: they are made again."""
