"""Message posted → reply received: the service beside webex-bot's own echo, in turns, on sandboxes of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.chat import Conversation, conversation
from bench.programs import service, transport, webex_bot
from tests.bot.box import Box, running_box

CUSTOMERS = 10_000
ROUNDS = 200
WARM_UP_ROUNDS = 20
WANTED_RATIO = 1.5
WANTED_SANDBOX_MILLISECONDS = 10


@dataclass(frozen=True)
class Setting:
    """A bot, and what it is asked."""

    name: str
    question: str
    customers: int
    run: Callable[[Box, Path], AbstractContextManager[None]]


SETTINGS = (
    Setting("webex-bot: echo", "echo", 0, lambda box, _folder: webex_bot(box)),
    Setting("our transport: echo", "echo", 0, transport),
    Setting(f"our service: expiring 30, {CUSTOMERS:,} customers", "expiring 30", CUSTOMERS, service),
)


@dataclass
class Contender:
    """A running bot, and how long its answers took."""

    setting: Setting
    box: Box
    talk: Conversation
    seconds: list[float] = field(default_factory=list)
    sandbox_seconds: float = 0.0

    def ask(self) -> None:
        """Ask once more."""
        served = self._sandbox_seconds()
        self.seconds.append(self.talk.ask(self.setting.question))
        self.sandbox_seconds += self._sandbox_seconds() - served

    def forget(self) -> None:
        """What was so far does not count."""
        self.seconds, self.sandbox_seconds = [], 0.0

    def _sandbox_seconds(self) -> float:
        return float(self.box.control("GET", "state")["served"]["seconds"])


def main() -> None:
    """Measure, and print a table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        contenders = [_enter(stack, setting, folder) for setting in SETTINGS]
        for number in range(WARM_UP_ROUNDS + ROUNDS):
            if number == WARM_UP_ROUNDS:
                for contender in contenders:
                    contender.forget()
            for contender in contenders:
                contender.ask()
    _print(contenders)


def _enter(stack: ExitStack, setting: Setting, folder: Path) -> Contender:
    box = stack.enter_context(running_box(setting.customers))
    stack.enter_context(setting.run(box, folder))
    return Contender(setting, box, stack.enter_context(conversation(box)))


def _print(contenders: list[Contender]) -> None:
    table = Table(
        title=f"Message posted → reply received, {ROUNDS} times in turns, milliseconds",
        caption=f"wanted: at most {WANTED_RATIO} × webex-bot; sandbox at most {WANTED_SANDBOX_MILLISECONDS}",
    )
    for heading in ("", "median", "p95", "× webex-bot", "of it sandbox"):
        table.add_column(heading, justify="right" if heading else "left")
    baseline = median(contenders[0].seconds)
    for contender in contenders:
        middle = median(contender.seconds)
        table.add_row(
            contender.setting.name,
            f"{middle * 1000:.1f}",
            f"{sorted(contender.seconds)[int(ROUNDS * 0.95)] * 1000:.1f}",
            f"{middle / baseline:.2f}",
            f"{contender.sandbox_seconds / ROUNDS * 1000:.1f}",
        )
    Console().print(table)
