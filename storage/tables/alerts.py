"""What spaces want to be told, what became of every event there, and what is open."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class Rule(SQLModel, table=True):
    """Which events, of which customers, a space is told, and when."""

    id: int | None = Field(default=None, primary_key=True)
    room_id: str = Field(foreign_key="space.room_id", ondelete="CASCADE", index=True)
    events: list[str] = Field(sa_type=Json, description="kinds of notifications.kinds")
    thresholds: dict[str, list[int]] = Field(
        default_factory=dict, sa_type=Json, description="by kind (expiry, renewal): days before it"
    )
    products: list[str] = Field(
        default_factory=list, sa_type=Json, description="only subscriptions and trials of these; empty: all"
    )
    where: str = Field(default="", description="filter of the customers; empty = all")
    every: str = Field(default="now", description="now, or a digest: daily, weekly, monthly")
    day: int | None = Field(default=None, description="of a digest: ISO weekday 1–7, or day of the month 1–31")
    at: time | None = Field(default=None, description="of a digest: local time in the space's zone")
    digested_until: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="end of the last digest's window, where the next one begins"
    )
    quiet_from: time | None = Field(default=None, description="local time from which nothing is said")
    quiet_until: time | None = None
    hourly_cap: int | None = Field(default=None, description="messages an hour at most; None: as many as there are")
    repeat_hours: int | None = Field(default=None, description="what nobody acknowledged is told again so often")
    escalate_to: str | None = Field(default=None, description="e-mail of who hears of it, one-to-one")
    escalate_hours: int | None = Field(default=None, description="after so long without anybody acknowledging it")
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="when last edited, if ever",
    )
    paused: bool = False


class Fate(StrEnum):
    """What became of an event in a space."""

    HELD = "held"
    """Waits for `due_at`, or for its digest."""
    EXPLAINED = "explained"
    """A bigger fact explains it; it comes back when that one has ended and it still holds."""
    MUTED = "muted"
    """For good: `reason` says why."""
    KNOWN = "known"
    """The space was told it before."""
    TOLD = "told"
    """In the message of `cause`."""


class Decision(SQLModel, table=True):
    """What became of one event in one space whose rules it matched: the trail that `why` reads.

    An event without a decision in a space matched none of its rules.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "room_id"),
        Index("ix_decision_fate", "fate", "room_id"),
        Index("ix_decision_org", "org_id", "room_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", ondelete="CASCADE")
    room_id: str = Field(foreign_key="space.room_id", ondelete="CASCADE", index=True)
    org_id: str | None = Field(default=None, description="of the event, repeated here for speed")
    key: str = Field(description="identity under which the space is told it once")
    rules: list[int] = Field(sa_type=Json, description="every rule that matched")
    days_before: int | None = Field(default=None, description="of the thresholds crossed, the nearest one asked for")
    fate: str
    stage: str = Field(description="the stage that decided last")
    reason: str = Field(description="code of why, in notifications.reasons")
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json, description="who or what: a silence's id …")
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="while held: until when")
    cause: str | None = Field(default=None, description="of the outbox message that tells it")
    decided_at: datetime = Field(sa_type=UtcDateTime)
    trail: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=Json,
        description="earlier decisions, oldest first: at, fate, stage, reason",
    )


class Told(SQLModel, table=True):
    """A space was told something: what makes an alert come once."""

    __table_args__ = (Index("ix_told_at", "room_id", "at"),)

    room_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    cause: str = Field(description="of the outbox message that tells it")


class OpenAlert(SQLModel, table=True):
    """One thing that a space was told and that people deal with: open until it is over."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("room_id", "key"),
        Index("ix_alert_open", "room_id", "closed_at"),
        Index("ix_alert_thing", "org_id", "kind", "closed_at"),
    )

    id: int | None = Field(default=None, primary_key=True, description="the ID that people type")
    room_id: str = Field(foreign_key="space.room_id", ondelete="CASCADE")
    org_id: str | None = Field(default=None, foreign_key="customer.org_id", ondelete="CASCADE")
    kind: str
    key: str = Field(description="identity of what is open: of its first event there")
    subscription_id: str | None = None
    end_date: date | None = None
    threshold: int | None = Field(default=None, description="of expiry and renewal: the nearest told, in days")
    state: dict[str, Any] = Field(
        default_factory=dict, sa_type=Json, description="how bad it was when last told: statuses, excess …"
    )
    opened_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime = Field(sa_type=UtcDateTime, description="when it was last told")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cause: str = Field(description="of the outbox message that first told it: its thread")
    last_cause: str = Field(description="of the outbox message that last told it")
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by: str | None = None
    reason: str | None = Field(default=None, description="given with the acknowledgement or snooze")
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    snoozed_by: str | None = None
    snoozed_at: dict[str, Any] | None = Field(
        default=None, sa_type=Json, description="the level snoozed at: statuses, threshold, subscriptions, excess"
    )
    assigned_to: str | None = None
    assigned_by: str | None = None
    escalate_to: str | None = None
    escalate_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    repeat_hours: int | None = Field(default=None, description="told again so often until somebody acknowledges it")
    repeat_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, index=True, description="when it is told again: also when its snooze ends"
    )


class Silence(SQLModel, table=True):
    """Nothing is said of these customers in a space for a while."""

    id: int | None = Field(default=None, primary_key=True)
    room_id: str = Field(foreign_key="space.room_id", ondelete="CASCADE", index=True)
    org_id: str | None = Field(default=None, foreign_key="customer.org_id", ondelete="CASCADE")
    where: str = Field(default="", description="filter of the customers, where no one customer is named")
    kinds: list[str] = Field(default_factory=list, sa_type=Json, description="only these events; empty: all")
    begins_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    reason: str | None = None
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_by: str | None = Field(default=None, description="who took it back before its end, which `until` then is")


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
