"""A thousand commands at once: how many are lost, how many answered twice, how many are answered in a second."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.programs import service, transport, webex_bot
from tests.bot.box import Box, running_box

COMMANDS = 1000
CUSTOMERS = 10_000
AWAY_SECONDS = 10
SILENCE_SECONDS = 20
"""After so long without a further answer the rest counts as lost."""


@dataclass(frozen=True)
class Setting:
    """A bot, what it is asked, and whether the sandbox goes away meanwhile."""

    name: str
    question: str
    customers: int
    run: Callable[[Box, Path], AbstractContextManager[None]]
    away_seconds: int = 0


SETTINGS = (
    Setting("webex-bot: echo", "echo", 0, lambda box, _folder: webex_bot(box)),
    Setting("our transport: echo", "echo", 0, transport),
    Setting(f"the same, sandbox {AWAY_SECONDS} s away", "echo", 0, transport, AWAY_SECONDS),
    Setting("our service: expiring 30", "expiring 30", CUSTOMERS, service),
    Setting(
        f"our service: expiring 30, sandbox {AWAY_SECONDS} s away", "expiring 30", CUSTOMERS, service, AWAY_SECONDS
    ),
)


@dataclass(frozen=True)
class Result:
    """What became of a burst."""

    answered: int
    lost: int
    repeated: int
    seconds: float


def main() -> None:
    """Run every burst, and print a table."""
    table = Table(title=f"{COMMANDS:,} commands at once; {CUSTOMERS:,} customers where it is the service")
    for heading in ("", "answered", "lost", "twice", "commands a second"):
        table.add_column(heading, justify="right" if heading else "left")
    for setting in SETTINGS:
        result = _measure(setting)
        speed = f"{result.answered / result.seconds:.0f}" if result.seconds else "-"
        table.add_row(setting.name, str(result.answered), str(result.lost), str(result.repeated), speed)
    Console().print(table)


def _measure(setting: Setting) -> Result:
    with TemporaryDirectory() as folder, running_box(setting.customers) as box:
        # Posted before the bot is there, they all reach it in the moment in which it connects.
        questions = box.burst(COMMANDS, setting.question)
        with setting.run(box, Path(folder)):
            began = _wait_for_answers(box, 1)
            if setting.away_seconds:
                _wait_for_answers(box, COMMANDS // 4)
                box.stop()
                time.sleep(setting.away_seconds)
                box.start()
            seconds = _wait_for_answers(box, COMMANDS) - began
        answers = Counter(message.get("parentId") for message in box.said_by_bot())
    answered = [answers[question] for question in questions if answers[question]]
    return Result(len(answered), COMMANDS - len(answered), sum(count > 1 for count in answered), seconds)


def _wait_for_answers(box: Box, count: int) -> float:
    """Return the time when so many answers were there, or the last one was if there are no more."""
    said, last = 0, time.perf_counter()
    while said < COMMANDS + count and time.perf_counter() - last < SILENCE_SECONDS:
        time.sleep(0.1)
        now = box.control("GET", "state")["counts"]["messages"]
        if now != said:
            said, last = now, time.perf_counter()
    return last
