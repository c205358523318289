"""How the tests drive a sandbox: as a person over REST, as a client of its socket, as a reader of its events."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from sandbox.server import Sandbox

BOT_EMAIL = "partnerhub@webex.bot"
WAIT_SECONDS = 10.0

Json = dict[str, Any]


class Person(httpx.Client):
    """Somebody with a token."""

    def __init__(self, box: Sandbox, token: str) -> None:
        super().__init__(
            base_url=box.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=WAIT_SECONDS,
            trust_env=False,
            verify=False,  # Nothing here speaks TLS, and reading the certificates takes longer than most tests.
        )
        self.token = token

    def say(self, **message: Any) -> Json:
        """Post a message; it must be accepted."""
        return self.accepted("POST", "/v1/messages", json=message)

    def accepted(self, method: str, path: str, **request: Any) -> Json:
        """The answer to a request that must succeed."""
        response = self.request(method, path, **request)
        assert response.is_success, response.text
        answer: Json = response.json()
        return answer

    def refused(self, method: str, path: str, **request: Any) -> tuple[int, str]:
        """Status and description of a request that must be refused, in the documented shape."""
        response = self.request(method, path, **request)
        body = response.json()
        assert body["trackingId"] == response.headers["trackingId"]
        assert body["message"] == body["errors"][0]["description"]
        return response.status_code, body["message"]

    def items(self, path: str, **params: Any) -> list[Json]:
        """One page of a list."""
        answer = self.accepted("GET", path, params=params)["items"]
        assert isinstance(answer, list)
        return answer

    def pages(self, path: str, **params: Any) -> Iterator[list[Json]]:
        """Every page of a list, following `Link`."""
        response = self.get(path, params=params)
        yield response.json()["items"]
        while "next" in response.links:
            response = self.get(response.links["next"]["url"])
            yield response.json()["items"]

    @contextmanager
    def events(self) -> Iterator["Events"]:
        """What the chat page of this person hears."""
        with self.stream("GET", "/sandbox/events", params={"token": self.token}) as response:
            lines = response.iter_lines()
            assert next(lines) == ": connected"
            yield Events(lines)


@dataclass
class Events:
    """An open stream of Server-Sent Events."""

    lines: Iterator[str]

    def next(self, event: str, wanted: Callable[[Json], bool] = lambda _: True) -> Json:
        """The next event of this name that is wanted; others are passed over."""
        name = ""
        for line in self.lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name == event:
                data: Json = json.loads(line.removeprefix("data: "))
                if wanted(data):
                    return data
        raise AssertionError(f"no {event}")


def register(client: Person) -> str:
    """A new device's socket address, found as webex_bot finds it."""
    links = client.accepted("GET", "/u2c/api/v1/catalog", params={"format": "hostmap"})["serviceLinks"]
    device = client.accepted("POST", f"{links['wdm']}/devices", json={"name": "python-spark-client"})
    return str(device["webSocketUrl"])


class Socket:
    """An open, authorised socket."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def activity(self, verb: str = "post") -> Json:
        """The next activity, which must be of this verb."""
        activity: Json = self.frame()["data"]["activity"]
        assert activity["verb"] == verb
        return activity

    def frame(self) -> Json:
        """The next frame, whole."""
        frame: Json = json.loads(self.connection.recv(WAIT_SECONDS))
        return frame

    def acknowledge(self, message_id: str) -> None:
        """Say that a message has been taken care of."""
        self.connection.send(json.dumps({"type": "ack", "messageId": message_id}))


@contextmanager
def socket(url: str, token: str) -> Iterator[Socket]:
    """A socket authorised by its first frame."""
    with connect(url, proxy=None) as connection:
        frame = {"id": str(uuid4()), "type": "authorization", "data": {"token": f"Bearer {token}"}}
        connection.send(json.dumps(frame))
        greeting = json.loads(connection.recv(WAIT_SECONDS))
        assert greeting["data"]["eventType"] == "mercury.buffer_state"
        yield Socket(connection)
