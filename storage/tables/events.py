"""What happened: how customers were at the last look, and the events raised since."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.types import Json, OrderedText, UtcDateTime


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


class SeenTrial(SQLModel, table=True):
    """A trial as last looked at. It outlives the trial's own row, so that one that was cancelled is noticed."""

    __tablename__ = "seen_trial"

    subscription_id: str = Field(primary_key=True)
    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", index=True)
    start_date: date
    end_date: date
    products: list[str] = Field(default_factory=list, sa_type=Json)


class Excess(SQLModel, table=True):
    """Licences assigned beyond those bought, when last told: growth is measured from there."""

    subscription_id: str = Field(foreign_key="subscription.subscription_id", ondelete="CASCADE", primary_key=True)
    product: str = Field(primary_key=True, sa_type=OrderedText)
    org_id: str = Field(index=True, description="of the subscription, repeated here for speed")
    licences: int


class Touched(SQLModel, table=True):
    """A customer whose data changed since the last look; written in the transaction of the change."""

    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True)


class Event(SQLModel, table=True):
    """Something that happened, to a customer or to what a space asked for; raised once."""

    __table_args__ = (Index("ix_event_changes", "org_id", "kind", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, description="made of ids and ISO dates, never of texts")
    kind: str
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    org_id: str | None = Field(default=None, foreign_key="customer.org_id", ondelete="CASCADE")
    room_id: str | None = Field(
        default=None, foreign_key="space.room_id", ondelete="CASCADE", description="told to this space alone"
    )
    subscription_id: str | None = None
    end_date: date | None = None
    before: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    routed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class Tick(SQLModel, table=True):
    """A run of the pipeline: what a rule would have sent is replayed at these times."""

    at: datetime = Field(sa_type=UtcDateTime, primary_key=True)
