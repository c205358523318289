"""Rows of Webex's partner reports, as far as somebody may see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from sqlalchemy import select
from sqlmodel import Session

from hub.filters import Filter
from hub.ids import uuid_of
from hub.partner_reports import Kind, read_rows
from hub.scope import Scope
from hub.tables import customer


def partner_rows(
    session: Session, scope: Scope, where: Filter, kind: Kind, files: Sequence[Path]
) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a report's files, each cell by its column's name, of the customers that may and shall be shown.

    The region was chosen when Webex was asked: what it knows of a customer's region counts, not what we do.

    Raises:
        Unusable: a file cannot be read as this report.
    """
    shown = _shown(session, replace(scope, region=None), where)
    for file in files:
        for frame in read_rows(file, kind):
            for row in frame.to_dict("records"):
                if shown is None or _uuid(row[kind.org_id]) in shown:
                    yield cast("Mapping[str, str]", row)


def _shown(session: Session, scope: Scope, where: Filter) -> frozenset[str] | None:
    """The organizations to show; None: all, those that we do not know included."""
    if scope.sees_everybody and where == Filter.everything:
        return None
    wanted = select(customer.c.org_id).where(scope.customers(), where.condition(scope.today))
    return frozenset(session.connection().scalars(wanted))


def _uuid(identity: str) -> str:
    try:
        return uuid_of(identity)
    except ValueError:
        return identity
