"""webex_bot, unmodified, works against the sandbox."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL, Json, Person

PROGRAM = Path(__file__).with_name("webex_bot_echo.py")


@pytest.fixture
def echo_bot(fresh: Company) -> Iterator[None]:
    command = [sys.executable, str(PROGRAM), fresh.box.url, fresh.box.bot_token]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield
        process.kill()


@pytest.mark.parametrize("in_group", [False, True], ids=["one-to-one", "group room"])
def test_unmodified_webex_bot_answers_a_message_and_a_card(fresh: Company, echo_bot: None, in_group: bool) -> None:
    if in_group:
        target = {"roomId": fresh.new_room(BOT_EMAIL), "markdown": f"<@personEmail:{BOT_EMAIL}|PartnerHub> echo"}
    else:
        target = {"toPersonEmail": BOT_EMAIL, "text": "echo"}
    with fresh.ana.events() as events:
        question = fresh.ana.say(**target)
        form = events.next("message-created", lambda message: "Input.Text" in card_parts(message))
        assert form["parentId"] == question["id"]
        submit(fresh.ana, form, "¡Hola!")
        echo = events.next("message-created", lambda message: "¡Hola!" in message.get("text", ""))
    assert echo["personEmail"] == BOT_EMAIL
    assert echo["roomId"] == question["roomId"]


def card_parts(message: Json) -> str:
    return str([attachment["content"]["body"] for attachment in message.get("attachments", [])]).replace("'", "")


def submit(person: Person, form: Json, words: str) -> None:
    inputs = {"callback_keyword": "echo_callback", "message_typed": words}
    person.accepted(
        "POST", "/v1/attachment/actions", json={"type": "submit", "messageId": form["id"], "inputs": inputs}
    )
