"""Weeks of Webex Calling for tests, as the feed tells them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from hub.calling.saving import save
from storage import Database
from tests.hub.definitions.partner import Org, put

WEEK = date(2026, 11, 15)
"""The last complete week on the day of the examples."""


def org_id(number: int) -> str:
    """The id of the customer at a place."""
    return f"00000000-0000-4000-8000-{number:012d}"


def back(count: int) -> date:
    """A week so many before the last complete one."""
    return WEEK - timedelta(weeks=count)


def record(number: int = 0, week: date = WEEK, *, calls: int = 100, poor: int = 4, queue: int = 50) -> dict[str, Any]:
    """A record of the feed; figures follow from calls, poor legs and calls to queues."""
    return {
        "org_id": org_id(number),
        "week": week.isoformat(),
        "calls": calls,
        "minutes": calls * 3,
        "active_users": calls // 5,
        "users_by_calls": {"0": 5, "1-5": calls // 10, "6-20": calls // 20, "20+": calls // 50},
        "legs": calls * 2,
        "poor_legs": poor,
        "endpoints": {
            "app": {"legs": calls, "poor_legs": poor - poor // 2 - poor // 4},
            "desk_phone": {"legs": calls // 2, "poor_legs": poor // 4},
            "room_device": {"legs": calls // 4, "poor_legs": poor // 2},
            "other": {"legs": calls // 4, "poor_legs": 0},
        },
        "features": {"hunt_group": calls // 10, "auto_attendant": calls // 5, "call_queue": queue},
        "queue": {
            "calls": queue,
            "answered": queue - queue // 5,
            "answer_seconds": 20 * (queue - queue // 5),
            "abandoned": queue // 10,
            "abandon_wait_seconds": 60 * (queue // 10),
            "timed_out": queue // 20,
            "overflowed": queue // 20,
            "transferred": queue // 25,
        },
    }


def flat(one: dict[str, Any]) -> dict[str, Any]:
    """A record as its row, as documented: parts joined with `_`."""
    names = {"0": "0", "1-5": "1_5", "6-20": "6_20", "20+": "20"}
    row: dict[str, Any] = {}
    for name, value in one.items():
        if name == "week":
            row[name] = date.fromisoformat(value)
        elif not isinstance(value, dict):
            row[name] = value
        else:
            for part, inner in value.items():
                if isinstance(inner, dict):
                    row |= {f"{name}_{part}_{kind}": count for kind, count in inner.items()}
                else:
                    row[f"{name}_{names.get(part, part)}"] = inner
    return row


def kept(database: Database, customers: int, rows: Iterable[dict[str, Any]]) -> None:
    """Have customers, in turn of EU and US, and the rows of these records."""
    with database.write() as session:
        put(session, [Org(f"Acme {number}", region=("EU", "US")[number % 2]) for number in range(customers)])
    with database.write() as session:
        save(session, map(flat, rows))
