"""What is due once is done once, though several processes look at it in the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from hub.access import Role
from notifications.audience import Audience, Member
from notifications.outbox import Outgoing
from notifications.render import Style
from notifications.reports.running import run_due
from storage import Database
from storage.tables import Outbox, Schedule, Space
from tests.clock import ManualClock
from tests.notifications.conftest import ROOM, Watched, acme

FULL = Member("full@partner.example", "Full", frozenset({Role.FULL}))
DUE = datetime(2026, 11, 22, 9, tzinfo=UTC)


def at_once(job: Callable[[], list[Outgoing]], times: int = 4) -> list[list[Outgoing]]:
    start = threading.Barrier(times)

    def run() -> list[Outgoing]:
        start.wait()
        return job()

    with ThreadPoolExecutor(times) as pool:
        return [each.result(60) for each in [pool.submit(run) for _ in range(times)]]


def test_a_due_report_is_dropped_once(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    with database.write() as session:
        session.add(Space(room_id=ROOM, kind="group", owner_email=FULL.email))
        session.flush()
        session.add(
            Schedule(
                room_id=ROOM,
                report="customers",
                arguments={"days": 90, "products": [], "where": "", "region": None},
                every="daily",
                at=time(9),
                time_zone="UTC",
                next_run=DUE,
                created_by=FULL.email,
                created_at=DUE,
            )
        )
    style = Style("en", "UTC", tmp_path)
    found = at_once(lambda: run_due(database, lambda _room: Audience((FULL,)), style, clock()))
    assert sorted(map(len, found)) == [0, 0, 0, 1]
    with database.read() as session:
        assert [row.cause for row in session.exec(select(Outbox))] == [f"report:1:{DUE.isoformat()}"]
        assert session.get_one(Schedule, 1).next_run == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_an_alert_is_told_once_though_a_duty_was_two_s(watched: Watched) -> None:
    """One was taken for gone, and is only slow: what it would write is there, and none of it is kept."""
    watched.tell(*acme(invoice="unpaid"))

    def look() -> list[Outgoing]:
        try:
            return watched.pipeline.run(watched.clock())
        except SQLAlchemyError:
            return []

    at_once(look)
    assert len(watched.outbox()) == 1
    assert watched.look() == []
