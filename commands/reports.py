"""Reports, now or on a schedule, as CSV files in the space."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from commands.context import Context
from commands.parameters import ChosenProducts, Days, Everything, Where
from commands.registry import command
from commands.reply import Reply
from commands.report_grammar import Cadenced, Number, OfDays, OfRegion, ReportName, ReportNumber
from commands.report_preparing import cancel, chosen_region
from commands.report_running import make, make_scheduled, no_schedule, send_again
from commands.report_templates import owner_of
from hub.regions import ALL
from notifications.reports import ReportQuery
from notifications.reports.kept import WITHHELD, files_of, last_of
from notifications.reports.own import named, owned_by
from notifications.schedules import LAST_DAY, Cadence, Every
from storage.tables import Audit, ReportRun, RunState, Schedule
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

WRITTEN_WITHIN = timedelta(hours=1)
"""What is longer in writing was broken off, and is not listed."""


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
    query = ReportQuery(within, products or ctx.products, where)
    return make(ctx, report, query, chosen_region(ctx, report, region), span)


@command(
    "report now",
    aliases=["informe ahora"],
    summary=N_("Make a scheduled report now"),
    examples=["report now 3"],
)
def report_now(ctx: Context, number: Number) -> Reply:
    """Make a scheduled report beside its times."""
    return make_scheduled(ctx, number)


@command(
    "report resend",
    aliases=["informe reenviar"],
    summary=N_("Send the last file of a report again"),
    examples=["report resend 3", "report resend r12"],
)
def report_resend(ctx: Context, number: Number) -> Reply:
    """Send a report's file again, without making it anew."""
    return send_again(ctx, number)


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
        arguments=ReportQuery(within, products or ctx.products, where).record()
        | {"region": region}
        | ({"template": report.template} if report.template else {}),
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
                .where(
                    ReportRun.room_id == ctx.here,
                    (ReportRun.state == RunState.PREPARING)
                    | ((ReportRun.state == RunState.WRITING) & (ReportRun.created_at > ctx.now - WRITTEN_WITHIN)),
                )
                .order_by(col(ReportRun.id))
            )
        )
        lasts = {schedule.id: last_of(session, schedule) for schedule in found}
        own = owned_by(session, owner_of(ctx, ctx.space))
        view = {
            "schedules": [_view(session, ctx.texts, schedule, lasts[schedule.id]) for schedule in found],
            "runs": [
                {"id": f"r{run.id}", "report": named(session, run.report, run.arguments).title_in(ctx.texts)}
                for run in runs
            ],
            "templates": [each.name for each in own],
        }
    return Reply(
        "reports",
        view=view,
        data=lambda: {
            "rows": [_data(schedule) | _outcome(lasts[schedule.id]) for schedule in found],
            "templates": [each.name for each in own],
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
            raise no_schedule(number)
        before, schedule.state = schedule.state, state
        if state == "active":
            schedule.next_run = Cadence.of(schedule).next_after(ctx.now)
        session.add(_audit(ctx, f"report {state}", schedule, before={"state": before}, after={"state": state}))
    return _one(ctx, state, schedule)


def _one(ctx: Context, outcome: str, schedule: Schedule) -> Reply:
    with ctx.read() as session:
        view = _view(session, ctx.texts, schedule, last_of(session, schedule))
    return Reply(
        "report_schedule",
        view={"outcome": outcome, "schedule": view},
        data=lambda: _data(schedule),
    )


def _view(session: Session, texts: Texts, schedule: Schedule, last: ReportRun | None) -> dict[str, Any]:
    at = schedule.at.strftime("%H:%M")
    every = label(schedule.every, texts)
    if schedule.every == Every.WEEKLY and schedule.day:
        every = f"{every}, {texts.weekday(schedule.day)}"
    elif schedule.every == Every.MONTHLY:
        last_day = schedule.day == LAST_DAY
        day = texts(N_("last day")) if last_day else texts(N_("day %(day)s"), day=schedule.day)
        every = f"{every}, {day}"
    return {
        "id": schedule.id,
        "report": named(session, schedule.report, schedule.arguments).title_in(texts),
        "where": " ".join(filter(None, [_region(schedule), schedule.arguments["where"]])),
        "when": f"{every}, {at} ({schedule.time_zone})",
        "next_run": schedule.next_run,
        "state": schedule.state,
        "last": _last(texts, last),
        "kept": bool(last and files_of(last)),
    }


def _last(texts: Texts, run: ReportRun | None) -> str | None:
    """Say how a report went the last time."""
    if run is None:
        return None
    when = texts.moment(run.ended_at or run.created_at)
    if run.state == RunState.DONE:
        return texts.count("Last: %(moment)s, %(n)s row", "Last: %(moment)s, %(n)s rows", run.rows or 0, moment=when)
    if run.state == RunState.FAILED:
        if run.error == WITHHELD:
            return texts(N_("Last: %(moment)s, held back: not everybody here may see it"), moment=when)
        return texts(N_("Last: %(moment)s, failed"), moment=when)
    if run.state == RunState.CANCELLED:
        return texts(N_("Last: %(moment)s, cancelled"), moment=when)
    return texts(N_("being prepared"))


def _outcome(last: ReportRun | None) -> dict[str, Any]:
    return {
        "last_run": (last.ended_at or last.created_at).isoformat() if last else None,
        "last_state": last.state if last else None,
        "last_rows": last.rows if last else None,
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


COMMANDS = (
    report_run,
    report_schedule,
    reports,
    report_now,
    report_pause,
    report_resume,
    report_cancel,
    report_resend,
)
