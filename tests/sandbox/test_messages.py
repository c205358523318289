import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.ids import bare
from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL, Json
from tests.sandbox.receiver import Receiver

CARD = "application/vnd.microsoft.card.adaptive"


def card(**changes: Any) -> list[Json]:
    content = {"type": "AdaptiveCard", "version": "1.3", "body": [{"type": "TextBlock", "text": "Hi"}]} | changes
    return [{"contentType": CARD, "content": content}]


def test_a_message_can_be_read_by_its_webex_id_and_by_its_uuid(company: Company) -> None:
    said = company.ana.say(toPersonEmail=BOT_EMAIL, markdown="**hello** there")
    assert (said["roomType"], said["text"]) == ("direct", "hello there")
    assert said["html"] == "<p><strong>hello</strong> there</p>"
    assert said["created"].endswith("Z")
    assert said["created"][-5] == "."
    assert company.bot.accepted("GET", f"/v1/messages/{said['id']}") == said


@pytest.mark.parametrize(
    "content",
    [
        lambda bot: {"markdown": f"<@personEmail:{BOT_EMAIL}|PartnerHub> kpis"},
        lambda bot: {"markdown": f"<@personEmail:{BOT_EMAIL}> kpis"},
        lambda bot: {"markdown": f"<@personId:{bot}|PartnerHub> kpis"},
        lambda bot: {"markdown": "@PartnerHub kpis"},
        lambda bot: {"text": "@PartnerHub kpis"},
        lambda bot: {"text": "@partnerhub kpis"},
    ],
    ids=["e-mail", "e-mail without name", "id", "typed markdown", "typed text", "typed in small letters"],
)
def test_every_way_to_mention_the_bot(company: Company, content: Callable[[str], dict[str, str]]) -> None:
    room = company.new_room(BOT_EMAIL)
    bot_id = company.bot.accepted("GET", "/v1/people/me")["id"]
    said = company.ana.say(roomId=room, **content(bot_id))
    assert said["mentionedPeople"] == [bot_id]
    assert said["text"] == "PartnerHub kpis"
    assert "spark-mention" in said["html"]


def test_only_people_in_the_room_can_be_mentioned(company: Company) -> None:
    said = company.ana.say(roomId=company.new_room(), markdown=f"<@personEmail:{BOT_EMAIL}|PartnerHub> kpis")
    assert "mentionedPeople" not in said


def test_all_is_a_mention_unless_it_is_escaped(company: Company) -> None:
    room = company.new_room()
    assert company.ana.say(roomId=room, markdown="<@all> wake up")["mentionedGroups"] == ["all"]
    escaped = company.ana.say(roomId=room, markdown=r"\<@all> is a customer")
    assert "mentionedGroups" not in escaped
    assert escaped["text"] == "<@all> is a customer"
    assert "mentionedGroups" not in company.ana.say(roomId=room, text="<@all>")


def test_markdown_becomes_harmless_html(company: Company) -> None:
    markdown = "<script>alert(1)</script><img src=x onerror=alert(1)> [go](javascript:alert(1)) <b class=x>b"
    html = company.ana.say(roomId=company.new_room(), markdown=markdown)["html"]
    assert "script>" not in html
    assert "onerror" not in html
    assert "href" not in html


def test_the_limit_counts_bytes_not_characters(company: Company) -> None:
    room = company.new_room()
    company.ana.say(roomId=room, text="é" * 3719)
    status, message = company.ana.refused("POST", "/v1/messages", json={"roomId": room, "text": "é" * 3720})
    assert (status, "7439" in message) == (400, True)
    status, _ = company.ana.refused("POST", "/v1/messages", json={"roomId": room, "markdown": "é" * 3720})
    assert status == 400


@pytest.mark.parametrize("attachments", [card() * 2, [{"contentType": "text/html", "content": {}}], "card", [5]])
def test_attachments_are_one_card(company: Company, attachments: object) -> None:
    body = {"roomId": company.new_room(), "text": "card", "attachments": attachments}
    assert company.ana.refused("POST", "/v1/messages", json=body)[0] == 400


TEXT = {"type": "TextBlock", "text": "x"}
SUBMIT = {"type": "Action.Submit", "title": "x"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"version": "1.4"}, "#/version: must be 1.3 or lower"),
        ({"version": None}, "#/version: must be 1.3 or lower"),
        ({"type": "Card"}, "#/type: AdaptiveCard is the only possible value"),
        ({"body": [TEXT, {"type": "TextBlock"}]}, "#/body/1: required key [text] not found"),
        ({"body": [{"type": "Table"}]}, "#/body/0/type: Table is not a valid enum value"),
        ({"body": TEXT}, "#/body: expected type: JSONArray"),
        ({"body": ["text"]}, "#/body/0: expected type: JSONObject"),
        ({"actions": [{"type": "Action.Execute"}]}, "#/actions/0/type: Action.Execute is not a valid enum value"),
        ({"actions": [SUBMIT] * 6}, "#/actions: expected maximum item count: 5, found: 6"),
        (
            {"body": [{"type": "ColumnSet", "columns": [{"items": [{"type": "Input.Text"}]}]}]},
            "#/body/0/columns/0/items/0: required key [id] not found",
        ),
        ({"body": [TEXT | {"text": "x" * 22_000}]}, "#: the card is too large: at most 22000 bytes"),
    ],
)
def test_a_card_that_webex_would_not_take_is_refused_with_its_problems(
    company: Company, changes: Json, problem: str
) -> None:
    body = {"roomId": company.new_room(), "text": "card", "attachments": card(**changes)}
    response = company.ana.post("/v1/messages", json=body)
    refusal = response.json()
    assert response.status_code == 400
    assert refusal["errors"] == {
        "attachments": {
            "code": "invalid_attachments",
            "reason": "Invalid Adaptive Card Json",
            "attachmentErrors": [problem],
        }
    }
    assert refusal["message"]
    assert refusal["trackingId"] == response.headers["trackingid"]


def test_the_size_of_a_card_is_a_switch(fresh: Company) -> None:
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"card_limit_bytes": 60})
    body = {"roomId": fresh.new_room(), "attachments": card()}
    assert fresh.ana.post("/v1/messages", json=body).status_code == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"text": "to nobody"}, {"toPersonEmail": BOT_EMAIL}, {"toPersonEmail": BOT_EMAIL, "text": 5}, []],
    ids=["empty", "no target", "nothing said", "not a text", "no object"],
)
def test_a_senseless_message_is_refused(company: Company, body: object) -> None:
    assert company.ana.refused("POST", "/v1/messages", json=body)[0] == 400


def test_an_own_message_can_be_edited_ten_times(company: Company) -> None:
    said = company.ana.say(roomId=company.new_room(), text="first")
    path = f"/v1/messages/{said['id']}"
    for number in range(10):
        edited = company.ana.accepted("PUT", path, json={"roomId": said["roomId"], "markdown": f"*{number}*"})
        assert edited["text"] == str(number)
        assert "updated" in edited
    status, message = company.ana.refused("PUT", path, json={"roomId": said["roomId"], "text": "eleventh"})
    assert (status, "limit" in message) == (400, True)


def test_what_cannot_be_edited(company: Company) -> None:
    room = company.new_room(BOT_EMAIL)
    with_card = company.ana.say(roomId=room, text="card", attachments=card())
    edit = {"roomId": room, "text": "new"}
    assert company.ana.refused("PUT", f"/v1/messages/{with_card['id']}", json=edit)[0] == 400
    said = company.ana.say(roomId=room, markdown="@PartnerHub hi")
    assert company.bot.refused("PUT", f"/v1/messages/{said['id']}", json=edit)[0] == 403
    assert company.ana.refused("PUT", f"/v1/messages/{said['id']}", json={"text": "no room"})[0] == 400
    own = company.ana.say(roomId=room, text="plain")
    to_a_card = edit | {"attachments": card()}
    assert company.ana.refused("PUT", f"/v1/messages/{own['id']}", json=to_a_card)[0] == 400


def test_only_the_author_deletes_a_message(company: Company) -> None:
    said = company.ana.say(toPersonEmail=BOT_EMAIL, text="oops")
    path = f"/v1/messages/{said['id']}"
    assert company.bot.refused("DELETE", path)[0] == 403
    assert company.ana.delete(path).status_code == 204
    assert company.ana.refused("GET", path)[0] == 404


def test_a_reply_to_a_reply_belongs_to_the_root(company: Company) -> None:
    room = company.new_room()
    root, elsewhere = (company.ana.say(roomId=room, text=text) for text in ("root", "elsewhere"))
    reply = company.ana.say(roomId=room, text="reply", parentId=root["id"])
    second = company.ana.say(roomId=room, text="again", parentId=reply["id"])
    assert second["parentId"] == root["id"]
    thread = company.ana.items("/v1/messages", roomId=room, parentId=root["id"])
    assert [message["text"] for message in thread] == ["again", "reply"]
    wrong = {"roomId": company.new_room(), "text": "lost", "parentId": elsewhere["id"]}
    assert company.ana.refused("POST", "/v1/messages", json=wrong)[0] == 404


def test_files_keep_their_bytes_and_names(company: Company) -> None:
    room = company.new_room(BOT_EMAIL)
    data = "Ñandú;1\r\n".encode()
    said = company.bot.accepted(
        "POST",
        "/v1/messages",
        data={"roomId": room, "text": "report"},
        files={"files": ("Añejo report_2026.csv", data, "text/csv")},
    )
    file = company.ana.get(said["files"][0])
    assert file.content == data
    assert file.headers["content-type"].startswith("text/csv")
    assert "A%C3%B1ejo%20report_2026.csv" in file.headers["content-disposition"]
    assert company.ana.head(said["files"][0]).headers["content-length"] == str(len(data))
    assert company.gina.refused("GET", said["files"][0])[0] == 404


def test_a_file_and_a_card_can_come_together_unless_told_otherwise(fresh: Company) -> None:
    fields = {"toPersonEmail": BOT_EMAIL, "text": "both", "attachments": json.dumps(card())}
    file = {"files": ("a.txt", b"a")}
    said = fresh.ana.accepted("POST", "/v1/messages", data=fields, files=file)
    assert said["attachments"] == card()
    assert len(said["files"]) == 1
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"refuse_file_with_card": True})
    assert fresh.ana.refused("POST", "/v1/messages", data=fields, files=file)[0] == 400


def test_a_file_can_come_from_an_address_of_this_machine(company: Company, receiver: Receiver) -> None:
    receiver.files["/reports/A%C3%B1ejo.csv"] = ("text/csv", b"1;2")
    said = company.ana.say(toPersonEmail=BOT_EMAIL, files=[f"{receiver.url}/reports/A%C3%B1ejo.csv"])
    file = company.bot.get(said["files"][0])
    assert (file.content, file.headers["content-type"]) == (b"1;2", "text/csv; charset=utf-8")
    assert "A%C3%B1ejo.csv" in file.headers["content-disposition"]


@pytest.mark.parametrize(
    "files",
    [["https://example.com/a.png"], ["{}/missing"], ["{}/a", "{}/b"], "{}/a", [5], ["http://127.0.0.1:9/"], ["a b"]],
)
def test_a_file_that_cannot_be_had_is_refused(company: Company, receiver: Receiver, files: object) -> None:
    receiver.files["/a"] = receiver.files["/b"] = ("text/plain", b"a")
    given = json.loads(json.dumps(files).replace("{}", receiver.url))
    body = {"toPersonEmail": BOT_EMAIL, "text": "file", "files": given}
    assert company.ana.refused("POST", "/v1/messages", json=body)[0] == 400


@pytest.mark.parametrize("file", [("a.TIFF", b"a"), ("a", b"II*\0more"), ("a", b"a", "image/tiff")])
def test_tiff_cannot_be_shared(company: Company, file: tuple[str, bytes]) -> None:
    request: Json = {"data": {"toPersonEmail": BOT_EMAIL}, "files": {"files": file}}
    assert company.ana.refused("POST", "/v1/messages", **request)[0] == 400


def test_the_size_of_a_file_is_limited(fresh: Company, receiver: Receiver) -> None:
    assert fresh.ana.accepted("GET", "/sandbox/switches")["file_limit_bytes"] == 104_857_600
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"file_limit_bytes": 10})
    receiver.files["/large"] = ("text/plain", b"x" * 11)
    to_bot = {"toPersonEmail": BOT_EMAIL}
    for size, status in ((10, 200), (11, 400)):
        files = {"files": ("a.txt", b"x" * size)}
        assert fresh.ana.post("/v1/messages", data=to_bot, files=files).status_code == status
    assert fresh.ana.refused("POST", "/v1/messages", json=to_bot | {"files": [f"{receiver.url}/large"]})[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": ' + b"[" * 100_000,
        b'{"text": "\\ud800"}',
        b'{"inputs": NaN}',
        b'{"inputs": 1e999}',
        b"\xff",
        b'{"text": ' + b"9" * 5000 + b"}",
    ],
    ids=["deep", "half a character", "no number", "endless", "no text", "a long number"],
)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/attachment/actions", "/v1/rooms", "/sandbox/faults"])
def test_what_is_no_json_is_refused(company: Company, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert company.ana.refused("POST", path, content=body, headers=headers)[0] == 400


def test_a_body_of_another_media_type_is_refused(company: Company) -> None:
    for kind in ("text/xml", "application/x-www-form-urlencoded"):
        request: Json = {"content": b'{"title": "x"}', "headers": {"Content-Type": kind}}
        assert company.ana.refused("POST", "/v1/rooms", **request)[0] == 415
    with_charset = {"Content-Type": "Application/JSON;charset=utf-8"}
    company.ana.accepted("POST", "/v1/rooms", content=b'{"title": "x"}', headers=with_charset)


def test_pages_neither_repeat_nor_skip_when_messages_come_in_between(company: Company) -> None:
    room = company.new_room()
    for number in range(10):
        company.ana.say(roomId=room, text=str(number))
    seen: list[str] = []
    for page in company.ana.pages("/v1/messages", roomId=room, max=3):
        seen += [message["text"] for message in page]
        company.ana.say(roomId=room, text="in between")
    assert seen == [str(number) for number in range(9, -1, -1)]


def test_messages_before_a_time_or_a_message(company: Company) -> None:
    room = company.new_room()
    said = [company.ana.say(roomId=room, text=str(number)) for number in range(3)]
    before = company.ana.items("/v1/messages", roomId=room, beforeMessage=said[2]["id"])
    assert [message["text"] for message in before] == ["1", "0"]
    assert company.ana.items("/v1/messages", roomId=room, before=said[0]["created"]) == []
    for nonsense in ("soon", "0001-01-01T00:00:00+23:00"):
        assert company.ana.refused("GET", "/v1/messages", params={"roomId": room, "before": nonsense})[0] == 400


def test_a_bot_sees_of_a_group_room_only_what_mentions_it(company: Company) -> None:
    room = company.new_room(BOT_EMAIL)
    hidden = company.ana.say(roomId=room, text="between us")
    shown = company.ana.say(roomId=room, text="@PartnerHub help")
    assert company.bot.refused("GET", "/v1/messages", params={"roomId": room})[0] == 403
    bot_id = company.bot.accepted("GET", "/v1/people/me")["id"]
    for who in ("me", bot_id):
        assert company.bot.items("/v1/messages", roomId=room, mentionedPeople=who) == [shown]
    for wrong in ({"mentionedPeople": "somebody"}, {"mentionedPeople": "me", "max": "101"}):
        assert company.bot.refused("GET", "/v1/messages", params={"roomId": room} | wrong)[0] == 400
    assert company.bot.refused("GET", f"/v1/messages/{hidden['id']}")[0] == 404
    assert company.bot.accepted("GET", f"/v1/messages/{shown['id']}") == shown


def test_direct_messages_are_listed_by_person(company: Company) -> None:
    said = company.ben.say(toPersonEmail=BOT_EMAIL, text="just us")
    listed = company.bot.items("/v1/messages/direct", personEmail="ben.okafor@brightwater.example")
    assert listed[0] == said
    assert company.diego.items("/v1/messages/direct", personEmail="frank.novak@brightwater.example") == []
    reply = company.bot.say(toPersonEmail="ben.okafor@brightwater.example", text="yes", parentId=said["id"])
    thread = company.ben.items("/v1/messages/direct", personEmail=BOT_EMAIL, parentId=said["id"])
    assert thread == [reply]


def test_a_submitted_card_is_told_to_whoever_may_see_the_card(company: Company) -> None:
    room = company.new_room(BOT_EMAIL)
    form = company.bot.say(roomId=room, text="form", attachments=card())
    inputs = {"days": "30", "command": "expiring"}
    action = company.ana.accepted(
        "POST", "/v1/attachment/actions", json={"type": "submit", "messageId": form["id"], "inputs": inputs}
    )
    assert company.bot.accepted("GET", f"/v1/attachment/actions/{action['id']}") == action
    assert (action["inputs"], action["messageId"], action["roomId"]) == (inputs, form["id"], room)
    assert company.gina.refused("GET", f"/v1/attachment/actions/{action['id']}")[0] == 404
    plain = company.ana.say(roomId=room, text="no card")
    body = {"type": "submit", "messageId": plain["id"], "inputs": {}}
    assert company.ana.refused("POST", "/v1/attachment/actions", json=body)[0] == 400


def test_who_is_not_in_a_room_does_not_learn_that_it_exists(company: Company) -> None:
    room = company.new_room()
    said = company.ana.say(roomId=room, text="secret")
    assert company.gina.refused("GET", "/v1/messages", params={"roomId": room})[0] == 404
    assert company.gina.refused("GET", f"/v1/messages/{said['id']}")[0] == 404
    assert company.gina.refused("POST", "/v1/messages", json={"roomId": room, "text": "hello?"})[0] == 404


def test_ids_of_another_cluster_and_bare_uuids_are_understood(company: Company) -> None:
    said = company.ana.say(roomId=company.new_room(), text="hello")

    def elsewhere(webex_id: str) -> str:
        """The same thing under the newer form of an id."""
        decoded = b64decode(webex_id + "=" * (-len(webex_id) % 4)).decode()
        newer = decoded.replace("//us/", "//urn:TEAM:us-east-1_int13/")
        return b64encode(newer.encode()).decode().rstrip("=")

    for as_known in (elsewhere, bare):
        message, room, person = (as_known(said[name]) for name in ("id", "roomId", "personId"))
        assert company.ana.accepted("GET", f"/v1/messages/{message}") == said
        assert company.ana.items("/v1/messages", roomId=room) == [said]
        assert company.ana.accepted("GET", f"/v1/people/{person}")["id"] == said["personId"]
        company.bot.say(toPersonId=person, text="direct")
    for nonsense in ("%00", "Y2lzY29zcGFyazovL3Vz", "%F0%9F%98%80", "a" * 500):
        assert company.ana.refused("GET", f"/v1/messages/{nonsense}")[0] == 404
