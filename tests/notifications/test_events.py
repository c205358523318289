"""Every event there is: what raises it, what it carries of before and after, and how it is told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from hub.readings import CustomerReading, LicenceReading, SubscriptionReading
from notifications.events import Raised, raise_events
from notifications.kinds import KINDS, Calling, Service
from storage.tables import Event
from tests.notifications.conftest import ROOM, Watched, acme

TODAY = date(2026, 11, 22)


def events(watched: Watched, kind: str) -> list[Event]:
    with watched.database.read() as session:
        return list(session.scalars(select(Event).where(Event.kind == kind).order_by(col(Event.id))))


def trial(start: date = TODAY, end: date = TODAY + timedelta(days=59), name: str = "T1") -> SubscriptionReading:
    return SubscriptionReading(name, "org-1", type="trial", start_date=start, end_date=end, auto_renew=False)


def start_trial(watched: Watched) -> None:
    watched.tell(trial(), LicenceReading("T1", "Messaging", total=25, assigned=0))
    assert watched.look() == ["1 customer: a trial started"]
    watched.clock.advance(timedelta(minutes=1))


def test_a_trial_that_starts_is_told_with_its_products_and_end(watched: Watched) -> None:
    start_trial(watched)
    (row,) = watched.outbox()
    assert "Messaging; until 20 Jan 2027" in row.content["markdown"].replace("\\", "")


def test_a_trial_that_is_to_start_is_told_on_its_first_day(watched: Watched) -> None:
    watched.tell(trial(start=TODAY + timedelta(days=3)))
    assert watched.look() == []
    watched.days_pass(3)
    assert watched.look() == ["1 customer: a trial started"]


def test_an_extended_trial_carries_both_ends(watched: Watched) -> None:
    start_trial(watched)
    watched.tell(trial(end=date(2027, 3, 1)))
    assert watched.look() == ["1 customer: a trial was extended"]
    (event,) = events(watched, "trial_extended")
    assert (event.before["end_date"], event.after["end_date"]) == ("2027-01-20", "2027-03-01")
    assert "until 1 Mar 2027; was 20 Jan 2027" in watched.outbox()[-1].content["markdown"]


def test_a_trial_ends_the_day_after_its_last(watched: Watched) -> None:
    start_trial(watched)
    watched.days_pass(59)
    assert "1 customer: a trial ended" not in watched.look()
    watched.days_pass(1)
    assert watched.look() == ["1 customer: a trial ended"]
    assert watched.look() == []


def test_a_trial_that_goes_on_after_its_end_was_extended(watched: Watched) -> None:
    start_trial(watched)
    watched.days_pass(60)
    watched.look()
    watched.tell(trial(end=date(2027, 3, 1)))
    assert "1 customer: a trial was extended" in watched.look()


def test_a_customer_who_buys_what_was_tried_converted_the_trial(watched: Watched) -> None:
    start_trial(watched)
    watched.days_pass(5)
    bought = SubscriptionReading(
        "Sub2", "org-1", type="subscription", start_date=TODAY + timedelta(days=5), end_date=date(2028, 1, 1)
    )
    watched.tell(bought, LicenceReading("Sub2", "Messaging", total=25, assigned=5))
    assert watched.look() == ["1 customer: a trial became a subscription"]
    watched.days_pass(60)
    assert "1 customer: a trial ended" not in watched.look()


def test_buying_something_else_converts_no_trial(watched: Watched) -> None:
    start_trial(watched)
    watched.days_pass(5)
    bought = SubscriptionReading(
        "Sub2", "org-1", type="subscription", start_date=TODAY + timedelta(days=5), end_date=date(2028, 1, 1)
    )
    watched.tell(bought, LicenceReading("Sub2", "Devices", total=5, assigned=5))
    assert watched.look() == []


def test_a_trial_whose_own_id_becomes_a_subscription_is_converted(watched: Watched) -> None:
    start_trial(watched)
    watched.tell(replace(trial(), type="subscription", end_date=date(2028, 1, 1)))
    assert watched.look() == ["1 customer: a trial became a subscription"]


def test_an_ended_trial_is_explained_by_a_customer_that_expired(watched: Watched) -> None:
    watched.tell(CustomerReading("org-2", "Beta"), replace(trial(), org_id="org-2"))
    watched.look()
    watched.days_pass(60)
    assert watched.look() == ["1 customer now: expired"]


@pytest.mark.parametrize(("assigned", "told"), [(133, []), (134, ["1 customer: overage grows"])])
def test_overage_is_told_again_when_it_grew_by_more_than_a_tenth(
    watched: Watched, assigned: int, told: list[str]
) -> None:
    watched.tell(LicenceReading("Sub1", "Calling", total=100, assigned=130))
    watched.look()
    watched.clock.advance(timedelta(minutes=1))
    watched.tell(LicenceReading("Sub1", "Calling", total=100, assigned=assigned))
    assert watched.look() == told


def test_overage_that_creeps_up_is_told_when_it_adds_up(watched: Watched) -> None:
    told = []
    for assigned in (130, 132, 133, 134, 136, 138):
        watched.tell(LicenceReading("Sub1", "Calling", total=100, assigned=assigned))
        told.append(watched.look())
        watched.clock.advance(timedelta(minutes=1))
    assert [len(each) for each in told] == [1, 0, 0, 1, 0, 1]
    first, second = events(watched, "overage_grew")
    assert [(each.before["excess"], each.after["excess"]) for each in (first, second)] == [(30, 34), (34, 38)]


def test_another_product_over_its_limit_is_growth(watched: Watched) -> None:
    watched.tell(LicenceReading("Sub1", "Calling", total=100, assigned=130))
    watched.look()
    watched.clock.advance(timedelta(minutes=1))
    watched.tell(LicenceReading("Sub1", "Meetings", total=10, assigned=12))
    assert watched.look() == ["1 customer: overage grows"]


@pytest.mark.parametrize("kind", Calling)
def test_calling_comes_through_the_same_door(watched: Watched, kind: Calling) -> None:
    figures = {"week": "2026-11-15", "value": 40}
    told = Raised(kind, "org-1:2026-11-15", "org-1", before={"usual": 100}, after=figures)
    for _ in range(2):
        with watched.database.write() as session:
            raise_events(session, [told], watched.clock())
    assert len(watched.look()) == 1
    assert watched.look() == []
    with watched.database.write() as session:
        assert raise_events(session, [told], watched.clock()) == 0


@pytest.mark.parametrize("kind", Service)
def test_what_a_space_asked_for_is_told_there_even_without_a_rule(watched: Watched, kind: Service) -> None:
    watched.unsubscribe()
    with watched.database.write() as session:
        raise_events(session, [Raised(kind, "7:2026-11-22", room_id=ROOM)], watched.clock())
    assert len(watched.look()) == 1
    assert [row.target for row in watched.outbox()] == [ROOM]


def test_a_space_that_switched_it_off_is_not_told(watched: Watched) -> None:
    watched.unsubscribe()
    watched.subscribe(events=["suspended"])
    with watched.database.write() as session:
        raise_events(session, [Raised(Service.REPORT_FAILED, "7:2026-11-22", room_id=ROOM)], watched.clock())
    assert watched.look() == []


def test_what_is_no_kind_of_event_is_refused(watched: Watched) -> None:
    with pytest.raises(ValueError, match="earthquake"), watched.database.write() as session:
        raise_events(session, [Raised("earthquake", "1")], watched.clock())
    assert "earthquake" not in KINDS


def test_days_that_a_rule_asks_for_are_crossed_like_the_others(watched: Watched) -> None:
    watched.unsubscribe()
    watched.subscribe(thresholds={"expiry": [45, 120]})
    watched.tell(*acme(end=TODAY + timedelta(days=121)))
    assert watched.look() == []
    watched.days_pass(1)
    assert watched.look() == ["1 customer ends within 120 days"]
    watched.days_pass(75)
    assert watched.look() == ["1 customer ends within 45 days"]


def test_a_rule_is_not_told_what_was_crossed_before_it_was_made(watched: Watched) -> None:
    watched.tell(*acme(end=TODAY + timedelta(days=41)))
    watched.look()
    watched.subscribe(thresholds={"expiry": [45]})
    watched.days_pass(1)
    watched.tell(*acme(end=TODAY + timedelta(days=41), invoice="unpaid"))
    assert watched.look() == ["1 customer now: suspended"]


def test_a_rule_of_a_product_speaks_of_its_subscriptions_only(watched: Watched) -> None:
    watched.unsubscribe()
    watched.subscribe(products=["Meetings"])
    watched.tell(*acme(end=TODAY + timedelta(days=5)))
    assert watched.look() == []
    watched.tell(LicenceReading("Sub1", "Meetings", total=10, assigned=1))
    watched.clock.advance(timedelta(minutes=1))
    watched.tell(*acme(end=TODAY + timedelta(days=6)))
    assert watched.look() == ["1 customer ends within 7 days"]


def test_a_space_whose_rules_are_all_paused_is_told_what_it_asked_for(watched: Watched) -> None:
    watched.unsubscribe()
    watched.subscribe(events=["suspended"], paused=True)
    with watched.database.write() as session:
        raise_events(session, [Raised(Service.REPORT_FAILED, "7:2026-11-22", room_id=ROOM)], watched.clock())
    assert watched.look() == ["A scheduled report failed"]
