"""What a space is told when customers change: each thing once, together what belongs together, and nothing else."""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.access import Role
from hub.readings import CustomerReading, LicenceReading
from notifications.audience import Member
from storage.tables import Assignment
from tests.notifications.conftest import FULL, OUTSIDER, ROOM, Watched, acme


def test_a_suspended_customer_is_told_once(watched: Watched) -> None:
    watched.tell(*acme(invoice="unpaid"))
    assert watched.look() == ["1 customer now: suspended"]
    assert watched.look() == []
    watched.tell(*acme(invoice="unpaid"))
    assert watched.look() == []


def test_the_alert_names_the_customer_and_why(watched: Watched) -> None:
    watched.tell(*acme(invoice="unpaid"))
    watched.look()
    (row,) = watched.outbox()
    assert row.target == ROOM
    assert "Acme" in row.content["markdown"]
    assert "the invoice of Sub1 is unpaid" in row.content["markdown"]
    assert row.content["card"]["type"] == "AdaptiveCard"


def test_recovery_is_told_and_a_second_suspension_is_news_again(watched: Watched) -> None:
    watched.tell(*acme(invoice="unpaid"))
    watched.look()
    watched.clock.advance(timedelta(minutes=1))
    watched.tell(*acme())
    assert watched.look() == ["1 customer no longer: suspended"]
    watched.clock.advance(timedelta(minutes=1))
    watched.tell(*acme(invoice="unpaid"))
    assert watched.look() == ["1 customer now: suspended"]


def test_overage_says_how_many_licences(watched: Watched) -> None:
    watched.tell(LicenceReading("Sub1", "Calling", total=100, assigned=130))
    assert watched.look() == ["1 customer now: licence overage"]
    assert "Calling: 130 assigned of 100" in watched.outbox()[0].content["markdown"].replace("\\", "")


def test_suspension_mutes_the_overage_it_explains(watched: Watched) -> None:
    watched.tell(*acme(invoice="unpaid"), LicenceReading("Sub1", "Calling", total=100, assigned=130))
    assert watched.look() == ["1 customer now: suspended"]


def test_the_first_look_is_a_baseline(watched: Watched) -> None:
    """The fixture's first look said nothing; neither does one over a customer that is already in trouble."""
    watched.tell(CustomerReading("org-2", "Beta"))
    assert watched.look() == []


@pytest.mark.parametrize(("left", "title"), [(30, "30 days"), (7, "7 days"), (1, "1 day")])
def test_days_alone_bring_an_end_near(watched: Watched, left: int, title: str) -> None:
    watched.tell(*acme(end=watched.clock().date() + timedelta(days=left + 1)))
    watched.look()
    watched.days_pass(1)
    assert f"1 customer ends within {title}" in watched.look()
    assert watched.look() == []


def test_of_thresholds_crossed_together_only_the_nearest_is_told(watched: Watched) -> None:
    watched.tell(*acme(end=watched.clock().date() + timedelta(days=5)))
    assert watched.look() == ["1 customer ends within 7 days"]


def test_a_moved_end_rearms_its_thresholds(watched: Watched) -> None:
    watched.tell(*acme(end=watched.clock().date() + timedelta(days=5)))
    watched.look()
    watched.clock.advance(timedelta(minutes=1))
    watched.tell(*acme(end=watched.clock().date() + timedelta(days=6)))
    assert watched.look() == ["1 customer ends within 7 days"]


def test_an_expiry_rule_never_speaks_of_what_renews_by_itself(watched: Watched) -> None:
    watched.tell(*acme(end=watched.clock().date() + timedelta(days=5), auto_renew=True))
    assert watched.look() == ["1 customer renews within 7 days"]


def test_a_rule_with_a_filter_is_about_its_customers_only(watched: Watched) -> None:
    watched.unsubscribe()
    watched.subscribe(where="region:EU")
    watched.tell(*acme(invoice="unpaid"))
    assert watched.look() == []


def test_several_rules_that_match_make_one_message(watched: Watched) -> None:
    watched.subscribe(where="acme")
    watched.tell(*acme(invoice="unpaid"))
    assert watched.look() == ["1 customer now: suspended"]


def test_forty_customers_are_one_card_and_a_csv_with_all(watched: Watched) -> None:
    for number in range(40):
        customer, subscription, _ = acme()
        watched.tell(
            replace(customer, org_id=f"org-{number:02}", name=f"Customer {number:02}"),
            replace(subscription, org_id=f"org-{number:02}", subscription_id=f"S{number:02}"),
        )
    watched.look()
    watched.clock.advance(timedelta(minutes=1))
    for number in range(40):
        _, subscription, _ = acme(invoice="unpaid")
        watched.tell(replace(subscription, org_id=f"org-{number:02}", subscription_id=f"S{number:02}"))
    assert len(watched.look()) == 2
    card, file = watched.outbox()
    assert file.parent_cause == card.cause
    with Path(file.content["file"]).open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.reader(lines))) == 41


def test_an_outsider_in_the_space_moves_the_alert_to_its_owner(watched: Watched) -> None:
    watched.members[ROOM] = (FULL, OUTSIDER)
    watched.tell(*acme(invoice="unpaid"))
    watched.look()
    assert [row.target for row in watched.outbox()] == [FULL.email]


def test_nobody_is_told_where_not_even_the_owner_may_see_it(watched: Watched) -> None:
    watched.members[ROOM] = (OUTSIDER,)
    watched.members[FULL.email] = (replace(FULL, roles=frozenset()),)
    watched.tell(*acme(invoice="unpaid"))
    watched.look()
    assert watched.outbox() == []


def test_a_partner_administrator_in_the_space_sees_only_customers_assigned_to_them(watched: Watched) -> None:
    admin = Member("admin@partner.example", "Admin", frozenset({Role.ADMIN}))
    watched.members[ROOM] = (FULL, admin)
    watched.tell(*acme(invoice="unpaid"))
    assert watched.look() == []
    with watched.database.write() as session:
        session.add(Assignment(email=admin.email, org_id="org-1"))
    watched.clock.advance(timedelta(minutes=1))
    watched.tell(*acme())
    assert watched.look() == ["1 customer no longer: suspended"]


def test_a_failing_lookup_of_the_members_loses_nothing(watched: Watched) -> None:
    members = watched.members.pop(ROOM)
    watched.tell(*acme(invoice="unpaid"))
    with pytest.raises(KeyError):
        watched.look()
    watched.members[ROOM] = members
    assert watched.look() == ["1 customer now: suspended"]
