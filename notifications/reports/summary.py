"""What is said beside a report's file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from notifications.audience import Audience
from notifications.notes import notes_of
from notifications.reports.catalogue import Report
from notifications.reports.writing import WrittenReport
from templates import render
from templates.escape import markdown
from templates.texts import Texts


def summary(
    written: WrittenReport,
    report: Report,
    audience: Audience,
    region: str | None,
    texts: Texts,
    arguments: Mapping[str, Any],
) -> str:
    """Say what the report holds, and what of it this space may not see."""
    dated = report.partner is not None and not report.partner.inventory
    said = render.markdown(
        "report",
        texts,
        title=texts(report.title),
        rows=written.rows,
        customers=written.customers,
        first=date.fromisoformat(arguments["first"]) if dated else None,
        last=date.fromisoformat(arguments["last"]) if dated else None,
    )
    left_out = notes_of(audience.bounding(), region, texts)
    return "\n\n".join([said, *(markdown(note.text) for note in left_out)])
