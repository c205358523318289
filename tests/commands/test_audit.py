"""Who changed what, and taking back one's own changes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from storage import Database
from storage.tables import CustomerTag, Rule, Schedule
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, FRANK, GINA, Colleague, Office
from tests.hub.definitions.partner import Held, Org, put

ALPHA, BETA = "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def office(office: Office) -> Office:
    with office.database.write() as session:
        put(
            session,
            [Org("Alpha", [Held()], assigned_to=(BEN.email,), region="EU"), Org("Beta <@all>", [Held()], region="US")],
        )
    office.rooms = {"full": (ANA, CHLOE), "mixed": (ANA, BEN), "desk": (ANA, DIEGO)}
    return office


def tags(office: Office, org_id: str = ALPHA) -> list[str]:
    with office.database.read() as session:
        stored = sorted(session.scalars(select(CustomerTag.tag).where(CustomerTag.org_id == org_id)))
    assert stored == sorted(office.webex.tags.get(org_id, []))
    return stored


def rows(office: Office, who: Colleague, typed: str, room: str | None = None) -> list[str]:
    return [line for line in office.say(who, typed, room=room).text.splitlines() if line.startswith("- #")]


def test_a_change_is_told_with_who_when_before_and_after(office: Office) -> None:
    office.say(ANA, "tag Alpha gold")
    office.clock.advance(timedelta(hours=1))
    office.say(BEN, "tag Alpha silver")
    newest, oldest = rows(office, ANA, "audit")
    assert newest == f"- #2 · tag · Alpha · {BEN.email} · 22 Nov 2026, 13:00 · tags: gold → gold, silver"
    assert oldest == f"- #1 · tag · Alpha · {ANA.email} · 22 Nov 2026, 12:00 · tags: — → gold"


def test_the_trail_of_a_customer_and_of_a_person(office: Office) -> None:
    office.say(ANA, "tag Alpha gold")
    office.say(ANA, "tag Beta gold")
    office.say(BEN, "tag Alpha silver")
    assert len(rows(office, CHLOE, "audit Alpha")) == 2
    assert len(rows(office, CHLOE, "audit Ana")) == 2
    assert len(rows(office, CHLOE, f"audit {BEN.email}")) == 1
    assert len(rows(office, CHLOE, "who changed alpha?")) == 2
    assert rows(office, CHLOE, "audit me") == []


def test_the_trail_is_paged(office: Office) -> None:
    for number in range(12):
        office.say(ANA, f"settings timezone Etc/GMT-{number + 1}")
    assert len(rows(office, ANA, "audit")) == 10
    assert len(rows(office, ANA, "audit page:2")) == 2


def test_a_partner_administrator_sees_changes_of_their_customers_only(office: Office) -> None:
    office.say(ANA, "tag Alpha gold")
    office.say(ANA, "tag Beta silver")
    office.say(ANA, "settings language en")
    office.say(BEN, "settings language en")
    said = office.say(BEN, "audit").everything
    assert "Alpha" in said
    assert "Beta" not in said
    assert "silver" not in said
    assert len(rows(office, BEN, "audit")) == 2
    assert len(rows(office, ANA, "audit", room="mixed")) == 1


def test_names_are_literal(office: Office) -> None:
    office.say(ANA, "tag Beta gold")
    assert "<@all>" not in office.say(ANA, "audit").messages[0].message.markdown


@pytest.mark.parametrize("typed", ["undo", "undo 1", "undo that", "deshaz lo último"])
def test_undo_takes_the_last_change_back(office: Office, typed: str) -> None:
    office.say(ANA, "tag Alpha gold")
    office.say(ANA, typed)
    assert tags(office) == []


def test_undo_keeps_what_others_changed_since(office: Office) -> None:
    office.say(ANA, "tag Alpha gold silver")
    office.say(BEN, "tag Alpha bronze")
    office.say(BEN, "untag Alpha silver")
    office.say(ANA, "undo")
    assert tags(office) == ["bronze"]


def test_undoing_twice_by_number_takes_nothing_else_back(office: Office) -> None:
    office.say(ANA, "tag Alpha gold")
    office.say(ANA, "tag Alpha silver")
    assert "Taken back" in office.say(ANA, "undo 2").text
    office.say(ANA, "tag Alpha silver")
    assert "already" in office.say(ANA, "undo 2").text
    assert tags(office) == ["gold", "silver"]


def test_undo_after_undo_goes_further_back_and_not_forth(office: Office) -> None:
    for tag in ("one", "two", "three"):
        office.say(ANA, f"tag Alpha {tag}")
    office.say(ANA, "untag Alpha two")
    for left in (["one", "three", "two"], ["one", "two"], ["one"], []):
        office.say(ANA, "undo")
        assert tags(office) == left
    assert "nothing that could be taken back" in office.say(ANA, "undo").text


def test_only_ones_own_changes_can_be_taken_back(office: Office) -> None:
    office.say(ANA, "tag Alpha gold")
    assert "none of yours" in office.say(BEN, "undo 1").text
    assert "nothing that could be" in office.say(BEN, "undo").text
    assert tags(office) == ["gold"]


def test_where_a_customer_may_not_be_shown_a_change_is_not_taken_back(office: Office) -> None:
    office.say(ANA, "tag Beta gold")
    answer = office.say(ANA, "undo", room="mixed")
    assert "Beta" not in answer.everything
    assert tags(office, BETA) == ["gold"]


def test_a_role_that_was_lost_takes_nothing_back(office: Office) -> None:
    office.say(ANA, "tag Alpha gold")
    office.webex.roles[ANA.email] = CHLOE.roles
    office.clock.advance(timedelta(hours=1))
    assert "does not cover" in office.say(ANA, "undo").text
    assert tags(office) == ["gold"]


def test_settings_are_taken_back_unless_they_were_changed_since(office: Office) -> None:
    office.say(ANA, "settings language es", room="full")
    office.say(ANA, "undo", room="full")
    assert "customers" in office.say(CHLOE, "customers", room="full").text
    office.say(ANA, "settings language es", room="full")
    office.say(CHLOE, "settings language en", room="full")
    office.say(CHLOE, "settings timezone Europe/Paris", room="full")
    assert "since" in office.say(ANA, "undo", room="full").text


def test_a_region_is_taken_back(office: Office) -> None:
    office.say(ANA, "region EU")
    assert "1 customer" in office.say(ANA, "customers").text
    office.say(ANA, "undo")
    assert "2 customers" in office.say(ANA, "customers").text


def test_opening_a_space_is_taken_back_by_who_may_close_it(office: Office) -> None:
    office.rooms["colleagues"] = (ANA, FRANK)
    office.say(ANA, "settings open", room="colleagues")
    office.say(ANA, "undo", room="colleagues")
    assert "Frank" in office.say(ANA, "customers", room="colleagues").text


def stored(office: Office, table: type[Any]) -> list[dict[str, Any]]:
    with office.database.read() as session:
        return [
            row.model_dump(exclude={"id", "created_at"})
            for row in session.scalars(select(table).order_by(col(table.id)))
        ]


def test_rules_come_and_go_with_undo(office: Office) -> None:
    office.say(ANA, "subscribe", room="full")
    rules = stored(office, Rule)
    office.say(CHLOE, "unsubscribe", room="full")
    assert stored(office, Rule) == []
    office.say(CHLOE, "undo", room="full")
    # They speak of what happens from now on.
    assert stored(office, Rule) == [{**rule, "changed_at": office.clock()} for rule in rules]
    office.say(CHLOE, "subscribe", room="full")
    assert "nothing that could be" in office.say(CHLOE, "undo", room="full").text


def test_subscribing_is_taken_back(office: Office) -> None:
    office.say(ANA, "subscribe", room="full")
    office.say(ANA, "undo", room="full")
    assert stored(office, Rule) == []


def test_schedules_go_back_to_the_state_they_had(office: Office) -> None:
    def state() -> str:
        return str(stored(office, Schedule)[0]["state"])

    office.say(ANA, "report schedule expiring daily at 09:00", room="full")
    office.say(ANA, "report pause 1", room="full")
    office.say(ANA, "report cancel 1", room="full")
    for expected in ("paused", "active", "cancelled"):
        office.say(ANA, "undo", room="full")
        assert state() == expected


@pytest.mark.parametrize("who", [DIEGO, FRANK, GINA], ids=lambda who: who.name)
def test_the_trail_is_not_for_everybody(office: Office, who: Colleague) -> None:
    office.say(ANA, "tag Alpha gold")
    assert "Alpha" not in office.say(who, "audit").everything


def test_the_trail_and_undo_work_on_every_database(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path / "files")
    with database.write() as session:
        put(session, [Org("Alpha", [Held()], assigned_to=(BEN.email,)), Org("Beta", [Held()])])
    office.say(ANA, "tag Alpha gold")
    office.say(ANA, "tag Beta gold")
    assert [len(rows(office, who, "audit")) for who in (ANA, BEN)] == [2, 1]
    assert len(rows(office, ANA, "audit Alpha")) == 1
    office.say(ANA, "undo 1")
    assert tags(office) == []
