"""Lists as people see them: ten rows a page, columns that fit a phone, buttons to go on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

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
    """Where in a list a page stands; after the last one comes none, so that is the last."""

    page: int
    total_rows: int
    line: str
    """The command that shows the first page."""
    size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        last = max(1, -(-self.total_rows // self.size))
        object.__setattr__(self, "page", min(self.page, last))

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


class Found(Protocol):
    """Rows of one page, and how many there are in all."""

    @property
    def rows(self) -> Sequence[Any]:
        """The page's."""

    @property
    def total_rows(self) -> int:
        """In all."""


FoundT = TypeVar("FoundT", bound=Found)


def turned_to(page: int, find: Callable[[int], FoundT]) -> FoundT:
    """Find the rows of a page, or of the last one where there are not so many; `find` takes the rows before it."""
    found = find((page - 1) * PAGE_SIZE)
    if found.rows or not found.total_rows:
        return found
    return find(Paging(page, found.total_rows, "").offset)


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
