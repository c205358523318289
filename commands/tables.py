"""Lists as people see them: ten rows a page, columns that fit a phone, buttons to go on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from templates.texts import Texts

PAGE_SIZE = 10


@dataclass(frozen=True)
class Column:
    """A column of a list: its title (a text of the catalogue), what a row shows in it, and its share of the width."""

    title: str
    value: Callable[[Any, Texts], str]
    width: int = 1


@dataclass(frozen=True)
class Paging:
    """Where in a list a page stands."""

    page: int
    total_rows: int
    line: str
    """The command that shows the first page."""

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * PAGE_SIZE

    def view(self) -> dict[str, Any]:
        """Return what the pager template shows."""
        return {
            "first": min(self.offset + 1, self.total_rows),
            "last": min(self.offset + PAGE_SIZE, self.total_rows),
            "total": self.total_rows,
            "previous": f"{self.line} page:{self.page - 1}" if self.page > 1 else None,
            "next": f"{self.line} page:{self.page + 1}" if self.offset + PAGE_SIZE < self.total_rows else None,
        }


def table(
    columns: Sequence[Column],
    rows: Iterable[Any],
    texts: Texts,
    opens: Callable[[Any], str] | None = None,
) -> dict[str, Any]:
    """Return what the table templates show: titles, and for each row its cells and the command that opens it."""
    return {
        "columns": [{"title": texts(column.title), "width": column.width} for column in columns],
        "rows": [
            {"cells": [column.value(row, texts) for column in columns], "opens": opens(row) if opens else None}
            for row in rows
        ],
    }


def without_page(line: str) -> str:
    """Return a typed command without its page, to which another can be added."""
    return " ".join(word for word in line.split(" ") if not word.startswith("page:"))
