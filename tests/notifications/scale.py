"""A partner of any size that is looked at, and changes that happen to some of its customers."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, update

from hub.access import Role
from hub.bulk import upsert_rows
from hub.tables import customer, licence, subscription, touched
from notifications.audience import Audience, Member
from notifications.kinds import DEFAULT_EVENTS, default_thresholds
from notifications.pipeline import Pipeline
from notifications.render import Style
from notifications.run import AT_ONCE, Pacing
from storage import Database
from storage.tables import Rule, Space

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANA = Member("ana@partner.example", "Ana", frozenset({Role.FULL}))
CHANGES = (
    {"invoice": "unpaid"},
    {"setup": "pending"},
    {"end_date": date(2026, 11, 25)},
    {"end_date": date(2026, 12, 15)},
    {"end_date": date(2026, 11, 20)},
)
"""What happens, in turn: suspended, ready to set up, two that end soon, expired."""


def fill(database: Database, customers: int, rooms: Iterable[str], **rule: object) -> None:
    """Write down healthy customers, each with a subscription to Calling, and spaces with the default rule."""
    numbers = range(customers)
    with database.write() as session:
        connection = session.connection()
        connection.execute(
            insert(customer),
            [
                {
                    "org_id": org(number),
                    "name": f"Customer {number}",
                    "name_folded": f"customer {number}",
                    "identity_at": NOON,
                    "listed": True,
                    "last_admin_activity": NOON,
                }
                for number in numbers
            ],
        )
        connection.execute(
            insert(subscription),
            [
                {
                    "subscription_id": f"S{number}",
                    "org_id": org(number),
                    "type": "subscription",
                    "start_date": date(2026, 1, 1),
                    "end_date": date(2027, 6, 1) + timedelta(days=number % 900),
                    "auto_renew": number % 2 == 0,
                    "invoice": "paid",
                    "setup": "complete",
                    "orders": [],
                }
                for number in numbers
            ],
        )
        rows = (
            {"subscription_id": f"S{number}", "product": "Calling", "org_id": org(number), "total": 10, "assigned": 5}
            for number in numbers
        )
        connection.execute(insert(licence), list(rows))
        for room in rooms:
            session.add(Space(room_id=room, kind="group"))
            session.flush()
            made = Rule(
                room_id=room,
                events=list(DEFAULT_EVENTS),
                thresholds=dict(default_thresholds()),
                created_by=ANA.email,
                created_at=NOON,
            )
            for name, value in rule.items():
                setattr(made, name, value)
            session.add(made)
    database.analyse()


def org(number: int) -> str:
    """The organization id of a customer."""
    return f"org-{number:06}"


def pipeline(database: Database, folder: Path, pacing: Pacing = AT_ONCE) -> Pipeline:
    """Return what watches the partner."""
    return Pipeline(database, lambda _: Audience((ANA,)), Style("en", "UTC", folder), pacing=pacing)


def change(database: Database, numbers: Iterable[int]) -> None:
    """Let something happen to each of these customers."""
    chosen = list(numbers)
    with database.write() as session:
        for number in chosen:
            values = {"auto_renew": False, **CHANGES[number % len(CHANGES)]}
            statement = update(subscription).where(subscription.c.subscription_id == f"S{number}").values(values)
            session.connection().execute(statement)
        upsert_rows(session, touched, ({"org_id": org(number)} for number in chosen), replace=False)
