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
    """Something that is read from outside (webex, feed, import …), and when it last answered well."""

    name: str = Field(primary_key=True)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None
    since: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="what changed from then on is asked for next; None: everything"
    )
    left_out: list[str] = Field(
        default_factory=list, sa_type=Json, description="records that could not be read since the last whole reading"
    )


class Deed(SQLModel, table=True):
    """Something that a card asked for and that was done once, however often the card is sent."""

    key: str = Field(primary_key=True, description="identity of the card that asked for it")
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    outcome: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class AwaitedTrial(SQLModel, table=True):
    """A trial to be started in Partner Hub, and what became of it."""

    __tablename__ = "awaited_trial"

    key: str = Field(primary_key=True, description="identity of the form that asked for it")
    company: str
    company_folded: str = Field(description="the company's name without case, accents")
    request: dict[str, Any] = Field(sa_type=Json, description="the checked form")
    who: str
    room_id: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="waiting", index=True, description="waiting, appeared or lapsed")
    org_id: str | None = Field(default=None, description="of the customer that appeared")
