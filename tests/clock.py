"""A clock for tests: it stands still until it is moved."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Callable like every clock of the project: returns the time, aware, in UTC."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        """Move the time forward."""
        self.now += by
