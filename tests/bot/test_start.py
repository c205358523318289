"""Starting the service where it cannot start: one line that says how to mend it, and a non-zero exit."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.bot.box import Box


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, **environment: str) -> Result:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PARTNERBOT_DATABASE_URL", f"sqlite:///{folder / 'partnerbot.db'}")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(app, ["run"])


def one_line(result: Result) -> str:
    assert result.exit_code == 1
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_without_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "WEBEX_ACCESS_TOKEN" in one_line(run(monkeypatch, tmp_path))


def test_with_a_refused_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, box: Box) -> None:
    result = run(monkeypatch, tmp_path, WEBEX_ACCESS_TOKEN="nobody", PARTNERBOT_WEBEX_URL=box.url)
    assert "token" in one_line(result)


def test_where_webex_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        said = one_line(run(monkeypatch, tmp_path, WEBEX_ACCESS_TOKEN="token", PARTNERBOT_WEBEX_URL=url))
    assert url in said
    assert "PARTNERBOT_WEBEX_URL" in said
