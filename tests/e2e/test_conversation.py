"""A working day with the bot, through Webex's public interface only: ask, be told, receive a report."""

import csv
import re
from datetime import datetime

import httpx
import pytest

from tests.e2e.conftest import Product, Talker, card_of, wait_for


@pytest.fixture(scope="module")
def ana(product: Product) -> Talker:
    """A partner full administrator."""
    return product.talker("partner_full_admin")


def test_help_lists_what_one_may_use(ana: Talker) -> None:
    (answer,) = ana.ask("help")
    assert "expiring 30" in answer["text"]
    assert card_of(answer)["version"] == "1.3"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("expiring 30", "About to expire within 30 days"),
        ("kpis", "Nearing expiration"),
        ("customers status:suspended", "suspended"),
        ("low", "Low licence assignment"),
        ("overage", "Over the licence limit"),
        ("recent 90", "Added in the last 90 days"),
        ("renewing 90", "About to renew"),
        ("status", "Connection to Webex"),
        ("vencen 30", "Por vencer en los próximos 30 días"),
    ],
)
def test_a_question_is_answered_in_its_thread(ana: Talker, command: str, expected: str) -> None:
    asked = ana.say(command)
    (answer,) = ana.replies(asked)
    assert answer["parentId"] == asked["id"]
    assert expected in answer["text"]
    assert card_of(answer)["type"] == "AdaptiveCard"


def test_the_next_page_is_a_button_away(ana: Talker) -> None:
    asked = ana.say("customers")
    (first,) = ana.replies(asked)
    ana.press(first, "customers page:2")
    assert "11–20" in ana.replies(asked, answers=2)[1]["text"]


def test_a_name_that_fits_several_is_asked_back(ana: Talker) -> None:
    asked = ana.say("customer Acme")
    (question,) = ana.replies(asked)
    assert "several" in question["text"]
    ana.press(question, "customer ")
    assert "Organization ID" in ana.replies(asked, answers=2)[1]["text"]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("expirng 30", "expiring"),
        ("customers staus:trial", "status:"),
        ("customers status:trail", "trial"),
        ("report run expirings", "expiring"),
        ("report schedule expiring daily at 25:00", "25:00"),
        ("customer Nobody Of That Name At All Xyz", "no customer"),
    ],
)
def test_a_slip_is_met_with_the_nearest_way_on(ana: Talker, typed: str, hint: str) -> None:
    (answer,) = ana.ask(typed)
    assert hint in answer["text"]


def test_tags_reach_webex_and_the_list(product: Product, ana: Talker) -> None:
    customer = product.healthy_customer()
    (answer,) = ana.ask(f"tag {customer['org_id']} platinum save-2026")
    assert "platinum" in answer["text"]
    (listed,) = ana.ask("customers tag:platinum")
    assert "1 customer" in listed["text"]
    (answer,) = ana.ask(f"untag {customer['org_id']} platinum")
    assert "Removed: platinum" in answer["text"]


def test_a_tag_too_long_is_refused(product: Product, ana: Talker) -> None:
    (answer,) = ana.ask(f"tag {product.healthy_customer()['org_id']} {'x' * 26}")
    assert "25" in answer["text"]


def test_a_trial_is_started_once_however_often_the_button_is_pressed(product: Product, ana: Talker) -> None:
    asked = ana.say("trial start Newcomer Ltd")
    (form,) = ana.replies(asked)
    ana.press(form, "trial submit", company="Newcomer Ltd", admin_email="nobody", days="30")
    again = ana.replies(asked, answers=2)[1]
    assert "mend" in str(card_of(again))
    assert "Newcomer Ltd" in str(card_of(again))
    filled = {
        "company": "Newcomer Ltd",
        "admin_email": "admin@newcomer.example",
        "vertical": "retail",
        "country": "ES",
        "total_calling": "25",
        "days": "60",
        "notify_admin": "true",
    }
    ana.press(again, "trial submit", **filled)
    ana.press(again, "trial submit", **filled)
    told = ana.replies(asked, answers=4)[2:]
    assert all("The trial is started" in each["text"] for each in told)
    found = product.control.get("/sandbox/customers", params={"q": "Newcomer"}).json()["items"]
    assert len(found) == 1
    assert len(found[0]["subscriptions"]) == 1


def test_a_suspended_customer_is_told_to_the_subscribed_space_once(product: Product, ana: Talker) -> None:
    room = product.room("Renewals EMEA")
    ana.ask("subscribe", room)
    customer = product.healthy_customer()
    paid = customer["subscriptions"][0]["subscription_id"]
    assert product.control.patch(f"/sandbox/subscriptions/{paid}", json={"invoice": "unpaid"}).status_code == 200
    alert = ana.heard(room, "now: suspended")
    assert paid in alert["text"]
    ana.ask("status", room)
    said = ana.http.get("/v1/messages", params={"roomId": room}).json()["items"]
    assert sum("now: suspended" in each.get("text", "") for each in said) == 1


def test_who_subscribed_a_space_is_told_when_webex_refuses_its_alert(product: Product, ana: Talker) -> None:
    one_to_one = ana.say("status")["roomId"]
    ana.ask("subscribe", ana.room_with_the_bot("Renewals board"))
    paid = product.healthy_customer(1)["subscriptions"][0]["subscription_id"]
    refusal = {"method": "POST", "path": "/v1/messages", "status": 403, "times": 1}
    product.control.post("/sandbox/faults", json=refusal).raise_for_status()
    product.control.patch(f"/sandbox/subscriptions/{paid}", json={"invoice": "unpaid"}).raise_for_status()
    told = ana.heard(one_to_one, "I cannot post into")
    assert "“Renewals board” any more: 403" in told["text"]
    assert paid not in told["text"]


def test_a_report_comes_at_once_as_a_csv(ana: Talker) -> None:
    (answer,) = ana.ask("report run expiring 90")
    name, text = ana.file(answer)
    assert re.fullmatch(r"About to expire_[A-Z0-9]{8}_\d{4}-\d\d-\d\d\.csv", name)
    header, *rows = list(csv.reader(text.splitlines()))
    assert header[:4] == ["Customer", "Organization ID", "Subscription ID", "Product"]
    assert f"{len(rows)} row" in answer["text"]


def test_a_scheduled_report_drops_when_it_is_due(product: Product, ana: Talker) -> None:
    asked = ana.say("report schedule overage daily at 09:00")
    (answer,) = ana.replies(asked)
    assert "daily, 09:00" in answer["text"]
    product.control.post("/sandbox/clock", json={"advance_days": 1}).raise_for_status()
    report = ana.heard(asked["roomId"], "Over the licence limit · ", with_file=True)
    name, _ = ana.file(report)
    day = datetime.fromisoformat(product.control.get("/sandbox/state").json()["clock"]).date()
    assert name.endswith(f"_{day.isoformat()}.csv")


def test_settings_change_the_language(ana: Talker) -> None:
    ana.ask("settings language es")
    (answer,) = ana.ask("kpis")
    assert "Indicadores" in answer["text"]
    ana.ask("settings language en")


def test_somebody_without_a_role_sees_nothing(product: Product) -> None:
    (answer,) = product.talker("none").ask("expiring 30")
    assert "partner role" in answer["text"]


def test_the_help_desk_reads_customers_and_nothing_else(product: Product) -> None:
    helper = product.talker("help_desk")
    assert "customers" in helper.ask("customers")[0]["text"]
    assert "does not cover" in helper.ask("kpis")[0]["text"]


def test_a_partner_administrator_sees_only_their_customers(product: Product, ana: Talker) -> None:
    everything = int(ana.ask("customers")[0]["text"].split()[0])
    own = int(product.talker("partner_admin").ask("customers")[0]["text"].split()[0])
    assert 0 < own < everything


def test_a_customer_is_assigned_and_taken_away_and_the_trail_tells(product: Product, ana: Talker) -> None:
    ben = product.talker("partner_admin")

    def seen() -> int:
        return int(ben.ask("customers")[0]["text"].split()[0])

    def change(verb: str) -> None:
        asked = ana.say(f"admin {verb} {ben.email} to {customer['org_id']}")
        (question,) = ana.replies(asked)
        ana.press(question, f"admin {verb}")
        ana.replies(asked, answers=2)

    customer = next(
        row
        for row in product.control.get("/sandbox/customers", params={"q": ""}).json()["items"]
        if "no customer" in ben.ask(f"customer {row['org_id']}")[0]["text"]
    )
    before = seen()
    change("assign")
    assert seen() == before + 1
    change("unassign")
    assert seen() == before
    assert "admin unassign" in ana.ask(f"audit {customer['org_id']}")[0]["text"]


def test_a_shared_space_says_what_it_leaves_out(product: Product, ana: Talker) -> None:
    room = product.room("Renewals EMEA")
    (answer,) = ana.ask("recent 77", room)
    assert "Ben Okafor may see, too" in answer["text"]
    ana.press(answer, "recent 77")
    direct = ana.say("status")["roomId"]
    assert "may see, too" not in ana.heard(direct, "Added in the last 77 days")["text"]


def test_a_space_that_the_bot_comes_into_is_greeted_once_with_three_things_to_try(
    product: Product, ana: Talker
) -> None:
    room = ana.http.post("/v1/rooms", json={"title": "Newly made"}).json()["id"]
    ana.http.post("/v1/memberships", json={"roomId": room, "personEmail": ana.bot_email}).raise_for_status()
    greeting = ana.heard(room, "I bring Partner Hub into this space")
    for command in ("kpis", "expiring 30", "subscribe"):
        assert command in greeting["text"]
    (answer,) = ana.replies(ana.say("kpis", room))
    assert "Total customers" in answer["text"]
    said = ana.http.get("/v1/messages", params={"roomId": room}).json()["items"]
    assert sum("I bring Partner Hub" in each.get("text", "") for each in said) == 1


def test_a_space_with_an_outsider_gets_no_customer_data(product: Product, ana: Talker) -> None:
    room = product.room("Project Acme")
    asked = ana.say("expiring 30", room)
    (refusal,) = ana.replies(asked)
    assert "Not everybody in this space" in refusal["text"]
    ana.press(refusal, "expiring 30")
    direct = ana.say("status")["roomId"]
    ana.heard(direct, "About to expire within 30 days")


def test_a_button_is_authorised_again(product: Product, ana: Talker) -> None:
    """What a card carries is input: an outsider presses a button that was made for an administrator."""
    room = product.room("Project Acme")
    asked = ana.say("help", room)
    (card,) = ana.replies(asked)
    guest = product.talker("outsider")
    guest.press(card, "kpis")
    assert "partner role" in guest.replies(asked, answers=2)[1]["text"]


def test_the_service_survives_an_outage_and_says_so(product: Product, ana: Talker) -> None:
    product.control.post("/sandbox/sockets/drop").raise_for_status()
    (answer,) = ana.ask("kpis")
    assert "Nearing expiration" in answer["text"]
    assert wait_for("the socket", lambda: "connected since" in ana.ask("status")[0]["text"])


def test_an_alert_is_dealt_with_from_its_rule_to_its_recovery(product: Product, ana: Talker) -> None:
    room = ana.say("rule new suspended")["roomId"]
    customer = product.healthy_customer(2)
    paid = customer["subscriptions"][0]["subscription_id"]
    product.control.patch(f"/sandbox/subscriptions/{paid}", json={"invoice": "unpaid"}).raise_for_status()
    alert = ana.heard(room, paid)
    assert "now: suspended" in alert["text"]
    ana.press(alert, "ack")
    assert "acknowledged #" in ana.replies(alert)[0]["text"]
    ana.press(alert, "snooze")
    assert "put off #" in ana.replies(alert, answers=2)[1]["text"]
    product.control.patch(f"/sandbox/subscriptions/{paid}", json={"invoice": "paid"}).raise_for_status()
    assert "no longer: suspended" in ana.replies(alert, answers=3)[2]["text"]
    (why,) = ana.ask(f"why {customer['org_id']}")
    assert "now: suspended" in why["text"]
    assert "By rule" in why["text"]
    assert "told " in why["text"]


def test_the_way_of_an_alert_is_tried_out(ana: Talker) -> None:
    asked = ana.say("selftest")
    told, answer = ana.replies(asked, answers=2)
    assert "came the whole way" in told["text"]
    assert "The whole way works" in answer["text"]


def test_a_recovery_whose_alert_was_deleted_is_a_new_message_that_says_so(product: Product, ana: Talker) -> None:
    room = ana.say("rules")["roomId"]
    paid = product.healthy_customer(3)["subscriptions"][0]["subscription_id"]
    product.control.patch(f"/sandbox/subscriptions/{paid}", json={"invoice": "unpaid"}).raise_for_status()
    alert = ana.heard(room, paid)
    bot = httpx.Client(base_url=product.box.url, headers={"Authorization": f"Bearer {product.box.bot_token}"})
    with bot:
        assert bot.delete(f"/v1/messages/{alert['id']}").status_code == 204
    product.control.patch(f"/sandbox/subscriptions/{paid}", json={"invoice": "paid"}).raise_for_status()
    told = ana.heard(room, "The message that this follows was deleted")
    assert "no longer: suspended" in told["text"]
    assert "parentId" not in told
