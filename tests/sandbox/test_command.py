"""`partnerbot sandbox` as a program."""

import json
import signal
import subprocess
import sys

import httpx

from sandbox.server import Sandbox

PROGRAM = "import sys; from sandbox.cli import serve; serve(*map(int, sys.argv[1:]))"


def start(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port), "200", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_prints_one_json_line_when_ready_and_ends_when_asked() -> None:
    with start(0) as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        me = httpx.get(f"{ready['url']}/v1/people/me", headers={"Authorization": f"Bearer {ready['bot_token']}"})
        assert me.json()["type"] == "bot"
        assert {"email", "token", "roles"} <= ready["people"][0].keys()
        assert {"id", "title", "type"} == ready["rooms"][0].keys()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stdout.read() == ""


def test_a_port_in_use_is_one_clear_line_and_exit_code_1(shared_box: Sandbox) -> None:
    with start(shared_box.port) as process:
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert errors.count("\n") == 1
    assert f"127.0.0.1:{shared_box.port}" in errors
