"""Weeks: from Sunday to Saturday, in UTC, each named by its Sunday."""

from datetime import date, timedelta

WEEK = timedelta(weeks=1)


def week_of(day: date) -> date:
    """Return the Sunday on or before a day."""
    return day - timedelta(days=day.isoweekday() % 7)


def last_complete(today: date) -> date:
    """Return the newest week that is over."""
    return week_of(today) - WEEK


def up_to(week: date, count: int) -> list[date]:
    """Return so many weeks, oldest first, the last of which is `week`."""
    return [week - WEEK * back for back in range(count - 1, -1, -1)]
