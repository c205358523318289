"""Watch cost: the same 100 changes, looked at among 1,000 and among 100,000 customers."""

from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from storage import Database
from tests.notifications.scale import NOON, change, fill, pipeline

SIZES = (1_000, 100_000)
ROUNDS = 7
TARGET = 1.5
"""Most times as long as among the fewest customers."""


def main() -> None:
    times = {customers: _measure(customers) for customers in SIZES}
    for customers, seconds in times.items():
        print(f"{customers:>8,} customers: {seconds * 1000:7.1f} ms for 100 changes (median of {ROUNDS})")
    few, many = times.values()
    print(f"ratio {many / few:.2f}, target at most {TARGET}")


def _measure(customers: int) -> float:
    with TemporaryDirectory(prefix="partnerbot-bench-") as folder:
        database = Database(f"sqlite:///{folder}/watch.db")
        database.upgrade()
        fill(database, customers, ["room"])
        watched = pipeline(database, Path(folder) / "files")
        watched.run(NOON)
        found = []
        for number in range(ROUNDS):
            # Other customers each time, spread over all of them, on the same day.
            change(database, range(number, customers, customers // 100))
            begin = perf_counter()
            watched.run(NOON + timedelta(minutes=1 + number))
            found.append(perf_counter() - begin)
        database.close()
        return median(found)
