"""A sandbox as the source, and a wire to it on which a test can change what is told."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from hub.feed import FeedClient
from hub.webex import PartnerClient
from sandbox.server import Sandbox


class Wire(httpx.BaseTransport):
    """Passes every request on to the sandbox, and its answers through what a test put in between."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self.tampering: dict[str, Callable[[Any], Any]] = {}
        """By the path after `/v1/`: what becomes of the answer's JSON, or an httpx.Response instead of it."""
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.partition("/v1/")[2]
        self.asked.append(path)
        answer = self._inner.handle_request(request)
        answer.read()
        if path not in self.tampering:
            return answer
        changed = self.tampering[path](json.loads(answer.content))
        return changed if isinstance(changed, httpx.Response) else httpx.Response(200, json=changed)

    def close(self) -> None:
        self._inner.close()


@dataclass
class Sources:
    """The sandbox, and the clients that read it."""

    box: Sandbox
    wire: Wire = field(default_factory=Wire)

    def __post_init__(self) -> None:
        self.partner = PartnerClient(self.box.url, self.box.admin_token, transport=self.wire)
        self.feed = FeedClient(f"{self.box.url}/partnerhub/v1", self.box.feed_token, transport=self.wire)

    def fault(self, **fault: Any) -> None:
        """Let the sandbox fail on command."""
        httpx.post(f"{self.box.url}/sandbox/faults", json=fault, trust_env=False).raise_for_status()

    def close(self) -> None:
        self.partner.close()
        self.feed.close()


@pytest.fixture
def sources() -> Iterator[Sources]:
    with Sandbox(customers=30, seed=1) as box:
        made = Sources(box)
        yield made
        made.close()
