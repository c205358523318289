"""What spaces want to be told, what happened, and what they were told."""

from datetime import date, datetime, time
from typing import Any

from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class Rule(SQLModel, table=True):
    """Which events, of which customers, a space is told."""

    id: int | None = Field(default=None, primary_key=True)
    room_id: str = Field(foreign_key="space.room_id", ondelete="CASCADE", index=True)
    events: list[str] = Field(sa_type=Json, description="names of notifications.events.Kind")
    thresholds: list[int] = Field(sa_type=Json, description="days before an end or renewal")
    where: str = Field(default="", description="filter of the customers; empty = all")
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    paused: bool = False


class Standing(SQLModel, table=True):
    """A status that a customer had when last looked at: what the next look is compared with."""

    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True)
    status: str = Field(primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime)


class Term(SQLModel, table=True):
    """The end of a subscription or trial as last looked at, and the nearest threshold it had crossed."""

    subscription_id: str = Field(foreign_key="subscription.subscription_id", ondelete="CASCADE", primary_key=True)
    end_date: date
    auto_renew: bool
    threshold: int = Field(description="days before the end")


class Touched(SQLModel, table=True):
    """A customer whose data changed since the last look; written in the transaction of the change."""

    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True)


class Event(SQLModel, table=True):
    """Something that happened to a customer, raised once."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, description="made of ids and ISO dates, never of texts")
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", index=True)
    subscription_id: str | None = None
    end_date: date | None = None
    before: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    routed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class Told(SQLModel, table=True):
    """A space was told something: what makes an alert come once."""

    room_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    cause: str = Field(description="of the outbox message that tells it")


class Schedule(SQLModel, table=True):
    """A report that drops into a space at set times."""

    id: int | None = Field(default=None, primary_key=True)
    room_id: str = Field(foreign_key="space.room_id", ondelete="CASCADE", index=True)
    report: str
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=Json, description="days, product, filter, region")
    every: str = Field(description="daily, weekly or monthly")
    day: int | None = Field(default=None, description="ISO weekday 1–7, or day of the month 1–31")
    at: time
    time_zone: str
    next_run: datetime = Field(sa_type=UtcDateTime, index=True)
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="active", description="active, paused or cancelled")
    last_error: str | None = None
