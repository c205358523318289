import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sandbox.ids import bare
from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL, WAIT_SECONDS, Person, Socket, register, socket

CARD = {"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard", "version": "1.3"}}


@contextmanager
def listening(person: Person) -> Iterator[Socket]:
    with socket(register(person), person.token) as open_socket:
        yield open_socket


def test_an_activity_leads_to_the_message_as_webex_bot_looks_it_up(fresh: Company) -> None:
    with listening(fresh.bot) as bot:
        said = fresh.ana.say(toPersonEmail=BOT_EMAIL, text="hi")
        activity = bot.activity()
    assert activity["actor"]["emailAddress"] == "ana.ferrer@brightwater.example"
    assert activity["actor"]["type"] == "PERSON"
    assert activity["target"]["tags"] == ["ONE_ON_ONE"]
    conversation, room = activity["target"]["url"], activity["target"]["id"]
    lookup = conversation.replace(f"conversations/{room}", f"messages/{activity['id']}")
    assert fresh.bot.accepted("GET", lookup)["id"] == said["id"]


def test_of_a_group_room_a_bot_hears_only_what_mentions_it(fresh: Company) -> None:
    room = fresh.new_room(BOT_EMAIL)
    with listening(fresh.bot) as bot:
        bot.activity("add")
        fresh.ana.say(roomId=room, text="between us")
        root = fresh.ana.say(roomId=room, text="@PartnerHub hello")
        first = bot.activity()
        reply = fresh.ana.say(roomId=room, text="@PartnerHub again", parentId=first["id"])
        second = bot.activity()
    assert first["target"]["tags"] == []
    assert "parent" not in first
    assert reply["parentId"] == root["id"]
    assert second["parent"] == {"id": first["id"], "type": "reply"}


def test_a_pressed_button_is_an_activity_for_the_author_of_the_card(fresh: Company) -> None:
    with listening(fresh.bot) as bot:
        form = fresh.bot.say(toPersonEmail="ana.ferrer@brightwater.example", text="form", attachments=[CARD])
        inputs = {"a": "1"}
        fresh.ana.accepted(
            "POST", "/v1/attachment/actions", json={"type": "submit", "messageId": form["id"], "inputs": inputs}
        )
        activity = bot.activity("cardAction")
    url, room = activity["target"]["url"], activity["target"]["id"]
    lookup = url.replace(f"conversations/{room}", f"attachment/actions/{activity['id']}")
    assert fresh.bot.accepted("GET", lookup)["inputs"] == inputs


def test_a_file_is_shared_then_found_safe(fresh: Company) -> None:
    with listening(fresh.bot) as bot:
        fresh.ana.accepted(
            "POST", "/v1/messages", data={"toPersonEmail": BOT_EMAIL}, files={"files": ("customers.csv", b"customer")}
        )
        share, update = bot.activity("share"), bot.activity("update")
    assert update["object"]["contentCategory"] == "documents"
    assert update["object"]["files"]["items"][0]["malwareQuarantineState"] == "safe"
    url, room = update["target"]["url"], update["target"]["id"]
    lookup = url.replace(f"conversations/{room}", f"messages/{share['id']}")
    assert len(fresh.bot.accepted("GET", lookup)["files"]) == 1


def texts(fresh: Company, bot: Socket, count: int) -> list[str]:
    return [
        fresh.bot.accepted("GET", f"/conversation/api/v1/messages/{bot.activity()['id']}")["text"] for _ in range(count)
    ]


def test_a_reconnect_brings_what_was_not_acknowledged(fresh: Company) -> None:
    url = register(fresh.bot)
    with socket(url, fresh.bot.token) as bot:
        done, *_ = (fresh.ana.say(toPersonEmail=BOT_EMAIL, text=text) for text in ("done", "lost", "late"))
        assert texts(fresh, bot, 3) == ["done", "lost", "late"]
        bot.acknowledge(done["id"])
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="away")
    with socket(url, fresh.bot.token) as bot:
        assert texts(fresh, bot, 3) == ["lost", "late", "away"]
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"redeliver_acknowledged": True})
    with socket(url, fresh.bot.token) as bot:
        assert texts(fresh, bot, 4) == ["done", "lost", "late", "away"]


@pytest.mark.parametrize("name", ["frame", "activity"])
def test_a_frame_can_be_acknowledged_by_its_own_id(fresh: Company, name: str) -> None:
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="first")
    with listening(fresh.bot) as bot:
        frame = bot.frame()
        bot.acknowledge(frame["id"] if name == "frame" else frame["data"]["activity"]["id"])
        fresh.ana.say(toPersonEmail=BOT_EMAIL, text="second")
        bot.activity()
    with listening(fresh.bot) as bot:
        assert texts(fresh, bot, 1) == ["second"]


def test_after_15_minutes_nothing_is_sent_again(fresh: Company) -> None:
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="old")
    fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 16 / 60 / 24})
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="new")
    with listening(fresh.bot) as bot:
        assert texts(fresh, bot, 1) == ["new"]


def test_a_burst_of_a_thousand_messages_arrives_whole(fresh: Company) -> None:
    with listening(fresh.bot) as bot:
        for number in range(1000):
            fresh.ana.say(toPersonEmail=BOT_EMAIL, text=str(number))
        heard = {bot.activity()["id"] for _ in range(1000)}
    assert len(heard) == 1000


def test_dropped_sockets_break_without_a_word_and_can_come_back(fresh: Company) -> None:
    url = register(fresh.bot)
    with socket(url, fresh.bot.token) as bot:
        assert fresh.ana.accepted("POST", "/sandbox/sockets/drop") == {"dropped": 1}
        with pytest.raises(ConnectionClosed) as closed:
            bot.connection.recv(WAIT_SECONDS)
        assert closed.value.rcvd is None
    fresh.ana.say(toPersonEmail=BOT_EMAIL, text="still there?")
    with socket(url, fresh.bot.token) as bot:
        bot.activity()


def test_a_stopped_sandbox_returns_with_its_world_on_the_same_port(fresh: Company) -> None:
    url = register(fresh.bot)
    said = fresh.ana.say(toPersonEmail=BOT_EMAIL, text="before")
    with socket(url, fresh.bot.token):
        fresh.box.stop()
        with pytest.raises(httpx.TransportError):
            fresh.ana.get("/v1/people/me")
        fresh.box.start()
    assert fresh.ana.accepted("GET", f"/v1/messages/{said['id']}") == said
    with socket(url, fresh.bot.token) as bot:
        assert texts(fresh, bot, 1) == ["before"]


def test_an_unknown_device_is_a_404_at_the_handshake(company: Company) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(company.box.url.replace("http", "ws") + "/mercury/gone"):
        pass
    assert refused.value.response.status_code == 404


def test_a_socket_is_for_its_owner_only(fresh: Company) -> None:
    url = register(fresh.bot)
    with connect(url) as stranger:
        frame = {"id": "1", "type": "authorization", "data": {"token": f"Bearer {fresh.ana.token}"}}
        stranger.send(json.dumps(frame))
        with pytest.raises(ConnectionClosed):
            stranger.recv(WAIT_SECONDS)


def test_devices_are_listed_and_deleted_by_their_owner(fresh: Company) -> None:
    register(fresh.bot)
    device = fresh.bot.accepted("GET", "/wdm/api/v1/devices")["devices"][0]
    assert device["name"] == "python-spark-client"
    assert fresh.ana.accepted("GET", "/wdm/api/v1/devices")["devices"] == []
    assert fresh.ana.refused("DELETE", device["url"])[0] == 404
    assert fresh.bot.delete(device["url"]).status_code == 204


def test_a_bot_hears_itself_only_when_told_to(fresh: Company) -> None:
    with listening(fresh.bot) as bot:
        fresh.bot.say(toPersonEmail="ana.ferrer@brightwater.example", text="unheard")
        fresh.ana.accepted("PATCH", "/sandbox/switches", json={"echo_own_posts": True})
        fresh.bot.say(toPersonEmail="ana.ferrer@brightwater.example", text="heard")
        assert bot.activity()["actor"]["type"] == "BOT"


def test_frames_can_be_lost_and_doubled(fresh: Company) -> None:
    with listening(fresh.bot) as bot:
        for frames, times in (("drop", 1), ("duplicate", 1)):
            fresh.ana.accepted("POST", "/sandbox/faults", json={"frames": frames, "times": times})
        for text in ("lost", "twice", "once"):
            fresh.ana.say(toPersonEmail=BOT_EMAIL, text=text)
        assert texts(fresh, bot, 3) == ["twice", "twice", "once"]


def test_frames_can_be_swapped_and_held_up(fresh: Company) -> None:
    with socket(register(fresh.bot), fresh.bot.token) as open_socket:

        def said(text: str) -> str:
            return bare(fresh.ana.say(toPersonEmail=BOT_EMAIL, text=text)["id"])

        def heard() -> str:
            return str(open_socket.activity()["id"])

        fresh.ana.accepted("POST", "/sandbox/faults", json={"frames": "reorder", "times": 1})
        first, second = said("first"), said("second")
        assert [heard(), heard()] == [second, first]
        fresh.ana.accepted("POST", "/sandbox/faults", json={"frames": "delay", "delay_ms": 80, "times": 1})
        late, punctual = said("late"), said("punctual")
        assert [heard(), heard()] == [punctual, late]
        fresh.ana.accepted("POST", "/sandbox/faults", json={"frames": "reorder", "times": 1})
        lonely = said("lonely")
        assert heard() == lonely


def test_a_stale_device_is_still_listed_but_has_no_socket(fresh: Company) -> None:
    url = register(fresh.bot)
    assert fresh.ana.accepted("POST", "/sandbox/sockets/stale") == {"stale": 1}
    listed = fresh.bot.accepted("GET", "/wdm/api/v1/devices")["devices"]
    assert [device["webSocketUrl"] for device in listed] == [url]
    with pytest.raises(InvalidStatus) as refused, connect(url, proxy=None):
        pass
    assert refused.value.response.status_code == 404
    with socket(register(fresh.bot), fresh.bot.token):
        pass
