"""What the commands of the program share: what they are built from, progress, and failures told in one line.

Modules are imported where they are used, so that `--help` and the light commands start at once.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.parts import Parts
    from bot.settings import Settings


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def settings() -> "Settings":
    """Read the configuration.

    Raises:
        Misconfigured: a setting is missing or makes no sense.
    """
    from bot.settings import Settings

    return Settings.read()


@contextmanager
def parts() -> "Iterator[Parts]":
    """Assemble the database, clients and commands, without Webex messaging, and give them back at the end."""
    from bot.logs import configure
    from bot.parts import assemble

    configure(quiet=True)
    assembled = assemble(settings(), clock)
    try:
        yield assembled
    finally:
        assembled.close()


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal: called with what is done, how many are, and of how many."""
    from rich.progress import Progress, TaskID

    tasks: dict[str, TaskID] = {}
    with Progress(disable=not sys.stderr.isatty(), transient=True) as bar:

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield advance


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Tell expected failures in one line on stderr."""
    from bot.errors import WebexError
    from bot.settings import Misconfigured
    from hub.errors import HubError
    from hub.importing import UnusableFile
    from hub.resources import UnusableResources
    from storage import DatabaseUnusable
    from storage.backup import BackupRefused
    from storage.copying import CopyDiffers, CopyRefused

    expected = (
        WebexError,
        HubError,
        UnusableFile,
        UnusableResources,
        Misconfigured,
        DatabaseUnusable,
        BackupRefused,
        CopyDiffers,
        CopyRefused,
    )
    try:
        yield
    except expected as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))


def fail(line: str) -> NoReturn:
    """Say what is wrong, in one line on stderr, and end with exit code 1."""
    typer.echo(f"partnerbot: {' '.join(line.split())}", err=True)
    raise typer.Exit(1)


def day(value: datetime | None) -> date | None:
    """Return the day that an option names."""
    return value.date() if value else None


def print_json(value: Any) -> None:
    """Print a value as JSON; days and times as ISO."""
    from bot.ask import json_default

    typer.echo(json.dumps(value, ensure_ascii=False, default=json_default, indent=2))


def print_markdown(text: str, to: Any) -> None:
    """Print Markdown as a terminal shows it."""
    from rich.console import Console
    from rich.markdown import Markdown

    Console(file=to).print(Markdown(text))
