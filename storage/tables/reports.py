"""Reports: what was asked for, how far it is, and templates that people made."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class RunState(StrEnum):
    """How far a report is."""

    PREPARING = "preparing"
    WRITING = "writing"
    """The bot itself writes it, from what it knows."""
    DONE = "done"
    FAILED = "failed"
    """`error` says why."""
    CANCELLED = "cancelled"


class ReportRun(SQLModel, table=True):
    """A report that was made or is being made.

    One that Webex prepares has a part for each region, put together when all have come.
    """

    __tablename__ = "report_run"

    id: int | None = Field(default=None, primary_key=True)
    cause: str = Field(unique=True, description="identity of the question, or of the schedule and its due time")
    room_id: str = Field(foreign_key="space.room_id", ondelete="CASCADE", index=True)
    told_in: str | None = Field(default=None, description="cause of the message that tells how far it is")
    schedule_id: int | None = None
    report: str
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=Json, description="first, last, region, where")
    parts: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=Json, description="region, report_id once asked for, file once fetched"
    )
    state: str = Field(default=RunState.PREPARING, index=True)
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_look: datetime = Field(sa_type=UtcDateTime)
    looks: int = 0
    edits: int = Field(default=0, description="of the message that tells how far it is; Webex allows few")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    likeness: str | None = Field(default=None, description="what it is about, days aside: the same is compared")
    files: list[dict[str, str]] | None = Field(
        default=None, sa_type=Json, description="path and name of what was posted; None once it is removed"
    )
    audience: dict[str, Any] | None = Field(default=None, sa_type=Json, description="whom its rows were chosen for")
    rows: int | None = None
    error: str | None = None


class ReportTemplate(SQLModel, table=True):
    """A report that somebody made of another: a name, columns in an order, a filter and a region of its own."""

    __tablename__ = "report_template"

    id: int | None = Field(default=None, primary_key=True)
    owner: str = Field(index=True, description="person:e-mail, or in a group space:room")
    key: str = Field(description="the name without case and accents; one of those an owner has")
    name: str
    base: str
    columns: list[str] = Field(default_factory=list, sa_type=Json, description="fields of the base, in order")
    where: str = ""
    region: str | None = None
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    deleted: bool = Field(default=False, description="it is kept, since undoing brings it back")


class UsageWeek(SQLModel, table=True):
    """A week of Webex Calling for which Webex was asked for its usage report."""

    __tablename__ = "usage_week"

    week: date = Field(primary_key=True)
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json, description="as of a report run")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    next_look: datetime = Field(sa_type=UtcDateTime)
    looks: int = 0
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None
