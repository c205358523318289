"""Reports that Webex prepares: asked for in chat they come when they are done, at the command line one waits."""

from datetime import timedelta
from pathlib import Path

from commands.context import Context
from commands.errors import CommandError, NotFound, NotUnderstood
from commands.reply import Attachment, Reply
from hub import regions
from hub.filters import Filter
from hub.partner_reports import PartnerReports
from hub.partner_reports.preparing import Part, RangeTooLong, Wanted
from hub.partner_reports.reading import Unusable
from hub.progress import Stage
from notifications import keys
from notifications.reports import Report, ReportQuery, write
from notifications.reports.own import named
from notifications.reports.runs import asked, begin, wanted_of
from notifications.reports.spans import Span, last_week
from notifications.reports.summary import view_of
from storage.tables import Audit, ReportRun, RunState
from templates.catalogue import N_

POLL_SECONDS = 2.0
MOST_POLLS = 3_600


def prepare(
    ctx: Context, report: Report, span: Span | None, region: str | None, where: Filter, schedule: int | None = None
) -> Reply:
    """Have Webex prepare a report.

    Raises:
        CommandError: there is no administrator access, or the days make no sense for this report.
    """
    partner = ctx.services.partner
    if partner is None:
        raise CommandError(
            N_("This report comes from Webex, and no administrator access is configured."),
            hint=N_("The bot's owner sets PARTNERBOT_ADMIN_TOKEN or a service app; partnerbot doctor looks at it."),
        )
    span = _span(ctx, report, span)
    with ctx.write() as session:
        run = asked(session, report, span, region, str(where), ctx.now)
        if ctx.space.room_id:
            run.cause, run.room_id, run.created_by = f"run:{ctx.request_id}", ctx.space.room_id, ctx.person.email
            run.schedule_id = schedule
            run.told_in = keys.answer(ctx.request_id)
            run.arguments = {**run.arguments, "language": ctx.texts.language}
            run = begin(session, run)
    return _begun(ctx, report, run) if ctx.space.room_id else _waited(ctx, partner.reports, report, run, where)


def cancel(ctx: Context, number: int) -> Reply:
    """End a report that is being prepared here.

    Raises:
        NotFound: there is none of that number here.
    """
    with ctx.write() as session:
        run = session.get(ReportRun, number)
        if run is None or run.room_id != ctx.here or run.state not in (RunState.PREPARING, RunState.WRITING):
            raise NotFound(
                N_("No report r%(number)s is being prepared here."),
                hint=N_("reports lists what is scheduled and what is being prepared."),
                suggestions=["reports"],
                number=number,
            )
        run.state, run.ended_at = RunState.CANCELLED, ctx.now
        title = named(session, run.report, run.arguments).title_in(ctx.texts)
        session.add(
            Audit(
                at=ctx.now,
                who=ctx.person.email,
                what="report cancelled",
                target=f"report_run:{number}",
                before={"report": run.report},
                room_id=ctx.here,
            )
        )
    return Reply(
        "report_cancelled",
        view={"title": title, "id": f"r{number}"},
        data=lambda: {"id": f"r{number}", "state": "cancelled"},
        card=False,
        bounded=False,
    )


def _span(ctx: Context, report: Report, span: Span | None) -> Span:
    today = ctx.scope.today
    if report.partner and report.partner.inventory:
        if span:
            raise without_days(ctx, report)
        return Span(today, today)
    if span is None:
        return last_week(today)
    if span.last > today:
        raise NotUnderstood(
            N_("%(last)s is still to come."),
            hint=N_("Give days up to today, such as %(example)s"),
            last=ctx.texts.day(span.last),
            example=f"report run {report.name} {today - timedelta(days=7)}..{today - timedelta(days=1)}",
        )
    return span


def _begun(ctx: Context, report: Report, run: ReportRun) -> Reply:
    wanted = wanted_of(run.report, run.arguments)
    dated = not wanted.kind.inventory
    return Reply(
        "report_preparing",
        view={
            "title": report.title_in(ctx.texts),
            "id": f"r{run.id}",
            "first": wanted.first if dated else None,
            "last": wanted.last if dated else None,
            "done": 0,
            "total": len(run.parts),
        },
        data=lambda: {"id": f"r{run.id}", "report": report.name, "state": run.state, **run.arguments},
        card=False,
        bounded=False,
    )


def _waited(ctx: Context, reports: PartnerReports, report: Report, run: ReportRun, where: Filter) -> Reply:
    """Wait for every part, then write the file: for the command line, where nobody is kept from anything."""
    services = ctx.services
    wanted = wanted_of(run.report, run.arguments)
    parts = [Part.from_record(record) for record in run.parts]
    try:
        for _ in range(MOST_POLLS):
            services.progress(Stage.PREPARING, sum(1 for part in parts if part.file), len(parts))
            if all(part.file for part in parts):
                break
            before = list(parts)
            parts = [_further(ctx, reports, part, wanted) for part in parts]
            if parts == before:
                services.sleep(POLL_SECONDS)
        files = tuple(Path(part.file) for part in parts if part.file)
        query = ReportQuery(where=report.narrowed(str(where)), files=files)
        written = write(report, query, services.database, ctx.scope, ctx.texts, services.shelf, ctx.now)
    except RangeTooLong as error:
        raise NotUnderstood(
            N_("Webex makes it over at most %(days)s days; ask for a shorter range."), days=error.most_days
        ) from error
    except Unusable as error:
        raise CommandError(N_("The file that Webex sent cannot be used (%(reason)s)."), reason=str(error)) from error
    for file in files:
        file.unlink(missing_ok=True)
    return Reply(
        "report",
        view=view_of(written, report, ctx.texts, run.arguments, None),
        data=lambda: {"report": report.name, "rows": written.rows, "file_name": written.name, **run.arguments},
        card=False,
        files=tuple(Attachment(file.path, file.name) for file in written.files),
    )


def _further(ctx: Context, reports: PartnerReports, part: Part, wanted: Wanted) -> Part:
    return part if part.file else part.step(reports, wanted, ctx.services.files, ctx.services.region_code)


def without_days(ctx: Context, report: Report) -> NotUnderstood:
    """The answer to who wants days of a report that has none."""
    return NotUnderstood(
        N_("“%(report)s” shows everything as it is now, so it has no range of days."),
        hint=N_("Ask for it without one: %(example)s"),
        suggestions=[f"report run {report.called or report.name}"],
        report=report.title_in(ctx.texts),
        example=f"report run {report.called or report.name}",
    )


def chosen_region(ctx: Context, report: Report, region: str | None) -> str | None:
    """The region a report is about: the one named, else its own, else the one that was chosen; None is all."""
    return regions.that_counts(region, report.own_region, ctx.scope.region)
