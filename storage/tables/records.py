"""What was done by whom, and how fresh each source is."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class Audit(SQLModel, table=True):
    """A change that a person made through the bot. Rows are only ever added."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    who: str
    what: str
    target: str = Field(description="kind:id of what was changed")
    before: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    room_id: str | None = None


class Source(SQLModel, table=True):
    """A place data come from (webex, feed, import …), and when it last answered well."""

    name: str = Field(primary_key=True)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None
