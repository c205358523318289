"""Messages in over webhooks of the sandbox: kept before they are acknowledged, answered once, and never another's."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.registration import WANTED
from bot.webhook import Webhooks
from hub.ids import webex_id
from storage import Database
from storage.presence import Presence
from tests.bot.box import Box
from tests.bot.echo_service import Echo, EchoService, now
from tests.bot.recorder import Recorder
from tests.bot.test_transport import CARD, answers, rows, wait_for_answer
from tests.bot.waiting import wait_until

SECRET = "a secret of the webhooks"


class Hooked(EchoService):
    """The transport with webhooks instead of a socket."""

    def __init__(self, box: Box, database: Database, handler: Any = None, secret: str = SECRET) -> None:
        super().__init__(box.url, box.bot_token, database, handler or Echo())
        self.changes: list[datetime] = []
        self.presence = Presence(database, now)
        self.line = Webhooks(
            self.webex,
            self.intake,
            self.presence,
            now,
            url="http://127.0.0.1:1/",
            secret=secret,
            host="127.0.0.1",
            port=0,
            rooms_changed=lambda: self.changes.append(now()),
        )
        self.url = f"http://127.0.0.1:{self.line.port}/webex"
        self.line._url = self.url
        self._thread = threading.Thread(target=self.line.run, name="webhooks")

    def stop(self) -> None:
        self.line.stop()
        super().stop()


@contextmanager
def hooked(box: Box, database: Database, handler: Any = None, secret: str = SECRET) -> Iterator[Hooked]:
    service = Hooked(box, database, handler, secret)
    service.start()
    try:
        wait_until(lambda: service.line.connected)
        yield service
    finally:
        service.stop()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    found.upgrade()
    yield found
    found.close()


def own_client(box: Box) -> httpx.Client:
    return httpx.Client(base_url=f"{box.url}/v1/", headers={"Authorization": f"Bearer {box.bot_token}"})


def webhooks(box: Box) -> list[dict[str, Any]]:
    with own_client(box) as client:
        return list(client.get("webhooks").raise_for_status().json()["items"])


def test_messages_and_buttons_are_answered(box: Box, database: Database) -> None:
    recorder = Recorder(card=CARD)
    with hooked(box, database, recorder):
        question = box.say("hello")
        wait_for_answer(box, question)
        card = next(said for said in box.said_by_bot() if said.get("parentId") == question["id"])
        with box.client() as client:
            press = {"type": "submit", "messageId": card["id"], "inputs": {"run": "expiring 30"}}
            client.post("attachment/actions", json=press).raise_for_status()
        wait_until(lambda: len(recorder.arrivals) == 2)
    said, pressed = recorder.arrivals
    assert (said.text, said.room_type) == ("hello", "direct")
    assert (pressed.inputs, pressed.person_email) == ({"run": "expiring 30"}, said.person_email)
    assert (pressed.room_type, pressed.room_id) == ("direct", said.room_id)


def test_coming_into_a_room_is_heard_of(box: Box, database: Database) -> None:
    with hooked(box, database) as service:
        room = box.new_room("partnerhub@webex.bot")
        wait_until(lambda: service.changes)
        asked = box.say("<@personEmail:partnerhub@webex.bot|bot> hello", roomId=room)
        wait_until(lambda: answers(box, asked))


def request(service: Hooked, said: dict[str, Any], *, secret: str = SECRET) -> int:
    body = json.dumps({"resource": "messages", "event": "created", "data": said}).encode()
    signature = hmac.new(secret.encode(), body, "sha1").hexdigest()
    return httpx.post(service.url, content=body, headers={"X-Spark-Signature": signature}).status_code


def test_a_repeated_request_is_answered_well_and_handled_once(box: Box, database: Database) -> None:
    recorder = Recorder()
    with hooked(box, database, recorder) as service:
        question = box.say("hello")
        wait_for_answer(box, question)
        assert [request(service, question) for _ in range(3)] == [204, 204, 204]
    assert (recorder.texts(), len(rows(database))) == (["hello"], 1)


def test_what_webex_did_not_sign_reaches_nobody(box: Box, database: Database) -> None:
    with hooked(box, database) as service:
        forged = {"id": webex_id("MESSAGE", "x"), "created": datetime.now(UTC).isoformat()}
        assert request(service, forged, secret="another secret") == 401
        assert httpx.post(service.url, content=b"x" * 300_000).status_code == 413
        assert httpx.get(service.url).status_code == 405
    assert rows(database) == []


def test_a_request_is_answered_well_only_after_the_inbox_has_it(
    box: Box, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webhook.PATIENCE_SECONDS", 0.3)
    with hooked(box, database) as service:
        question = box.say("hello")
        wait_for_answer(box, question)
        with database.write():
            another = dict(question, id=webex_id("MESSAGE", "5b0c1c0e-0000-4000-8000-000000000001"))
            assert request(service, another) == 503
            assert len(rows(database)) == 1
        wait_until(lambda: len(rows(database)) == 2)


def test_only_own_webhooks_are_touched(box: Box, database: Database) -> None:
    with own_client(box) as client:
        other = {"name": "Somebody's", "targetUrl": f"{box.url}/x", "resource": "messages", "event": "created"}
        kept = client.post("webhooks", json=other).raise_for_status().json()
    with hooked(box, database):
        first = webhooks(box)
    with hooked(box, database, secret="a secret that is new") as service:
        second = webhooks(box)
        question = box.say("hello")
        wait_for_answer(box, question)
        assert {each["targetUrl"] for each in second if each["id"] != kept["id"]} == {service.url}
    assert [each["id"] for each in first] == [each["id"] for each in second]
    assert len(second) == len(WANTED) + 1
    assert next(each for each in second if each["id"] == kept["id"]) == kept


def test_an_inactive_webhook_is_revived_and_a_double_one_removed(box: Box, database: Database) -> None:
    with hooked(box, database):
        double = next(each for each in webhooks(box) if each["resource"] == "messages")
        with own_client(box) as client:
            again = {name: double[name] for name in ("name", "targetUrl", "resource", "event")}
            client.post("webhooks", json=again).raise_for_status()
        box.control("PATCH", "switches", webhook_failures=1)
    box.say("while nobody listens")
    wait_until(lambda: any(each["status"] == "inactive" for each in webhooks(box)))
    with hooked(box, database):
        found = webhooks(box)
        assert len(found) == len(WANTED)
        assert {each["status"] for each in found} == {"active"}
        wait_for_answer(box, box.say("hello"))
