"""Templates that people made of reports: own name, columns in an order, filter and region."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from hub.names import fold
from notifications.reports.catalogue import REPORTS, Report
from storage.tables import ReportTemplate, Schedule

MOST = 50
"""So many templates one owner can have."""
LONGEST_NAME = 60


def report_of(template: ReportTemplate) -> Report:
    """Return the report that a template makes of its base."""
    base = REPORTS[template.base]
    by_field = {column.field: column for column in base.columns}
    columns = tuple(by_field[name] for name in template.columns if name in by_field)
    return replace(
        base,
        columns=columns or base.columns,
        called=template.name,
        template=template.id,
        own_where=template.where,
        own_region=template.region,
    )


def named(session: Session, name: str, arguments: Mapping[str, Any]) -> Report:
    """Return the report that a schedule or run is about."""
    template = session.get(ReportTemplate, arguments["template"]) if arguments.get("template") else None
    return report_of(template) if template else REPORTS[name]


def owned_by(session: Session, owner: str) -> Sequence[ReportTemplate]:
    """Return an owner's templates by name."""
    found = select(ReportTemplate).where(ReportTemplate.owner == owner, col(ReportTemplate.deleted).is_(False))
    return session.scalars(found.order_by(col(ReportTemplate.key))).all()


def called(session: Session, owner: str, name: str) -> ReportTemplate | None:
    """Return the owner's template of a name, whatever its case and accents."""
    key = fold(" ".join(name.split()))
    return next((each for each in owned_by(session, owner) if each.key == key), None)


def users(session: Session, template: ReportTemplate) -> list[int]:
    """Return the numbers of the schedules that use a template."""
    live = session.scalars(select(Schedule).where(Schedule.state != "cancelled").order_by(col(Schedule.id)))
    return [each.id for each in live if each.id and each.arguments.get("template") == template.id]


def record_of(template: ReportTemplate) -> dict[str, Any]:
    """Return what an audit row keeps of a template."""
    return {
        "name": template.name,
        "base": template.base,
        "columns": list(template.columns),
        "where": template.where,
        "region": template.region,
    }


def fill(template: ReportTemplate, record: Mapping[str, Any]) -> None:
    """Make a template what a record says."""
    for name, value in record.items():
        setattr(template, name, value)
    template.key = fold(" ".join(template.name.split()))


def make(owner: str, record: Mapping[str, Any], who: str, now: datetime) -> ReportTemplate:
    """Return a new template."""
    template = ReportTemplate(
        owner=owner, key="", name="", base="", columns=[], created_by=who, created_at=now, deleted=False
    )
    fill(template, record)
    return template
