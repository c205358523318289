"""Weeks of Webex Calling in the feed (docs/feed.md)."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from hub.wire.values import Count, Day, OrgId, Record


def _sunday(value: date) -> date:
    if value.isoweekday() != 7:
        raise ValueError("a week is named by its Sunday")
    return value


class _Part(Record):
    """A part of the record; flattened, its fields follow the part's name."""

    def figures(self, name: str) -> dict[str, Any]:
        """Return the fields it tells, each by its flat name."""
        return {f"{name}_{field}": getattr(self, field) for field in self.model_fields_set}


class UsersByCalls(_Part):
    """How many users made so many calls."""

    none: Count | None = Field(default=None, alias="0")
    few: Count | None = Field(default=None, alias="1-5")
    some: Count | None = Field(default=None, alias="6-20")
    many: Count | None = Field(default=None, alias="20+")

    def figures(self, name: str) -> dict[str, Any]:
        """Return the fields it tells, each by its flat name."""
        flat = {"none": "0", "few": "1_5", "some": "6_20", "many": "20"}
        return {f"{name}_{flat[field]}": getattr(self, field) for field in self.model_fields_set}


class Legs(_Part):
    """Call legs of a kind of endpoint."""

    legs: Count | None = None
    poor_legs: Count | None = None


class Endpoints(_Part):
    """Call legs by kind of endpoint."""

    app: Legs | None = None
    desk_phone: Legs | None = None
    room_device: Legs | None = None
    other: Legs | None = None

    def figures(self, name: str) -> dict[str, Any]:
        """Return the fields it tells, each by its flat name."""
        told: dict[str, Any] = {}
        for field in self.model_fields_set:
            legs: Legs | None = getattr(self, field)
            told |= legs.figures(f"{name}_{field}") if legs else {}
        return told


class Features(_Part):
    """Calls by feature."""

    hunt_group: Count | None = None
    auto_attendant: Count | None = None
    call_queue: Count | None = None


class Queue(_Part):
    """Calls to queues; seconds are sums."""

    calls: Count | None = None
    answered: Count | None = None
    answer_seconds: Count | None = None
    abandoned: Count | None = None
    abandon_wait_seconds: Count | None = None
    timed_out: Count | None = None
    overflowed: Count | None = None
    transferred: Count | None = None


class FeedCallingWeek(Record):
    """A customer's week of Webex Calling."""

    org_id: OrgId
    week: Annotated[Day, AfterValidator(_sunday)]
    calls: Count | None = None
    minutes: Count | None = None
    active_users: Count | None = None
    users_by_calls: UsersByCalls | None = None
    legs: Count | None = None
    poor_legs: Count | None = None
    endpoints: Endpoints | None = None
    features: Features | None = None
    queue: Queue | None = None

    def row(self) -> dict[str, Any]:
        """Return the flat row of what it tells."""
        told: dict[str, Any] = {}
        for field in self.model_fields_set:
            value = getattr(self, field)
            if isinstance(value, _Part):
                told |= value.figures(field)
            elif field not in _PARTS:
                told[field] = value
        return told


_PARTS = ("users_by_calls", "endpoints", "features", "queue")
