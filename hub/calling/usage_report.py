"""The Calling Detailed Usage report of Webex as weeks: what it holds is taken over, what it lacks stays as it was told.

A report has a row for each customer and location; its figures hold for the days it was asked for, so it is asked for
from a Sunday to the Saturday after.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from hub.calling.saving import Saved, save
from hub.ids import uuid_of
from storage import Database

ORG_ID = "Org ID"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Total Calls": ("calls",),
    "Total Call Legs": ("legs",),
    "Total Poor Quality Call Legs": ("poor_legs",),
    "Call Minutes": ("minutes",),
    "Call Legs - Desk Phone": ("endpoints_desk_phone_legs",),
    "Call Legs - Room Device": ("endpoints_room_device_legs",),
    "Call Legs - Other Devices": ("endpoints_other_legs",),
    "Calls - Hunt Group Calls": ("features_hunt_group",),
    "Calls - Auto Attendant Calls": ("features_auto_attendant",),
    "Call Queue - Total Calls": ("features_call_queue", "queue_calls"),
    "Call Queue - Timed Out Calls": ("queue_timed_out",),
    "Call Queue - Overflowed Calls": ("queue_overflowed",),
    "Call Queue - Transferred Calls": ("queue_transferred",),
    "Call Queue - Abandoned Calls": ("queue_abandoned",),
}
"""Columns of the report, and the figures they tell."""


def merge_usage(database: Database, week: date, rows: Iterable[Mapping[str, str]]) -> Saved:
    """Take a week's report in, all or nothing.

    Args:
        database: where to.
        week: the Sunday it begins on.
        rows: cells by the report's column names; those of one customer's locations are added. An empty cell is unknown.

    Raises:
        ValueError: the week is no Sunday, or a cell holds neither a whole number nor an organization's id.

    """
    if week.isoweekday() != 7:
        raise ValueError(f"{week} is no Sunday")
    customers: dict[str, dict[str, int | None]] = defaultdict(dict)
    for row in rows:
        told = customers[uuid_of(row[ORG_ID])]
        for column, names in COLUMNS.items():
            cell = row.get(column, "").strip()
            for name in names if cell else ():
                told[name] = (told.get(name) or 0) + _count(column, cell)
    with database.write() as session:
        return save(session, ({"org_id": org_id, "week": week, **told} for org_id, told in customers.items()))


def _count(column: str, cell: str) -> int:
    whole, _, fraction = cell.partition(".")
    if not whole.isascii() or not whole.isdecimal() or fraction.strip("0"):
        raise ValueError(f"{column}: {cell!r} is no whole number")
    return int(whole)
