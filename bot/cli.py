"""`partnerbot …`: every command prints clear errors on stderr and exits non-zero when it failed.

Modules are imported where they are used, so that `--help` and the light commands start at once.
"""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import database_commands, terminal

if TYPE_CHECKING:
    from bot.parts import Parts
    from hub.calling import CallingSummary
    from hub.importing import Summary

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Webex Partner Hub in Webex chat.")
report = typer.Typer(no_args_is_help=True, help="Reports as CSV files.")
app.add_typer(report, name="report")
app.add_typer(database_commands.app, name="db")

Today = Annotated[datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="The day to compute for.")]


def main() -> None:
    """Run the program."""
    app()


@app.command()
def run(
    webhook: Annotated[
        bool, typer.Option("--webhook", help="Take messages over webhooks instead of a websocket (docs/scaling.md).")
    ] = False,
) -> None:
    """Run the service: answer in Webex, watch customers, send alerts and reports."""
    from bot.app import Service, Way
    from bot.logs import configure

    with terminal.told_in_one_line():
        configure()
        way = Way.WEBHOOKS if webhook else Way.WEBSOCKET
        service = Service(terminal.settings(), way=way)
        service.run_until_stopped()
        if not service.has_drained:
            # A thread that hangs in a request would keep the process from ending.
            sys.stderr.flush()
            os._exit(0)


@app.command()
def worker() -> None:
    """Read the sources, raise alerts, make reports and deliver beside replicas on PostgreSQL (docs/scaling.md)."""
    from bot.app import Service, Way
    from bot.logs import configure

    with terminal.told_in_one_line():
        configure()
        Service(terminal.settings(), way=Way.NONE).run_until_stopped()


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the chat page; 0 takes a free one.")] = 8765,
    customers: Annotated[int, typer.Option(help="How many customers the synthetic partner has.")] = 200,
    seed: Annotated[int, typer.Option(help="Another seed makes another partner.")] = 1,
) -> None:
    """Start a local Webex with a synthetic partner, and the bot in it; prints the address of the chat page."""
    from bot.demo import play

    with terminal.told_in_one_line():
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

    with terminal.told_in_one_line(), terminal.parts() as parts:
        with terminal.progress() as progress:
            answer = asking.ask(
                parts,
                command,
                terminal.clock,
                email=email,
                today=terminal.day(today),
                language=language,
                progress=progress,
            )
        if as_json:
            terminal.print_json(asking.as_json(answer))
        else:
            terminal.print_markdown(answer.rendered.markdown, sys.stdout if answer.ok else sys.stderr)
            for file in answer.rendered.files:
                typer.echo(file.path)
    if not answer.ok:
        raise typer.Exit(1)


@app.command()
def sync() -> None:
    """Read customers, licences, tags and subscriptions from Webex and the feed into the database."""
    from hub.calling import fetch
    from hub.errors import SourceError
    from hub.sync import sync as read_sources

    with terminal.told_in_one_line(), terminal.parts() as parts, terminal.progress() as progress:
        if parts.partner is None and parts.feed is None:
            terminal.fail("There is nothing to read from: set PARTNERBOT_ADMIN_TOKEN or PARTNERBOT_FEED_URL.")
        result = read_sources(parts.database, parts.partner, parts.feed, terminal.clock, progress, confirmed=True)
        if parts.feed and "feed" not in result.failures:
            kept = parts.settings.calling_weeks
            try:
                fetch(parts.database, parts.feed, terminal.clock, progress, kept_weeks=kept, everything=True)
            except SourceError as error:
                result.failures["calling"] = str(error)
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


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False) -> None:
    """Look at tokens, scopes, roles, clock, database, feed and network, and say how to mend each fault."""
    from dataclasses import asdict

    from rich.console import Console

    from bot.doctor import Outcome, examine
    from bot.logs import configure

    marks = {Outcome.GOOD: "[green]✓", Outcome.WARNING: "[yellow]!", Outcome.FAULT: "[red]✗", Outcome.SKIPPED: "[dim]–"}
    configure(quiet=True)
    console, found = Console(highlight=False), []
    with terminal.told_in_one_line():
        for finding in examine(terminal.settings(), terminal.clock):
            found.append(finding)
            if not as_json:
                console.print(f"{marks[finding.outcome]}[/] {finding.what}: ", end="")
                console.print(finding.seen, markup=False, soft_wrap=True)
                if finding.mend:
                    console.print(f"    → {finding.mend}", markup=False, soft_wrap=True)
    if as_json:
        terminal.print_json([asdict(finding) for finding in found])
    if any(finding.outcome is Outcome.FAULT for finding in found):
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
    calling: Annotated[bool, typer.Option("--calling", help="It is a weekly Calling CSV (docs/calling.md).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Take a customer CSV in; a bad row is named by line and reason, the good ones go in."""
    from hub.importing import import_customers

    if calling:
        _import_calling(file, dayfirst=dayfirst, strict=strict, full=full, as_json=as_json)
        return

    with terminal.told_in_one_line(), terminal.parts() as parts, terminal.progress() as progress:
        summary = import_customers(
            parts.database,
            file,
            now=terminal.clock(),
            as_of=terminal.day(as_of),
            dayfirst=dayfirst,
            strict=strict,
            full=full,
            progress=progress,
        )
        _tell_rejected(parts, file, summary)
    if as_json:
        terminal.print_json(summary.as_json())
    else:
        _print_summary(summary)
    if not summary.succeeded:
        raise typer.Exit(1)


def _tell_rejected(parts: "Parts", file: Path, summary: "Summary | CallingSummary") -> None:
    """Leave word for the service's owner, whom the running service tells."""
    from notifications.rejections import tell_rejected
    from templates.texts import Texts

    if parts.settings.owner:
        defaults = Texts(parts.settings.language, parts.settings.time_zone)
        tell_rejected(parts.database, parts.settings.owner, file, summary, defaults, terminal.clock())


def _import_calling(file: Path, *, dayfirst: bool, strict: bool, full: bool, as_json: bool) -> None:
    from hub.calling import import_calling, sum_up

    with terminal.told_in_one_line(), terminal.parts() as parts, terminal.progress() as progress:
        summary = import_calling(
            parts.database,
            file,
            now=terminal.clock(),
            dayfirst=dayfirst,
            strict=strict,
            full=full,
            progress=progress,
        )
        sum_up(parts.database)
        _tell_rejected(parts, file, summary)
    if as_json:
        terminal.print_json(summary.as_json())
    else:
        saved, weeks = summary.saved, ", ".join(week.isoformat() for week in summary.weeks) or "none"
        typer.echo(f"weeks: {weeks}")
        typer.echo(f"customers: {_tally(saved)}, {saved.missing} no longer in the file")
        _print_problems(summary)
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


def _tally(tally: Any) -> str:
    return f"{tally.new} new, {tally.changed} changed, {tally.unchanged} unchanged"


def _print_summary(summary: "Summary") -> None:
    typer.echo(f"customers: {_tally(summary.customers)}, {summary.customers.missing} no longer in the file")
    typer.echo(f"subscriptions: {_tally(summary.subscriptions)}, {summary.subscriptions.missing} no longer in the file")
    _print_problems(summary)


def _print_problems(summary: "Summary | CallingSummary") -> None:
    if summary.ignored_columns:
        typer.echo(f"ignored columns: {', '.join(summary.ignored_columns)}")
    for error in summary.errors:
        typer.echo(f"line {error.line}, {error.column}: {error.text}", err=True)
    if not summary.applied:
        typer.echo("Nothing went in (--strict).", err=True)
