"""Webhooks: asked for, told of what happens, deactivated and revived."""

import hashlib
import hmac
from typing import Any

import pytest

from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL, Json, Person
from tests.sandbox.receiver import Receiver
from tests.sandbox.test_messages import card

WEBHOOKS = "/v1/webhooks"


def ask(person: Person, receiver: Receiver, resource: str = "messages", event: str = "created", **more: Any) -> Json:
    body = {"name": f"{resource} {event}", "targetUrl": receiver.url, "resource": resource, "event": event}
    return person.accepted("POST", WEBHOOKS, json=body | more)


def test_a_webhook_tells_of_a_message_without_its_text(fresh: Company, receiver: Receiver) -> None:
    webhook = ask(fresh.bot, receiver, secret="s3cret")
    said = fresh.ana.say(toPersonEmail=BOT_EMAIL, markdown="**kpis**")
    delivery = receiver.next()
    signature = hmac.new(b"s3cret", delivery.body, hashlib.sha1).hexdigest()
    assert delivery.headers["X-Spark-Signature"] == signature
    told = delivery.told
    assert (told["id"], told["resource"], told["event"]) == (webhook["id"], "messages", "created")
    assert told["actorId"] == told["data"]["personId"] == said["personId"]
    assert (told["data"]["id"], told["data"]["roomType"]) == (said["id"], "direct")
    assert not {"text", "markdown", "html"} & told["data"].keys()
    assert "secret" not in told
    assert fresh.bot.accepted("GET", f"/v1/messages/{told['data']['id']}")["text"] == "kpis"


def test_without_a_secret_nothing_is_signed(fresh: Company, receiver: Receiver) -> None:
    ask(fresh.bot, receiver)
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="kpis")
    assert "X-Spark-Signature" not in receiver.next().headers


def test_a_bot_is_told_of_a_group_room_only_what_mentions_it(fresh: Company, receiver: Receiver) -> None:
    ask(fresh.bot, receiver)
    room = fresh.new_room(BOT_EMAIL)
    fresh.ana.say(roomId=room, text="between us")
    said = fresh.ana.say(roomId=room, text="@PartnerHub kpis")
    assert receiver.next().told["data"]["id"] == said["id"]


def test_every_kind_of_thing_that_happens(fresh: Company, receiver: Receiver) -> None:
    room = fresh.new_room()
    for resource, events in {
        "messages": ("created", "updated", "deleted"),
        "memberships": ("created", "updated", "deleted"),
        "rooms": ("created", "updated", "migrated"),
    }.items():
        for event in events:
            ask(fresh.ana, receiver, resource, event)
    ask(fresh.bot, receiver, "attachmentActions")

    def told(resource: str, event: str) -> Json:
        delivery = receiver.next().told
        assert (delivery["resource"], delivery["event"]) == (resource, event)
        data: Json = delivery["data"]
        return data

    said = fresh.ana.say(roomId=room, text="one")
    assert told("messages", "created")["id"] == said["id"]
    fresh.ana.accepted("PUT", f"/v1/messages/{said['id']}", json={"roomId": room, "text": "two"})
    assert told("messages", "updated")["id"] == said["id"]
    fresh.ana.delete(f"/v1/messages/{said['id']}")
    assert told("messages", "deleted")["id"] == said["id"]
    member = fresh.ana.accepted("POST", "/v1/memberships", json={"roomId": room, "personEmail": BOT_EMAIL})
    assert told("memberships", "created")["personEmail"] == BOT_EMAIL
    fresh.ana.accepted("PUT", f"/v1/memberships/{member['id']}", json={"isModerator": True})
    assert told("memberships", "updated")["isModerator"] is True
    form = fresh.bot.say(roomId=room, text="form", attachments=card())
    assert told("messages", "created")["id"] == form["id"]
    action = {"type": "submit", "messageId": form["id"], "inputs": {"secret": "word"}}
    pressed = fresh.ana.accepted("POST", "/v1/attachment/actions", json=action)
    data = told("attachmentActions", "created")
    assert data["id"] == pressed["id"]
    assert "inputs" not in data
    fresh.ana.delete(f"/v1/memberships/{member['id']}")
    assert told("memberships", "deleted")["id"] == member["id"]
    fresh.ana.accepted("PUT", f"/v1/rooms/{room}", json={"title": "Another"})
    assert told("rooms", "updated")["title"] == "Another"
    moved = fresh.ana.accepted("POST", f"/sandbox/rooms/{room}/migrate")["id"]
    assert told("rooms", "migrated")["id"] == moved
    assert receiver.is_quiet


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("roomType=direct", {"to bot"}),
        ("roomType=group", {"in room", "mention", "card"}),
        ("personEmail=ben.okafor@brightwater.example", {"mention"}),
        ("mentionedPeople=me&roomType=group", {"mention"}),
        ("hasAttachments=true", {"card"}),
        ("hasFiles=true", set()),
        ("roomId={room}", {"in room", "mention", "card"}),
        ("roomId={room}&personEmail=nobody@x.example", set()),
    ],
)
def test_a_filter_keeps_out_what_does_not_fit(
    fresh: Company, receiver: Receiver, condition: str, wanted: set[str]
) -> None:
    room = fresh.new_room("ben.okafor@brightwater.example")
    ask(fresh.ana, receiver, filter=condition.format(room=room))
    ids = {
        fresh.ana.say(toPersonEmail=BOT_EMAIL, text="hi")["id"]: "to bot",
        fresh.ana.say(roomId=room, text="hi")["id"]: "in room",
        fresh.ben.say(roomId=room, text="@Ana Ferrer hi")["id"]: "mention",
        fresh.ana.say(roomId=room, text="card", attachments=card())["id"]: "card",
    }
    ask(fresh.ana, receiver, "rooms", "updated")
    fresh.ana.accepted("PUT", f"/v1/rooms/{room}", json={"title": "the end"})
    told = [receiver.next().told for _ in range(len(wanted) + 1)]
    assert {ids[one["data"]["id"]] for one in told if one["resource"] == "messages"} == wanted
    assert receiver.is_quiet


def test_a_failing_webhook_is_deactivated_and_can_be_revived(fresh: Company, receiver: Receiver) -> None:
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"webhook_failures": 2})
    webhook = ask(fresh.ana, receiver)
    path, change = f"{WEBHOOKS}/{webhook['id']}", {"name": "mended", "targetUrl": receiver.url, "status": "active"}
    receiver.status = 500
    for text in ("first", "second"):
        fresh.ana.say(toPersonEmail=BOT_EMAIL, text=text)
        receiver.next()
    while fresh.ana.accepted("GET", path)["status"] == "active":
        pass
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="unheard")
    receiver.status = 200
    assert fresh.ana.accepted("PUT", path, json=change)["status"] == "active"
    said = fresh.ana.say(toPersonEmail=BOT_EMAIL, text="heard")
    assert receiver.next().told["data"]["id"] == said["id"]
    assert fresh.ana.refused("PUT", path, json=change | {"status": "inactive"})[0] == 400


def test_only_own_webhooks_are_seen_listed_in_pages_and_deleted(fresh: Company, receiver: Receiver) -> None:
    mine = [ask(fresh.ana, receiver, name=f"number {number}") for number in range(3)]
    path = f"{WEBHOOKS}/{mine[0]['id']}"
    assert [webhook for page in fresh.ana.pages(WEBHOOKS, max=2) for webhook in page] == mine
    assert fresh.ana.items(WEBHOOKS, ownedBy="org") == fresh.bot.items(WEBHOOKS) == []
    for method in ("GET", "DELETE"):
        assert fresh.bot.refused(method, path)[0] == 404
    assert fresh.ana.delete(path).status_code == 204
    assert fresh.ana.refused("GET", path)[0] == 404
    assert fresh.ana.refused("GET", WEBHOOKS, params={"ownedBy": "me"})[0] == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"targetUrl": None},
        {"targetUrl": "https://example.com/hook"},
        {"targetUrl": "http://127.0.0.1.example.com/"},
        {"targetUrl": "ftp://127.0.0.1/"},
        {"targetUrl": "http://[::1"},
        {"targetUrl": "http://127.0.0.1:99999/"},
        {"resource": "all"},
        {"event": "all"},
        {"event": "started"},
        {"resource": ["messages"]},
        {"filter": "roomId"},
        {"filter": "colour=red"},
        {"secret": 5},
        {"ownedBy": "org"},
    ],
)
def test_a_senseless_webhook_is_refused(company: Company, wrong: Json) -> None:
    body = {"name": "x", "targetUrl": "http://127.0.0.1:1/", "resource": "messages", "event": "created"}
    assert company.ana.refused("POST", WEBHOOKS, json=body | wrong)[0] == 400


def test_a_migrated_room_keeps_everything_but_its_id(fresh: Company) -> None:
    room = fresh.new_room(BOT_EMAIL)
    root = fresh.ana.say(roomId=room, text="@PartnerHub hi")
    fresh.bot.accepted("POST", "/v1/messages", data={"roomId": room}, files={"files": ("a.txt", b"a")})
    answer = fresh.ana.accepted("POST", f"/sandbox/rooms/{room}/migrate")
    assert answer.keys() == {"id", "previousId"}
    assert answer["previousId"] == room != answer["id"]
    for method, path in (("GET", f"/v1/rooms/{room}"), ("GET", f"/v1/messages?roomId={room}")):
        assert fresh.ana.refused(method, path)[0] == 404
    assert fresh.ana.refused("POST", "/v1/messages", json={"roomId": room, "text": "x"})[0] == 404
    reply = fresh.ana.say(roomId=answer["id"], text="still here", parentId=root["id"])
    said = fresh.ana.items("/v1/messages", roomId=answer["id"])
    assert [message["id"] for message in said][::2] == [reply["id"], root["id"]]
    assert {message["roomId"] for message in said} == {answer["id"]}
    assert len(fresh.ana.items("/v1/memberships", roomId=answer["id"])) == 2
    assert fresh.ana.get(said[1]["files"][0]).content == b"a"
    assert fresh.ana.refused("POST", "/sandbox/rooms/nothing/migrate")[0] == 404
