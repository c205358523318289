"""The same questions asked of pandas, with every table in memory."""

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.table import Table
from sqlalchemy import select

from bench.partner import TODAY
from hub import indicators
from hub.products import BOTH
from hub.scope import Scope
from hub.statuses import DEFAULTS
from hub.tables import customer, licence, subscription
from storage import Database

if TYPE_CHECKING:
    from pandas import DataFrame

ROUNDS = 5


class Frames:
    """The partner's tables as frames, and the indicators by the definitions."""

    def __init__(self, database: Database) -> None:
        import pandas

        with database.engine.connect() as connection:
            self.customers = pandas.read_sql(select(customer), connection)
            self.subscriptions = pandas.read_sql(
                select(subscription).with_only_columns(
                    *(column for column in subscription.c if column.name not in ("orders", "invoice_details"))
                ),
                connection,
                parse_dates=["start_date", "end_date"],
            )
            self.licences = pandas.read_sql(select(licence), connection)
        self._today = pandas.Timestamp(TODAY)

    def kpis(self) -> indicators.Kpis:
        """Count the customers of the five indicators."""
        rows, active = self._rows()
        near = active.end_date <= self._today + timedelta(days=90)
        is_trial = active.type == "trial"
        low = self._low(active)
        return indicators.Kpis(
            rows.org_id.nunique(),
            active[near & (is_trial | ~active.auto_renew)].org_id.nunique(),
            active[near & ~is_trial & active.auto_renew].org_id.nunique(),
            active[low].org_id.nunique(),
            active[active.assigned > active.total].org_id.nunique(),
        )

    def expiring(self) -> Any:
        """The first page and the shares."""
        _, active = self._rows()
        near = active[
            (active.end_date <= self._today + timedelta(days=90)) & ((active.type == "trial") | ~active.auto_renew)
        ]
        named = near.merge(self.customers[["org_id", "name", "name_folded"]], on="org_id")
        page = named.sort_values(["end_date", "name_folded", "subscription_id", "product"]).head(10)
        known = near[near.total.notna() & near.assigned.notna()]
        return page, near.org_id.nunique(), known.assigned.sum() / known.total.sum()

    def low(self) -> Any:
        """The first page of low assignment."""
        _, active = self._rows()
        rows = active[self._low(active)].merge(self.customers[["org_id", "name", "name_folded"]], on="org_id")
        rows = rows.assign(ratio=rows.assigned / rows.total)
        return rows.sort_values(["ratio", "name_folded", "subscription_id", "product"]).head(10)

    def _rows(self) -> tuple["DataFrame", "DataFrame"]:
        rows = self.licences[self.licences["product"].isin(BOTH)].merge(
            self.subscriptions[["subscription_id", "type", "start_date", "end_date", "auto_renew"]],
            on="subscription_id",
        )
        return rows, rows[(rows.start_date <= self._today) & (rows.end_date >= self._today)]

    def _low(self, active: "DataFrame") -> Any:
        ratio = (active.assigned / active.total).where(active.total > 0)
        middle = ratio.groupby(active["product"]).transform("median")
        return ratio < DEFAULTS.low_assignment_ratio * middle


def compared(database: Database, ask: Callable[[str], float]) -> Table:
    """Time both, and see to it that they count the same."""
    frames = Frames(database)
    with database.read() as session:
        counted = indicators.kpis(session, Scope(TODAY))
    expected = frames.kpis()
    if counted != expected:
        raise AssertionError(f"{counted} is not what pandas counts: {expected}")
    table = Table(title="Beside pandas with the tables in memory, milliseconds (median)")
    for heading in ("", "ours, rendered", "pandas, figures and rows only"):
        table.add_column(heading, justify="right" if heading else "left")
    for line, theirs in (("kpis", frames.kpis), ("expiring", frames.expiring), ("low", frames.low)):
        ours = median(ask(line) for _ in range(ROUNDS))
        table.add_row(line, f"{ours * 1000:.1f}", f"{median(_seconds(theirs) for _ in range(ROUNDS)) * 1000:.1f}")
    return table


def _seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
