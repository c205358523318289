"""A sandbox to send messages through, and everything the people in it can do there."""

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

Json = dict[str, Any]
BOT = "partnerhub@webex.bot"


@dataclass
class Box:
    """A running sandbox, by its public interface."""

    url: str
    bot_token: str
    admin_token: str
    feed_token: str
    people: list[Json]
    program: subprocess.Popen[str]

    def stop(self) -> None:
        """Be away, as after a power cut."""
        self._command("stop")

    def start(self) -> None:
        """Be back, with the same world on the same port."""
        self._command("start")

    def control(self, verb: str, path: str, /, **body: Any) -> Json:
        response = httpx.request(verb, f"{self.url}/sandbox/{path}", json=body, timeout=30)
        response.raise_for_status()
        return dict(response.json()) if response.content else {}

    def client(self, person: int = 0) -> httpx.Client:
        return httpx.Client(
            base_url=f"{self.url}/v1/", headers={"Authorization": f"Bearer {self.people[person]['token']}"}, timeout=30
        )

    def say(self, text: str, person: int = 0, **where: str) -> Json:
        """Post a message, one-to-one with the bot unless told otherwise."""
        with self.client(person) as client:
            response = client.post("messages", json={**(where or {"toPersonEmail": BOT}), "markdown": text})
        response.raise_for_status()
        return dict(response.json())

    def new_room(self, *others: str) -> str:
        """Return a room of the first person with the people of these addresses."""
        with self.client() as client:
            room = str(client.post("rooms", json={"title": "A room"}).raise_for_status().json()["id"])
            for email in others:
                client.post("memberships", json={"roomId": room, "personEmail": email}).raise_for_status()
        return room

    def devices(self) -> list[Json]:
        """The bot's registered devices."""
        headers = {"Authorization": f"Bearer {self.bot_token}"}
        return list(httpx.get(f"{self.url}/wdm/api/v1/devices", headers=headers).raise_for_status().json()["devices"])

    def acknowledge(self, message_id: str) -> None:
        """Acknowledge a message in the bot's name, so that it is not sent again."""
        with self._socket() as socket:
            socket.send(json.dumps({"type": "ack", "messageId": message_id}))

    def redelivered(self) -> list[str]:
        """UUIDs of the activities that a new socket of the bot gets."""
        marker = self.say("marker")["id"]
        found: list[str] = []
        with self._socket() as socket:
            while not found or found[-1] != uuid_of(marker):
                data = json.loads(socket.recv(10))["data"]
                if data["eventType"] == "conversation.activity":
                    found.append(data["activity"]["id"])
        self.acknowledge(marker)
        return found[:-1]

    def _socket(self) -> ClientConnection:
        headers = {"Authorization": f"Bearer {self.bot_token}"}
        return connect(self.devices()[0]["webSocketUrl"], additional_headers=headers, proxy=None)

    def burst(self, messages: int, text: str = "message {}") -> list[str]:
        """Everybody writes to the bot at once, each one message after the other; returns the messages' ids."""
        return asyncio.run(self._burst(messages, text))

    def said_by_bot(self) -> list[Json]:
        """What the bot said in any room, oldest first."""
        response = httpx.get(f"{self.url}/sandbox/messages", timeout=30)
        return [message for message in response.json()["items"] if message["personEmail"] == BOT]

    async def _burst(self, messages: int, text: str) -> list[str]:
        numbers = iter(range(messages))
        posted: list[str] = []
        async with httpx.AsyncClient(base_url=f"{self.url}/v1/", timeout=60) as client:

            async def write(token: str) -> None:
                for number in numbers:
                    response = await client.post(
                        "messages",
                        json={"toPersonEmail": BOT, "markdown": text.format(number)},
                        headers={"Authorization": f"Bearer {token}"},
                    )
                    posted.append(response.raise_for_status().json()["id"])

            await asyncio.gather(*(write(person["token"]) for person in self.people))
        return posted

    def _command(self, command: str) -> None:
        assert self.program.stdin
        assert self.program.stdout
        self.program.stdin.write(command + "\n")
        self.program.stdin.flush()
        assert self.program.stdout.readline() == "done\n"


def uuid_of(public_id: str) -> str:
    """The UUID in a Webex id."""
    return base64.urlsafe_b64decode(public_id + "==").decode().rsplit("/", 1)[-1]


@contextmanager
def running_box(customers: int = 5) -> Iterator[Box]:
    command = [sys.executable, "-m", "tests.bot.box_program", str(customers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        try:
            yield Box(**json.loads(program.stdout.readline()), program=program)
        finally:
            program.kill()
