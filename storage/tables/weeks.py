"""Figures by week, which begins on Sunday: licences as they were at its end, and Webex Calling.

The `…_total` tables hold sums over all customers of a region, because people ask for them most. They are made of the
rows beside them, and emptied by the database itself when a customer leaves or moves to another region.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.types import Json, OrderedText, UtcDateTime


class LicenceWeek(SQLModel, table=True):
    """The licences of a product that a customer had active at the end of a week, summed over what is known."""

    __tablename__ = "licence_week"
    __table_args__ = ({"sqlite_with_rowid": False},)

    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True)
    week: date = Field(primary_key=True)
    product: str = Field(primary_key=True, sa_type=OrderedText)
    total: int | None = None
    assigned: int | None = None
    used: int | None = None
    unused: int | None = Field(default=None, description="assigned and not used, never below 0 in a subscription")
    available: int | None = Field(default=None, description="total less assigned, never below 0 in a subscription")
    overage: int | None = Field(default=None, description="assigned less total, never below 0 in a subscription")


class LicenceWeekTotal(SQLModel, table=True):
    """Rows of `LicenceWeek`, summed over the customers of a region."""

    __tablename__ = "licence_week_total"

    week: date = Field(primary_key=True)
    product: str = Field(primary_key=True, sa_type=OrderedText)
    region: str = Field(primary_key=True, description="empty: unknown")
    figures: dict[str, Any] = Field(sa_type=Json)


class LicenceWeekBuilt(SQLModel, table=True):
    """A past week whose rows are made; absent where its history changed since."""

    __tablename__ = "licence_week_built"

    week: date = Field(primary_key=True)
    complete: bool = Field(description="False while they are being made")


class CallingWeek(SQLModel, table=True):
    """Webex Calling of a customer in a week; None means unknown."""

    __tablename__ = "calling_week"
    __table_args__ = (
        Index("ix_calling_week_calls", "week", "calls"),
        Index("ix_calling_week_poor", "week", "poor_legs"),
        Index("ix_calling_week_abandoned", "week", "queue_abandoned"),
        {"sqlite_with_rowid": False},
    )

    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True)
    week: date = Field(primary_key=True, description="its Sunday")
    calls: int | None = None
    minutes: int | None = None
    active_users: int | None = None
    users_by_calls_0: int | None = None
    users_by_calls_1_5: int | None = None
    users_by_calls_6_20: int | None = None
    users_by_calls_20: int | None = Field(default=None, description="more than 20")
    legs: int | None = None
    poor_legs: int | None = None
    endpoints_app_legs: int | None = None
    endpoints_app_poor_legs: int | None = None
    endpoints_desk_phone_legs: int | None = None
    endpoints_desk_phone_poor_legs: int | None = None
    endpoints_room_device_legs: int | None = None
    endpoints_room_device_poor_legs: int | None = None
    endpoints_other_legs: int | None = None
    endpoints_other_poor_legs: int | None = None
    features_hunt_group: int | None = None
    features_auto_attendant: int | None = None
    features_call_queue: int | None = None
    queue_calls: int | None = None
    queue_answered: int | None = None
    queue_answer_seconds: int | None = None
    queue_abandoned: int | None = None
    queue_abandon_wait_seconds: int | None = None
    queue_timed_out: int | None = None
    queue_overflowed: int | None = None
    queue_transferred: int | None = None


class CallingTotal(SQLModel, table=True):
    """What is said of a week of Webex Calling, over the customers of a region."""

    __tablename__ = "calling_total"

    week: date = Field(primary_key=True)
    region: str = Field(primary_key=True, description="empty: unknown")
    figures: dict[str, Any] = Field(sa_type=Json)


class CallingReading(SQLModel, table=True):
    """A week that the feed was asked for."""

    __tablename__ = "calling_reading"

    week: date = Field(primary_key=True)
    read_at: datetime = Field(sa_type=UtcDateTime)
    customers: int = Field(description="whose figures it told")
