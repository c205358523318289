"""Until when: every way to say a day, in two languages; nothing without an end, nothing past, nothing too far."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from commands.errors import NotUnderstood
from commands.until import MORNING, Tail, read, until
from templates.texts import Texts

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
"""A Wednesday."""
LONGEST = timedelta(days=90)
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Pacific/Auckland")
ENGLISH = ("january february march april may june july august september october november december").split()  # noqa: SIM905
SPANISH = ("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre").split()  # noqa: SIM905
DAYS = (
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
)
PIECES = ("3", "2026", "30/11", "31/2", "days", "month", "at", "a", "monday", "nov", "de", "15:00", "9999999", "until")
MOMENTS = st.datetimes(NOW.replace(tzinfo=None), NOW.replace(year=2031, tzinfo=None))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3 days", "2026-11-28T14:30"),
        ("in 3 days", "2026-11-28T14:30"),
        ("3 días", "2026-11-28T14:30"),
        ("a week", "2026-12-02T14:30"),
        ("2w", "2026-12-09T14:30"),
        ("dentro de 4 horas", "2026-11-25T18:30"),
        ("90 min", "2026-11-25T16:00"),
        ("1 month", "2026-12-25T14:30"),
        ("tomorrow", "2026-11-26T09:00"),
        ("mañana a las 17:00", "2026-11-26T17:00"),
        ("the day after tomorrow", "2026-11-27T09:00"),
        ("pasado mañana", "2026-11-27T09:00"),
        ("today at 18:00", "2026-11-25T18:00"),
        ("18:00", "2026-11-25T18:00"),
        ("08:00", "2026-11-26T08:00"),
        ("monday", "2026-11-30T09:00"),
        ("next monday 15:00", "2026-11-30T15:00"),
        ("el próximo lunes", "2026-11-30T09:00"),
        ("wednesday", "2026-12-02T09:00"),
        ("30/11", "2026-11-30T09:00"),
        ("12/30", "2026-12-30T09:00"),
        ("03/04", "2027-04-03T09:00"),
        ("24/11", "2027-11-24T09:00"),
        ("29/2", "2028-02-29T09:00"),
        ("30 de noviembre de 2026", "2026-11-30T09:00"),
        ("nov 30", "2026-11-30T09:00"),
        ("2026-11-30", "2026-11-30T09:00"),
    ],
)
def test_what_is_typed_is_that_moment(typed: str, expected: str) -> None:
    assert read(typed, NOW, ZoneInfo("UTC")) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["", "someday", "31/02", "2026-13-01", "25:00", "3", "0x3 days", "monday tuesday", "30 smarch"]
)
def test_what_is_no_moment_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        until(typed, NOW, Texts(), LONGEST)
    assert "3 days" in str(refused.value.values)


@pytest.mark.parametrize("typed", ["today", "25/11/2026", "2026-11-24", "0 days"])
def test_what_is_past_is_refused(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="is past"):
        until(typed, NOW, Texts(), LONGEST)


@pytest.mark.parametrize("typed", ["91 days", "2027-11-25", "99999 months", "999999 weeks"])
def test_what_is_too_far_is_refused(typed: str) -> None:
    with pytest.raises(NotUnderstood):
        until(typed, NOW, Texts(), LONGEST)


@st.composite
def spelled(draw: st.DrawFn) -> tuple[str, datetime, datetime, str]:
    """A day and perhaps a time in words, now, the moment meant, and the zone."""
    zone = draw(st.sampled_from(ZONES))
    now = draw(MOMENTS).replace(tzinfo=UTC)
    today = now.astimezone(ZoneInfo(zone)).date()
    ahead = draw(st.integers(1, 330))
    day = today + timedelta(days=ahead)
    months = draw(st.sampled_from((ENGLISH, SPANISH)))
    ways = [
        day.isoformat(),
        f"{day.day}/{day.month}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day} {months[day.month - 1]}",
        f"{months[day.month - 1][:3]} {day.day} {day.year}",
        f"{day.day} de {months[day.month - 1]} de {day.year}",
    ]
    if ahead <= 7:
        ways += [names[day.isoweekday() - 1] for names in DAYS]
    if ahead == 1:
        ways += ["tomorrow", "Mañana"]
    text, at = draw(st.sampled_from(ways)), MORNING
    if draw(st.booleans()):
        at = draw(st.times()).replace(second=0, microsecond=0)
        text += f" {draw(st.sampled_from(('', 'at ', 'a las ')))}{at:%H:%M}"
    return text, now, datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC), zone


@given(spelled())
def test_every_way_to_say_a_day_means_it(case: tuple[str, datetime, datetime, str]) -> None:
    text, now, expected, zone = case
    assert read(text, now, ZoneInfo(zone)) == expected


@given(st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_whatever_is_typed_has_an_end_or_is_refused(typed: str) -> None:
    try:
        found = until(typed, NOW, Texts("en", "Europe/Madrid"), LONGEST)
    except NotUnderstood:
        return
    assert NOW < found <= NOW + LONGEST


@given(st.integers(1, 90), st.sampled_from(ZONES), MOMENTS)
def test_days_keep_the_time_of_day_over_changes_of_the_clocks(days: int, name: str, naive: datetime) -> None:
    zone = ZoneInfo(name)
    now = naive.replace(tzinfo=UTC)
    local, found = now.astimezone(zone), read(f"{days} days", now, zone)
    assert found is not None
    wanted = local.replace(tzinfo=None) + timedelta(days=days)
    there = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    assume(there.replace(tzinfo=None) == wanted)
    assert found.astimezone(zone).replace(tzinfo=None) == wanted


def test_a_tail_is_told_apart() -> None:
    assert Tail.of(["12", "13", "until", "monday", "15:00", "because", "they", "know", "until", "when"]) == Tail(
        ("12", "13"), "monday 15:00", "they know until when"
    )
    assert Tail.of(["Acme", "hasta", "mañana"]) == Tail(("Acme",), "mañana", None)
