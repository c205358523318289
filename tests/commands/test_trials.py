"""Trials in chat: listed, started, extended, changed, cancelled through the sandbox's feed, or by hand without one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from hub.feed import FeedClient
from hub.sync import sync
from notifications.audience import Audience
from notifications.awaited import tell_awaited
from notifications.render import Style
from sandbox.clock import Clock
from sandbox.partner import Subscription
from sandbox.server import Sandbox
from storage import Database, tables
from storage.tables import Audit, Outbox
from tests.clock import ManualClock
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, Answer, Colleague, Office
from tests.hub.definitions.partner import TODAY, Held, Org, Product, put

ORG = "00000000-0000-4000-8000-000000000000"

FORM = {
    "company": "Newcomer Ltd",
    "admin_email": "it@newcomer.example",
    "vertical": "retail",
    "country": "ES",
    "total_calling": "25",
    "days": "60",
    "notify_admin": "true",
}


@dataclass
class Trialled:
    """An office with a feed, and the sandbox behind it."""

    box: Sandbox
    office: Office

    def trial(self) -> Subscription:
        """A running trial that ends within 30 days."""
        today = self.box.clock.today()
        found = (
            each
            for each in self.box.partner.subscriptions
            if each.is_trial and each.is_active(today) and each.end and each.end < today + timedelta(days=30)
            if sum(one.is_trial and one.is_active(today) for one in each.customer.subscriptions) == 1
            if all(line.product != "Devices" for line in each.lines)
        )
        return next(found)

    def press(self, who: Colleague, answer: Answer, room: str | None = None, **inputs: str) -> Answer:
        """Press the first button of a card, a form's with what is filled in."""
        data = answer.card["actions"][0]["data"]
        return self.office.say(who, data["run"], room, {**data, **inputs})


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> Iterator[Trialled]:
    with Sandbox(customers=40, seed=1, clock=Clock(clock)) as box:
        feed = FeedClient(f"{box.url}/partnerhub/v1", box.feed_token)
        office = Office(sqlite_database, tmp_path / "files", clock, {"mixed": (ANA, CHLOE)}, feed=feed)
        sync(sqlite_database, None, feed, clock)
        yield Trialled(box, office)
        feed.close()


def said_in_spaces(office: Office) -> list[tuple[str, str]]:
    with office.database.read() as session:
        return [
            (row.target, row.content["markdown"]) for row in session.scalars(select(Outbox).order_by(col(Outbox.id)))
        ]


def audited(office: Office) -> list[str]:
    with office.database.read() as session:
        return list(session.scalars(select(Audit.what).order_by(col(Audit.id))))


def test_a_trial_is_started_once_and_told_to_the_space_once(desk: Trialled) -> None:
    form = desk.office.say(ANA, "trial start", "mixed")
    done = [desk.press(ANA, form, "mixed", **FORM) for _ in range(2)]
    assert all("The trial is started" in each.text for each in done)
    (customer,) = [each for each in desk.box.partner.customers if each.name == "Newcomer Ltd"]
    assert len(customer.subscriptions) == 1
    assert audited(desk.office) == ["trial start"]
    assert [target for target, text in said_in_spaces(desk.office) if "Ana started a trial" in text] == ["mixed"]
    assert "Newcomer Ltd" in desk.office.say(ANA, "trials sort:-expires").everything


def test_a_form_sent_again_after_it_was_mended_starts_one_trial(desk: Trialled) -> None:
    form = desk.office.say(ANA, "trial start Newcomer Ltd")
    again = desk.press(ANA, form, **FORM | {"admin_email": "nobody", "total_calling": "0", "total_meetings": "5"})
    assert "This is no e-mail address." in again.text
    assert "Meetings needs a site" in again.text
    by_id = inputs_of(again.card)
    assert by_id["company"] == "Newcomer Ltd"
    assert by_id["total_meetings"] == 5
    assert by_id["country"] == "ES"
    assert "The trial is started" in desk.press(ANA, again, **FORM).text


def test_what_the_feed_refuses_stands_at_the_forms_fields(desk: Trialled) -> None:
    trial = desk.trial()
    form = desk.office.say(ANA, "trial start", None)
    refused = desk.press(ANA, form, **FORM | {"company": trial.customer.name})
    assert "This company has a trial already" in refused.text
    assert inputs_of(refused.card)["admin_email"] == FORM["admin_email"]
    assert "has a trial already" in desk.office.say(ANA, f"trial start {trial.customer.uuid}").text


def inputs_of(element: Any) -> dict[str, Any]:
    """The inputs of a card by id, with what they hold."""
    found: dict[str, Any] = {}
    if isinstance(element, dict):
        if str(element.get("type", "")).startswith("Input."):
            found[element["id"]] = element["value"]
        for value in element.values():
            found |= inputs_of(value)
    elif isinstance(element, list):
        for value in element:
            found |= inputs_of(value)
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_field_of_the_form_is_checked_by_the_card(desk: Trialled, language: str) -> None:
    desk.office.say(ANA, f"settings language {language}")
    card = desk.office.say(ANA, "trial start").card
    fields = {each["id"]: each for each in walk(card) if str(each.get("type", "")).startswith("Input.")}
    assert set(fields) == {
        *("company", "admin_email", "vertical", "country", "days", "site_url", "time_zone", "notify_admin"),
        *("total_meetings", "total_calling", "total_messaging", "total_contact_center", "total_devices"),
    }
    for name in ("company", "admin_email", "vertical", "country", "days"):
        assert fields[name]["isRequired"], name
    assert all(each["errorMessage"] for name, each in fields.items() if name != "notify_admin")
    assert all(each.get("label") or each.get("title") for each in fields.values())


def walk(element: Any) -> Iterator[dict[str, Any]]:
    if isinstance(element, dict):
        yield element
        for value in element.values():
            yield from walk(value)
    elif isinstance(element, list):
        for value in element:
            yield from walk(value)


def test_an_extended_trial_ends_30_days_from_today_and_undo_gives_the_end_back(desk: Trialled) -> None:
    trial = desk.trial()
    before = trial.end
    question = desk.office.say(ANA, f"trial extend {trial.customer.uuid}", "mixed")
    assert trial.end == before
    for _ in range(2):
        desk.press(ANA, question, "mixed")
    assert trial.end == TODAY + timedelta(days=30)
    assert audited(desk.office) == ["trial extend"]
    assert sum("extended the trial" in text for _, text in said_in_spaces(desk.office)) == 1
    assert "no sooner" in desk.office.say(ANA, f"trial extend {trial.id}").text
    desk.office.say(ANA, "undo")
    assert trial.end == before


def test_an_extension_that_would_shorten_or_be_too_long_is_refused(office: Office, clock: ManualClock) -> None:
    held = [
        Held(id="Long", type="trial", end=TODAY + timedelta(days=65)),
        Held(id="Device", type="trial", start=TODAY - timedelta(days=91), end=TODAY, products=[Product("Devices")]),
        Held(id="Fits", type="trial", start=TODAY - timedelta(days=90), end=TODAY, products=[Product("Devices")]),
    ]
    with office.database.write() as session:
        put(session, [Org("Acme", held)])
    office = Office(office.database, office.files, clock, feed=FeedClient("http://feed.example", None))
    assert "ends on 26 Jan 2027 anyway" in office.say(ANA, "trial extend Long").text
    assert "longer than the 120 days" in office.say(ANA, "trial extend Device").text
    assert "Extend this trial?" in office.say(ANA, "trial extend Fits").text


def test_of_several_trials_one_is_chosen(office: Office, clock: ManualClock) -> None:
    held = [Held(id=f"T{place}", type="trial", end=TODAY + timedelta(days=place)) for place in (1, 2)]
    with office.database.write() as session:
        put(session, [Org("Acme", held), Org("Never")])
    office = Office(office.database, office.files, clock, feed=FeedClient("http://feed.example", None))
    answer = office.say(ANA, "trial cancel Acme")
    assert "several trials" in answer.text
    assert "trial cancel T1" in answer.everything
    assert "has no trial" in office.say(ANA, "trial cancel Never").text


def test_products_are_changed_with_the_form_after_a_question_once(desk: Trialled) -> None:
    trial = desk.trial()
    had = {line.product: line.on(TODAY).total for line in trial.lines}
    form = desk.office.say(ANA, f"prueba cambiar {trial.id}")
    question = desk.press(ANA, form, total_devices="7")
    assert {line.product: line.on(TODAY).total for line in trial.lines} == had
    assert "0 → 7" in question.text
    for _ in range(2):
        desk.press(ANA, question)
    assert {line.product: line.on(TODAY).total for line in trial.lines} == had | {"Devices": 7}
    assert audited(desk.office) == ["trial change"]
    assert "these licences already" in desk.office.say(ANA, f"trial change {trial.id} devices=7").text
    desk.office.say(ANA, "undo")
    assert {line.product: line.on(TODAY).total for line in trial.lines} == had


def test_a_trial_without_any_product_comes_back_as_a_form(desk: Trialled) -> None:
    trial = desk.trial()
    form = desk.office.say(ANA, f"trial change {trial.id}")
    nothing = dict.fromkeys(inputs_of(form.card), "0")
    assert "at least one product" in desk.press(ANA, form, **nothing).text
    assert "no product that can be tried" in desk.office.say(ANA, f"trial change {trial.id} caling=5").text


def test_a_trial_is_cancelled_after_a_question_and_gone_at_once(desk: Trialled) -> None:
    trial = desk.trial()
    question = desk.office.say(ANA, f"trial cancel {trial.id}", "mixed")
    assert "cannot be taken back" in question.text
    assert "cancelled" in desk.press(ANA, question, "mixed").text
    assert trial.deleted
    assert "done already" in desk.press(ANA, question, "mixed").text
    assert audited(desk.office) == ["trial cancel"]
    assert trial.id not in desk.office.say(ANA, "report run trials").everything
    assert "cannot be taken back" in desk.office.say(ANA, "undo").text


def test_the_list_is_sorted_filtered_paged_and_a_report(desk: Trialled) -> None:
    today = desk.box.clock.today()
    running = sorted(
        each.end
        for each in desk.box.partner.subscriptions
        if each.is_trial and each.end and each.end >= today and not each.deleted
    )
    first, last = desk.office.say(ANA, "trials"), desk.office.say(ANA, "trials sort:-expires")
    assert f"{len(running)} trials" in first.text
    for answer, end in ((first, running[0]), (last, running[-1])):
        assert re.findall(r"Days left: (\d+)", answer.text)[0] == str((end - today).days)
    assert "No trial fits" in desk.office.say(ANA, "trials nobody has this name").text
    report = desk.office.say(ANA, "report run trials").everything
    assert report.count("Trial") >= len(running)


def test_the_list_has_pages(office: Office) -> None:
    with office.database.write() as session:
        put(session, [Org(f"Acme {place}", [Held(type="trial", end=TODAY)]) for place in range(11)])
    assert "trials page:2" in office.say(ANA, "trials").everything
    assert "11–11 of 11" in office.say(ANA, "trials page:2").text


def test_a_partner_administrator_sees_and_changes_trials_of_their_customers_only(
    office: Office, clock: ManualClock
) -> None:
    held = [Held(id="Mine", type="trial", end=TODAY)], [Held(id="Theirs", type="trial", end=TODAY)]
    with office.database.write() as session:
        put(session, [Org("Alpha", held[0], assigned_to=(BEN.email,)), Org("Beta", held[1])])
    office = Office(office.database, office.files, clock, feed=FeedClient("http://feed.example", None))
    seen = office.say(BEN, "trials").everything
    assert "Alpha" in seen
    assert "Beta" not in seen
    assert "no customer called" in office.say(BEN, "trial extend Theirs").text
    assert "does not cover" in office.say(CHLOE, "trial extend Mine").text
    assert "does not cover" in office.say(DIEGO, "trials").text


def awaited(office: Office, *members: Colleague, language: str = "en") -> list[str]:
    """Look for awaited trials; returns what was said since, each with where."""
    before = len(said_in_spaces(office))
    people = [office.people.as_member(office.people.read(each.email, office.clock())) for each in members]
    style = Style(language, "UTC", office.files)
    tell_awaited(office.database, lambda _: Audience(tuple(people)), style, office.clock())
    return [f"{target}: {text}" for target, text in said_in_spaces(office)[before:]]


@pytest.fixture
def by_hand(office: Office) -> Office:
    """An office without a feed, in which Ana asked for a trial."""
    office.rooms = {"mixed": (ANA, BEN)}
    for _ in range(2):
        form = office.say(ANA, "trial start", "mixed")
    data = form.card["actions"][0]["data"]
    for _ in range(2):
        answer = office.say(ANA, data["run"], "mixed", data | FORM)
    assert "until 6 Dec 2026" in answer.text
    assert "Calling 25" in answer.text
    assert answer.card["actions"][0]["url"] == "https://admin.webex.com"
    assert audited(office) == ["trial request"]
    return office


def test_without_a_feed_a_checked_request_waits_for_its_customer(by_hand: Office) -> None:
    assert awaited(by_hand, ANA) == []
    with by_hand.database.write() as session:
        put(session, [Org("NEWCOMER  ltd")])
    (told,) = awaited(by_hand, ANA)
    assert told.startswith("mixed: **Newcomer Ltd is there**")
    assert awaited(by_hand, ANA) == []


def test_a_customer_that_not_every_member_may_see_is_told_to_who_asked(by_hand: Office) -> None:
    with by_hand.database.write() as session:
        put(session, [Org("Newcomer Ltd")])
    (told,) = awaited(by_hand, ANA, BEN)
    assert told.startswith(f"{ANA.email}: ")


def test_an_awaited_trial_lapses_with_a_message_in_the_spaces_language(by_hand: Office, clock: ManualClock) -> None:
    clock.advance(timedelta(days=13))
    assert awaited(by_hand, ANA) == []
    clock.advance(timedelta(days=1))
    (told,) = awaited(by_hand, ANA, language="es")
    assert "no ha aparecido" in told
    assert "14 días" in told


def test_a_withdrawn_request_is_awaited_no_more(by_hand: Office) -> None:
    assert "Taken back" in by_hand.say(ANA, "undo").text
    with by_hand.database.write() as session:
        put(session, [Org("Newcomer Ltd")])
    assert awaited(by_hand, ANA) == []


def test_a_known_customer_appears_with_its_new_trial(office: Office) -> None:
    with office.database.write() as session:
        put(session, [Org("Newcomer Ltd", [Held(id="Old", type="trial", end=date(2026, 1, 2))])])
    form = office.say(ANA, "trial start")
    data = form.card["actions"][0]["data"]
    office.say(ANA, data["run"], inputs=data | FORM)
    assert awaited(office, ANA) == []
    with office.database.write() as session:
        session.add(tables.Subscription(subscription_id="New", org_id=ORG, type="trial", end_date=TODAY))
    (told,) = awaited(office, ANA)
    assert "is there" in told


def test_without_a_feed_trials_are_changed_in_partner_hub(office: Office) -> None:
    with office.database.write() as session:
        put(session, [Org("Acme", [Held(id="T", type="trial", end=TODAY)])])
    for verb in ("extend", "change", "cancel"):
        assert "Edit Trial" in office.say(ANA, f"trial {verb} Acme").text
