"""Backups of a SQLite file: taken while the service runs, put back while it does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from storage.database import Database


class BackupRefused(Exception):
    """Nothing was saved or put back; the message says why and what to do instead."""


def back_up(database: Database, to: Path) -> int:
    """Save the database as it is at this moment into a file of its own, checked; returns its size in bytes.

    An earlier file of that name is replaced only by a good one.

    Raises:
        BackupRefused: it is no SQLite file, or the copy is damaged.
        OSError: the file cannot be written.
    """
    source = _file_of(database)
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_name(f"{to.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(unfinished)) as writing:
            reading.backup(writing)
            # One file is easier to keep than a file and its log.
            writing.execute("PRAGMA journal_mode=DELETE")
        _check(unfinished)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
    return to.stat().st_size


def restore(url: str, backup: Path) -> Path | None:
    """Put a backup in the place of the database; returns where what was there before is kept, if anything was.

    Raises:
        BackupRefused: the backup is missing or damaged, or the database is in use or no SQLite file.
        OSError: a file cannot be written.
    """
    if not backup.is_file():
        raise BackupRefused(f"there is no file {backup}")
    _check(backup)
    target = _path_of(url)
    kept = None
    if target.exists():
        _must_be_unused(target)
        kept = target.with_name(f"{target.name}.before-restore")
        target.replace(kept)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(backup)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)
    return kept


def _file_of(database: Database) -> Path:
    path = _path_of(database.engine.url.render_as_string(hide_password=False))
    if not path.is_file():
        raise BackupRefused(f"there is no database at {path} yet")
    return path


def _path_of(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise BackupRefused("this is for SQLite files; PostgreSQL is saved with pg_dump and put back with pg_restore")
    return Path(parsed.database)


def _check(path: Path) -> None:
    """Look whether a file is a whole database of ours."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise BackupRefused(f"{path} is no backup of this program's database: {error}") from error
    if found != ["ok"]:
        raise BackupRefused(f"{path} is damaged: {found[0]}")


def _must_be_unused(path: Path) -> None:
    """Nobody else has the file open: every connection to it holds a lock, which an exclusive one would not get."""
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
            # Leaves nothing behind in a log beside the file, which is about to be moved.
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise BackupRefused(f"{path} is in use; stop the service first ({error})") from error
