"""From rows to readings: what belongs to one customer, one subscription, one product, and what contradicts."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from hub.importing.columns import COUNTS, CUSTOMER, SUBSCRIPTION, Header
from hub.importing.problems import BadCell, Reason, RowError
from hub.importing.summary import LINES_SHOWN, Note, Remark
from hub.importing.table import Record
from hub.names import fold
from hub.readings import LACKING, CustomerReading, LicenceReading, Readings, SubscriptionReading

LONGEST_TRIAL = timedelta(days=90)
SHOWN_CHARACTERS = 80

Values = dict[str, Any]


@dataclass
class _Known:
    """What the rows so far say of a subscription."""

    line: int
    org_id: str
    values: Values
    lines: dict[str, int]
    """By field, the line that told it."""


class Rows:
    """The good rows of a file, taken in one by one."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.rows = 0
        self.rejected = 0
        self.errors: list[RowError] = []
        self._customers: dict[str, Values] = {}
        self._subscriptions: dict[str, _Known] = {}
        self._licences: dict[tuple[str, str], tuple[int, Values]] = {}
        self._notes: dict[Note, list[int]] = defaultdict(list)

    def add(self, record: Record) -> None:
        """Take a row in, or note why not."""
        self.rows += 1
        errors = [*self._unreadable(record)]
        values: Values = {}
        if not errors:
            values, errors = self._read(record)
        if not errors:
            errors = [*self._incomplete(record.line, values)] or [*self._contradictions(record.line, values)]
        if errors:
            self.rejected += 1
            self.errors += errors
        else:
            self._keep(record.line, values)

    def readings(self, *, complete: bool) -> Readings:
        """Return everything taken in; `complete` when products that a subscription lacks here are gone."""
        products: dict[str, set[str]] = defaultdict(set)
        for (subscription_id, _), (_, values) in self._licences.items():
            products[subscription_id].add(values["product"])
        return Readings(
            [CustomerReading(org_id, **values) for org_id, values in self._customers.items()],
            [
                SubscriptionReading(
                    key, known.org_id, products=frozenset(products[key]) if complete else LACKING, **known.values
                )
                for key, known in self._subscriptions.items()
            ],
            [LicenceReading(subscription_id, **values) for (subscription_id, _), (_, values) in self._licences.items()],
        )

    def notes(self) -> list[Remark]:
        """Return what is odd."""
        return [Remark(note, len(lines), tuple(lines[:LINES_SHOWN])) for note, lines in sorted(self._notes.items())]

    def _unreadable(self, record: Record) -> Iterator[RowError]:
        cells, width = record.cells, len(self.header.columns)
        if cells is None:
            yield RowError(record.line, None, "", Reason.QUOTES)
        elif len(cells) < width:
            yield RowError(record.line, None, "", Reason.TOO_FEW_CELLS, {"cells": len(cells), "columns": width})
        elif any(cells[width:]):
            yield RowError(record.line, None, "", Reason.TOO_MANY_CELLS, {"cells": len(cells), "columns": width})

    def _read(self, record: Record) -> tuple[Values, list[RowError]]:
        values: Values = {}
        errors = []
        for column, cell in zip(self.header.columns, record.cells or (), strict=False):
            if column is None:
                continue
            if not cell or cell.isspace():
                values[column.name] = column.empty
                continue
            try:
                if "\0" in cell:
                    raise BadCell(Reason.CONTROL_CHARACTER)
                values[column.name] = column.read(cell)
            except BadCell as bad:
                errors.append(RowError(record.line, column.name, cell[:SHOWN_CHARACTERS], bad.reason, bad.data))
        return values, errors

    def _incomplete(self, line: int, values: Values) -> Iterator[RowError]:
        required = ["customer", "org_id"]
        if values.get("subscription_id"):
            required += ["type", "product"]
        else:
            empty = {column.name: column.empty for column in self.header.columns if column}
            for name in (*SUBSCRIPTION, "product", *COUNTS):
                if name in values and values[name] != empty[name]:
                    yield RowError(line, name, str(values[name]), Reason.NO_SUBSCRIPTION)
        for name in required:
            if values.get(name) is None:
                yield RowError(line, name, "", Reason.REQUIRED)
        if values.get("type") == "trial" and values.get("auto_renew"):
            yield RowError(line, "auto_renew", "yes", Reason.TRIAL_RENEWS)

    def _contradictions(self, line: int, values: Values) -> Iterator[RowError]:
        subscription_id = values.get("subscription_id")
        known = self._subscriptions.get(subscription_id) if subscription_id else None
        if known is None:
            return
        if known.org_id != values["org_id"]:
            yield RowError(line, "org_id", values["org_id"], Reason.OTHER_CUSTOMER, {"line": known.line})
            return
        for name, value in _terms(values).items():
            other = known.values[name]
            if value != other and value is not None and other is not None:
                data = {"line": known.lines[name], "other": _shown(other)}
                yield RowError(line, name, _shown(value), Reason.CONTRADICTION, data)
        if repeated := self._licences.get((str(subscription_id), _product_key(values["product"]))):
            yield RowError(line, "product", values["product"], Reason.REPEATED_PRODUCT, {"line": repeated[0]})

    def _keep(self, line: int, values: Values) -> None:
        self._keep_customer(line, values)
        subscription_id = values.get("subscription_id")
        if not subscription_id:
            return
        terms = _terms(values)
        known = self._subscriptions.setdefault(subscription_id, _Known(line, values["org_id"], {}, {}))
        for name, value in terms.items():
            if known.values.get(name) is None:
                known.values[name] = value
                known.lines[name] = line
        counts = {name: values[name] for name in COUNTS if name in values}
        self._licences[subscription_id, _product_key(values["product"])] = (
            line,
            {"product": values["product"], **counts},
        )
        for note in _odd(values):
            self._notes[note].append(line)

    def _keep_customer(self, line: int, values: Values) -> None:
        told = {"name": values["customer"], **{name: values[name] for name in CUSTOMER if name in values}}
        known = self._customers.setdefault(values["org_id"], told)
        differs = False
        for name, value in told.items():
            if known[name] is None:
                known[name] = value
            elif value is not None and value != known[name]:
                differs = True
        if differs:
            self._notes[Note.CUSTOMER_DIFFERS].append(line)


_product_key = lru_cache(fold)


def _terms(values: Values) -> Values:
    """Return what a row says of its subscription; the invoice of a trial is nothing."""
    terms = {name: values[name] for name in SUBSCRIPTION if name in values}
    if "invoice" in terms and terms["type"] == "trial":
        terms["invoice"] = None
    return terms


def _odd(values: Values) -> Iterator[Note]:
    total, assigned, used = (values.get(name) for name in ("total", "assigned", "used_7d"))
    if used is not None and assigned is not None and used > assigned:
        yield Note.USED_ABOVE_ASSIGNED
    if assigned is not None and total is not None and assigned > total:
        yield Note.ASSIGNED_ABOVE_TOTAL
    start, end = values.get("start_date"), values.get("end_date")
    if start and end and end < start:
        yield Note.ENDS_BEFORE_START
    if start and end and values["type"] == "trial" and end - start > LONGEST_TRIAL:
        yield Note.LONG_TRIAL


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
