"""When a scheduled report is due: daily, weekly or monthly, at a time in the space's zone."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from storage.tables import Schedule

LAST_DAY = 31
"""Of a month: in a shorter one its last."""


class Every(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    WEEKDAYS = "weekdays"
    """Monday to Friday."""


@dataclass(frozen=True)
class Cadence:
    """Daily, weekly on an ISO weekday (1–7), or monthly on a day (1–31; in a shorter month its last day)."""

    every: Every
    at: time
    zone: str
    day: int | None = None

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """Return the cadence of a stored schedule."""
        return cls(Every(schedule.every), schedule.at, schedule.time_zone, schedule.day)

    def next_after(self, moment: datetime) -> datetime:
        """Return the first due time after a moment, in UTC.

        A local time that the clocks skip is due when they have moved on; one that comes twice is due the first time.
        """
        zone = ZoneInfo(self.zone)
        day = moment.astimezone(zone).date()
        while True:
            if self._is_due_on(day):
                due = _at(day, self.at, zone)
                if due > moment:
                    return due
            day += timedelta(days=1)

    def _is_due_on(self, day: date) -> bool:
        if self.every is Every.WEEKLY:
            return day.isoweekday() == self.day
        if self.every is Every.WEEKDAYS:
            return day.isoweekday() <= 5
        if self.every is Every.MONTHLY:
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day == min(self.day or 1, last)
        return True


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The local time of a day as UTC; `fold=0` reads a skipped time with the offset before the change."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
