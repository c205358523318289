"""Silences: by customer and by filter, with an end; held is told when it ends; nothing that was is rewritten."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from notifications.regular import Regular
from storage import Database
from storage.tables import CustomerTag, Decision, Event, OpenAlert, Outbox, Silence, Told
from tests.clock import ManualClock
from tests.commands.alerted import ROOM, Alerted, text_of
from tests.commands.office import ANA, CHLOE, Office


@pytest.fixture
def alerted(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> Alerted:
    office = Office(sqlite_database, tmp_path / "files", clock, {ROOM: (ANA, CHLOE), "other": (ANA,)})
    office.say(ANA, "subscribe", ROOM)
    alerted = Alerted(office)
    with office.database.write() as session:
        session.add(CustomerTag(org_id=alerted.org_ids[0], tag="demo"))
    return alerted


def silences(alerted: Alerted) -> list[Silence]:
    with alerted.office.database.read() as session:
        return list(session.scalars(select(Silence).order_by(col(Silence.id))))


@pytest.mark.parametrize("whom", ["Acme 0", "tag:demo", '"Acme 0"'])
def test_what_is_silenced_is_told_when_it_ends_and_still_holds(alerted: Alerted, whom: str) -> None:
    answer = alerted.office.say(ANA, f"silence {whom} until tomorrow because they know", ROOM)
    assert "It is silent" in answer.text
    assert "Reason: they know" in answer.text
    assert alerted.suspend(0) == []
    assert len(alerted.suspend(1)) == 1
    alerted.office.clock.advance(timedelta(days=1))
    (told,) = alerted.look()
    assert "Acme 0" in told.message.markdown


def test_a_silence_ended_before_its_time_lets_out_what_it_held(alerted: Alerted) -> None:
    alerted.office.say(ANA, "silenciar Acme 0 hasta mañana", ROOM)
    alerted.suspend(0)
    alerted.office.say(CHLOE, "unsilence 1", ROOM)
    assert len(alerted.look()) == 1


def test_a_silence_ended_twice_is_fine(alerted: Alerted) -> None:
    alerted.office.say(ANA, "silence Acme 0 until tomorrow", ROOM)
    assert "The silence has ended" in alerted.office.say(ANA, "unsilence 1", ROOM).text
    assert "was over already" in alerted.office.say(ANA, "unsilence 1", ROOM).text
    assert "Nothing is silenced here" in alerted.office.say(ANA, "silences", ROOM).text


def test_another_end_or_reason_ends_the_old_silence_and_begins_a_new_one(alerted: Alerted) -> None:
    alerted.office.say(ANA, "silence Acme 0 until tomorrow because one", ROOM)
    alerted.office.clock.advance(timedelta(hours=1))
    alerted.office.say(CHLOE, "silence Acme 0 until monday 15:00 because two", ROOM)
    again = alerted.office.say(CHLOE, "silence Acme 0 until monday 15:00 because two", ROOM)
    assert "It was silent already" in again.text
    old, new = silences(alerted)
    assert (old.reason, old.until, old.ended_by) == ("one", new.begins_at, CHLOE.email)
    assert (new.reason, new.created_by) == ("two", CHLOE.email)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("silence", "Silence whom, and until when?"),
        ("silence Acme 0", "Until when? It always has an end."),
        ("silence until tomorrow", "That would silence everything"),
        ("silence region:EU until tomorrow", "fits every customer"),
        ("silence -tag:gold until tomorrow", "fits every customer"),
        ("silence Acme 0 until 31/02", "I do not understand “31/02” as a time"),
        ("silence Acme 0 for 91 days", "at most 90 days"),
        ("silence Nobody until tomorrow", "I know no customer called “Nobody”"),
        ("silence rgion:EU until tomorrow", "Did you mean region?"),
        ("unsilence 9", "This space has no silence 9"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_done(alerted: Alerted, typed: str, said: str) -> None:
    assert said in alerted.office.say(ANA, typed, ROOM).text
    assert silences(alerted) == []


def test_the_form_of_an_alert_silences_once_and_tells_the_thread(alerted: Alerted) -> None:
    alerted.suspend(0, 1)
    (row,) = alerted.said()
    form = alerted.office.say(ANA, "silence form", ROOM, inputs={}, thread=row.message_id).card
    fields = {each["id"]: each for each in form["body"] if "id" in each}
    assert [each["title"] for each in fields["customer"]["choices"]] == ["Acme 0", "Acme 1"]
    data = {name: value for name, value in form["actions"][0]["data"].items() if name != "run"}
    inputs = {**data, "customer": alerted.org_ids[1], "until": fields["until"]["value"], "reason": "known"}
    for _ in range(2):
        alerted.office.say(ANA, "silence", ROOM, inputs, thread="elsewhere")
    (silence,) = silences(alerted)
    assert (silence.org_id, silence.reason) == (alerted.org_ids[1], "known")
    assert "Ana silenced this customer until" in text_of(alerted.said()[-1])


def test_undo_ends_a_silence_and_brings_one_back(alerted: Alerted) -> None:
    alerted.office.say(ANA, "silence Acme 0 until tomorrow", ROOM)
    alerted.office.say(ANA, "undo", ROOM)
    assert silences(alerted)[0].until == alerted.office.clock()
    alerted.office.say(ANA, "silence Acme 0 until tomorrow", ROOM)
    alerted.office.say(ANA, "unsilence 2", ROOM)
    alerted.office.say(ANA, "undo", ROOM)
    assert "#3 · Acme 0" in alerted.office.say(ANA, "silences", ROOM).text


def test_silences_are_listed_monthly_by_themselves_once(alerted: Alerted) -> None:
    alerted.office.say(ANA, "silence Acme 0 for 30 days because of the fair", ROOM)
    regular = Regular(alerted.pipeline)
    assert regular.look(alerted.office.clock()) == 0
    alerted.office.clock.now = alerted.office.clock.now.replace(month=12, day=1, hour=9)
    assert regular.look(alerted.office.clock()) == 1
    assert regular.look(alerted.office.clock()) == 0
    assert "Acme 0 · until 22 Dec 2026, 12:00, by ana@brightwater.example" in text_of(alerted.said()[-1])


def test_noise_says_what_was_ignored_and_what_to_change(alerted: Alerted) -> None:
    for number in range(4):
        alerted.suspend(number)
    alerted.office.say(ANA, "ack 1", ROOM)
    answer = alerted.office.say(ANA, "noise", ROOM)
    assert "Alerts told: 4" in answer.text
    assert "suspended: 3 of 4 ignored" in answer.text
    assert "Nothing to change" in answer.text


def test_noise_comes_every_monday_where_something_was_said(alerted: Alerted) -> None:
    regular = Regular(alerted.pipeline)
    alerted.suspend(0)
    alerted.office.clock.now = alerted.office.clock.now.replace(day=23, hour=9)
    assert regular.look(alerted.office.clock()) == 1
    assert regular.look(alerted.office.clock()) == 0
    assert "What this space was told" in text_of(alerted.said()[-1])


def test_why_tells_what_was_seen_who_decided_and_where_it_is(alerted: Alerted) -> None:
    alerted.suspend(0)
    alerted.office.say(ANA, "silence Acme 0 until tomorrow", ROOM)
    alerted.suspend(0, invoice="paid")
    text = alerted.office.say(CHLOE, "why Acme 0", ROOM).text
    held, told = text.index("no longer: suspended"), text.index("now: suspended")
    assert held < told
    assert "held by silence 1, until 23 Nov 2026, 09:00" in text
    assert "By rule 1 · told 22 Nov 2026" in text[told:]
    assert "No rule of this space asks for it" in alerted.office.say(ANA, "why Acme 0", "other").text


def test_selftest_goes_the_whole_way_and_leaves_nothing_behind(alerted: Alerted) -> None:
    def rows() -> list[int]:
        with alerted.office.database.read() as session:
            tables = (Event, Decision, Told, OpenAlert, Outbox)
            return [session.scalars(select(func.count()).select_from(each)).one() for each in tables]

    before = rows()
    sent: list[str] = []

    def wake() -> None:
        alerted.deliver()
        sent.extend(map(text_of, alerted.said()))

    alerted.office.wake = wake
    answer = alerted.office.say(ANA, "selftest", ROOM)
    assert "The whole way works" in answer.text
    assert answer.text.count(" ms") == 7
    assert sum("Self-test: this message came the whole way" in each for each in sent) == 1
    assert rows() == before


def test_selftest_says_where_it_failed(alerted: Alerted) -> None:
    assert "The self-test failed at: It arrives in Webex" in alerted.office.say(ANA, "selftest", ROOM).text
    alerted.office.say(ANA, "rule pause 1", ROOM)
    answer = alerted.office.say(ANA, "selftest", ROOM)
    assert "The self-test failed at" in answer.text
