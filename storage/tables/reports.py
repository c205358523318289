"""Reports that take a while: what was asked for, and how far it is."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class RunState(StrEnum):
    """How far a report is."""

    PREPARING = "preparing"
    DONE = "done"
    FAILED = "failed"
    """`error` says why."""
    CANCELLED = "cancelled"


class ReportRun(SQLModel, table=True):
    """A report that Webex prepares: one part for each region, put together when all have come."""

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
    rows: int | None = None
    error: str | None = None
