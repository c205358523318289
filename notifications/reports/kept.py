"""What is kept of a report that was made: to be compared with, to be sent again, to say how it went."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from notifications.audience import Audience
from notifications.reports.catalogue import Report
from notifications.reports.writing import WrittenFile, WrittenReport
from storage import Database
from storage.tables import Outbox, OutboxState, ReportRun, RunState, Schedule

WITHHELD = "withheld"
"""The error of a report that not everybody in its space may see."""
_DATES = ("first", "last", "language")
"""What may differ between two runs of the same report."""


def likeness(report: Report, arguments: Mapping[str, Any]) -> str:
    """Return what a report is about, days and language aside: two of the same can be compared."""
    about = {name: value for name, value in arguments.items() if value and name not in _DATES}
    return json.dumps([report.name, report.template, about], sort_keys=True)


def last_like(session: Session, run: ReportRun) -> ReportRun | None:
    """Return the last one of the same, made in the same space, that came to its end."""
    return session.scalars(
        select(ReportRun)
        .where(
            ReportRun.room_id == run.room_id,
            ReportRun.likeness == run.likeness,
            ReportRun.state == RunState.DONE,
            ReportRun.cause != run.cause,
        )
        .order_by(col(ReportRun.ended_at).desc(), col(ReportRun.id).desc())
        .limit(1)
    ).first()


def complete(run: ReportRun, written: WrittenReport, record: Mapping[str, Any], now: datetime) -> None:
    """Note that a report was made: its file, and whom its rows were chosen for."""
    run.state, run.ended_at, run.error = RunState.DONE, now, None
    run.rows = written.rows
    run.files = [{"path": str(file.path), "name": file.name} for file in written.files]
    run.audience = dict(record)


def last_of(session: Session, schedule: Schedule) -> ReportRun | None:
    """Return how a schedule's report went the last time, finished or not."""
    return session.scalars(
        select(ReportRun)
        .where(ReportRun.schedule_id == schedule.id)
        .order_by(col(ReportRun.created_at).desc(), col(ReportRun.id).desc())
        .limit(1)
    ).first()


def last_done(session: Session, schedule_id: int) -> ReportRun | None:
    """Return the last report of a schedule that was made."""
    return session.scalars(
        select(ReportRun)
        .where(ReportRun.schedule_id == schedule_id, ReportRun.state == RunState.DONE)
        .order_by(col(ReportRun.ended_at).desc(), col(ReportRun.id).desc())
        .limit(1)
    ).first()


def files_of(run: ReportRun) -> tuple[WrittenFile, ...]:
    """Return a report's files, none unless all are still there."""
    files = tuple(WrittenFile(Path(file["path"]), file["name"]) for file in run.files or ())
    return files if all(file.path.exists() for file in files) else ()


def may_be_sent_again(run: ReportRun, audience: Audience) -> bool:
    """Whether everybody who reads a space now may see what was chosen for those who read it then."""
    return run.audience is not None and audience.covers(run.audience)


def clear(database: Database, folder: Path, days: int, now: datetime) -> int:
    """Remove files older than so many days, except what waits for delivery or may yet be asked for; returns how many.

    The last file of a report that is scheduled stays, however old it is.
    """
    before = now - timedelta(days=days)
    with database.read() as session:
        needed = _needed(session)
    removed = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and path.stat().st_mtime < before.timestamp() and path.resolve() not in needed:
            path.unlink(missing_ok=True)
            removed.append(str(path))
    with database.write() as session:
        for run in session.scalars(select(ReportRun).where(ReportRun.ended_at < before)):  # type: ignore[operator]
            if run.files and not files_of(run):
                run.files = None
    return len(removed)


def _needed(session: Session) -> set[Path]:
    waiting = session.scalars(
        select(Outbox).where(col(Outbox.state).in_([OutboxState.DUE, OutboxState.SENDING, OutboxState.PARKED]))
    )
    paths = [row.content["file"] for row in waiting if row.content.get("file")]
    for run in session.scalars(
        select(ReportRun).where(col(ReportRun.state).in_([RunState.PREPARING, RunState.WRITING]))
    ):
        paths += [part["file"] for part in run.parts if part["file"]]
    for number in session.scalars(select(Schedule.id).where(Schedule.state != "cancelled")):
        last = last_done(session, number) if number else None
        paths += _paths(last.files if last else None)
    return {Path(path).resolve() for path in paths}


def _paths(files: Iterable[Mapping[str, str]] | None) -> list[str]:
    return [file["path"] for file in files or ()]
