"""The sandbox's clock: the real time plus what somebody advanced it by."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

_LAST_YEAR = 5000


def real_time() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


class Clock:
    """Runs with `source` and can be moved forward; the one reading of time in the sandbox's world."""

    def __init__(self, source: Callable[[], datetime] = real_time) -> None:
        self._source = source
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The sandbox's time, aware, in UTC."""
        return self._source() + self._ahead

    def today(self) -> date:
        """The sandbox's day, in UTC."""
        return self.now().date()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward; ValueError when `by` is negative, for history cannot be taken back, or too far."""
        if by < timedelta() or self.now().year + by.days // 365 > _LAST_YEAR:
            raise ValueError("a clock runs forward only, and not for ever")
        self._ahead += by


def stamp(moment: datetime) -> str:
    """Milliseconds and `Z`: the only form that the Webex SDK reads (WEBEX.md §6)."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """An ISO date or time as an aware UTC time; without a zone it is UTC. ValueError when it is neither."""
    read = datetime.fromisoformat(text)
    try:
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None
