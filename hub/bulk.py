"""Reading and writing many rows by key: one statement for thousands of rows, on SQLite and PostgreSQL alike."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

T = TypeVar("T")
Row = Mapping[str, Any]

CHUNK = 5_000
"""Keys in one `IN (…)`: below SQLite's limit of 32,766 parameters in a statement."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut items into lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def find(session: Session, column: Column[Any], keys: Collection[str], *columns: Column[Any]) -> Iterator[Any]:
    """Yield the rows, of the columns asked for, whose `column` is one of `keys`."""
    for chunk in chunks(keys):
        yield from session.execute(select(*columns).where(column.in_(chunk)))


def insert_rows(session: Session, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows; a column that a row does not name gets the database's default."""
    for _, alike in _alike(rows):
        session.execute(insert(table), alike)


def update_rows(session: Session, table: Table, rows: Iterable[Row]) -> None:
    """Change rows, found by their primary key, in the other columns that they name."""
    keys = [column.name for column in table.primary_key]
    matches = [table.c[key] == bindparam(f"key_{key}") for key in keys]
    for columns, alike in _alike(rows):
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns if name not in keys}
        if not changed:
            continue
        names = [f"key_{name}" if name in keys else f"new_{name}" for name in columns]
        parameters = [dict(zip(names, row.values(), strict=True)) for row in alike]
        # Over the connection: a session would take this for an update of its own objects.
        session.connection().execute(update(table).where(*matches).values(changed), parameters)


def upsert_rows(session: Session, table: Table, rows: Iterable[Row], *, replace: bool = True) -> None:
    """Insert rows; where one with the same primary key exists, change the columns named, or leave it (`replace`)."""
    dialect_insert = insert_of(session)
    keys = [column.name for column in table.primary_key]
    for columns, alike in _alike(rows):
        statement = dialect_insert(table)
        changed: dict[str, Any] = {name: statement.excluded[name] for name in columns if name not in keys}
        if replace and changed:
            statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=keys)
        session.connection().execute(statement, alike)


def insert_of(session: Session) -> Any:
    """Return the database's own `insert`, which can say what to do about rows that are there."""
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


def delete_rows(session: Session, column: Column[Any], keys: Collection[str]) -> None:
    """Delete the rows whose `column` is one of `keys`."""
    for chunk in chunks(keys):
        session.connection().execute(column.table.delete().where(column.in_(chunk)))


def _alike(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, ...], Sequence[Row]]]:
    """Group rows by the columns that they name: one statement serves each group."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row)].append(row)
    yield from groups.items()
