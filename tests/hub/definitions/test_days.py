"""Days and whole months."""

from datetime import date

import pytest

from hub.days import months_between, shift


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        pytest.param(date(2026, 11, 22), date(2026, 11, 22), 0, id="same day"),
        pytest.param(date(2026, 10, 22), date(2026, 11, 22), 1, id="to the day"),
        pytest.param(date(2026, 10, 23), date(2026, 11, 22), 0, id="a day less"),
        pytest.param(date(2024, 12, 22), date(2026, 11, 22), 23, id="over years"),
        pytest.param(date(2026, 1, 31), date(2026, 2, 28), 0, id="a short month"),
        pytest.param(date(2026, 1, 31), date(2026, 3, 1), 1, id="after a short month"),
    ],
)
def test_months_are_whole(earlier: date, later: date, months: int) -> None:
    assert months_between(earlier, later) == months


@pytest.mark.parametrize(
    ("days", "day"),
    [
        (0, date(2026, 11, 22)),
        (9, date(2026, 12, 1)),
        (-22, date(2026, 10, 31)),
        (10**9, date.max),
        (-(10**9), date.min),
    ],
)
def test_shifting_stays_within_the_calendar(days: int, day: date) -> None:
    assert shift(date(2026, 11, 22), days) == day
