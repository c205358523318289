"""Keeping weeks of Webex Calling: what is told replaces what was, what is not told stays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from hub import weeks
from hub.bulk import CHUNK, find, upsert_rows
from hub.tables import calling_reading, calling_total, calling_week, customer

FIGURES = tuple(column.name for column in calling_week.columns if column.name not in ("org_id", "week"))
"""Columns of a week, in the order of the feed's record, flattened."""

Row = Mapping[str, Any]
"""`org_id`, `week` (its Sunday) and those of `FIGURES` that are told; None says that a figure is unknown."""


@dataclass(frozen=True)
class Saved:
    """What keeping rows did, in customers' weeks."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    """Known of the same weeks, but not among the rows."""
    removed: int = 0
    """Of these, those removed."""
    unknown: tuple[str, ...] = ()
    """Organizations that are no customers; their rows are left out."""

    def __add__(self, other: "Saved") -> "Saved":
        return Saved(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.missing + other.missing,
            self.removed + other.removed,
            self.unknown + other.unknown,
        )


def known_customers(session: Session, org_ids: Iterable[str]) -> set[str]:
    """Return those that are customers."""
    asked = set(org_ids)
    if len(asked) > CHUNK:
        return asked.intersection(session.connection().scalars(select(customer.c.org_id)))
    return {row.org_id for row in find(session, customer.c.org_id, asked, customer.c.org_id)}


def save(session: Session, rows: Iterable[Row], *, full: bool = False) -> Saved:
    """Write rows in the caller's transaction, a later one of the same customer and week over the earlier.

    Args:
        session: an open transaction.
        rows: what was told; all of a week if `full`.
        full: customers that the rows of a week lack have none of that week any more.

    """
    told = sorted(rows, key=lambda row: row["week"])
    present = known_customers(session, (row["org_id"] for row in told))
    saved = Saved(unknown=tuple(sorted({row["org_id"] for row in told} - present)))
    for week, of_week in groupby(told, key=lambda row: row["week"]):
        saved += _save_week(session, week, [row for row in of_week if row["org_id"] in present], full=full)
    return saved


def _save_week(session: Session, week: date, rows: Sequence[Row], *, full: bool) -> Saved:
    names = [name for name in FIGURES if any(name in row for row in rows)]
    columns = (calling_week.c.org_id, *(calling_week.c[name] for name in names))
    stored = {
        org_id: dict(zip(names, figures, strict=True))
        for org_id, *figures in session.connection().execute(select(*columns).where(calling_week.c.week == week))
    }
    new = changed = 0
    written = []
    for row in rows:
        before = stored.get(row["org_id"])
        if before is None:
            new += 1
        elif any(before[name] != row[name] for name in names if name in row):
            changed += 1
        else:
            continue
        written.append(row)
    upsert_rows(session, calling_week, written)
    missing = stored.keys() - {row["org_id"] for row in rows}
    if full:
        for org_id in missing:
            gone = (calling_week.c.org_id == org_id) & (calling_week.c.week == week)
            session.connection().execute(delete(calling_week).where(gone))
    if written or (full and missing):
        # The week after is compared with this one.
        stale = calling_total.c.week.in_([week, week + weeks.WEEK])
        session.connection().execute(delete(calling_total).where(stale))
    return Saved(new, changed, len(rows) - len(written), len(missing), len(missing) if full else 0)


def keep(session: Session, oldest: date) -> None:
    """Drop the weeks before `oldest`."""
    for table in (calling_week, calling_total, calling_reading):
        session.connection().execute(delete(table).where(table.c.week < oldest))
