"""docs/sandbox.md: every request, fault, limit and switch is in it, and its examples work as they stand there."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from time import monotonic, sleep

import pytest

from sandbox.faults import Fault, FrameFault
from sandbox.switches import Switches
from tests.contract.inprocess import in_process
from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL

TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()
BLOCKS = re.findall(r"^```(.+)\n((?:.*\n)*?)```$", TEXT, re.MULTILINE)
ROWS = re.findall(r"^\| ([A-Z ]+) \| `([^`]+)` \|", TEXT, re.MULTILINE)
PAGE = ("/page/", "/mercury/")
ADDRESS = "http://127.0.0.1:8080"
PATIENCE_SECONDS = 30


def test_every_request_is_documented() -> None:
    documented = {(method, _places(path)) for methods, path in ROWS for method in methods.split()}
    with in_process(0) as sandbox:
        offered = {
            (method, _places(route.path))
            for route in sandbox.routes
            for method in (route.methods or set()) - {"HEAD"}
            if route.path != "/" and not route.path.startswith(PAGE)
        }
    assert offered - documented == set()
    assert documented - offered == set()


def _places(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "{}", path)


def test_every_fault_and_switch_is_documented() -> None:
    names = [one.name for one in (*fields(Fault), *fields(Switches))] + list(FrameFault)
    assert [name for name in names if f"`{name}`" not in TEXT] == []
    defaults = re.findall(r"^\| `(\w+)` \| (\w+) \|", TEXT, re.MULTILINE)
    assert dict(defaults) == {one.name: json.dumps(one.default) for one in fields(Switches)}


@pytest.fixture
def environment(fresh: Company, tmp_path: Path) -> dict[str, str]:
    """As it is after the first example: the line of the sandbox in a file, its tokens in variables."""
    box = fresh.box
    line = {"url": box.url, "bot_token": box.bot_token, "admin_token": box.admin_token, "people": box.people}
    (tmp_path / "sandbox.json").write_text(json.dumps(line))
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SANDBOX": box.url,
        "BOT_TOKEN": box.bot_token,
        "ADMIN_TOKEN": box.admin_token,
        "ANA_TOKEN": fresh.ana.token,
        "ANA": box.people[0]["email"],
        "NO_PROXY": "*",
    }


def run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_shell_examples_work_one_after_the_other(
    fresh: Company, environment: dict[str, str], tmp_path: Path
) -> None:
    script = "".join(code for kind, code in BLOCKS if kind == "sh").replace(ADDRESS, fresh.box.url)
    for name in ("SANDBOX", "BOT_TOKEN", "ADMIN_TOKEN", "ANA_TOKEN", "ANA"):
        del environment[name]
    run(["bash", "-euo", "pipefail", "-c", script], environment, tmp_path)
    said = fresh.ana.items("/v1/messages/direct", personEmail=BOT_EMAIL)
    assert {"Hello", "A file"} <= {one["text"] for one in said}


@pytest.mark.parametrize("code", [code for kind, code in BLOCKS if kind == "python"])
def test_a_python_example_works(code: str, environment: dict[str, str], tmp_path: Path) -> None:
    assert run([sys.executable, "-W", "ignore", "-c", code], environment, tmp_path)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_node_example_works(environment: dict[str, str], tmp_path: Path) -> None:
    (code,) = (code for kind, code in BLOCKS if kind == "js")
    (tmp_path / "example.mjs").write_text(code)
    assert run(["node", "example.mjs"], environment, tmp_path)


def test_the_bot_of_the_example_answers(fresh: Company, environment: dict[str, str], tmp_path: Path) -> None:
    (code,) = (code for kind, code in BLOCKS if kind == "python bot")
    command = [sys.executable, "-W", "ignore", "-c", code]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=quiet, stderr=quiet) as program:
        fresh.ana.say(toPersonEmail=BOT_EMAIL, text="hello")
        until = monotonic() + PATIENCE_SECONDS
        said: list[str] = []
        while "Hello to you" not in said and monotonic() < until:
            sleep(0.1)
            said = [one["text"] for one in fresh.ana.items("/v1/messages/direct", personEmail=BOT_EMAIL)]
        program.kill()
    assert "Hello to you" in said
