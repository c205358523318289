"""Dealing with alerts: by number, in the thread and by button; told where the alert is, audited, undone."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from storage import Database
from storage.tables import Audit, Licence, Rule, Touched
from tests.clock import ManualClock
from tests.commands.alerted import ROOM, Alerted, text_of
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, Office


@pytest.fixture
def alerted(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> Alerted:
    office = Office(sqlite_database, tmp_path / "files", clock, {ROOM: (ANA, CHLOE), "other": (ANA,)})
    office.say(ANA, "subscribe", ROOM)
    return Alerted(office)


def test_what_is_open_is_listed_with_buttons(alerted: Alerted) -> None:
    alerted.suspend(0, 2)
    answer = alerted.office.say(CHLOE, "alerts", ROOM)
    assert "#1 · Acme 0 · suspended since 22 Nov 2026" in answer.text
    buttons = set(re.findall(r"'run': '([^']*)'", repr(answer.card)))
    assert {"ack 1", "snooze 2 for 7 days", "assign 1 to me", f"why {alerted.org_ids[0]}"} <= buttons


def test_an_alert_card_deals_with_everything_it_told(alerted: Alerted) -> None:
    (told,) = alerted.suspend(0, 1)
    assert told.message.card is not None
    runs = [action["data"]["run"] for action in told.message.card["actions"]]
    assert runs == ["ack", "snooze for 7 days", "assign to me", "silence form", "why"]
    (row,) = alerted.said()
    answer = alerted.office.say(ANA, "ack", ROOM, inputs={}, thread=row.message_id)
    assert "Ana acknowledged #1, #2." in answer.text
    assert alerted.alert(2).acknowledged_by == ANA.email
    # The answer is in the thread already, so it is told nothing more.
    assert len(alerted.said()) == 1


def test_the_thread_hears_who_dealt_with_it_elsewhere(alerted: Alerted) -> None:
    alerted.suspend(0)
    alerted.office.say(CHLOE, "ack 1 because they pay on Friday", ROOM)
    root, note = alerted.said()
    assert note.parent_cause == root.cause
    assert text_of(note) == "Chloe acknowledged #1. Reason: they pay on Friday"


def test_dealing_with_it_twice_changes_nothing(alerted: Alerted) -> None:
    alerted.suspend(0)
    alerted.office.say(ANA, "ack 1", ROOM)
    assert "Nothing changed" in alerted.office.say(CHLOE, "ack 1", ROOM).text
    assert alerted.alert().acknowledged_by == ANA.email
    assert len(alerted.said()) == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ack", "Which alert?"),
        ("ack twelve", "“twelve” is no number of an alert"),
        ("ack 99", "No alert 99 is open here"),
        ("snooze 1", "Until when? It always has an end."),
        ("snooze 1 until someday", "I do not understand “someday” as a time"),
        ("snooze 1 until 2020-01-01", "is past"),
        ("snooze 1 until 2027-11-22", "at most 90 days"),
        ("assign 1", "Assign it to whom?"),
        ("assign 1 to diego@brightwater.example", "may not see the customer"),
        ("assign 1 to nobody@nowhere.example", "may not see the customer"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_done(alerted: Alerted, typed: str, said: str) -> None:
    alerted.suspend(0)
    before = alerted.alert()
    assert said in alerted.office.say(ANA, typed, ROOM).text
    assert alerted.alert() == before


def test_an_alert_of_another_space_is_none_here(alerted: Alerted) -> None:
    alerted.suspend(0)
    assert "No alert 1 is open here" in alerted.office.say(ANA, "ack 1", "other").text


def test_a_help_desk_does_not_deal_with_alerts(alerted: Alerted) -> None:
    alerted.suspend(0)
    assert "role does not cover" in alerted.office.say(DIEGO, "ack 1").text


def test_every_change_is_audited_and_undone(alerted: Alerted) -> None:
    alerted.suspend(0)
    before = alerted.alert()
    for typed in ("ack 1", "snooze 1 until monday", "assign 1 to chloe@brightwater.example"):
        alerted.office.say(ANA, typed, ROOM)
        assert alerted.alert() != before
        with alerted.office.database.read() as session:
            last = session.scalars(select(Audit).order_by(col(Audit.id).desc())).first()
        assert last is not None
        assert (last.what, last.who) == (typed.split()[0], ANA.email)
        alerted.office.say(ANA, "undo", ROOM)
        assert alerted.alert() == before


def test_what_somebody_did_since_is_not_undone(alerted: Alerted) -> None:
    alerted.suspend(0)
    alerted.office.say(ANA, "ack 1", ROOM)
    alerted.office.say(CHLOE, "snooze 1 until monday", ROOM)
    assert "changed again since" in alerted.office.say(ANA, "undo", ROOM).text


def test_who_is_assigned_is_told_one_to_one_and_deals_with_it_there(alerted: Alerted) -> None:
    alerted.suspend(0)
    alerted.office.say(ANA, "assign 1 to chloe@brightwater.example", ROOM)
    (told,) = alerted.said(CHLOE.email)
    assert "Ana assigned this to you" in text_of(told)
    assert "#1 · Acme 0" in alerted.office.say(CHLOE, "alerts mine").text
    alerted.office.say(CHLOE, "ack 1")
    assert "Chloe acknowledged #1." in text_of(alerted.said()[-1])


def test_a_snooze_ends_with_a_reminder(alerted: Alerted) -> None:
    alerted.suspend(0)
    alerted.office.say(ANA, "posponer 1 hasta 24/11", ROOM)
    assert alerted.alert().snoozed_until == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    alerted.office.clock.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    alerted.look()
    last = alerted.said()[-1]
    assert "The snooze is over, and this is still open" in text_of(last)
    alerted.office.say(ANA, "ack 1", ROOM, inputs={}, thread=last.message_id)
    count = len(alerted.said())
    alerted.office.clock.advance(timedelta(days=30))
    alerted.look()
    assert len(alerted.said()) == count


def test_a_snooze_ended_twice_is_fine(alerted: Alerted) -> None:
    alerted.suspend(0)
    alerted.office.say(ANA, "snooze 1 for 2 days", ROOM)
    assert "ended the snooze" in alerted.office.say(ANA, "unsnooze 1", ROOM).text
    assert "Nothing changed" in alerted.office.say(ANA, "unsnooze 1", ROOM).text


def test_a_lower_number_of_days_does_not_break_a_snooze_but_a_second_subscription_does(alerted: Alerted) -> None:
    day = alerted.office.clock().date()
    alerted.change(0, end_date=day + timedelta(days=29))
    alerted.office.say(ANA, "snooze 1 for 80 days", ROOM)
    count = len(alerted.said())
    alerted.office.clock.advance(timedelta(days=23))
    assert alerted.look() == []
    assert len(alerted.said()) == count
    with alerted.office.database.write() as session:
        session.merge(Touched(org_id=alerted.org_ids[0]))
    assert alerted.change(1, end_date=alerted.office.clock().date() + timedelta(days=5)) != []


def test_an_overage_that_grows_breaks_its_snooze(alerted: Alerted) -> None:
    def assigned(licences: int) -> None:
        with alerted.office.database.write() as session:
            session.get_one(Licence, ("S0", "Calling")).assigned = licences
            session.merge(Touched(org_id=alerted.org_ids[0]))
        alerted.office.clock.advance(timedelta(minutes=1))
        alerted.look()

    assigned(30)
    alerted.office.say(ANA, "snooze 1 for 10 days", ROOM)
    count = len(alerted.said())
    assigned(31)
    assert len(alerted.said()) == count
    assigned(60)
    assert len(alerted.said()) > count


def test_recovery_is_told_in_the_first_alerts_thread(alerted: Alerted) -> None:
    alerted.suspend(0)
    (told,) = alerted.suspend(0, invoice="paid")
    assert told.parent_cause == alerted.said()[0].cause
    assert "no longer: suspended" in told.message.markdown
    assert "Nothing is open here" in alerted.office.say(ANA, "alerts", ROOM).text


def test_what_nobody_acknowledged_is_repeated_and_escalated(alerted: Alerted) -> None:
    with alerted.office.database.write() as session:
        rule = session.scalars(select(Rule)).one()
        rule.repeat_hours, rule.escalate_to, rule.escalate_hours = 4, CHLOE.email, 8
    alerted.suspend(0)
    for hours, (repeated, escalated) in ((3, (0, 0)), (1, (1, 0)), (4, (2, 1)), (4, (3, 1))):
        alerted.office.clock.advance(timedelta(hours=hours))
        alerted.look()
        assert sum("Nobody has acknowledged this yet" in text_of(row) for row in alerted.said()) == repeated
        assert len(alerted.said(CHLOE.email)) == escalated
    alerted.office.say(ANA, "ack 1", ROOM)
    count = len(alerted.said())
    alerted.office.clock.advance(timedelta(days=3))
    alerted.look()
    assert len(alerted.said()) == count


def test_nobody_is_escalated_to_who_may_not_see_the_customer(alerted: Alerted) -> None:
    with alerted.office.database.write() as session:
        rule = session.scalars(select(Rule)).one()
        rule.escalate_to, rule.escalate_hours = BEN.email, 1
    alerted.suspend(0)
    alerted.office.clock.advance(timedelta(hours=2))
    alerted.look()
    assert alerted.said(BEN.email) == []
    assert "may not see the customer" in text_of(alerted.said()[-1])
