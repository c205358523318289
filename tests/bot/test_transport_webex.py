"""The facade and the channel, against the sandbox."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.errors import Absent, Busy, NotFound, Refused, TokenRefused, TooLarge, Unavailable, failure
from bot.rooms import Rooms
from bot.sender import Sender
from bot.webex import Webex
from notifications.outbox import Message
from storage import Database
from storage.tables import Space
from tests.bot.box import BOT, Box, running_box


@pytest.fixture(scope="module")
def shared_box() -> Iterator[Box]:
    with running_box() as found:
        yield found


@pytest.fixture
def box(shared_box: Box) -> Iterator[Box]:
    """A sandbox without faults, where others have talked before."""
    yield shared_box
    shared_box.control("DELETE", "faults")


@pytest.fixture
def webex(box: Box) -> Iterator[Webex]:
    found = Webex(box.bot_token, box.url)
    yield found
    found.close()


@pytest.fixture
def sender(webex: Webex, sqlite_database: Database) -> Sender:
    return Sender(webex, Rooms(sqlite_database, webex))


def test_the_bot_knows_itself(webex: Webex) -> None:
    me = webex.me()
    assert (me.email, me.is_bot) == (BOT, True)
    assert webex.person(me.person_id) == me


def test_members_of_a_room_are_told_apart_from_bots(box: Box, webex: Webex) -> None:
    room = box.new_room(BOT, box.people[1]["email"])
    members = webex.memberships(room)
    assert {member.email for member in members if not member.is_bot} == {each["email"] for each in box.people[:2]}
    assert {member.email for member in members if member.is_bot} == {BOT}
    assert all(member.org_id and member.display_name for member in members)
    assert webex.room(room).type == "group"


@pytest.mark.parametrize("by_email", [True, False], ids=["to a person", "to a room"])
def test_a_message_is_posted(box: Box, sender: Sender, by_email: bool) -> None:
    question = box.say("hello")
    target = box.people[0]["email"] if by_email else question["roomId"]
    message_id = sender.post(target, Message("**bold**"), question["id"])
    said = box.said_by_bot()[-1]
    assert (said["id"], said["roomId"], said["parentId"]) == (message_id, question["roomId"], question["id"])
    assert said["markdown"] == "**bold**"


def test_a_card_is_posted_with_its_markdown(box: Box, sender: Sender) -> None:
    card = {"type": "AdaptiveCard", "version": "1.3", "body": [{"type": "TextBlock", "text": "Hi"}]}
    sender.post(box.people[0]["email"], Message("plain", card), None)
    said = box.said_by_bot()[-1]
    assert said["markdown"] == "plain"
    assert said["card"] == card


@pytest.mark.parametrize("name", [None, "Clientes próximos_1a2b3c4d_2026-11-22.csv"], ids=["own name", "another name"])
def test_a_file_is_posted_under_its_name(
    box: Box, sender: Sender, webex: Webex, tmp_path: Path, name: str | None
) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(b"customer\n")
    message_id = sender.post(box.people[0]["email"], Message("Here", file=file, file_name=name), None)
    (url,) = webex.message(message_id).files
    found = webex.download(url, limit_bytes=9)
    assert (found.name, found.content) == (name or "report.csv", b"customer\n")
    with pytest.raises(TooLarge):
        webex.download(url, limit_bytes=8)


def test_what_was_posted_can_be_listed_one_to_one(box: Box, sender: Sender) -> None:
    question = box.say("hello")
    email, start = box.people[0]["email"], datetime.now(UTC) - timedelta(seconds=10)
    answer = sender.post(email, Message("answer"), question["id"])
    alone = sender.post(email, Message("alone"), None)
    for target in (email, question["roomId"]):
        assert [each.id for each in sender.posted(target, question["id"], start)] == [answer]
        found = {each.id: each.markdown for each in sender.posted(target, None, start)}
        assert found[alone] == "alone"
        assert answer not in found
    assert list(sender.posted(email, None, datetime.now(UTC) + timedelta(minutes=1))) == []


def test_a_group_room_does_not_let_the_bot_look(box: Box, sender: Sender) -> None:
    with pytest.raises(Refused):
        sender.posted(box.new_room(BOT), None, datetime.now(UTC))


def test_an_unknown_room_is_refused(box: Box, sender: Sender) -> None:
    with pytest.raises(Refused):
        sender.post("Y2lzY29zcGFyazovL3VzL1JPT00vMA", Message("hello"), None)


@pytest.mark.parametrize("status", [429, 423])
def test_how_long_to_wait_is_told(box: Box, sender: Sender, status: int) -> None:
    box.control("POST", "faults", method="POST", path="/v1/messages", status=status, retry_after=7, times=1)
    with pytest.raises(Busy) as caught:
        sender.post(box.people[0]["email"], Message("hello"), None)
    assert caught.value.retry_after_seconds == 7


@pytest.mark.parametrize(("status", "maybe_sent"), [(500, True), (502, True), (503, False)])
def test_a_failure_tells_whether_the_message_may_be_there(
    box: Box, sender: Sender, status: int, maybe_sent: bool
) -> None:
    box.control("POST", "faults", method="POST", path="/v1/messages", status=status, times=1)
    with pytest.raises(Unavailable) as caught:
        sender.post(box.people[0]["email"], Message("hello"), None)
    assert caught.value.maybe_sent is maybe_sent


def test_where_nobody_listens_nothing_was_sent() -> None:
    webex = Webex("token", "http://127.0.0.1:9")
    with pytest.raises(Unavailable) as caught:
        webex.post({"roomId": "room"}, "hello")
    assert not caught.value.maybe_sent
    with pytest.raises(Unavailable):
        webex.message("message")
    webex.close()


def test_a_token_of_nobody_is_refused(box: Box) -> None:
    webex = Webex("nobody's", box.url)
    with pytest.raises(TokenRefused):
        webex.me()
    with pytest.raises(TokenRefused):
        webex.message("message")
    webex.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (403, Absent), (404, NotFound), (408, Unavailable), (428, Refused), (504, Unavailable)],
)
def test_every_status_has_a_meaning(status: int, kind: type[Exception]) -> None:
    assert type(failure(status, {}, "")) is kind


@pytest.mark.parametrize(("header", "seconds"), [("3", 3), ("0.5", 0.5), ("-1", 0), ("soon", 5), (None, 5)])
def test_a_wait_that_is_not_told_has_a_default(header: str | None, seconds: float) -> None:
    headers = httpx.Headers({"retry-after": header} if header else {})
    busy = failure(429, headers, "")
    assert isinstance(busy, Busy)
    assert busy.retry_after_seconds == seconds


def test_a_room_is_found_until_the_bot_is_out_of_it(box: Box, sender: Sender) -> None:
    room = box.new_room(BOT)
    assert sender.find(room) == room
    with box.client() as client:
        members = client.get("memberships", params={"roomId": room}).raise_for_status().json()["items"]
        own = next(member["id"] for member in members if member["personEmail"] == BOT)
        client.delete(f"memberships/{own}").raise_for_status()
    assert sender.find(room) is None
    with pytest.raises(Absent):
        sender.post(room, Message("hello"), None)


def test_what_rooms_are_called_is_remembered_and_the_lost_are_named(
    box: Box, webex: Webex, sqlite_database: Database
) -> None:
    rooms = Rooms(sqlite_database, webex)
    with sqlite_database.write() as session:
        session.add(Space(room_id=(here := box.new_room(BOT)), kind="group"))
        session.add(Space(room_id=(lost := box.new_room()), kind="group"))
    assert rooms.review() == [lost]
    with sqlite_database.read() as session:
        assert session.get_one(Space, here).title == "A room"
