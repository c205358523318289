"""Lists as people see them: ten rows a page, columns that fit a phone, buttons to go on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from templates.texts import Texts

RowT = TypeVar("RowT")

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
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.size

    def of(self, rows: Sequence[RowT]) -> Sequence[RowT]:
        """Return the rows of this page."""
        return rows[self.offset : self.offset + self.size]

    def view(self) -> dict[str, Any]:
        """Return what the pager template shows."""
        return {
            "first": min(self.offset + 1, self.total_rows),
            "last": min(self.offset + self.size, self.total_rows),
            "total": self.total_rows,
            "previous": f"{self.line} page:{self.page - 1}" if self.page > 1 else None,
            "next": f"{self.line} page:{self.page + 1}" if self.offset + self.size < self.total_rows else None,
        }


def table(
    columns: Sequence[Column],
    rows: Iterable[Any],
    texts: Texts,
    opens: Callable[[Any], str | None] | None = None,
) -> dict[str, Any]:
    """Return what the table templates show: titles, and for each row its cells and the command that opens it."""
    return {
        "columns": [{"title": texts(column.title), "width": column.width} for column in columns],
        "rows": [
            {"cells": [column.value(row, texts) for column in columns], "opens": opens(row) if opens else None}
            for row in rows
        ],
    }


@dataclass(frozen=True)
class Entry:
    """A row of many columns as a few lines: what it is about, what matters most beside it, the rest below."""

    head: str
    aside: str
    under: str
    figures: str
    opens: str
    url: str | None = None
    """Opens it elsewhere."""


@dataclass(frozen=True)
class Layout:
    """How rows become entries. Titles are texts of the catalogue; `figures` are shown with theirs."""

    head: Column
    aside: Column
    under: Sequence[Column]
    figures: Sequence[Column]

    def entry(self, row: Any, texts: Texts, opens: str, url: str | None = None) -> Entry:
        """Return what the templates show of a row."""
        return Entry(
            self.head.value(row, texts),
            self.aside.value(row, texts),
            " · ".join(filter(None, (column.value(row, texts) for column in self.under))),
            " · ".join(
                f"{texts(column.title)}: {value}" for column in self.figures if (value := column.value(row, texts))
            ),
            opens,
            url,
        )


def without_page(line: str) -> str:
    """Return a typed command without its page, to which another can be added."""
    return " ".join(word for word in line.split(" ") if not word.startswith("page:"))
