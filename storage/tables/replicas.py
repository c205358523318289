"""Which processes of the service run, and what each sees to."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime


class Replica(SQLModel, table=True):
    """A process of the service: what it has claimed is its own until its lease ends, which it renews while it lives."""

    id: str = Field(primary_key=True)
    kind: str = Field(description="service or worker")
    started_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime, description="end of its lease")


class Duty(SQLModel, table=True):
    """A job that one process at a time sees to, such as reading the sources."""

    name: str = Field(primary_key=True)
    owner: str = Field(description="id of the process")
