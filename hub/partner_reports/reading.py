"""From a report's archive to its rows: only the one table in it is read, and never more of it than fits."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

from hub.names import fold
from hub.partner_reports.kinds import Kind

if TYPE_CHECKING:
    import pandas as pd

MOST_UNPACKED_BYTES = 4_000_000_000
"""A table that claims, or turns out, to be larger is a trap or a mistake."""
MOST_PACKING = 200
"""How many times smaller than its content an archive may be; tables of text come to about 20."""
SMALL_BYTES = 10_000_000
"""Up to this size it does not matter how well something packs."""
ROWS_AT_ONCE = 50_000


class Fault(StrEnum):
    """What is wrong with a report's file."""

    NOT_AN_ARCHIVE = "not_an_archive"
    NO_TABLE = "no_table"
    SEVERAL_TABLES = "several_tables"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    ENCODING = "encoding"
    NO_COLUMNS = "no_columns"
    MISSING_COLUMNS = "missing_columns"


class Unusable(Exception):
    """A report's file cannot be used: why, and what it is about."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail


def read_rows(archive: Path, kind: Kind) -> "Iterator[pd.DataFrame]":
    """Yield the rows of a report, some at a time, as text in exactly the report's columns; empty cells are empty text.

    Further columns are passed over. A blank table yields nothing.

    Raises:
        Unusable: it is no archive, holds no table or several, is broken or too large, or lacks a column.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            yield from _rows(opened, _table(opened), kind)
    except zipfile.BadZipFile as error:
        fault = Fault.BROKEN if zipfile.is_zipfile(archive) else Fault.NOT_AN_ARCHIVE
        raise Unusable(fault) from error
    except (EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        # Cut short, damaged, or packed in a way that is not known here, such as with a password.
        raise Unusable(Fault.BROKEN) from error


def _table(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one table in an archive; its name, which may hold a path, is never used as one."""
    tables = [each for each in archive.infolist() if not each.is_dir() and each.filename.lower().endswith(".csv")]
    if not tables:
        raise Unusable(Fault.NO_TABLE)
    if len(tables) > 1:
        raise Unusable(Fault.SEVERAL_TABLES, str(len(tables)))
    table = tables[0]
    too_well_packed = table.file_size > SMALL_BYTES and table.file_size > MOST_PACKING * max(table.compress_size, 1)
    if table.file_size > MOST_UNPACKED_BYTES or too_well_packed:
        raise Unusable(Fault.TOO_LARGE, f"{table.file_size:,}")
    return table


def _rows(archive: zipfile.ZipFile, table: zipfile.ZipInfo, kind: Kind) -> "Iterator[pd.DataFrame]":
    import pandas as pd

    # A region without customers gives a blank table.
    if table.file_size == 0:
        return
    with archive.open(table) as file:
        try:
            names = _header(file)
        except UnicodeDecodeError as error:
            raise Unusable(Fault.ENCODING) from error
    chosen = _match(names, kind)
    with archive.open(table) as file:
        try:
            for frame in pd.read_csv(
                file,
                encoding="utf-8-sig",
                dtype=str,
                keep_default_na=False,
                header=0,
                names=list(range(len(names))),
                usecols=chosen,
                index_col=False,
                chunksize=ROWS_AT_ONCE,
            ):
                yield frame[chosen].set_axis(list(kind.columns), axis="columns")
        except UnicodeDecodeError as error:
            raise Unusable(Fault.ENCODING) from error
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise Unusable(Fault.BROKEN, str(error)) from error


def _header(file: IO[bytes]) -> list[str]:
    import csv

    line = file.readline(1_000_000).decode("utf-8-sig")
    names = next(csv.reader([line]), [])
    if not any(names):
        raise Unusable(Fault.NO_COLUMNS)
    return names


def _match(names: Sequence[str], kind: Kind) -> list[int]:
    """Where the report's columns stand, by name without case."""
    places = {fold(name): place for place, name in reversed(list(enumerate(names)))}
    missing = [column for column in kind.columns if fold(column) not in places]
    if missing:
        raise Unusable(Fault.MISSING_COLUMNS, ", ".join(missing))
    return [places[fold(column)] for column in kind.columns]
