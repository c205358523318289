"""Schedules over two years: clocks that change, months that end, a service that stops and starts."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from notifications.audience import Audience, Member
from notifications.render import Style
from notifications.reports.running import run_due
from notifications.schedules import Cadence, Every
from storage import Database
from storage.tables import Outbox, Schedule, Space
from tests.commands.office import ANA

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
CADENCES = (
    (Every.DAILY, None),
    (Every.WEEKDAYS, None),
    (Every.WEEKLY, 7),
    (Every.MONTHLY, 1),
    (Every.MONTHLY, 29),
    (Every.MONTHLY, 31),
)


def days_of(every: Every, day: int | None, first: date, last: date) -> Iterator[date]:
    """The days that a calendar on the wall would mark, told in another way than the product's."""
    today = first
    while today <= last:
        tomorrow = today + timedelta(days=1)
        ends_month = tomorrow.month != today.month
        if (
            every is Every.DAILY
            or (every is Every.WEEKDAYS and today.strftime("%a") not in ("Sat", "Sun"))
            or (every is Every.WEEKLY and today.isoweekday() == day)
            or (every is Every.MONTHLY and (today.day == day or (ends_month and day is not None and today.day < day)))
        ):
            yield today
        today = tomorrow


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("every", "day"), CADENCES)
@pytest.mark.parametrize("at", [time(0), time(2, 30), time(9)], ids=str)
def test_over_two_years_every_day_that_is_marked_comes_once(zone: str, every: Every, day: int | None, at: time) -> None:
    cadence, here = Cadence(every, at, zone, day), ZoneInfo(zone)
    due, moment = [], BEGIN
    while (moment := cadence.next_after(moment)) < END:
        due.append(moment)
    assert all(first < second for first, second in pairwise(due))
    local = [each.astimezone(here) for each in due]
    marked = list(
        days_of(every, day, BEGIN.astimezone(here).date(), (END - timedelta(seconds=1)).astimezone(here).date())
    )
    # At the edges the time of day decides whether the day is still in the two years.
    assert [each.date() for each in local] in (marked, marked[1:], marked[:-1], marked[1:-1])
    moved = [each for each in local if each.time() != at]
    assert all(
        timedelta(0) < datetime.combine(each, each.time()) - datetime.combine(each, at) <= timedelta(hours=1)
        for each in moved
    )
    assert len(moved) <= 4


def test_restarts_and_downtime_make_each_report_once(sqlite_database: Database, tmp_path: Path) -> None:
    """A service that is away for hours, days, a fortnight: one report is caught up, and none comes twice."""
    cadences = {
        1: Cadence(Every.WEEKLY, time(2, 30), "Europe/Madrid", 7),
        2: Cadence(Every.MONTHLY, time(23, 45), "America/New_York", 31),
    }
    with sqlite_database.write() as session:
        session.add(Space(room_id="room", kind="direct"))
        session.flush()
        for number, cadence in cadences.items():
            session.add(
                Schedule(
                    id=number,
                    room_id="room",
                    report="trend",
                    arguments={"days": 90, "products": ["Calling"], "where": "", "region": None},
                    every=cadence.every,
                    day=cadence.day,
                    at=cadence.at,
                    time_zone=cadence.zone,
                    next_run=cadence.next_after(BEGIN),
                    created_by=ANA.email,
                    created_at=BEGIN,
                )
            )
    ana = Member(ANA.email, ANA.name, frozenset(ANA.roles))
    style, expected = Style("en", "UTC", tmp_path / "files"), Counter[int]()
    pauses = (timedelta(hours=5), timedelta(hours=20), timedelta(days=4), timedelta(hours=1), timedelta(days=17))
    last, moment, step = BEGIN, BEGIN, 0
    while moment < END:
        moment += pauses[step % len(pauses)]
        step += 1
        expected.update(number for number, cadence in cadences.items() if cadence.next_after(last) <= moment)
        for _ in range(2):
            run_due(sqlite_database, lambda _room: Audience.of_one(ana), style, moment)
        last = moment
    with sqlite_database.read() as session:
        causes = [row.cause for row in session.exec(select(Outbox))]
    assert len(causes) == len(set(causes))
    assert Counter(int(cause.split(":")[1]) for cause in causes) == expected
    assert min(expected.values()) > 20
