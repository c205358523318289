"""`partnerbot demo`: a local Webex with a synthetic partner, and the bot in it, on one clock."""

import signal
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from bot.app import Service
from bot.logs import configure
from bot.settings import Misconfigured, Settings
from sandbox.server import Sandbox

WATCH_SECONDS = 5
ALERT_INTERVAL_SECONDS = 10


def play(port: int, customers: int, seed: int) -> None:
    """Run until interrupted; what happened in it is gone with it.

    Raises:
        Misconfigured: the port is in use.
    """
    configure(quiet=True)
    box = Sandbox(customers, seed, port)
    try:
        box.start()
    except OSError as error:
        raise Misconfigured(f"port {port} cannot be had ({error.strerror}); choose another: --port 0") from error
    with TemporaryDirectory(prefix="partnerbot-demo-") as folder:
        settings = Settings.read(
            token=box.bot_token,
            webex_url=box.url,
            admin_token=box.admin_token,
            feed_url=f"{box.url}/partnerhub/v1",
            feed_token=box.feed_token,
            database_url=f"sqlite:///{folder}/partnerbot.db",
            files=Path(folder) / "files",
            watch_seconds=WATCH_SECONDS,
            alert_wait_seconds=0,
            alert_interval_seconds=ALERT_INTERVAL_SECONDS,
        )
        service = Service(settings, box.clock.now)
        service.start()
        # What is changed in the page before the first look would be taken for what always was.
        while not service.has_looked():
            sleep(0.05)
        sys.stdout.write(f"\n  Partner Hub Bot is in its local Webex:  {box.url}\n  Ctrl+C ends it.\n\n")
        sys.stdout.flush()
        ended = threading.Event()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, lambda *_: ended.set())
        ended.wait()
        service.stop()
    box.stop()
