"""Several machines on this one: replicas behind a proxy, and workers, each a process that can be killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bot.registration import WANTED
from storage import Database
from storage.tables import Replica
from tests.bot.box import Box
from tests.bot.waiting import wait_until

PARTNERBOT = str(Path(sys.executable).with_name("partnerbot"))
SECRET = "a secret of the webhooks"
START_SECONDS = 60.0
NO_SETTINGS: Mapping[str, str] = {}

_pause = threading.Event()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Machine:
    """One process, started and killed by the tests."""

    def __init__(self, *arguments: str, log: Path, environment: dict[str, str]) -> None:
        self._command = [PARTNERBOT, *arguments]
        self._log = log
        self._environment = os.environ | environment
        self.program: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.program = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    def end(self, with_signal: int = signal.SIGKILL) -> None:
        if self.program:
            self.program.send_signal(with_signal)
            self.program.wait(30)
            self.program = None


class Proxy:
    """Hands a request to one replica after the other until one takes it, as a load balancer does."""

    def __init__(self, ports: list[int]) -> None:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = proxy.forward(body, {"X-Spark-Signature": self.headers["X-Spark-Signature"]})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._ports = ports
        self._turn = 0
        self._client = httpx.Client(timeout=20)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/webex"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._client.close()

    def forward(self, body: bytes, headers: dict[str, str]) -> int:
        for _ in range(40):
            self._turn += 1
            port = self._ports[self._turn % len(self._ports)]
            try:
                return self._client.post(f"http://127.0.0.1:{port}/webex", content=body, headers=headers).status_code
            except httpx.HTTPError:
                # That one is gone; what it may have kept already, the next one knows.
                _pause.wait(0.1)
        return 502


class Machines:
    """Replicas with webhooks, and workers."""

    def __init__(
        self, box: Box, database: Database, folder: Path, replicas: int, workers: int, settings: Mapping[str, str]
    ) -> None:
        self.database = database
        ports = [free_port() for _ in range(replicas)]
        self.proxy = Proxy(ports)
        common = {
            "WEBEX_ACCESS_TOKEN": box.bot_token,
            "PARTNERBOT_WEBEX_URL": box.url,
            "PARTNERBOT_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "PARTNERBOT_FILES": str(folder / "files"),
            "PARTNERBOT_ROLES": ",".join(f"{person['email']}=partner_full_admin" for person in box.people),
            "PARTNERBOT_WEBHOOK_URL": self.proxy.url,
            "PARTNERBOT_WEBHOOK_SECRET": SECRET,
            **settings,
        }
        self.replicas = [
            Machine(
                "run",
                "--webhook",
                log=folder / f"replica-{number}.log",
                environment={**common, "PARTNERBOT_WEBHOOK_PORT": str(port)},
            )
            for number, port in enumerate(ports)
        ]
        self.workers = [
            Machine("worker", log=folder / f"worker-{number}.log", environment=common) for number in range(workers)
        ]

    def hear(self, box: Box) -> bool:
        """Whether every webhook is there."""
        headers = {"Authorization": f"Bearer {box.bot_token}"}
        found = httpx.get(f"{box.url}/v1/webhooks", headers=headers, timeout=10).raise_for_status().json()["items"]
        return len(found) == len(WANTED)

    def ask(self, box: Box, times: int) -> list[str]:
        """Everybody asks in turn, a few a second, and returns the ids of the questions."""
        asked = []
        for number in range(times):
            asked.append(str(box.say("helpdesk", number % len(box.people))["id"]))
            _pause.wait(0.15)
        return asked

    def wait_until_there(self) -> None:
        wanted = len(self.replicas) + len(self.workers)
        wait_until(lambda: self._living() >= wanted, START_SECONDS)

    def _living(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(Replica)) or 0


@contextmanager
def running(
    box: Box,
    database: Database,
    folder: Path,
    replicas: int = 2,
    workers: int = 2,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> Iterator[Machines]:
    """All of them, until the end."""
    machines = Machines(box, database, folder, replicas, workers, settings)
    everyone = [*machines.replicas, *machines.workers]
    with machines.proxy:
        try:
            for machine in everyone:
                machine.start()
            machines.wait_until_there()
            yield machines
        finally:
            for machine in everyone:
                machine.end()
