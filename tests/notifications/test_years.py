"""Two years of expiry alerts: each subscription, end and threshold exactly once in each space, and nothing else."""

from pathlib import Path

import pytest

from storage import Database
from tests.notifications.years import Years


def live(database: Database, folder: Path, customers: int, days: int) -> Years:
    years = Years(database, folder, customers, seed=7)
    years.live(days, outages=[range(40, 43), range(200, 212), range(500, 501)])
    return years


def check(years: Years) -> None:
    assert {line for line, times in years.told.items() if times > 1} == set()
    assert set(years.told) == years.expected
    renewing = {each.id for each in years.held if each.auto_renew}
    assert len(years.told) > years.customers // 50
    assert renewing, "the proof would prove nothing"


def test_a_season_of_a_small_partner(sqlite_database: Database, tmp_path: Path) -> None:
    check(live(sqlite_database, tmp_path, customers=200, days=60))


def test_a_season_is_the_same_on_postgresql(postgres_database: Database, tmp_path: Path) -> None:
    check(live(postgres_database, tmp_path, customers=100, days=45))


@pytest.mark.proof
def test_two_years_of_two_thousand_customers(sqlite_database: Database, tmp_path: Path) -> None:
    years = live(sqlite_database, tmp_path, customers=2_000, days=730)
    check(years)
    assert len(years.told) > 2_000
