"""`partnerbot …`: every command prints clear errors on stderr and exits non-zero when it failed.

Modules are imported where they are used, so that `--help` and the light commands start at once.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.parts import Parts
    from hub.importing import Summary

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Webex Partner Hub in Webex chat.")
report = typer.Typer(no_args_is_help=True, help="Reports as CSV files.")
database = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(report, name="report")
app.add_typer(database, name="db")

Today = Annotated[datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="The day to compute for.")]


def main() -> None:
    """Run the program."""
    app()


@app.command()
def run() -> None:
    """Run the service: answer in Webex, watch customers, send alerts and reports."""
    from bot.app import Service
    from bot.logs import configure

    with _told_in_one_line():
        configure()
        Service(_settings()).run_until_stopped()


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the chat page; 0 takes a free one.")] = 8765,
    customers: Annotated[int, typer.Option(help="How many customers the synthetic partner has.")] = 200,
    seed: Annotated[int, typer.Option(help="Another seed makes another partner.")] = 1,
) -> None:
    """Start a local Webex with a synthetic partner, and the bot in it; prints the address of the chat page."""
    from bot.demo import play

    with _told_in_one_line():
        play(port, customers, seed)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    customers: Annotated[int, typer.Option(help="How many customers the synthetic partner has.")] = 200,
    seed: Annotated[int, typer.Option(help="Another seed makes another partner.")] = 1,
) -> None:
    """Start only the local Webex; prints one JSON line when ready."""
    from sandbox.cli import serve

    serve(port, customers, seed)


@app.command()
def ask(
    command: Annotated[str, typer.Argument(help="What you would type in chat.")],
    email: Annotated[str | None, typer.Option("--as", help="Ask as this person, with their roles.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print text, markdown, card, files and data.")] = False,
    today: Today = None,
    language: Annotated[str | None, typer.Option(help="en or es.")] = None,
) -> None:
    """Run one chat command against the configured database and print the reply."""
    from bot import ask as asking

    with _told_in_one_line(), _parts() as parts:
        answer = asking.ask(parts, command, _clock, email=email, today=_day(today), language=language)
        if as_json:
            _print_json(asking.as_json(answer))
        else:
            _print_markdown(answer.rendered.markdown, sys.stdout if answer.ok else sys.stderr)
            for file in answer.rendered.files:
                typer.echo(file.path)
    if not answer.ok:
        raise typer.Exit(1)


@app.command()
def sync() -> None:
    """Read customers, licences, tags and subscriptions from Webex and the feed into the database."""
    from hub.sync import sync as read_sources

    with _told_in_one_line(), _parts() as parts, _progress() as progress:
        if parts.partner is None and parts.feed is None:
            _fail("There is nothing to read from: set PARTNERBOT_ADMIN_TOKEN or PARTNERBOT_FEED_URL.")
        result = read_sources(parts.database, parts.partner, parts.feed, _clock, progress, confirmed=True)
    changed = result.changes
    typer.echo(f"customers: {_tally(changed.customers)}; subscriptions: {_tally(changed.subscriptions)}")
    for name, skipped in result.skipped.items():
        typer.echo(f"partnerbot: {name}: {skipped.count} left out that cannot be read", err=True)
        for note in skipped.notes:
            typer.echo(f"  {note}", err=True)
    if result.departed:
        typer.echo(f"no longer listed by Webex, and removed: {', '.join(result.departed)}")
    for reason in result.failures.values():
        typer.echo(f"partnerbot: {reason}", err=True)
    if not result.ok:
        raise typer.Exit(1)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Customer CSV, as docs/import.md describes it.")],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day the counts were taken.")
    ] = None,
    dayfirst: Annotated[bool, typer.Option("--dayfirst", help="Read 03/04/2026 as 3 April.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Take nothing in when any row is bad.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Remove what is no longer in the file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Take a customer CSV in; a bad row is named by line and reason, the good ones go in."""
    from hub.importing import import_customers

    with _told_in_one_line(), _parts() as parts, _progress() as progress:
        summary = import_customers(
            parts.database,
            file,
            now=_clock(),
            as_of=_day(as_of),
            dayfirst=dayfirst,
            strict=strict,
            full=full,
            progress=progress,
        )
    if as_json:
        _print_json(summary.as_json())
    else:
        _print_summary(summary)
    if not summary.succeeded:
        raise typer.Exit(1)


@report.command("run")
def report_run(
    name: Annotated[str, typer.Argument(help="Name and arguments, as in chat: “expiring 30 region:EU”.")],
    email: Annotated[str | None, typer.Option("--as", help="With the roles of this person.")] = None,
    today: Today = None,
    language: Annotated[str | None, typer.Option(help="en or es.")] = None,
) -> None:
    """Write a report now and print where it is."""
    ask(f"report run {name}", email, as_json=False, today=today, language=language)


@database.command("upgrade")
def upgrade() -> None:
    """Create the database, or bring an older one up to date."""
    with _told_in_one_line(), _parts() as parts:
        typer.echo(f"{parts.database.url} is up to date.")


def _tally(tally: Any) -> str:
    return f"{tally.new} new, {tally.changed} changed, {tally.unchanged} unchanged"


def _print_summary(summary: "Summary") -> None:
    typer.echo(f"customers: {_tally(summary.customers)}, {summary.customers.missing} no longer in the file")
    typer.echo(f"subscriptions: {_tally(summary.subscriptions)}, {summary.subscriptions.missing} no longer in the file")
    if summary.ignored_columns:
        typer.echo(f"ignored columns: {', '.join(summary.ignored_columns)}")
    for error in summary.errors:
        typer.echo(f"line {error.line}, {error.column}: {error.text}", err=True)
    if not summary.applied:
        typer.echo("Nothing went in (--strict).", err=True)


def _clock() -> datetime:
    return datetime.now(UTC)


def _settings() -> Any:
    from bot.settings import Settings

    return Settings.read()


@contextmanager
def _parts() -> "Iterator[Parts]":
    from bot.logs import configure
    from bot.parts import assemble

    configure(quiet=True)
    parts = assemble(_settings())
    try:
        yield parts
    finally:
        parts.close()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal: called with what is done, how many are, and of how many."""
    from rich.progress import Progress, TaskID

    tasks: dict[str, TaskID] = {}
    with Progress(disable=not sys.stderr.isatty(), transient=True) as bar:

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield advance


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    """Tell expected failures in one line on stderr."""
    from bot.errors import WebexError
    from bot.settings import Misconfigured
    from hub.errors import HubError
    from hub.importing import UnusableFile
    from hub.resources import UnusableResources
    from storage import DatabaseUnusable

    try:
        yield
    except (WebexError, HubError, UnusableFile, UnusableResources, Misconfigured, DatabaseUnusable) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))


def _fail(line: str) -> NoReturn:
    typer.echo(f"partnerbot: {' '.join(line.split())}", err=True)
    raise typer.Exit(1)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _print_json(value: Any) -> None:
    from bot.ask import json_default

    typer.echo(json.dumps(value, ensure_ascii=False, default=json_default, indent=2))


def _print_markdown(text: str, to: Any) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    Console(file=to).print(Markdown(text))
