"""What is said beside a report's file: what it holds, what stands out, how it was the last time."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from notifications.audience import Audience
from notifications.notes import notes_of
from notifications.outbox import Message, Outgoing, Priority
from notifications.reports.catalogue import Report
from notifications.reports.writing import WrittenReport
from storage.tables import ReportRun
from templates import render
from templates.catalogue import N_
from templates.escape import markdown
from templates.texts import Texts


def summary(
    written: WrittenReport,
    report: Report,
    audience: Audience,
    region: str | None,
    texts: Texts,
    arguments: Mapping[str, Any],
    before: ReportRun | None,
) -> str:
    """Say what the report holds, and what of it this space may not see."""
    said = render.markdown("report", texts, **view_of(written, report, texts, arguments, before))
    left_out = notes_of(audience.bounding(), region, texts)
    return "\n\n".join([said, *(markdown(note.text) for note in left_out)])


def messages(
    cause: str, target: str, said: str, written: WrittenReport, record: Mapping[str, Any], **way: Any
) -> list[Outgoing]:
    """Return what posts a report: the summary with its file and, where there are more, a reply with each."""
    first, *others = written.files
    return [
        Outgoing(
            cause, target, Message(said, file=first.path, file_name=first.name), Priority.REPORT, audience=record, **way
        ),
        *(
            Outgoing(
                f"{cause}:{number}",
                target,
                Message("", file=file.path, file_name=file.name),
                Priority.REPORT,
                parent_cause=cause,
                audience=record,
            )
            for number, file in enumerate(others, start=2)
        ),
    ]


def view_of(
    written: WrittenReport, report: Report, texts: Texts, arguments: Mapping[str, Any], before: ReportRun | None
) -> dict[str, Any]:
    """Return what the template of a report's message shows."""
    dated = report.partner is not None and not report.partner.inventory
    return {
        "title": report.title_in(texts),
        "rows": written.rows,
        "customers": written.customers if report.org_id else None,
        "first": date.fromisoformat(arguments["first"]) if dated else None,
        "last": date.fromisoformat(arguments["last"]) if dated else None,
        "standing": written.tally.said(texts),
        "compared": _compared(written.rows, before, texts),
        "packed": written.is_packed,
        "files": len(written.files),
    }


def _compared(rows: int, before: ReportRun | None, texts: Texts) -> str | None:
    """Say how many rows more or fewer there are than the last time the same was asked for here."""
    if before is None or before.rows is None or before.ended_at is None:
        return None
    day = texts.short_day(before.ended_at.astimezone(ZoneInfo(texts.zone)).date())
    more = rows - before.rows
    if more > 0:
        return texts.count("%(n)s row more than on %(day)s", "%(n)s rows more than on %(day)s", more, day=day)
    if more < 0:
        return texts.count("%(n)s row fewer than on %(day)s", "%(n)s rows fewer than on %(day)s", -more, day=day)
    return texts(N_("as many rows as on %(day)s"), day=day)
