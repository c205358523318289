"""The office that commands are tried in."""

from pathlib import Path

import pytest

from storage import Database
from tests.clock import ManualClock
from tests.commands.office import Office


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> Office:
    """An office without customers or spaces."""
    return Office(sqlite_database, tmp_path / "files", clock)
