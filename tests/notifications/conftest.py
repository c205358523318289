"""A watched partner: readings go in, the messages that the outbox holds come out."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, delete, select

from hub.access import Role
from hub.merging import merge
from hub.readings import CustomerReading, LicenceReading, Readings, SubscriptionReading
from notifications.audience import Audience, Member
from notifications.kinds import DEFAULT_EVENTS, default_thresholds
from notifications.pipeline import Pipeline
from notifications.render import Style
from storage import Database
from storage.tables import Outbox, Rule, Space
from tests.clock import ManualClock

ROOM = "room-1"
FULL = Member("full@partner.example", "Full", frozenset({Role.FULL}))
OUTSIDER = Member("guest@customer.example", "Guest", frozenset(), outsider=True)


class Watched:
    """Customers as their sources tell them, and a pipeline that watches them."""

    def __init__(self, database: Database, clock: ManualClock, folder: Path) -> None:
        self.database = database
        self.clock = clock
        self.members: dict[str, tuple[Member, ...]] = {ROOM: (FULL,), FULL.email: (FULL,)}
        self.pipeline = Pipeline(database, lambda target: Audience(self.members[target]), Style("en", "UTC", folder))

    def tell(self, *readings: CustomerReading | SubscriptionReading | LicenceReading) -> None:
        """A source tells something, now."""
        told = Readings(
            [each for each in readings if isinstance(each, CustomerReading)],
            [each for each in readings if isinstance(each, SubscriptionReading)],
            [each for each in readings if isinstance(each, LicenceReading)],
        )
        with self.database.write() as session:
            merge(session, told, self.clock(), self.clock().date())

    def subscribe(self, where: str = "", **changes: object) -> None:
        """Give the room the default rule, or one that differs from it."""
        with self.database.write() as session:
            session.merge(Space(room_id=ROOM, kind="group", owner_email=FULL.email))
            session.flush()
            rule = Rule(
                room_id=ROOM,
                events=list(DEFAULT_EVENTS),
                thresholds=dict(default_thresholds()),
                where=where,
                created_by=FULL.email,
                created_at=self.clock(),
            )
            for name, value in changes.items():
                setattr(rule, name, value)
            session.add(rule)

    def unsubscribe(self) -> None:
        """Take every rule from the room."""
        with self.database.write() as session:
            session.exec(delete(Rule))

    def look(self) -> list[str]:
        """Run the pipeline once and return the first lines of what it says."""
        return [_first_line(message.message.markdown) for message in self.pipeline.run(self.clock())]

    def days_pass(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))

    def outbox(self) -> list[Outbox]:
        with self.database.read() as session:
            return list(session.scalars(select(Outbox).order_by(col(Outbox.id))))


def _first_line(markdown: str) -> str:
    return markdown.splitlines()[0].strip("*") if markdown else ""


def acme(end: date | None = None, **changes: object) -> tuple[CustomerReading, SubscriptionReading, LicenceReading]:
    """A customer with a healthy subscription to Calling."""
    subscription = SubscriptionReading(
        "Sub1",
        "org-1",
        type="subscription",
        start_date=date(2026, 1, 1),
        end_date=end or date(2027, 6, 30),
        auto_renew=False,
        invoice="paid",
        setup="complete",
    )
    return (
        CustomerReading("org-1", "Acme"),
        replace(subscription, **changes),  # type: ignore[arg-type]
        LicenceReading("Sub1", "Calling", total=100, assigned=50),
    )


@pytest.fixture
def watched(database: Database, clock: ManualClock, tmp_path: Path) -> Watched:
    """A partner with one healthy customer, looked at for the first time, and a room with the default rule."""
    found = Watched(database, clock, tmp_path / "files")
    found.tell(*acme())
    found.subscribe()
    assert found.look() == []
    return found
