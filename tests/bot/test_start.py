"""Starting the service where it cannot start: one line that says how to mend it, and a non-zero exit."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.bot.box import Box

PARTNERBOT = Path(sys.executable).with_name("partnerbot")


def refusal(folder: Path, **environment: str) -> str:
    """The one line that `partnerbot run` ends with."""
    environment = {"PARTNERBOT_DATABASE_URL": f"sqlite:///{folder / 'partnerbot.db'}"} | environment
    ended = subprocess.run(
        [PARTNERBOT, "run"],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_without_a_token(tmp_path: Path) -> None:
    assert "WEBEX_ACCESS_TOKEN" in refusal(tmp_path)


def test_with_a_refused_token(tmp_path: Path, box: Box) -> None:
    assert "token" in refusal(tmp_path, WEBEX_ACCESS_TOKEN="nobody", PARTNERBOT_WEBEX_URL=box.url)


def test_where_webex_cannot_be_reached(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        said = refusal(tmp_path, WEBEX_ACCESS_TOKEN="token", PARTNERBOT_WEBEX_URL=url)
    assert url in said
    assert "PARTNERBOT_WEBEX_URL" in said
