"""Rules by command and by card: made, changed, tried out, undone; nonsense is refused with how to mend it."""

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import col, select

from commands.rule_words import EVENT_WORDS
from notifications.kinds import DEFAULT_EVENTS
from notifications.pipeline import Pipeline
from notifications.render import Style
from notifications.rules import record_of
from storage import Database
from storage.tables import Audit, Rule, Subscription, Touched
from tests.clock import ManualClock
from tests.commands.office import ANA, CHLOE, GINA, Office
from tests.hub.definitions.partner import Held, Org, Product, put

ROOM = "alerts"


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> Office:
    office = Office(sqlite_database, tmp_path / "files", clock, {ROOM: (ANA, CHLOE), "guests": (ANA, GINA)})
    with office.database.write() as session:
        put(session, [Org(f"Acme {n}", [Held(id=f"S{n}", products=[Product("Calling")])]) for n in range(4)])
    return office


def rules(office: Office) -> list[Rule]:
    with office.database.read() as session:
        return list(session.scalars(select(Rule).order_by(col(Rule.id))))


def test_a_typed_rule_holds_what_was_typed(office: Office) -> None:
    office.say(
        ANA,
        "rule new expiring at 90,60, 30 suspended calling tag:gold -region:US weekly monday at 9:00 "
        "quiet 22:00-07:00 max 10",
        ROOM,
    )
    (rule,) = rules(office)
    assert record_of(rule) == {
        "id": 1,
        "events": ["expiry", "suspended"],
        "thresholds": {"expiry": [90, 60, 30]},
        "products": ["Calling"],
        "every": "weekly",
        "day": 1,
        "hourly_cap": 10,
        "paused": False,
        "repeat_hours": None,
        "escalate_to": None,
        "escalate_hours": None,
        "at": "09:00",
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "filter": "tag:gold -region:US",
        "created_by": ANA.email,
        "created_at": office.clock().isoformat(),
    }


def test_spanish_words_make_the_same_rule(office: Office) -> None:
    answer = office.say(ANA, "regla nueva vencen a 60,30 suspendidos semanal lunes a las 09:00", ROOM)
    (rule,) = rules(office)
    assert (rule.events, rule.thresholds, rule.every, rule.day) == (
        ["expiry", "suspended"],
        {"expiry": [60, 30]},
        "weekly",
        1,
    )
    assert "La regla está creada" in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("rule new tag:gold", "Which events should it tell?"),
        ("rule new expiring at thirty", "“thirty” is no number of days"),
        ("rule new expiring at 90,x", "“x” is no number of days"),
        ("rule new expiring at 9000", "“9000” is no number of days"),
        ("rule new expiring at", "How many days before?"),
        ("rule new suspended quiet 25:00-07:00", "are no quiet hours"),
        ("rule new suspended quiet", "are no quiet hours"),
        ("rule new suspended max 1", "is no number of messages an hour"),
        ("rule new suspended max many", "is no number of messages an hour"),
        ("rule new suspended timezone Mars", "I know no time zone “Mars”"),
        ("rule new suspended timezone Europe/Madrid", "settings timezone Europe/Madrid"),
        ("rule new suspnded", "Did you mean suspended?"),
        ("rule new suspended weekly someday at 09:00", "“someday” is no weekday"),
        ("rule new suspended daily", "At what time?"),
        ("rule new suspended region:", "I do not understand"),
        ("rule edit 9 suspended", "This space has no rule 9"),
        ("rule delete 9", "This space has no rule 9"),
        ("rule pause", "needs ID"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_done(office: Office, typed: str, said: str) -> None:
    assert said in office.say(ANA, typed, ROOM).text
    assert rules(office) == []


def test_the_form_makes_one_rule_however_often_it_is_sent(office: Office) -> None:
    card = office.say(ANA, "rule new", ROOM).card
    data = card["actions"][0]["data"]
    inputs = {
        **{name: value for name, value in data.items() if name != "run"},
        "events": "suspended,expiry",
        "expiry": "60, 30",
        "renewal": "30,7,1",
        "products": "",
        "where": "acme",
        "every": "monthly",
        "when": "31 08:30",
        "quiet": "",
        "max": "",
    }
    for _ in range(2):
        office.say(ANA, data["run"], ROOM, inputs)
    (rule,) = rules(office)
    assert (rule.events, rule.thresholds, rule.where) == (["suspended", "expiry"], {"expiry": [60, 30]}, "acme")
    assert (rule.every, rule.day, str(rule.at), rule.hourly_cap) == ("monthly", 31, "08:30:00", None)


def test_a_form_with_mistakes_comes_back_as_filled_in_with_what_is_wrong_at_its_field(office: Office) -> None:
    data = office.say(ANA, "rule new", ROOM).card["actions"][0]["data"]
    inputs = {
        **{name: value for name, value in data.items() if name != "run"},
        "events": "expiry",
        "expiry": "soon",
        "renewal": "30",
        "products": "Calling",
        "where": "status:glad",
        "every": "weekly",
        "when": "someday 09:00",
        "quiet": "all night",
        "max": "1",
    }
    said = office.say(ANA, data["run"], ROOM, inputs)
    assert rules(office) == []
    found = list(elements(said.card))
    lines = [element for element in found if element.get("type", "").startswith(("Input.", "TextBlock", "RichText"))]
    below = {one["id"]: str(other) for one, other in pairwise(lines) if "id" in one and "id" not in other}
    words = {"expiry": "soon", "where": "glad", "when": "someday", "quiet": "all night", "max": "1"}
    assert below.keys() == words.keys()
    assert all(word in below[name] for name, word in words.items())
    assert {element["id"]: element["value"] for element in found if "id" in element}.items() <= inputs.items()
    mended = {**inputs, "expiry": "60", "where": "", "when": "monday 09:00", "quiet": "", "max": ""}
    office.say(ANA, data["run"], ROOM, mended)
    assert [rule.thresholds for rule in rules(office)] == [{"expiry": [60]}]


def test_a_form_without_events_says_so_at_them(office: Office) -> None:
    office.say(ANA, "rule new suspended", ROOM)
    said = office.say(ANA, "rule edit 1", ROOM, {"form_id": "x", "events": "", "every": "now"})
    assert "choose at least one" in said.text
    assert [rule.events for rule in rules(office)] == [["suspended"]]


def test_the_form_of_a_rule_comes_filled_in(office: Office) -> None:
    office.say(ANA, "rule new expiring at 60,30 suspended weekly friday at 10:00 tag:gold", ROOM)
    card = office.say(ANA, "rule edit 1", ROOM).card
    shown = {element["id"]: element["value"] for element in elements(card) if "id" in element}
    assert shown["events"] == "expiry,suspended"
    assert (shown["expiry"], shown["where"], shown["every"], shown["when"]) == (
        "60,30",
        "tag:gold",
        "weekly",
        "friday 10:00",
    )
    office.say(ANA, "rule edit 1", ROOM, {"form_id": "x", **shown, "where": ""})
    (rule,) = rules(office)
    assert (rule.where, rule.events, rule.every, rule.day) == ("", ["expiry", "suspended"], "weekly", 5)


def elements(part: object) -> list[dict[str, str]]:
    if isinstance(part, dict):
        return [part, *(each for value in part.values() for each in elements(value))]
    return [each for value in part for each in elements(value)] if isinstance(part, list) else []


def test_editing_changes_what_is_named_only(office: Office) -> None:
    office.say(ANA, "rule new expiring at 60,30 suspended tag:gold", ROOM)
    office.say(ANA, "rule edit 1 daily at 09:00", ROOM)
    (rule,) = rules(office)
    assert (rule.every, rule.where, rule.thresholds) == ("daily", "tag:gold", {"expiry": [60, 30]})


@pytest.mark.parametrize("typed", ["rule edit 1 suspended", "rule pause 1", "rule delete 1"])
def test_every_change_is_audited_and_undone(office: Office, typed: str) -> None:
    office.say(ANA, "rule new expiring at 60,30 tag:gold weekly monday at 09:00 quiet 22:00-07:00", ROOM)
    (before,) = map(record_of, rules(office))
    office.say(ANA, typed, ROOM)
    assert list(map(record_of, rules(office))) != [before]
    with office.database.read() as session:
        last = session.scalars(select(Audit).order_by(col(Audit.id).desc())).first()
        assert last is not None
        assert (last.what, last.who, last.before) == (" ".join(typed.split()[:2]), ANA.email, before)
    office.say(ANA, "undo", ROOM)
    assert list(map(record_of, rules(office))) == [before]
    office.say(ANA, "undo", ROOM)
    assert rules(office) == []


def test_unsubscribing_is_undone_with_all_of_every_rule(office: Office) -> None:
    office.say(ANA, "rule new expiring at 60,30 tag:gold weekly monday at 09:00", ROOM)
    before = list(map(record_of, rules(office)))
    office.say(ANA, "unsubscribe", ROOM)
    office.say(ANA, "undo", ROOM)
    assert list(map(record_of, rules(office))) == before


def test_a_person_has_rules_one_to_one(office: Office) -> None:
    office.say(CHLOE, "rule new suspended")
    (rule,) = rules(office)
    assert rule.room_id == "direct-Chloe"
    assert "This space has no rule 1" in office.say(ANA, "rule delete 1", ROOM).text


DOCS = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")


def test_what_the_documentation_types_makes_rules(office: Office) -> None:
    typed = re.findall(r"^rule (?:new|edit \d) .+$", DOCS, re.MULTILINE)
    assert len(typed) >= 4
    for line in typed:
        assert re.search("The rule is (made|changed)", office.say(ANA, line, ROOM).text), line


def test_the_documentation_has_every_event_and_whether_a_new_rule_tells_it() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOCS.splitlines()]
    documented = {
        word: told != "no"
        for _, words, told, *_ in (row for row in rows if len(row) == 4)
        for word in re.findall(r"`([a-z-]+)", words)
    }
    assert documented == {
        word: set(kinds) <= set(DEFAULT_EVENTS) for word, kinds in EVENT_WORDS.items() if word != "defaults"
    }


class TestPreview:
    """Whom it covers, where it posts, what it would have sent."""

    def test_it_names_whom_it_covers_and_where_it_posts(self, office: Office) -> None:
        office.say(ANA, 'rule new suspended "acme 1"', ROOM)
        said = office.say(ANA, "rule preview 1", ROOM).text
        assert "Covers today: 1 customer (Acme 1)" in said
        assert "Posts to: this space" in said

    def test_the_messages_are_those_really_sent(self, office: Office) -> None:
        office.say(ANA, "rule new suspended expiring at 90,30 overage quiet 20:00-06:00 max 5", ROOM)
        pipeline = Pipeline(office.database, office.spaces.audience, Style("en", "UTC", office.files))
        sent = 0
        for hour in range(24 * 15):
            with office.database.write() as session:
                for number in range(4):
                    held = session.get_one(Subscription, f"S{number}")
                    held.invoice = "unpaid" if (hour // (5 + 7 * number)) % 3 == 0 else "paid"
                    session.merge(Touched(org_id=held.org_id))
            sent += len(pipeline.run(office.clock()))
            office.clock.advance(timedelta(hours=1))
        answer = office.say(ANA, "rule preview 1", ROOM)
        assert sent > 20
        assert f"Would have sent: {sent} messages in 15 days" in answer.text
