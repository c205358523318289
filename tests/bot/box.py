"""A sandbox to send messages through, and everything the people in it can do there."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

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

    def burst(self, messages: int) -> None:
        """Everybody writes to the bot at once, each one message after the other."""
        asyncio.run(self._burst(messages))

    def said_by_bot(self) -> list[Json]:
        """What the bot said in any room, oldest first."""
        response = httpx.get(f"{self.url}/sandbox/messages", timeout=30)
        return [message for message in response.json()["items"] if message["personEmail"] == BOT]

    async def _burst(self, messages: int) -> None:
        numbers = iter(range(messages))
        async with httpx.AsyncClient(base_url=f"{self.url}/v1/", timeout=60) as client:

            async def write(token: str) -> None:
                for number in numbers:
                    response = await client.post(
                        "messages",
                        json={"toPersonEmail": BOT, "markdown": f"message {number}"},
                        headers={"Authorization": f"Bearer {token}"},
                    )
                    response.raise_for_status()

            await asyncio.gather(*(write(person["token"]) for person in self.people))

    def _command(self, command: str) -> None:
        assert self.program.stdin
        assert self.program.stdout
        self.program.stdin.write(command + "\n")
        self.program.stdin.flush()
        assert self.program.stdout.readline() == "done\n"


@contextmanager
def running_box(customers: int = 5) -> Iterator[Box]:
    command = [sys.executable, "-m", "tests.bot.box_program", str(customers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        try:
            yield Box(**json.loads(program.stdout.readline()), program=program)
        finally:
            program.kill()
