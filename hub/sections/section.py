"""What every section is: indicators of all its rows, and its rows, a page at a time.

A section lists licence rows: one per active subscription or trial and product.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select
from sqlmodel import Session

from hub.filters import Filter
from hub.outlook import remembered, version
from hub.outlook.terms import on_running, wanted
from hub.scope import Scope
from hub.tables import customer, licence, outline, running, subscription

KpisT = TypeVar("KpisT")
RowT = TypeVar("RowT")

STATEMENTS_KEPT = 256
"""Composing a statement costs more than running it, and people ask the same questions again and again."""

_EVERY_ROW = 2**31


@dataclass(frozen=True)
class Section(Generic[KpisT, RowT]):
    """The indicators are computed when it is made; rows are read from its session when asked for."""

    kpis: KpisT
    total_rows: int
    _session: Session
    _page: Select[Any]
    _row: Callable[[Any], RowT]

    def rows(self, limit: int | None = None, offset: int = 0) -> list[RowT]:
        """Read a page of rows, in the section's order; without a limit all of them."""
        part = {"limit": _EVERY_ROW if limit is None else limit, "offset": offset}
        found = self._session.connection().execute(self._page, part)
        return [self._row(row) for row in found]


@dataclass(frozen=True)
class Statements:
    """What a section asks the database: its summary, and a page that takes `limit` and `offset`."""

    summary: Select[Any]
    page: Select[Any]


@dataclass(frozen=True, eq=False)
class Question:
    """Which licence rows a section is about: whose, of which products, and what must hold for them."""

    scope: Scope
    products: frozenset[str]
    where: Filter
    holds: ColumnElement[bool]
    ready: bool = False
    """Answered from what is kept ready, which gives the same."""

    def rows(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Select columns of the subscriptions and licences of all rows, in any order."""
        return self._select(*columns, named=False)

    def summary(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Select aggregates over all rows: `rows`, `customers`, and the given."""
        return self.rows(
            func.count().label("rows"), func.count(subscription.c.org_id.distinct()).label("customers"), *columns
        )

    def customers(self) -> Select[Any]:
        """Select how many customers have a row."""
        return self.rows(func.count(subscription.c.org_id.distinct()))

    def page(self, order: ColumnElement[Any]) -> Select[Any]:
        """Select rows with all that tables show, by an order and then by customer, subscription and product.

        Takes the parameters `limit` and `offset`.
        """
        return (
            self._select(
                customer.c.name.label("customer"),
                customer.c.org_id,
                subscription.c.subscription_id,
                licence.c.product,
                subscription.c.start_date,
                subscription.c.end_date,
                subscription.c.auto_renew,
                licence.c.total,
                licence.c.used_7d.label("used"),
                licence.c.assigned,
                (licence.c.total - licence.c.assigned).label("available"),
                licence.c.used_3m,
                named=True,
            )
            .order_by(
                *map(self._own, (order, customer.c.name_folded, subscription.c.subscription_id, licence.c.product))
            )
            .limit(bindparam("limit"))
            .offset(bindparam("offset"))
        )

    def _select(self, *columns: ColumnElement[Any], named: bool) -> Select[Any]:
        # Most questions are about everybody: then the customers need not be looked up.
        everybody = self.where == Filter.everything and self.scope.sees_everybody
        if self.ready:
            rows = select(*map(self._own, columns)).select_from(running)
            if named or not everybody:
                # Not `customer` itself: SQLite would go through the customers, each of whom has few rows of a section.
                rows = rows.join(outline, outline.c.number == running.c.customer + 0)
            if named:
                rows = rows.join(customer, customer.c.org_id == outline.c.org_id)
            if not everybody:
                rows = rows.where(wanted(self.scope, self.where))
        else:
            rows = select(*columns).join_from(
                subscription, licence, licence.c.subscription_id == subscription.c.subscription_id
            )
            if named or not everybody:
                rows = rows.join(customer, customer.c.org_id == subscription.c.org_id).where(
                    self.scope.customers(), self.where.condition(self.scope.today, self.scope.thresholds)
                )
        # Not `product IN (…)` itself: SQLite would begin with that index, which finds half of all rows.
        product = self._own(licence.c.product + "")
        return rows.where(self._own(self.holds), product.in_(sorted(self.products)))

    def _own(self, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        return on_running(expression) if self.ready else expression


def summarised(session: Session, statement: Select[Any], now: int | None, *asked: Hashable) -> Any:
    """Read the one row of a summary; with a version of what is kept ready, only if that was not asked before."""

    def read() -> Any:
        return session.connection().execute(statement).one()

    return read() if now is None else remembered(session, now, asked, read)


def ready_for(session: Session, scope: Scope) -> int | None:
    """Return the version of what is kept ready, if it is of the scope's day and nothing changed since."""
    return version(session, scope.today, scope.thresholds)


def shares(name: str, part: ColumnElement[Any], whole: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """Sum a part and its whole over the rows where both are known: columns `{name}_part` and `{name}_whole`."""
    known = and_(part.is_not(None), whole.is_not(None))
    return (
        func.sum(case((known, part))).label(f"{name}_part"),
        func.sum(case((known, whole))).label(f"{name}_whole"),
    )


def share(row: Any, name: str) -> float | None:
    """Return the percentage of the sums that `shares` selected."""
    return percentage(getattr(row, f"{name}_part"), getattr(row, f"{name}_whole"))


def percentage(part: int | None, whole: int | None) -> float | None:
    """Return part ÷ whole × 100 with one decimal; unknown when either is, or when the whole is 0."""
    return round(100 * int(part) / int(whole), 1) if part is not None and whole else None
