"""Scheduled reports that are due: each drops into its space once for each due time."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session, col, select

from hub.access import Needs
from hub.filters import parse
from hub.regions import that_counts
from hub.scope import Scope
from notifications.outbox import Message, Outgoing, Priority, enqueue
from notifications.pipeline import Audiences
from notifications.render import Style
from notifications.reports.catalogue import REPORTS, ReportQuery
from notifications.reports.failing import raise_failed
from notifications.reports.runs import asked, begin
from notifications.reports.spans import span_before
from notifications.reports.summary import summary
from notifications.reports.writing import write
from notifications.schedules import Cadence, Every
from storage import Database
from storage.tables import Schedule, Space
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
    if REPORTS[schedule.report].partner:
        _begin(database, schedule, space, now)
        return []
    texts = Texts(space.language or style.language, space.time_zone or style.zone)
    problem = None
    try:
        region = that_counts(space.region)
        message = _report(database, schedule, audiences, region, texts, style.folder, now)
    except Exception:
        # A report that fails tells its space, and its schedule stays; the detail is for the log alone.
        log.exception("a scheduled report failed", action="report", schedule=schedule.id)
        problem, message = "failed", None
    with database.write() as session:
        if not _move_on(session, schedule, problem, now):
            return []
        if message is None:
            title = f"{texts(REPORTS[schedule.report].title)} ({schedule.id})"
            raise_failed(session, _cause(schedule), schedule.room_id, title, texts(_FAILED), now)
            return []
        enqueue(session, [message], now)
    return [message]


def _move_on(session: Session, schedule: Schedule, problem: str | None, now: datetime) -> bool:
    """Set the next due time; False where somebody else did, or ended the schedule."""
    stored = session.get_one(Schedule, schedule.id, with_for_update=True)
    if stored.next_run != schedule.next_run or stored.state != "active":
        return False
    stored.next_run = Cadence.of(stored).next_after(now)
    stored.last_error = problem
    return True


def _begin(database: Database, schedule: Schedule, space: Space, now: datetime) -> None:
    """Have Webex prepare a report that is due."""
    chosen = schedule.arguments.get("region") or that_counts(space.region)
    today = now.astimezone(ZoneInfo(schedule.time_zone)).date()
    span = span_before(Every(schedule.every), today)
    with database.write() as session:
        if _move_on(session, schedule, None, now):
            run = asked(session, schedule.report, span, chosen, schedule.arguments["where"], now)
            run.cause, run.room_id = _cause(schedule), schedule.room_id
            run.schedule_id, run.created_by = schedule.id, schedule.created_by
            begin(session, run)


def _report(
    database: Database,
    schedule: Schedule,
    audiences: Audiences,
    region: str | None,
    texts: Texts,
    folder: Path,
    now: datetime,
) -> Outgoing:
    report = REPORTS[schedule.report]
    audience = audiences(schedule.room_id)
    excluded = audience.excluded(Needs.READ)
    if excluded:
        names = ", ".join(sorted(member.name for member in excluded))
        view = {"report": texts(report.title), "id": schedule.id, "names": names}
        said = Message(render.markdown("report_withheld", texts, **view))
        return Outgoing(_cause(schedule), schedule.room_id, said, Priority.REPORT)
    arguments = schedule.arguments
    query = ReportQuery(arguments["days"], frozenset(arguments["products"]), parse(arguments["where"]))
    scope = Scope(now.date(), assigned_to=audience.assigned_to, region=region)
    written = write(report, query, database, scope, texts, folder, now)
    return Outgoing(
        cause=_cause(schedule),
        target=schedule.room_id,
        message=Message(
            summary(written, report, audience, region, texts, arguments), file=written.path, file_name=written.name
        ),
        priority=Priority.REPORT,
        audience=audience.for_record(Needs.READ),
    )


def _cause(schedule: Schedule) -> str:
    return f"report:{schedule.id}:{schedule.next_run.isoformat()}"
