"""The schema of Procrastinate, which hands jobs to workers on PostgreSQL: by its own migrations, in a schema apart.

Its files are applied in the order of their names, each once; a newer version of the library brings further ones.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

SCHEMA = "procrastinate"


def upgrade(engine: Engine) -> None:
    """Apply what is not applied yet. Nobody else may be at it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Asked first: a role that may create nothing may still use what is there.
        if connection.scalar(text("SELECT to_regclass('procrastinate.applied')")) is None:
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS procrastinate"))
            connection.execute(text("CREATE TABLE procrastinate.applied (name text PRIMARY KEY)"))
        applied = set(connection.scalars(text("SELECT name FROM procrastinate.applied")))
        new = [path for path in _files() if path.name not in applied]
        if not new:
            return
        connection.execute(text("SET search_path TO procrastinate"))
        try:
            for path in new:
                _apply(connection, path)
                connection.execute(text("INSERT INTO applied VALUES (:name)"), {"name": path.name})
        finally:
            connection.execute(text("RESET search_path"))


def _apply(connection: Connection, path: Path) -> None:
    # As it is, for it holds several statements, which SQLAlchemy would not send.
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(path.read_bytes())
    except driver.Error as error:
        raise SQLAlchemyError(f"{path.name}: {error}") from error


def _files() -> list[Path]:
    spec = find_spec("procrastinate")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("procrastinate is not installed")
    return sorted(Path(spec.submodule_search_locations[0], "sql", "migrations").glob("*.sql"))
