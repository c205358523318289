"""CSV files that a command answers with, beside the reports."""

import secrets
from collections.abc import Iterable, Sequence

from defusedcsv import csv

from commands.context import Context
from commands.reply import Attachment
from notifications.reports.writing import file_name


def csv_file(ctx: Context, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Attachment:
    """Write a CSV that is harmless in a spreadsheet; its title, in the reader's words, begins its name."""
    identity = secrets.token_hex(4).upper()
    ctx.services.files.mkdir(parents=True, exist_ok=True)
    path = ctx.services.files / f"{identity}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return Attachment(path, file_name(title, identity, ctx.now.date()), title)
