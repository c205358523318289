"""Two simulated years of expiry and renewal alerts: each told exactly once, and how long a day's look takes."""

from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from storage import Database
from tests.notifications.years import FIRST, Years

DAYS = 730
OUTAGES = (range(40, 43), range(200, 212), range(500, 501))
"""Days on which nobody looks."""
SHOWN_DAYS = 73
"""What was reached is printed each time so many have passed."""


def main(customers: int) -> None:
    with TemporaryDirectory(prefix="partnerbot-bench-") as folder:
        database = Database(f"sqlite:///{folder}/years.db")
        database.upgrade()
        begin = perf_counter()
        years = Years(database, Path(folder) / "files", customers, seed=7)
        print(f"{customers:,} customers, {len(years.held):,} subscriptions and trials, {perf_counter() - begin:.0f} s")
        _live(years, begin)
        database.close()


def _live(years: Years, begin: float) -> None:
    away = {day for outage in OUTAGES for day in outage}
    times = []
    for number in range(1, DAYS + 1):
        today = FIRST + timedelta(days=number)
        years.change(today)
        if number not in away:
            before = perf_counter()
            years.look(today)
            times.append(perf_counter() - before)
        if number % SHOWN_DAYS == 0:
            print(
                f"day {number:4}: {len(years.told):9,} told, {_faults(years)}, {perf_counter() - begin:6.0f} s",
                flush=True,
            )
    print(f"a day's look, with what it is checked against: {median(times):.2f} s (median), {max(times):.2f} s at most")


def _faults(years: Years) -> str:
    told = set(years.told)
    twice = sum(1 for times in years.told.values() if times > 1)
    return f"{len(years.expected - told)} missing, {len(told - years.expected)} wrong, {twice} twice"
