"""Saving a SQLite file and putting it back, from the command line as an operator does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage import Database
from storage.backup import BackupRefused, back_up, restore
from storage.tables import Source

PARTNERBOT = Path(sys.executable).with_name("partnerbot")


def sources(database: Database) -> list[str]:
    from sqlmodel import select

    with database.read() as session:
        return sorted(row.name for row in session.exec(select(Source)))


def add(database: Database, name: str) -> None:
    with database.write() as session:
        session.add(Source(name=name))


def partnerbot(database: Database, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PARTNERBOT, "db", *map(str, arguments)],
        env=os.environ | {"PARTNERBOT_DATABASE_URL": database.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_backup_is_put_back_and_what_was_there_is_kept(sqlite_database: Database, tmp_path: Path) -> None:
    add(sqlite_database, "saved")
    saved = tmp_path / "kept" / "monday.db"
    assert partnerbot(sqlite_database, "backup", saved).returncode == 0
    add(sqlite_database, "later")
    sqlite_database.close()
    restored = partnerbot(sqlite_database, "restore", saved)
    assert restored.returncode == 0, restored.stderr
    assert sources(sqlite_database) == ["saved"]
    assert sources(Database(f"{sqlite_database.url}.before-restore")) == ["later", "saved"]


def test_a_database_in_use_is_not_replaced(sqlite_database: Database, tmp_path: Path) -> None:
    add(sqlite_database, "saved")
    back_up(sqlite_database, tmp_path / "saved.db")
    refused = partnerbot(sqlite_database, "restore", tmp_path / "saved.db")
    assert refused.returncode == 1
    assert "stop the service" in refused.stderr
    assert sources(sqlite_database) == ["saved"]


def test_a_backup_is_taken_while_somebody_writes(sqlite_database: Database, tmp_path: Path) -> None:
    add(sqlite_database, "before")
    with sqlite_database.write() as session:
        session.add(Source(name="not yet"))
        session.flush()
        back_up(sqlite_database, tmp_path / "saved.db")
    assert sources(Database(f"sqlite:///{tmp_path}/saved.db")) == ["before"]


@pytest.mark.parametrize("content", [b"", b"no database at all, only words " * 300])
def test_what_is_no_backup_is_refused_and_the_database_stays(
    sqlite_database: Database, tmp_path: Path, content: bytes
) -> None:
    add(sqlite_database, "here")
    sqlite_database.close()
    (tmp_path / "bad.db").write_bytes(content)
    with pytest.raises(BackupRefused, match=r"bad\.db"):
        restore(sqlite_database.url, tmp_path / "bad.db")
    assert sources(sqlite_database) == ["here"]


def test_a_server_is_saved_with_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="pg_dump"):
        restore("postgresql://somewhere/db", _a_backup(tmp_path))


def _a_backup(folder: Path) -> Path:
    database = Database(f"sqlite:///{folder}/any.db")
    database.upgrade()
    back_up(database, folder / "good.db")
    database.close()
    return folder / "good.db"
