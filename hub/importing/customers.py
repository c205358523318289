"""Importing a customer CSV: one file, one transaction."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlmodel import Session

from hub import snapshots
from hub.bulk import delete_rows
from hub.importing.columns import columns, read_header
from hub.importing.problems import Fault, UnusableFile
from hub.importing.rows import Rows
from hub.importing.summary import Counted, Note, Remark, Summary
from hub.importing.table import find_delimiter, read_lines, records
from hub.merging import merge
from hub.progress import Progress, Stage, silent
from hub.readings import Changes, Readings, Tally, by_customer
from hub.tables import customer, subscription
from storage import Database
from storage.tables import Source

SOURCE = "import"
"""Its row in `storage.tables.Source`."""

_CUSTOMERS_A_PART = 2_000
_ROWS_BETWEEN_TELLING = 5_000


class _Rehearsed(Exception):
    """Rolls back what was only tried."""


def import_customers(
    database: Database,
    source: Path | bytes | str,
    *,
    now: datetime,
    as_of: date | None = None,
    dayfirst: bool = False,
    strict: bool = False,
    full: bool = False,
    progress: Progress = silent,
    rehearse: bool = False,
) -> Summary:
    """Take the good rows of a customer CSV into the database; what the file lacks stays.

    Importing the same file twice changes nothing; a file older than what is known adds history only.

    Args:
        database: where to.
        source: a file, the content of one, or its text.
        now: the present.
        as_of: the day the counts were taken; today unless given.
        dayfirst: 03/04/2026 is the third of April.
        strict: any bad row, and nothing goes in.
        full: customers, subscriptions and products that the file lacks are removed, unless a row could not be read.
        progress: told how far it has come.
        rehearse: find out what would come of it, and leave everything as it is.

    Raises:
        UnusableFile: nothing of it can be read.

    """
    rows = _read(source, dayfirst=dayfirst, progress=progress)
    day = as_of or now.date()
    at = min(now, datetime.combine(day, time.max, UTC))
    readings = rows.readings(complete=full and not rows.errors)
    notes = rows.notes()
    if day > now.date():
        notes.append(Remark(Note.FUTURE_DAY))
    if full and not readings.customers:
        raise UnusableFile(Fault.NOTHING_TO_KEEP)
    applied = not (strict and rows.errors)
    changes, missing, removed = Changes(), (0, 0), (0, 0)
    if applied and readings.customers:
        with suppress(_Rehearsed), database.write() as session:
            newest = _remember(session, now, at)
            changes = _save(session, readings, at, day, progress)
            if day < now.date():
                snapshots.carry(session, at, day)
            missing = _missing(session, readings)
            if full and not rows.errors and newest:
                removed = _remove_missing(session, readings, at)
            elif full:
                notes.append(Remark(Note.NOT_REMOVED))
            if rehearse:
                raise _Rehearsed
        if changes.customers.new and not rehearse:
            database.analyse()
    return Summary(
        as_of=day,
        applied=applied,
        rows=rows.rows,
        rejected=rows.rejected,
        customers=_counted(changes.customers, missing[0], removed[0]),
        subscriptions=_counted(changes.subscriptions, missing[1], removed[1]),
        errors=rows.errors,
        notes=notes,
        ignored_columns=rows.header.ignored,
        org_ids=changes.org_ids,
    )


def _read(source: Path | bytes | str, *, dayfirst: bool, progress: Progress) -> Rows:
    known = columns(dayfirst=dayfirst)
    lines = read_lines(source)
    found = records(lines, find_delimiter(lines, known))
    first = next(found, None)
    if first is None or first.cells is None:
        raise UnusableFile(Fault.NO_HEADER)
    rows = Rows(read_header(first.cells, known))
    for record in found:
        rows.add(record)
        if rows.rows % _ROWS_BETWEEN_TELLING == 0:
            progress(Stage.READING, record.line, len(lines))
    progress(Stage.READING, len(lines), len(lines))
    return rows


def _remember(session: Session, now: datetime, at: datetime) -> bool:
    """Note that a file arrived; return whether none of a later day did before."""
    source = session.get(Source, SOURCE) or Source(name=SOURCE)
    before = source.read_at
    source.tried_at, source.read_at, source.error = now, max(before or at, at), None
    session.add(source)
    session.flush()
    return before is None or before <= at


def _save(session: Session, readings: Readings, at: datetime, day: date, progress: Progress) -> Changes:
    changes, done = Changes(), 0
    for part in by_customer(readings, _CUSTOMERS_A_PART):
        changes += merge(session, part, at, day)
        done += len(part.customers)
        progress(Stage.SAVING, done, len(readings.customers))
    return changes


def _missing(session: Session, readings: Readings) -> tuple[int, int]:
    """Count the known customers and subscriptions that the file, all of which is known by now, lacks."""
    customers = session.scalar(select(func.count()).select_from(customer)) or 0
    subscriptions = session.scalar(select(func.count()).select_from(subscription)) or 0
    return customers - len(readings.customers), subscriptions - len(readings.subscriptions)


def _remove_missing(session: Session, readings: Readings, at: datetime) -> tuple[int, int]:
    """Remove customers and subscriptions that the file lacks, but for those that a later reading told."""
    before = _missing(session, readings)
    kept = {reading.subscription_id for reading in readings.subscriptions}
    terms = subscription.c.terms_at
    told = select(subscription.c.subscription_id).where(or_(terms.is_(None), terms <= at))
    delete_rows(session, subscription.c.subscription_id, set(session.scalars(told)) - kept)
    present = {reading.org_id for reading in readings.customers}
    named = select(customer.c.org_id).where(customer.c.identity_at <= at)
    delete_rows(session, customer.c.org_id, set(session.scalars(named)) - present)
    after = _missing(session, readings)
    return before[0] - after[0], before[1] - after[1]


def _counted(tally: Tally, missing: int, removed: int) -> Counted:
    return Counted(tally.new, tally.changed, tally.unchanged, missing, removed)
