"""What is not told at once: company, digests, quiet hours, caps, silences, flapping, and what explains something."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from hub.readings import CustomerReading, LicenceReading
from notifications.run import Pacing
from storage.tables import Decision, OpenAlert, Silence
from tests.notifications.conftest import ROOM, Watched, acme


def minutes_pass(watched: Watched, minutes: float) -> None:
    watched.clock.advance(timedelta(minutes=minutes))


def at(watched: Watched, moment: str) -> list[str]:
    """Move the clock there (UTC) and look."""
    watched.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return watched.look()


def decisions(watched: Watched) -> list[Decision]:
    with watched.database.read() as session:
        return list(session.scalars(select(Decision).order_by(col(Decision.id))))


def only(watched: Watched, **rule: Any) -> None:
    """Give the room one rule, which differs so from the default."""
    watched.unsubscribe()
    watched.subscribe(**rule)


def suspend(watched: Watched, number: int = 1, invoice: str = "unpaid") -> None:
    customer, subscription, _ = acme(invoice=invoice)
    watched.tell(
        replace(customer, org_id=f"org-{number}", name=f"Acme {number}"),
        replace(subscription, org_id=f"org-{number}", subscription_id=f"Sub{number}"),
    )


class TestTogether:
    """What belongs together waits a little for each other."""

    def test_what_follows_within_the_first_wait_comes_with_it(self, watched: Watched) -> None:
        watched.pipeline = replace(watched.pipeline, pacing=Pacing(timedelta(minutes=2), timedelta(minutes=10)))
        for number in (2, 3):
            suspend(watched, number, invoice="paid")
        watched.look()
        for number in (1, 2):
            suspend(watched, number)
            assert watched.look() == []
            minutes_pass(watched, 1)
        assert watched.look() == ["2 customers now: suspended"]
        suspend(watched, 3)
        assert watched.look() == []
        minutes_pass(watched, 9)
        assert watched.look() == []
        minutes_pass(watched, 1)
        assert watched.look() == ["1 customer now: suspended"]

    def test_what_passes_meanwhile_is_not_told(self, watched: Watched) -> None:
        watched.pipeline = replace(watched.pipeline, pacing=Pacing(timedelta(minutes=2)))
        suspend(watched)
        watched.look()
        minutes_pass(watched, 1)
        suspend(watched, invoice="paid")
        watched.look()
        minutes_pass(watched, 5)
        assert watched.look() == []
        assert {each.reason for each in decisions(watched)} == {"passed"}

    def test_many_kinds_at_once_are_one_card(self, watched: Watched) -> None:
        watched.tell(
            *acme(invoice="unpaid", setup="pending", end=date(2026, 11, 25)),
            CustomerReading("org-1", "Acme", last_admin_activity=datetime(2026, 1, 1, tzinfo=UTC)),
        )
        assert watched.look() == ["1 customer changed"]
        (row,) = watched.outbox()
        for line in ("1 customer ends within 7 days", "1 customer now: ready to set up", "1 customer now: suspended"):
            assert line in row.content["markdown"]
        assert "By rule 1" in row.content["markdown"]


class TestDigests:
    """Daily, weekly, monthly, in the space's own zone."""

    def test_a_weekly_digest_tells_what_changed_since_the_last_one(self, watched: Watched) -> None:
        only(watched, every="weekly", day=1, at=time(9))
        suspend(watched)
        assert watched.look() == []
        assert at(watched, "2026-11-23T08:59") == []
        assert at(watched, "2026-11-23T09:00") == ["Digest, weekly"]
        assert "1 customer now: suspended" in watched.outbox()[0].content["markdown"]
        assert "22 Nov 2026, 12:00 to 23 Nov 2026, 09:00" in watched.outbox()[0].content["markdown"]
        assert at(watched, "2026-11-30T09:00") == []
        minutes_pass(watched, 1)
        suspend(watched, invoice="paid")
        watched.look()
        assert at(watched, "2026-12-07T09:01") == ["Digest, weekly"]

    def test_after_downtime_one_digest_catches_up(self, watched: Watched) -> None:
        only(watched, every="daily", at=time(9))
        suspend(watched, 2, invoice="paid")
        watched.look()
        suspend(watched, 1)
        watched.look()
        watched.days_pass(1)
        suspend(watched, 2)
        watched.look()
        assert at(watched, "2026-11-30T15:00") == ["Digest, daily"]
        assert at(watched, "2026-12-01T09:00") == []

    def test_a_status_that_came_and_went_is_one_line(self, watched: Watched) -> None:
        only(watched, every="weekly", day=1, at=time(9))
        suspend(watched)
        watched.look()
        minutes_pass(watched, 5)
        suspend(watched, invoice="paid")
        watched.look()
        assert at(watched, "2026-11-23T09:00") == ["Digest, weekly"]
        assert watched.outbox()[0].content["markdown"].count("Acme 1") == 1
        assert "had been since 22 Nov 2026" in watched.outbox()[0].content["markdown"]

    def test_what_a_rule_tells_at_once_no_digest_repeats(self, watched: Watched) -> None:
        watched.subscribe(every="daily", at=time(9))
        suspend(watched)
        assert watched.look() == ["1 customer now: suspended"]
        assert "By rules 1, 2" in watched.outbox()[0].content["markdown"]
        assert at(watched, "2026-11-24T09:00") == []

    def test_what_moved_meanwhile_is_not_told(self, watched: Watched) -> None:
        only(watched, every="weekly", day=1, at=time(9))
        watched.tell(*acme(end=date(2026, 11, 27)))
        watched.look()
        watched.tell(*acme(end=date(2028, 11, 27)))
        assert at(watched, "2026-11-23T09:00") == []
        assert [each.reason for each in decisions(watched)][-1] == "moved"

    def test_a_deleted_rule_tells_no_digest(self, watched: Watched) -> None:
        only(watched, every="daily", at=time(9))
        suspend(watched)
        watched.look()
        watched.unsubscribe()
        assert at(watched, "2026-11-23T09:00") == []
        assert [each.reason for each in decisions(watched)] == ["rule_gone"]


def test_quiet_hours_put_it_off_until_they_end(watched: Watched) -> None:
    only(watched, quiet_from=time(22), quiet_until=time(7))
    watched.clock.now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    suspend(watched)
    assert watched.look() == []
    assert at(watched, "2026-11-23T06:59") == []
    assert at(watched, "2026-11-23T07:00") == ["1 customer now: suspended"]


def test_a_rule_without_quiet_hours_speaks_for_those_that_have_some(watched: Watched) -> None:
    watched.subscribe(quiet_from=time(0), quiet_until=time(23, 59))
    suspend(watched)
    assert watched.look() == ["1 customer now: suspended"]


def test_above_the_hourly_cap_all_becomes_one(watched: Watched) -> None:
    only(watched, hourly_cap=2)
    for number in range(2, 6):
        suspend(watched, number, invoice="paid")
    watched.look()
    for number in (1, 2):
        suspend(watched, number)
        assert watched.look() == ["1 customer now: suspended"]
        minutes_pass(watched, 10)
    for number in (3, 4):
        suspend(watched, number)
        assert watched.look() == []
        minutes_pass(watched, 10)
    suspend(watched, 5)
    minutes_pass(watched, 19)
    assert watched.look() == []
    minutes_pass(watched, 1)
    assert watched.look() == ["3 customers now: suspended"]


def test_a_silence_holds_it_until_its_end(watched: Watched) -> None:
    with watched.database.write() as session:
        session.add(
            Silence(
                room_id=ROOM,
                where="acme",
                begins_at=watched.clock(),
                until=watched.clock() + timedelta(days=2),
                created_by="ana",
                created_at=watched.clock(),
            )
        )
    suspend(watched)
    assert watched.look() == []
    watched.days_pass(1)
    assert watched.look() == []
    watched.days_pass(1)
    assert watched.look() == ["1 customer now: suspended"]
    (decision,) = decisions(watched)
    assert (decision.fate, decision.trail[0]["reason"], decision.trail[0]["detail"]) == (
        "told",
        "silenced",
        {"silence": 1},
    )


class TestFlapping:
    """A status that goes to and fro."""

    def test_it_is_told_once_as_flapping_and_again_when_steady(self, watched: Watched) -> None:
        told = []
        for number in range(9):
            suspend(watched, invoice="paid" if number % 2 else "unpaid")
            told += watched.look()
            minutes_pass(watched, 10)
        assert told == [
            "1 customer now: suspended",
            "1 customer no longer: suspended",
            "1 customer now: suspended",
            "1 customer goes in and out of: suspended",
        ]
        minutes_pass(watched, 23 * 60)
        assert watched.look() == []
        minutes_pass(watched, 60)
        assert watched.look() == ["1 customer now: suspended"]

    def test_changes_far_apart_are_no_flapping(self, watched: Watched) -> None:
        told = []
        for number in range(6):
            suspend(watched, invoice="paid" if number % 2 else "unpaid")
            told += watched.look()
            minutes_pass(watched, 9 * 60)
        assert "1 customer goes in and out of: suspended" not in told
        assert len(told) == 6


class TestExplained:
    """A big fact and the small ones it explains."""

    def test_it_comes_back_when_the_big_fact_has_ended(self, watched: Watched) -> None:
        watched.tell(*acme(invoice="unpaid"), LicenceReading("Sub1", "Calling", total=100, assigned=130))
        assert watched.look() == ["1 customer now: suspended"]
        minutes_pass(watched, 1)
        watched.tell(*acme(), LicenceReading("Sub1", "Calling", total=100, assigned=130))
        assert sorted(watched.look()) == ["1 customer no longer: suspended", "1 customer now: licence overage"]

    def test_what_ended_meanwhile_is_not_told_at_all(self, watched: Watched) -> None:
        watched.tell(*acme(invoice="unpaid"), LicenceReading("Sub1", "Calling", total=100, assigned=130))
        watched.look()
        minutes_pass(watched, 1)
        watched.tell(*acme(invoice="unpaid"))
        assert watched.look() == []


class TestOpen:
    """What is open, for people to deal with."""

    def test_a_status_is_open_until_it_is_left(self, watched: Watched) -> None:
        suspend(watched)
        watched.look()
        (alert,) = self.alerts(watched)
        assert (alert.kind, alert.org_id, alert.closed_at) == ("suspended", "org-1", None)
        assert alert.cause == watched.outbox()[0].cause
        minutes_pass(watched, 1)
        suspend(watched, invoice="paid")
        watched.look()
        assert self.alerts(watched)[0].closed_at == watched.clock()

    def test_a_nearer_threshold_is_the_same_alert(self, watched: Watched) -> None:
        watched.tell(*acme(end=date(2026, 12, 20)))
        watched.look()
        watched.days_pass(22)
        watched.look()
        (alert,) = (each for each in self.alerts(watched) if each.kind == "expiry")
        assert (alert.threshold, alert.subscription_id, alert.closed_at) == (7, "Sub1", None)
        watched.tell(*acme(end=date(2028, 12, 20)))
        watched.look()
        assert [each.closed_at for each in self.alerts(watched) if each.kind == "expiry"] == [watched.clock()]

    def alerts(self, watched: Watched) -> list[OpenAlert]:
        with watched.database.read() as session:
            return list(session.scalars(select(OpenAlert).order_by(col(OpenAlert.id))))


def test_a_line_is_short_and_the_file_has_all(watched: Watched) -> None:
    for number in range(1, 12):
        suspend(watched, number, invoice="paid")
    watched.look()
    _, subscription, _ = acme(invoice="unpaid")
    for number in range(1, 12):
        own = (replace(subscription, org_id=f"org-{number}", subscription_id=f"Sub{number}-{n}") for n in range(4))
        watched.tell(*own)
    watched.look()
    card, file = watched.outbox()
    assert "Sub1-3 is unpaid" not in card.content["markdown"].replace("\\", "")
    assert "2 more" in card.content["markdown"]
    assert Path(file.content["file"]).read_text(encoding="utf-8-sig").count("is unpaid") == 44
