"""Making a report now, and sending one again as it was."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from commands.context import Context
from commands.errors import CommandError, NotFound
from commands.progress import PATIENCE_SECONDS, PAUSE_SECONDS
from commands.reply import Attachment, Reply
from commands.report_grammar import ReportNumber
from commands.report_preparing import chosen_region, prepare, without_days
from hub.access import Needs
from hub.filters import parse
from hub.progress import Stage
from notifications.reports import Report, ReportQuery, WrittenReport, write
from notifications.reports.kept import complete, files_of, last_done, last_like, likeness, may_be_sent_again
from notifications.reports.own import named
from notifications.reports.runs import begin
from notifications.reports.spans import Span, span_before
from notifications.reports.summary import view_of
from notifications.reports.writing import Stopped
from notifications.schedules import Every
from storage.tables import ReportRun, RunState, Schedule
from templates.catalogue import N_

LOOK_SECONDS = 1.0
"""How often it is looked whether a report was cancelled while it is written."""


def make(
    ctx: Context,
    report: Report,
    query: ReportQuery,
    region: str | None,
    span: Span | None = None,
    schedule: int | None = None,
) -> Reply:
    """Write a report and answer with it; one that Webex prepares comes when it is done.

    Raises:
        CommandError: Webex cannot prepare it.
    """
    if report.partner:
        return prepare(ctx, report, span, region, query.where, schedule)
    if span:
        raise without_days(ctx, report)
    arguments = query.record() | {"region": region}
    if report.template:
        arguments["template"] = report.template
    run = _begin(ctx, report, arguments, schedule) if ctx.space.room_id else None
    try:
        written = write(
            report,
            replace(query, where=report.narrowed(str(query.where))),
            ctx.services.database,
            replace(ctx.scope, region=region),
            ctx.texts,
            ctx.services.shelf,
            ctx.now,
            _told(ctx, run.id if run else None),
        )
    except Stopped:
        return cancelled(ctx, report, f"r{run.id if run else ''}")
    before = _complete(ctx, run, written) if run else None
    return Reply(
        "report",
        view=view_of(written, report, ctx.texts, arguments, before),
        data=lambda: {
            "report": report.name,
            "rows": written.rows,
            "file_name": written.name,
            "files": [file.name for file in written.files],
            "standing": written.tally.said(ctx.texts),
            "rows_before": before.rows if before else None,
        },
        card=False,
        files=tuple(Attachment(file.path, file.name) for file in written.files),
    )


def make_scheduled(ctx: Context, number: ReportNumber) -> Reply:
    """Make a scheduled report now, beside its times.

    Raises:
        NotFound: there is none of this number here.
    """
    with ctx.read() as session:
        schedule = None if number.prepared else session.get(Schedule, number.number)
        if schedule is None or schedule.room_id != ctx.here or schedule.state == "cancelled":
            raise no_schedule(number.number)
        report = named(session, schedule.report, schedule.arguments)
    known = schedule.arguments
    query = ReportQuery(known["days"], frozenset(known["products"]), parse(known["where"]))
    dated = report.partner is not None and not report.partner.inventory
    span = span_before(Every(schedule.every), ctx.scope.today) if dated else None
    return make(ctx, report, query, chosen_region(ctx, report, known.get("region")), span, schedule.id)


def send_again(ctx: Context, number: ReportNumber) -> Reply:
    """Answer with the last file of a schedule, or with the file of a report, as it was made then.

    Raises:
        NotFound: there is none here, or its file is no longer kept.
        CommandError: somebody reads the space now who may not see what is in it.
    """
    with ctx.read() as session:
        run = session.get(ReportRun, number.number) if number.prepared else last_done(session, number.number)
        if run is None or run.room_id != ctx.here or run.state != RunState.DONE:
            raise NotFound(
                N_("No report %(number)s was made here."),
                hint=N_("reports lists what is scheduled and what was made."),
                suggestions=["reports"],
                number=f"r{number.number}" if number.prepared else number.number,
            )
        report = named(session, run.report, run.arguments)
    files = files_of(run)
    title = report.title_in(ctx.texts)
    if not files:
        raise NotFound(
            N_("The file of “%(report)s” is no longer kept."),
            hint=N_("Make it anew: %(example)s"),
            suggestions=[_anew(run, report)],
            report=title,
            example=_anew(run, report),
        )
    if not may_be_sent_again(run, ctx.audience):
        raise CommandError(
            N_("“%(report)s” was made for others than those who read this space now, so I do not send it again."),
            hint=N_("Make it anew: %(example)s"),
            suggestions=[_anew(run, report)],
            report=title,
            example=_anew(run, report),
        )
    return Reply(
        "report_again",
        view={"title": title, "rows": run.rows, "made": run.ended_at},
        data=lambda: {
            "report": run.report,
            "rows": run.rows,
            "file_name": files[0].name,
            "made_at": run.ended_at.isoformat() if run.ended_at else None,
        },
        card=False,
        files=tuple(Attachment(file.path, file.name) for file in files),
        bounded=False,
    )


def cancelled(ctx: Context, report: Report, number: str) -> Reply:
    """Say that a report was ended before it was done."""
    return Reply(
        "report_cancelled",
        view={"title": report.title_in(ctx.texts), "id": number},
        data=lambda: {"id": number, "state": "cancelled"},
        card=False,
        bounded=False,
    )


def no_schedule(number: int) -> NotFound:
    """Say that a space has no schedule of a number."""
    return NotFound(
        N_("This space has no scheduled report %(number)s."),
        hint=N_("reports lists them."),
        suggestions=["reports"],
        number=number,
    )


def _anew(run: ReportRun, report: Report) -> str:
    return f"report now {run.schedule_id}" if run.schedule_id else f"report run {report.called or report.name}"


def _begin(ctx: Context, report: Report, arguments: dict[str, Any], schedule: int | None) -> ReportRun:
    run = ReportRun(
        cause=f"run:{ctx.request_id}",
        room_id=ctx.space.room_id,
        schedule_id=schedule,
        report=report.name,
        arguments=arguments,
        likeness=likeness(report, arguments),
        state=RunState.WRITING,
        created_by=ctx.person.email,
        created_at=ctx.now,
        next_look=ctx.now,
    )
    with ctx.write() as session:
        return begin(session, run)


def _complete(ctx: Context, run: ReportRun, written: WrittenReport) -> ReportRun | None:
    """Note that a report was made; returns the one before of the same."""
    with ctx.write() as session:
        stored = session.get_one(ReportRun, run.id)
        before = last_like(session, stored)
        complete(stored, written, ctx.audience.for_record(Needs.READ), ctx.now)
    return before


def _told(ctx: Context, number: int | None) -> Callable[[int], None]:
    """Return what hears how many rows are written, and ends the report once it was cancelled."""
    looked = monotonic()
    due = looked + PATIENCE_SECONDS

    def told(rows: int) -> None:
        nonlocal looked, due
        ctx.services.progress(Stage.WRITING, rows, 0)
        if number is not None and monotonic() >= due:
            due = monotonic() + PAUSE_SECONDS
            text = N_("I am working on it: %(rows)s rows so far. report cancel %(id)s ends it.")
            ctx.tell(ctx.texts(text, rows=ctx.texts.number(rows), id=f"r{number}"))
        if number is None or monotonic() - looked < LOOK_SECONDS:
            return
        looked = monotonic()
        with ctx.services.database.read() as session:
            state = session.get_one(ReportRun, number).state
        if state == RunState.CANCELLED:
            raise Stopped

    return told
