"""What sources tell that looks like a mistake: held until a person says whether it is true; and outages of sources."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class HeldState(StrEnum):
    """What became of something that is held."""

    OPEN = "open"
    """Nobody has said yet whether it is true."""
    CONFIRMED = "confirmed"
    """A person says that it is true; the next reading takes it in."""
    LEFT = "left"
    """A person says that it is not true: what was known stays."""
    OVER = "over"
    """It was taken in, or the source does not say it any more."""


class Held(SQLModel, table=True):
    """A change of many customers at once that a source tells."""

    id: int | None = Field(default=None, primary_key=True, description="the ID that people type")
    source: str = Field(index=True, description="of its row in `source`")
    what: str = Field(description="changes, or what is said to be gone: customers, subscriptions, tags …")
    of: int = Field(description="how many there are that it could have hit")
    counts: dict[str, int] = Field(default_factory=dict, sa_type=Json, description="customers by what changed of them")
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime, description="the last reading that told it")
    state: str = Field(default=HeldState.OPEN, index=True)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="when people were asked")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None


class HeldCustomer(SQLModel, table=True):
    """A customer that a held change is about."""

    __tablename__ = "held_customer"

    held_id: int = Field(foreign_key="held.id", ondelete="CASCADE", primary_key=True)
    org_id: str = Field(foreign_key="customer.org_id", ondelete="CASCADE", primary_key=True)
    facts: list[list[Any]] = Field(
        default_factory=list, sa_type=Json, description="what changed: kind, of which subscription, before, after"
    )


class Outage(SQLModel, table=True):
    """A time in which data were older than they should be; told once, and once when it is over."""

    id: int | None = Field(default=None, primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime, description="the last good reading before it")
    sources: list[str] = Field(default_factory=list, sa_type=Json, description="whose data were old when it was told")
    told_at: datetime = Field(sa_type=UtcDateTime)
    over_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
