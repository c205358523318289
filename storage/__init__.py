"""Tables, sessions, plain reads and writes, migrations."""

from storage.database import Database, DatabaseUnusable

__all__ = ["Database", "DatabaseUnusable"]
