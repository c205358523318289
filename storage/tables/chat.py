"""Who speaks with the bot, where, and what arrived from Webex."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import false
from sqlmodel import Field, SQLModel

from storage.types import Json, UtcDateTime


class Person(SQLModel, table=True):
    """Somebody who wrote to the bot: roles as last read, and choices of their own."""

    email: str = Field(primary_key=True, description="lower case")
    person_id: str | None = Field(default=None, index=True)
    display_name: str = ""
    org_id: str | None = None
    roles: list[str] = Field(default_factory=list, sa_type=Json, description="partner role names")
    roles_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    language: str | None = None
    time_zone: str | None = None
    region: str | None = Field(default=None, description="a code; None: all")
    products: str | None = Field(default=None, description="meetings or calling; None: both")


class Space(SQLModel, table=True):
    """A Webex room the bot is in."""

    room_id: str = Field(primary_key=True)
    kind: str = Field(description="direct or group")
    title: str = ""
    language: str | None = None
    time_zone: str | None = None
    region: str | None = Field(default=None, description="a code, or all; None: each asker's own")
    products: str | None = Field(default=None, description="meetings or calling, or both; None: each asker's own")
    open_to_colleagues: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="colleagues without a partner role may read along",
    )
    owner_email: str | None = Field(default=None, description="who last ran subscribe here")


class SavedFilter(SQLModel, table=True):
    """A filter under a name, of a person or of a space."""

    __tablename__ = "saved_filter"

    owner: str = Field(primary_key=True, description="person:EMAIL or space:ROOM")
    key: str = Field(primary_key=True, description="the name without case, accents")
    name: str
    terms: str = Field(description="the filter as typed, which may name others")
    saved_by: str
    saved_at: datetime = Field(sa_type=UtcDateTime)


class InboxState(StrEnum):
    """How far an incoming activity has come."""

    NEW = "new"
    RUNNING = "running"
    DONE = "done"
    ASKED = "asked"
    """A crash hit it where a side effect may have happened; its sender was asked."""
    DROPPED = "dropped"
    """Not for us, or given up: `error` says why."""


class Inbox(SQLModel, table=True):
    """One activity of the socket, written before it is acknowledged to Webex."""

    id: int | None = Field(default=None, primary_key=True, description="in the order of arrival")
    activity_id: str = Field(unique=True)
    kind: str = Field(description="message or action")
    activity: dict[str, Any] = Field(sa_type=Json, description="only what is needed to look it up again")
    received_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default=InboxState.NEW, index=True)
    public_id: str | None = Field(default=None, description="Webex's id of the message or action, once looked up")
    effects: bool = Field(default=False, description="the command that runs may change something")
    owner: str | None = Field(default=None, description="process that handles it")
    lane: str | None = Field(
        default=None, description="room and person, whose commands are handled one after the other"
    )
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None
