"""The whole product: a sandbox and the service in it, on the sandbox's clock, and people who talk through Webex."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from bot.app import Service
from bot.settings import Settings
from sandbox.server import Sandbox
from tests.e2e.browsing import chromium

PATIENCE_SECONDS = 20.0
WATCH_SECONDS = 1


def wait_for(what: str, look: Callable[[], Any]) -> Any:
    """Look until something is there; other processes and threads answer in their own time."""
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        found = look()
        if found:
            return found
        sleep(0.05)
    pytest.fail(f"waited in vain for {what}")


@dataclass
class Talker:
    """A person of the sandbox, who uses Webex's public interface with their own token."""

    email: str
    http: httpx.Client
    bot_email: str

    def say(self, text: str, room: str | None = None) -> dict[str, Any]:
        """Post: one-to-one with the bot, or into a group room, mentioning it. Returns the message."""
        if room is None:
            body = {"toPersonEmail": self.bot_email, "text": text}
        else:
            body = {"roomId": room, "markdown": f"<@personEmail:{self.bot_email}|PartnerHub> {text}"}
        return self._ok(self.http.post("/v1/messages", json=body))

    def ask(self, text: str, room: str | None = None, answers: int = 1) -> list[dict[str, Any]]:
        """Post and wait for so many answers in the thread, oldest first."""
        return self.replies(self.say(text, room), answers)

    def replies(self, message: dict[str, Any], answers: int = 1) -> list[dict[str, Any]]:
        """Wait for so many messages of the bot in the thread of a message, oldest first."""
        root = message.get("parentId", message["id"])
        params = {"roomId": message["roomId"], "parentId": root}

        def look() -> list[dict[str, Any]]:
            found = self._ok(self.http.get("/v1/messages", params=params))["items"]
            mine = [each for each in found if each["personEmail"] == self.bot_email]
            return mine[::-1] if len(mine) >= answers else []

        found: list[dict[str, Any]] = wait_for(f"an answer to {message.get('text')!r}", look)
        return found

    def room_with_the_bot(self, title: str) -> str:
        """Make a group room of one's own with nobody else but the bot; returns its id."""
        room = str(self._ok(self.http.post("/v1/rooms", json={"title": title}))["id"])
        self._ok(self.http.post("/v1/memberships", json={"roomId": room, "personEmail": self.bot_email}))
        return room

    def press(self, message: dict[str, Any], run: str, **inputs: str) -> dict[str, Any]:
        """Press the button of a card that types a command, and fill in its fields."""
        data = next(data for data in _buttons(card_of(message)) if data["run"].startswith(run))
        body = {"type": "submit", "messageId": message["id"], "inputs": {**data, **inputs}}
        return self._ok(self.http.post("/v1/attachment/actions", json=body))

    def heard(self, room: str, contains: str, *, with_file: bool = False) -> dict[str, Any]:
        """Wait for a message of the bot in a room that holds a text."""

        def look() -> dict[str, Any] | None:
            found = self._ok(self.http.get("/v1/messages", params={"roomId": room}))["items"]
            return next(
                (
                    each
                    for each in found
                    if each["personEmail"] == self.bot_email
                    and contains in each.get("text", "")
                    and (not with_file or "files" in each)
                ),
                None,
            )

        found: dict[str, Any] = wait_for(f"a message with {contains!r}", look)
        return found

    def file(self, message: dict[str, Any]) -> tuple[str, str]:
        """Download a message's file: its name and text."""
        response = self.http.get(message["files"][0])
        return re.findall(r'filename="([^"]*)"', response.headers["Content-Disposition"])[0], response.content.decode(
            "utf-8-sig"
        )

    def _ok(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found


def card_of(message: dict[str, Any]) -> dict[str, Any]:
    """Return the card of a message."""
    content: dict[str, Any] = message["attachments"][0]["content"]
    return content


def _buttons(element: Any) -> Iterator[dict[str, Any]]:
    """Yield the data of every submit action in a card."""
    if isinstance(element, dict):
        if element.get("type") == "Action.Submit":
            yield element["data"]
        for value in element.values():
            yield from _buttons(value)
    elif isinstance(element, list):
        for value in element:
            yield from _buttons(value)


@dataclass
class Product:
    """A sandbox, the service in it, and its people."""

    box: Sandbox
    service: Service
    control: httpx.Client
    opened: list[httpx.Client] = field(default_factory=list)

    def close(self) -> None:
        """Give back every connection."""
        for client in (self.control, *self.opened):
            client.close()

    def talker(self, role: str) -> Talker:
        """Return somebody with a partner role (`none`: a colleague without, `outsider`: of another organization)."""
        people = self.control.get("/sandbox/state").json()
        own = people["bot"]["email"]
        wanted = {"none": (False, []), "outsider": (True, [])}.get(role, (False, [role]))
        person = next(
            each
            for each in people["people"]
            if (not each["email"].endswith("brightwater.example"), each["roles"]) == wanted
        )
        headers = {"Authorization": f"Bearer {person['token']}"}
        self.opened.append(httpx.Client(base_url=self.box.url, headers=headers, timeout=20))
        return Talker(person["email"], self.opened[-1], own)

    def room(self, title: str) -> str:
        """Return the id of a group room."""
        return next(room["id"] for room in self.box.rooms if room["title"] == title)

    def healthy_customer(self, number: int = 0) -> dict[str, Any]:
        """Return a customer (of several, the one of this number) all of whose subscriptions are paid and run long."""
        rows = self.control.get("/sandbox/customers", params={"q": ""}).json()["items"]
        healthy = [row for row in rows if row["subscriptions"] and all(map(self._is_healthy, row["subscriptions"]))]
        found: dict[str, Any] = healthy[number]
        return found

    def _is_healthy(self, subscription: dict[str, Any]) -> bool:
        today = self.box.clock.now().date()
        is_paid = subscription["type"] == "subscription" and (subscription["invoice"] or {}).get("state") == "paid"
        start, end = subscription["start_date"], subscription["end_date"]
        later = (today + timedelta(days=120)).isoformat()
        return bool(is_paid and start and end and start < today.isoformat() and end > later)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, running, after its first look at the customers."""
    folder: Path = tmp_path_factory.mktemp("product")
    with Sandbox(customers=60, seed=3) as box:
        settings = Settings.read(
            token=box.bot_token,
            webex_url=box.url,
            admin_token=box.admin_token,
            feed_url=f"{box.url}/partnerhub/v1",
            feed_token=box.feed_token,
            database_url=f"sqlite:///{folder}/partnerbot.db",
            files=folder / "files",
            watch_seconds=WATCH_SECONDS,
            alert_wait_seconds=0,
            alert_interval_seconds=0,
        )
        service = Service(settings, box.clock.now)
        service.start()
        product = Product(box, service, httpx.Client(base_url=box.url, timeout=20))
        wait_for("the first look", service.has_looked)
        yield product
        service.stop()
        product.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a file."""
    with chromium() as browser:
        yield browser
