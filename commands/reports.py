"""Reports, now or on a schedule, as CSV files in the space."""

from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from commands.context import Context
from commands.errors import NotFound
from commands.parameters import ChosenProducts, Days, Everything, Where
from commands.registry import command
from commands.reply import Attachment, Reply
from commands.report_grammar import Cadenced, Number, OfDays, OfRegion, ReportName, ReportNumber
from commands.report_preparing import cancel, chosen_region, prepare, without_days
from hub.regions import ALL
from notifications.reports import REPORTS, ReportQuery, write
from notifications.schedules import LAST_DAY, Cadence, Every
from storage.tables import Audit, ReportRun, RunState, Schedule
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label


@command(
    "report run",
    aliases=["informe"],
    summary=N_("A report as a CSV file, now"),
    examples=[
        "report run expiring 30",
        "report run customers status:suspended",
        "report run usage 2026-11-01..2026-11-15 EU",
    ],
)
def report_run(
    ctx: Context,
    report: ReportName,
    span: OfDays = None,
    within: Days = 90,
    products: ChosenProducts = None,
    region: OfRegion = None,
    where: Where = Everything,
) -> Reply:
    """Write the report and answer with it; one that Webex prepares comes when it is done."""
    if report.partner:
        return prepare(ctx, report, span, chosen_region(ctx, region), where)
    if span:
        raise without_days(ctx, report)
    written = write(
        report,
        ReportQuery(within, products or ctx.products, where),
        ctx.services.database,
        replace(ctx.scope, region=chosen_region(ctx, region)),
        ctx.texts,
        ctx.services.files,
        ctx.now,
    )
    return Reply(
        "report",
        view={
            "title": ctx.texts(report.title),
            "rows": written.rows,
            "customers": written.customers,
            "first": None,
            "last": None,
        },
        data=lambda: {"report": report.name, "rows": written.rows, "file_name": written.name},
        card=False,
        files=(Attachment(written.path, written.name),),
    )


@command(
    "report schedule",
    aliases=["informe programar"],
    summary=N_("A report that drops into this space by itself"),
    examples=[
        "report schedule expiring daily at 09:00",
        "report schedule customers weekly monday at 08:30 status:expired",
    ],
    effects=True,
)
def report_schedule(
    ctx: Context,
    report: ReportName,
    when: Cadenced,
    within: Days = 90,
    products: ChosenProducts = None,
    region: OfRegion = None,
    where: Where = Everything,
) -> Reply:
    """Schedule a report in the space's time zone."""
    cadence = Cadence(when.every, when.at, ctx.texts.zone, when.day)
    schedule = Schedule(
        room_id=ctx.here,
        report=report.name,
        arguments=ReportQuery(within, products or ctx.products, where).record() | {"region": region},
        every=cadence.every,
        day=cadence.day,
        at=cadence.at,
        time_zone=cadence.zone,
        next_run=cadence.next_after(ctx.now),
        created_by=ctx.person.email,
        created_at=ctx.now,
    )
    with ctx.write() as session:
        session.add(schedule)
        session.flush()
        session.add(_audit(ctx, "report schedule", schedule, after={"report": report.name, "every": schedule.every}))
    return _one(ctx, "scheduled", schedule)


@command(
    "reports",
    aliases=["informes"],
    summary=N_("The reports scheduled in this space"),
    examples=["reports"],
)
def reports(ctx: Context) -> Reply:
    """List the space's schedules that were not cancelled, and the reports that are being prepared."""
    with ctx.read() as session:
        found = list(
            session.scalars(
                select(Schedule)
                .where(Schedule.room_id == ctx.here, Schedule.state != "cancelled")
                .order_by(col(Schedule.id))
            )
        )
        runs = list(
            session.scalars(
                select(ReportRun)
                .where(ReportRun.room_id == ctx.here, ReportRun.state == RunState.PREPARING)
                .order_by(col(ReportRun.id))
            )
        )
    return Reply(
        "reports",
        view={
            "schedules": [_view(ctx.texts, schedule) for schedule in found],
            "runs": [{"id": f"r{run.id}", "report": ctx.texts(REPORTS[run.report].title)} for run in runs],
        },
        data=lambda: {
            "rows": [_data(schedule) for schedule in found],
            "preparing": [{"id": f"r{run.id}", "report": run.report, **run.arguments} for run in runs],
        },
        bounded=False,
    )


@command(
    "report pause",
    aliases=["informe pausar"],
    summary=N_("Stop a scheduled report for a while"),
    examples=["report pause 3"],
    effects=True,
)
def report_pause(ctx: Context, number: Number) -> Reply:
    """Pause a schedule."""
    return _change_state(ctx, number, "paused")


@command(
    "report resume",
    aliases=["informe reanudar"],
    summary=N_("Go on with a paused report"),
    examples=["report resume 3"],
    effects=True,
)
def report_resume(ctx: Context, number: Number) -> Reply:
    """Resume a schedule, from its next due time on."""
    return _change_state(ctx, number, "active")


@command(
    "report cancel",
    aliases=["informe cancelar"],
    summary=N_("End a scheduled report"),
    examples=["report cancel 3"],
    effects=True,
)
def report_cancel(ctx: Context, number: Number) -> Reply:
    """Cancel a schedule, or a report that is being prepared."""
    if number.prepared:
        return cancel(ctx, number.number)
    return _change_state(ctx, number, "cancelled")


def _change_state(ctx: Context, wanted: ReportNumber, state: str) -> Reply:
    number = wanted.number
    with ctx.write() as session:
        schedule = None if wanted.prepared else session.get(Schedule, number)
        if schedule is None or schedule.room_id != ctx.here or schedule.state == "cancelled":
            raise NotFound(
                N_("This space has no scheduled report %(number)s."),
                hint=N_("reports lists them."),
                suggestions=["reports"],
                number=number,
            )
        before, schedule.state = schedule.state, state
        if state == "active":
            schedule.next_run = Cadence.of(schedule).next_after(ctx.now)
        session.add(_audit(ctx, f"report {state}", schedule, before={"state": before}, after={"state": state}))
    return _one(ctx, state, schedule)


def _one(ctx: Context, outcome: str, schedule: Schedule) -> Reply:
    return Reply(
        "report_schedule",
        view={"outcome": outcome, "schedule": _view(ctx.texts, schedule)},
        data=lambda: _data(schedule),
    )


def _view(texts: Texts, schedule: Schedule) -> dict[str, Any]:
    at = schedule.at.strftime("%H:%M")
    every = label(schedule.every, texts)
    if schedule.every == Every.WEEKLY and schedule.day:
        every = f"{every}, {texts.weekday(schedule.day)}"
    elif schedule.every == Every.MONTHLY:
        last = schedule.day == LAST_DAY
        day = texts(N_("last day")) if last else texts(N_("day %(day)s"), day=schedule.day)
        every = f"{every}, {day}"
    return {
        "id": schedule.id,
        "report": texts(REPORTS[schedule.report].title),
        "where": " ".join(filter(None, [_region(schedule), schedule.arguments["where"]])),
        "when": f"{every}, {at} ({schedule.time_zone})",
        "next_run": schedule.next_run,
        "state": schedule.state,
        "last_error": schedule.last_error,
    }


def _region(schedule: Schedule) -> str:
    region = schedule.arguments.get("region")
    return f"region:{region}" if region and region != ALL else ""


def _data(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.id,
        "report": schedule.report,
        **schedule.arguments,
        "every": schedule.every,
        "day": schedule.day,
        "at": schedule.at.strftime("%H:%M"),
        "time_zone": schedule.time_zone,
        "next_run": schedule.next_run.isoformat(),
        "state": schedule.state,
        "created_by": schedule.created_by,
    }


def _audit(
    ctx: Context,
    what: str,
    schedule: Schedule,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Audit:
    return Audit(
        at=ctx.now,
        who=ctx.person.email,
        what=what,
        target=f"schedule:{schedule.id}",
        before=before or {},
        after=after or {},
        room_id=ctx.here,
    )


COMMANDS = (report_run, report_schedule, reports, report_pause, report_resume, report_cancel)
