"""A space that is told of customers, where people deal with what it is told."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from notifications.outbox import Outgoing
from notifications.pipeline import Pipeline
from notifications.reminders import Reminders
from notifications.render import Style
from storage.tables import OpenAlert, Outbox, OutboxState, Subscription, Touched
from templates.plain import plain
from tests.commands.office import Office
from tests.hub.definitions.partner import Held, Org, Product, put

ROOM = "alerts"


class Alerted:
    """An office with customers Acme 0–3, subscribed by whoever says so; what is told is sent at once."""

    def __init__(self, office: Office, customers: int = 4) -> None:
        self.office = office
        self.pipeline = Pipeline(office.database, office.spaces.audience, Style("en", "UTC", office.files))
        self.reminders = Reminders(self.pipeline)
        with office.database.write() as session:
            orgs = [Org(f"Acme {n}", [Held(id=f"S{n}", products=[Product("Calling")])]) for n in range(customers)]
            put(session, orgs)
        self.org_ids = [org.org_id for org in orgs]
        self.pipeline.run(office.clock())

    def suspend(self, *numbers: int, invoice: str = "unpaid") -> Sequence[Outgoing]:
        """Let invoices of customers be unpaid; returns what is told of it."""
        return self.change(*numbers, invoice=invoice)

    def change(self, *numbers: int, **values: object) -> Sequence[Outgoing]:
        """Let subscriptions of customers change."""
        self.office.clock.advance(timedelta(minutes=1))
        with self.office.database.write() as session:
            for number in numbers:
                held = session.get_one(Subscription, f"S{number}")
                for name, value in values.items():
                    setattr(held, name, value)
                session.merge(Touched(org_id=self.org_ids[number]))
        return self.look()

    def look(self) -> Sequence[Outgoing]:
        """Run the pipeline and what follows it; what they say is sent."""
        told = self.pipeline.run(self.office.clock())
        self.reminders.look(self.office.clock())
        self.deliver()
        return told

    def deliver(self) -> None:
        """Everything in the outbox arrives."""
        with self.office.database.write() as session:
            for row in session.scalars(select(Outbox).where(Outbox.state == OutboxState.DUE)):
                parent = session.scalars(select(Outbox).where(Outbox.cause == row.parent_cause)).first()
                if parent:
                    row.parent_id = parent.parent_id or parent.message_id
                row.state, row.message_id, row.sent_at = OutboxState.SENT, f"sent-{row.id}", self.office.clock()

    def said(self, target: str = ROOM) -> list[Outbox]:
        """What was said there by itself, oldest first."""
        with self.office.database.read() as session:
            return list(session.scalars(select(Outbox).where(Outbox.target == target).order_by(col(Outbox.id))))

    def alert(self, number: int = 1) -> OpenAlert:
        """An alert as it is now."""
        with self.office.database.read() as session:
            return alert_of(session, number)


def alert_of(session: Session, number: int) -> OpenAlert:
    return session.get_one(OpenAlert, number)


def text_of(row: Outbox) -> str:
    """The words of a message, without marks."""
    return plain(row.content["markdown"])
