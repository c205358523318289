"""Changes that are held, confirmed or left in chat; and what could not be posted."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from hub.readings import CustomerReading, Readings, SubscriptionReading
from hub.sync.doubt import merge_believed
from hub.sync.task import Task
from storage.tables import Audit, Held, HeldState, Outbox, OutboxState, Source
from tests.commands.office import ANA, CHLOE, Office

ROOM = "room-1"


def tell(office: Office, end: date) -> None:
    """The feed tells of thirty customers when their contracts end."""
    office.clock.advance(timedelta(minutes=1))
    customers = [CustomerReading(f"org-{n}", f"Customer {n}") for n in range(30)]
    terms = [SubscriptionReading(f"S{n}", f"org-{n}", type="subscription", end_date=end) for n in range(30)]
    readings = Readings(customers, terms)
    task = Task("feed", office.database, office.clock(), lambda *_: None)
    with office.database.write() as session:
        merge_believed(session, task, readings)


@pytest.fixture
def held(office: Office) -> Office:
    tell(office, date(2027, 1, 1))
    tell(office, date(2028, 1, 1))
    return office


def state(office: Office) -> str:
    with office.database.read() as session:
        return session.exec(select(Held)).one().state


def buttons(card: Any) -> list[str]:
    return [action["data"]["run"] for action in card["actions"]]


def test_what_is_held_is_shown_with_its_customers_and_what_to_do(held: Office) -> None:
    answer = held.say(ANA, "changes")
    assert "30 of 30 customers changed at once" in answer.text
    assert "end: 30" in answer.text
    assert "Customer 11" in answer.text
    assert buttons(answer.card) == ["changes confirm 1", "changes leave 1"]


@pytest.mark.parametrize(("verb", "outcome"), [("confirm", HeldState.CONFIRMED), ("leave", HeldState.LEFT)])
def test_a_partner_full_administrator_decides_once_and_it_is_written_down(
    held: Office, verb: str, outcome: HeldState
) -> None:
    held.say(ANA, f"changes {verb} 1")
    held.say(ANA, f"changes {verb} 1")
    assert state(held) == outcome
    with held.database.read() as session:
        written = session.exec(select(Audit)).all()
    assert [(each.who, each.what, each.target) for each in written] == [(ANA.email, f"changes {verb}", "held:1")]
    assert "Nothing is held" in held.say(ANA, "changes").text


def test_nobody_else_decides(held: Office) -> None:
    assert "does not cover" in held.say(CHLOE, "changes confirm 1").text
    assert state(held) == HeldState.OPEN


def test_a_number_that_is_none_is_told(held: Office) -> None:
    assert "Nothing is held under 7" in held.say(ANA, "changes confirm 7").text
    assert "confirm" in held.say(ANA, "changes confirm").text


def test_what_was_parked_here_goes_out_again(office: Office) -> None:
    def park(cause: str, target: str) -> None:
        with office.database.write() as session:
            now = office.clock()
            row = Outbox(cause=cause, target=target, priority=10, content={}, created_at=now, not_before=now)
            row.state = OutboxState.PARKED
            session.add(row)

    for cause, target in (("here", ROOM), ("elsewhere", "room-2"), ("to Ana", ANA.email)):
        park(cause, target)
    office.rooms[ROOM] = (ANA,)

    def due() -> set[str]:
        with office.database.read() as session:
            return set(session.exec(select(Outbox.cause).where(Outbox.state == OutboxState.DUE)))

    assert "1 message goes out again" in office.say(ANA, "resend", ROOM).text
    assert due() == {"here"}
    assert "1 message goes out again" in office.say(ANA, "resend").text
    assert due() == {"here", "to Ana"}


def test_an_answer_about_customers_says_when_its_data_should_be_newer(office: Office) -> None:
    with office.database.write() as session:
        session.add(Source(name="feed", tried_at=office.clock(), read_at=office.clock()))
    assert "as of" not in office.say(ANA, "kpis").text
    office.clock.advance(timedelta(hours=2))
    answer = office.say(ANA, "kpis")
    assert "Some data are as of 22 Nov 2026" in answer.text
    assert "Some data are as of" in repr(answer.card)
    assert "as of" not in office.say(ANA, "help").text
