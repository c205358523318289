"""Moving everything from one database into another, and proof that all of it arrived."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Result, String, Table, collate, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from storage.database import Database
from storage.tables import DERIVED

BATCH = 2_000
"""Rows read and written together."""

Progress = Callable[[str, int, int], None]
"""Called with the table, the rows done, and how many it has."""


class CopyRefused(Exception):
    """Nothing was copied: the target holds something, or both are the same database."""


class CopyDiffers(Exception):
    """What arrived is not what was sent; the message names the table and the row. The target is as empty as before."""


def copy(source: Database, target: Database, progress: Progress = lambda _table, _done, _total: None) -> dict[str, int]:
    """Copy every row of every table, compare both sides row by row, and only then keep the copy.

    Tables that are derived from others are left out: they are made again.
    Both databases must have the current schema. The source is read in one transaction, so what is written to it
    meanwhile is not in the copy: stop the service first.

    Returns the number of rows by table.

    Raises:
        CopyRefused: the target is not empty.
        CopyDiffers: a row arrived differently.
    """
    if source.url == target.url:
        raise CopyRefused(f"{target.url} is the database to be copied itself")
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name not in DERIVED]
    with source.read() as reading, target.write() as writing:
        source_rows, target_rows = reading.connection(), writing.connection()
        _must_be_empty(target, target_rows, tables)
        copied = {}
        for table in tables:
            total = source_rows.scalar(select(func.count()).select_from(table)) or 0
            _copy_table(source_rows, target_rows, table, partial(progress, table.name), total)
            _compare(source_rows, target_rows, table)
            copied[table.name] = total
        if not target.is_sqlite:
            _continue_numbering(target_rows, tables)
    target.analyse()
    return copied


def _must_be_empty(target: Database, rows: Connection, tables: Sequence[Table]) -> None:
    filled = [table.name for table in tables if rows.execute(select(table).limit(1)).first() is not None]
    if filled:
        raise CopyRefused(f"{target.url} holds data already (in {', '.join(filled)}); name an empty database")


def _copy_table(
    source: Connection, target: Connection, table: Table, progress: Callable[[int, int], None], total: int
) -> None:
    done = 0
    for batch in _rows(source, table).partitions(BATCH):
        try:
            target.execute(insert(table), [dict(row._mapping) for row in batch])
        except SQLAlchemyError as error:
            raise CopyDiffers(f"a row of {table.name} cannot be written: {getattr(error, 'orig', error)}") from error
        done += len(batch)
        progress(done, total)


def _compare(source: Connection, target: Connection, table: Table) -> None:
    for sent, arrived in zip_longest(_rows(source, table), _rows(target, table)):
        if sent is None or arrived is None or tuple(sent) != tuple(arrived):
            key = [(sent or arrived)._mapping[column] for column in table.primary_key]
            raise CopyDiffers(f"in {table.name} the row {key} did not arrive as it was")


def _rows(connection: Connection, table: Table) -> Result[Any]:
    """Every row, streamed by primary key; text by code point, so that both databases have one order."""
    by_code_point = connection.dialect.name == "postgresql"
    keys = [
        collate(column, "C") if by_code_point and isinstance(column.type, String) else column
        for column in table.primary_key
    ]
    return connection.execute(select(table).order_by(*keys), execution_options={"yield_per": BATCH})


def _continue_numbering(target: Connection, tables: Sequence[Table]) -> None:
    """Have PostgreSQL number new rows after the copied ones."""
    for table in tables:
        column = table.autoincrement_column
        if column is not None:
            newest = target.scalar(select(func.max(column)))
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            target.execute(select(func.setval(sequence, newest or 1, newest is not None)))
