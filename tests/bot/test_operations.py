"""What whoever runs the service sees of it: probes, figures, one id through the log, and an end in time."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
import structlog
import yaml

from bot.app import Service
from bot.settings import Settings
from tests.bot.box import Box, running_box
from tests.bot.waiting import wait_until

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\bpartnerbot_[a-z_]+")
PARTNERBOT = Path(sys.executable).with_name("partnerbot")


@pytest.fixture(scope="module")
def shared_box() -> Iterator[Box]:
    with running_box() as found:
        yield found


@contextmanager
def running(box: Box, folder: Path, **given: Any) -> Iterator[Service]:
    settings = Settings.read(
        token=box.bot_token,
        webex_url=box.url,
        admin_token=box.admin_token,
        database_url=f"sqlite:///{folder}/partnerbot.db",
        files=folder / "files",
        http_port=0,
        **given,
    )
    service = Service(settings, lambda: datetime.now(UTC))
    service.start()
    try:
        yield service
    finally:
        service.stop()


def get(service: Service, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{service.http_port}{path}", trust_env=False, timeout=10)


def test_probes_and_figures(shared_box: Box, tmp_path: Path) -> None:
    with running(shared_box, tmp_path) as service:
        wait_until(lambda: get(service, "/readyz").status_code == 200)
        assert get(service, "/healthz").json() == {"listening": True, "scheduler": True}
        assert get(service, "/").status_code == 404
        before = len(shared_box.said_by_bot())
        shared_box.say("help")
        wait_until(lambda: len(shared_box.said_by_bot()) > before)
        wait_until(service.has_looked)
        wait_until(lambda: _figure(get(service, "/metrics").text, "partnerbot_delivery_seconds_count") >= 1)
        told = get(service, "/metrics").text
        assert _figure(told, "partnerbot_messages_total") >= 1
        assert _figure(told, "partnerbot_answer_seconds_count") >= 1
        assert _figure(told, 'partnerbot_commands_total{command="help",outcome="answered"}') >= 1
        assert _figure(told, 'partnerbot_calls_total{source="Webex, as the bot",status="200"}') >= 1
        assert _figure(told, 'partnerbot_calls_total{source="Webex",status="200"}') >= 1
        assert _figure(told, 'partnerbot_data_age_seconds{source="webex"}') < 60
        assert _figure(told, "partnerbot_connected") == 1
        assert _figure(told, "partnerbot_scheduler_lag_seconds") == 0
        shared_box.control("POST", "sockets/drop")
        shared_box.control("POST", "faults", method="GET", path="/u2c", status=503, times=50)
        wait_until(lambda: get(service, "/readyz").status_code == 503)
        assert get(service, "/readyz").json() == {"database": True, "webex": False, "running": True}
        shared_box.control("DELETE", "faults")


def test_being_asked_to_wait_is_counted(shared_box: Box, tmp_path: Path) -> None:
    name = 'partnerbot_calls_total{source="Webex",status="429"}'
    path = "/v1/organizations"
    shared_box.control("POST", "faults", method="GET", path=path, status=429, retry_after=0, times=1)
    with running(shared_box, tmp_path) as service:
        wait_until(service.has_looked)
        assert _figure(get(service, "/metrics").text, name) >= 1


def test_dashboard_and_alert_rules_name_only_what_is_offered(shared_box: Box, tmp_path: Path) -> None:
    rules = yaml.safe_load((DEPLOY / "alert-rules.yaml").read_text())["groups"][0]["rules"]
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    expressions = [rule["expr"] for rule in rules] + [
        target["expr"] for panel in dashboard["panels"] for target in panel["targets"]
    ]
    used = {name for expression in expressions for name in NAME.findall(expression)}
    with running(shared_box, tmp_path) as service:
        told = get(service, "/metrics").text
    families = dict(re.findall(r"^# TYPE (\S+) (\S+)$", told, re.MULTILINE))
    histograms = [name for name, kind in families.items() if kind == "histogram"]
    offered = set(families) | {f"{name}_{part}" for name in histograms for part in ("bucket", "count", "sum")}
    assert used <= offered
    shown = {name.removesuffix("_bucket") for name in used}
    ours = {name for name in families if name.startswith("partnerbot_") and not name.endswith("_created")}
    assert ours <= shown, "figures that nobody would look at"


def test_one_id_leads_from_the_question_to_the_delivery(shared_box: Box, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = []

    def keep(_logger: object, _level: str, line: Any) -> Any:
        lines.append(dict(line))
        raise structlog.DropEvent

    previous = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep], cache_logger_on_first_use=False)
    try:
        with running(shared_box, tmp_path) as service:
            wait_until(lambda: get(service, "/readyz").status_code == 200)
            shared_box.say("status")
            wait_until(lambda: any(line.get("command") == "status" for line in lines))
            (handled,) = (line for line in lines if line.get("command") == "status")
            correlation = handled["correlation"]
            wait_until(
                lambda: any(
                    line.get("action") == "deliver" and line.get("correlation") == correlation for line in lines
                )
            )
    finally:
        structlog.configure(**previous)
    assert len(correlation) == 12
    assert {line.get("correlation") for line in lines if line.get("action") == "connected"} == {None}


@contextmanager
def process(box: Box, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        "WEBEX_ACCESS_TOKEN": box.bot_token,
        "PARTNERBOT_WEBEX_URL": box.url,
        "PARTNERBOT_ADMIN_TOKEN": box.admin_token,
        "PARTNERBOT_DATABASE_URL": f"sqlite:///{folder}/partnerbot.db",
        "PARTNERBOT_FILES": str(folder / "files"),
    }
    log = folder / "log"
    # A file: nobody reads a pipe while it runs, and a full one would stop it.
    with (
        log.open("w") as written,
        subprocess.Popen([PARTNERBOT, "run"], cwd=folder, env=os.environ | environment, stderr=written) as program,
    ):
        try:
            wait_until(lambda: '"action": "connected"' in log.read_text(), 30)
            yield program
        finally:
            program.kill()


def test_asked_to_end_under_load_it_ends_in_time_and_the_next_start_answers_the_rest_once(
    box: Box, tmp_path: Path
) -> None:
    with process(box, tmp_path) as program:
        asked = box.burst(200, "help")
        # From now on Webex takes little at a time.
        box.control("POST", "limits", per="token", count=5, seconds=1)
        began = monotonic()
        program.send_signal(signal.SIGTERM)
        program.wait(timeout=15)
        assert monotonic() - began < 10
        assert program.returncode == 0
        last = json.loads((tmp_path / "log").read_text().splitlines()[-1])
        assert (last["action"], last["level"]) == ("stop", "info")
    early = len(box.said_by_bot())
    box.control("POST", "limits", per="token", count=1000, seconds=1)
    with process(box, tmp_path):
        wait_until(lambda: len(box.said_by_bot()) >= len(asked), 30)
    answered = [said["parentId"] for said in box.said_by_bot()]
    assert early < len(asked), "it ended before it was done"
    assert sorted(answered) == sorted(asked), "each is answered once"


def _figure(told: str, name: str) -> float:
    """The value of a series, or the sum over the labels of one."""
    values = [
        float(line.rsplit(" ", 1)[1])
        for line in told.splitlines()
        if line.startswith((f"{name} ", f"{name}{{")) or line.rsplit(" ", 1)[0] == name
    ]
    return sum(values)
