"""A small server on this machine that webhooks are delivered to, and that offers files."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.sandbox.driving import WAIT_SECONDS, Json


@dataclass(frozen=True)
class Delivery:
    """One POST that came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Json:
        told: Json = json.loads(self.body)
        return told


@dataclass
class Receiver:
    """What came in, and what is answered: `status` to each POST, `files` to GETs by path."""

    url: str = ""
    status: int = 204
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    _came: queue.Queue[Delivery] = field(default_factory=queue.Queue)

    def next(self) -> Delivery:
        """The next delivery, waited for."""
        return self._came.get(timeout=WAIT_SECONDS)

    def take(self, delivery: Delivery) -> None:
        """Note a delivery."""
        self._came.put(delivery)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is left."""
        return self._came.empty()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(Delivery(dict(self.headers.items()), body))
            self._answer(receiver.status, "text/plain", b"")

        def do_GET(self) -> None:
            if self.path not in receiver.files:
                self._answer(404, "text/plain", b"")
                return
            self._answer(200, *receiver.files[self.path])

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
