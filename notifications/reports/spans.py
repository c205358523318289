"""The days a report with a range is about where nobody names them."""

from dataclasses import dataclass
from datetime import date, timedelta

from notifications.schedules import Every


@dataclass(frozen=True)
class Span:
    """Days from first to last, both included."""

    first: date
    last: date


def last_week(today: date) -> Span:
    """The last complete week, from Sunday to Saturday."""
    saturday = today - timedelta(days=today.isoweekday() % 7 + 1)
    return Span(saturday - timedelta(days=6), saturday)


def span_before(every: Every, today: date) -> Span:
    """What a scheduled report covers: the day before (from Friday on, where no weekend is), the week or the month."""
    match every:
        case Every.WEEKDAYS if today.isoweekday() == 1:
            return Span(today - timedelta(days=3), today - timedelta(days=1))
        case Every.DAILY | Every.WEEKDAYS:
            return Span(today - timedelta(days=1), today - timedelta(days=1))
        case Every.WEEKLY:
            return last_week(today)
        case Every.MONTHLY:
            last = today.replace(day=1) - timedelta(days=1)
            return Span(last.replace(day=1), last)
