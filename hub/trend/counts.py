"""The counts of a week, summed over licence rows."""

from typing import Any

from sqlalchemy import ColumnElement, case, func

SUMS = ("total", "assigned", "used", "unused", "available", "overage")
"""Columns of `licence_week`."""


def sums(total: ColumnElement[Any], assigned: ColumnElement[Any], used: ColumnElement[Any]) -> list[Any]:
    """Select the sums over rows with these counts, each over the rows where it is known."""
    return [
        func.sum(value).label(name)
        for name, value in (
            ("total", total),
            ("assigned", assigned),
            ("used", used),
            ("unused", _at_least_0(assigned - used)),
            ("available", _at_least_0(total - assigned)),
            ("overage", _at_least_0(assigned - total)),
        )
    ]


def _at_least_0(value: ColumnElement[Any]) -> ColumnElement[Any]:
    # Unknown stays unknown: then neither branch is taken.
    return case((value > 0, value), (value <= 0, 0))
