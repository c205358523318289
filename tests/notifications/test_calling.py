"""Anomalies of weeks of Webex Calling as events: a baseline first, then each once."""

from datetime import timedelta

from sqlmodel import select

from hub.calling.saving import save
from notifications.calling import raise_anomalies
from storage import Database
from storage.tables import Event
from tests.clock import ManualClock
from tests.hub.calling.weeks import WEEK, back, flat, kept, org_id, record


def events(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        return [(event.kind, event.org_id) for event in session.scalars(select(Event).order_by("id"))]


def test_the_first_week_is_a_baseline_and_later_ones_are_told_once(database: Database, clock: ManualClock) -> None:
    kept(database, 2, [record(number, back(ago), calls=100) for number in range(2) for ago in range(9)])
    with database.write() as session:
        save(session, [flat(record(0, WEEK, calls=10))])
    assert raise_anomalies(database, clock()) == 0
    clock.advance(timedelta(hours=2))
    assert raise_anomalies(database, clock()) == 0
    clock.advance(timedelta(days=7))
    with database.write() as session:
        save(
            session,
            [flat(record(0, back(-1), calls=10, poor=0)), flat(record(1, back(-1), calls=100, poor=20, queue=0))],
        )
    assert raise_anomalies(database, clock()) == 2
    assert set(events(database)) == {("calls_fell", org_id(0)), ("poor_legs", org_id(1))}
    clock.advance(timedelta(hours=2))
    assert raise_anomalies(database, clock()) == 0


def test_a_correction_that_arrives_later_is_seen(database: Database, clock: ManualClock) -> None:
    kept(database, 1, [record(0, back(ago), calls=100) for ago in range(1, 9)])
    raise_anomalies(database, clock())
    with database.write() as session:
        save(session, [flat(record(0, WEEK, calls=100))])
    assert raise_anomalies(database, clock()) == 0
    with database.write() as session:
        save(session, [flat(record(0, WEEK, calls=5, poor=0))])
    clock.advance(timedelta(hours=1))
    assert raise_anomalies(database, clock()) == 1
