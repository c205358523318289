"""The programs that are compared, each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bot.box import Box

PARTNERBOT = str(Path(sys.executable).with_name("partnerbot"))


@contextmanager
def webex_bot(box: Box) -> Iterator[None]:
    """webex-bot as its authors ship it, with its echo command."""
    with _running([sys.executable, "tests/sandbox/webex_bot_echo.py", box.url, box.bot_token]):
        yield


@contextmanager
def transport(box: Box, folder: Path) -> Iterator[None]:
    """Our way in and out, with a handler that only repeats."""
    database = f"sqlite:///{folder / 'transport.db'}"
    with _running([sys.executable, "-m", "tests.bot.echo_service", box.url, box.bot_token, database]):
        yield


@contextmanager
def service(box: Box, folder: Path) -> Iterator[None]:
    """The whole service, knowing the sandbox's customers."""
    environment = {
        "WEBEX_ACCESS_TOKEN": box.bot_token,
        "PARTNERBOT_WEBEX_URL": box.url,
        "PARTNERBOT_ADMIN_TOKEN": box.admin_token,
        "PARTNERBOT_FEED_URL": f"{box.url}/partnerhub/v1",
        "PARTNERBOT_FEED_TOKEN": box.feed_token,
        "PARTNERBOT_DATABASE_URL": f"sqlite:///{folder / 'service.db'}",
        "PARTNERBOT_FILES": str(folder),
        "PARTNERBOT_WATCH_SECONDS": "3600",
    }
    subprocess.run([PARTNERBOT, "sync"], env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)
    with _running([PARTNERBOT, "run"], environment):
        yield


@contextmanager
def _running(command: list[str], environment: Mapping[str, str] | None = None) -> Iterator[None]:
    with subprocess.Popen(
        command,
        env=os.environ | dict(environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as program:
        try:
            yield
        finally:
            program.kill()
