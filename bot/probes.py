"""A small HTTP server for whoever looks after the service: `/healthz`, `/readyz`, `/metrics`. It tells no contents."""

import json
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog

log = structlog.get_logger()

Looks = Mapping[str, Callable[[], bool]]
"""What is looked at, by name; a look that raises is a bad one."""

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
READ_SECONDS = 5.0
"""A client that sends nothing holds a thread no longer."""


class Probes:
    """Serves until stopped.

    `/healthz` is 200 while the process does its work and need not be started anew, `/readyz` while it can answer
    people; each else 503, with JSON that names what is wrong.

    Raises:
        OSError: the port cannot be had.
    """

    def __init__(self, host: str, port: int, alive: Looks, ready: Looks, metrics: Callable[[], bytes]) -> None:
        self._server = _Server((host, port), _Handler)
        self._server.alive, self._server.ready, self._server.metrics = alive, ready, metrics
        self._thread = threading.Thread(target=self._server.serve_forever, name="probes", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to serve, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing more."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    alive: Looks
    ready: Looks
    metrics: Callable[[], bytes]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = READ_SECONDS
    server_version = "partnerbot"
    sys_version = ""

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/healthz":
                self._looked(self.server.alive)
            case "/readyz":
                self._looked(self.server.ready)
            case "/metrics":
                self._figures()
            case _:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"/healthz, /readyz or /metrics\n")

    def _looked(self, looks: Looks) -> None:
        found = {name: _is_good(name, look) for name, look in looks.items()}
        status = HTTPStatus.OK if all(found.values()) else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, "application/json", json.dumps(found).encode() + b"\n")

    def _figures(self) -> None:
        try:
            figures = self.server.metrics()
        except Exception:
            # The database may be away; whoever scrapes is told that there are none, and the log why.
            log.exception("there are no figures", action="metrics")
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"the database does not answer\n")
        else:
            self._answer(HTTPStatus.OK, METRICS_TYPE, figures)

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  (named by the library)
        """Say nothing: it is asked every few seconds."""


def _is_good(name: str, look: Callable[[], bool]) -> bool:
    try:
        return look()
    except Exception as error:
        # Whatever keeps it from being looked at is what is wrong with it.
        log.warning("a look failed", action="probe", look=name, error=type(error).__name__)
        return False
