"""The values of records, and what every record can tell of itself."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hub.ids import uuid_of
from hub.names import storable
from hub.readings import LACKING


def _iso(value: Any) -> Any:
    """Take a number for no date: pydantic would count seconds from 1970."""
    if value is not None and not isinstance(value, str):
        raise ValueError("a date is written 2026-11-22")
    return value


def _day(value: Any) -> Any:
    return _iso(value).partition("T")[0] if value else _iso(value)


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def storable_json(value: Any) -> Any:
    """Rid what is kept as it came of characters that no database takes."""
    match value:
        case str():
            return storable(value)
        case dict():
            return {storable(name): storable_json(each) for name, each in value.items()}
        case list():
            return [storable_json(each) for each in value]
        case _:
            return value


def _as_it_is(value: str) -> str:
    if storable(value) != value:
        raise ValueError("it holds characters that cannot be kept")
    return value


Text = Annotated[str, AfterValidator(storable)]
Identity = Annotated[str, Field(min_length=1), AfterValidator(_as_it_is)]
Name = Annotated[Text, Field(min_length=1)]
OrgId = Annotated[str, AfterValidator(uuid_of)]
"""A UUID or a Webex id of one."""
Count = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
"""As large as the database's integers."""
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_iso), AfterValidator(_aware)]
Details = Annotated[dict[str, Any], AfterValidator(storable_json)]


class Record(BaseModel):
    """What a source tells of one thing; fields nobody knows are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    def told(self, name: str) -> Any:
        """The value of a field, or `LACKING` where the record has none."""
        return getattr(self, name) if name in self.model_fields_set else LACKING

    def said(self, name: str) -> Any:
        """The value of a field that is never unknown: `null` tells nothing."""
        value = self.told(name)
        return LACKING if value is None else value
