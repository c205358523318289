"""Scheduled reports that are due: each drops into its space once for each due time."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session, col, select

from hub.access import Needs
from hub.regions import that_counts
from hub.scope import Scope
from notifications.outbox import Message, Outgoing, Priority, enqueue
from notifications.pipeline import Audiences
from notifications.render import Style
from notifications.reports.catalogue import Report, ReportQuery
from notifications.reports.failing import raise_failed
from notifications.reports.kept import WITHHELD, complete, last_like, likeness
from notifications.reports.own import named
from notifications.reports.runs import asked, begin
from notifications.reports.spans import span_before
from notifications.reports.summary import messages, summary
from notifications.reports.writing import Shelf, write
from notifications.schedules import Cadence, Every
from storage import Database
from storage.tables import ReportRun, RunState, Schedule, Space
from templates import render
from templates.catalogue import N_
from templates.texts import Texts

log = structlog.get_logger()

_FAILED = N_("I try again at its next time. The bot's owner finds the reason in the log.")


def run_due(database: Database, audiences: Audiences, style: Style, now: datetime) -> list[Outgoing]:
    """Put every due report into the outbox; after downtime one is caught up, not one for each due time missed.

    The message and the next due time are written in one transaction, and the message's identity holds the due time,
    so a report is neither lost nor sent twice.
    """
    with database.read() as session:
        due = list(
            session.scalars(
                select(Schedule)
                .where(Schedule.state == "active", Schedule.next_run <= now)
                .order_by(col(Schedule.next_run), col(Schedule.id))
            )
        )
    return [message for schedule in due for message in _run(database, schedule, audiences, style, now)]


def _run(
    database: Database, schedule: Schedule, audiences: Audiences, style: Style, now: datetime
) -> Sequence[Outgoing]:
    with database.read() as session:
        space = session.get_one(Space, schedule.room_id)
        report = named(session, schedule.report, schedule.arguments)
    if report.partner:
        _begin(database, schedule, report, space, now)
        return []
    texts = Texts(space.language or style.language, space.time_zone or style.zone)
    region = that_counts(schedule.arguments.get("region"), report.own_region, space.region)
    run = _run_of(schedule, report, region, now)
    try:
        posts: list[Outgoing] | None = _report(database, schedule, report, run, audiences, texts, style.shelf, now)
    except Exception:
        # A report that fails tells its space, and its schedule stays; the detail is for the log alone.
        log.exception("a scheduled report failed", action="report", schedule=schedule.id)
        run.error, posts = "failed", None
    with database.write() as session:
        if not _move_on(session, schedule, run.error, now):
            return []
        if run.state != RunState.DONE:
            run.state, run.ended_at = RunState.FAILED, now
        begin(session, run)
        if posts is None:
            title = f"{report.title_in(texts)} ({schedule.id})"
            raise_failed(session, run.cause, schedule.room_id, title, texts(_FAILED), now)
            return []
        enqueue(session, posts, now)
    return posts


def _run_of(schedule: Schedule, report: Report, region: str | None, now: datetime) -> ReportRun:
    """Return what will be kept of this report."""
    arguments = {**schedule.arguments, "region": region}
    return ReportRun(
        cause=_cause(schedule),
        room_id=schedule.room_id,
        schedule_id=schedule.id,
        report=schedule.report,
        arguments=arguments,
        likeness=likeness(report, arguments),
        state=RunState.WRITING,
        created_by=schedule.created_by,
        created_at=now,
        next_look=now,
    )


def _move_on(session: Session, schedule: Schedule, problem: str | None, now: datetime) -> bool:
    """Set the next due time; False where somebody else did, or ended the schedule."""
    stored = session.get_one(Schedule, schedule.id, with_for_update=True)
    if stored.next_run != schedule.next_run or stored.state != "active":
        return False
    stored.next_run = Cadence.of(stored).next_after(now)
    stored.last_error = problem
    return True


def _begin(database: Database, schedule: Schedule, report: Report, space: Space, now: datetime) -> None:
    """Have Webex prepare a report that is due."""
    chosen = that_counts(schedule.arguments.get("region"), report.own_region, space.region)
    today = now.astimezone(ZoneInfo(schedule.time_zone)).date()
    span = span_before(Every(schedule.every), today)
    with database.write() as session:
        if _move_on(session, schedule, None, now):
            run = asked(session, report, span, chosen, schedule.arguments["where"], now)
            run.cause, run.room_id = _cause(schedule), schedule.room_id
            run.schedule_id, run.created_by = schedule.id, schedule.created_by
            begin(session, run)


def _report(
    database: Database,
    schedule: Schedule,
    report: Report,
    run: ReportRun,
    audiences: Audiences,
    texts: Texts,
    shelf: Shelf,
    now: datetime,
) -> list[Outgoing]:
    audience = audiences(schedule.room_id)
    excluded = audience.excluded(Needs.READ)
    if excluded:
        names = ", ".join(sorted(member.name for member in excluded))
        view = {"report": report.title_in(texts), "id": schedule.id, "names": names}
        run.error = WITHHELD
        return [_said(schedule, render.markdown("report_withheld", texts, **view))]
    arguments = run.arguments
    query = ReportQuery(arguments["days"], frozenset(arguments["products"]), report.narrowed(arguments["where"]))
    scope = Scope(now.date(), assigned_to=audience.assigned_to, region=arguments["region"])
    written = write(report, query, database, scope, texts, shelf, now)
    with database.read() as session:
        before = last_like(session, run)
    record = audience.for_record(Needs.READ)
    complete(run, written, record, now)
    said = summary(written, report, audience, arguments["region"], texts, arguments, before)
    return messages(run.cause, schedule.room_id, said, written, record)


def _said(schedule: Schedule, text: str) -> Outgoing:
    return Outgoing(_cause(schedule), schedule.room_id, Message(text), Priority.REPORT)


def _cause(schedule: Schedule) -> str:
    return f"report:{schedule.id}:{schedule.next_run.isoformat()}"
