"""Sums kept ready, computed, and worked out here: the same figures, whatever the scope."""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest

from hub.calling import View, merge_usage, sum_up, view
from hub.calling.saving import FIGURES, save
from hub.calling.views import SUBJECTS
from hub.scope import Scope
from hub.tables import customer
from storage import Database
from storage.tables import CallingWeek
from tests.hub.calling.weeks import WEEK, back, flat, kept, org_id, record
from tests.hub.definitions.partner import TODAY, Org, put

BEN = "ben@brightwater.example"
CUSTOMERS = 15


def orgs() -> list[Org]:
    return [
        Org(f"Acme {number}", region=("EU", "US", None)[number % 3], assigned_to=(BEN,) if number % 2 else ())
        for number in range(CUSTOMERS)
    ]


def rows() -> list[dict[str, Any]]:
    """Weeks in which some figures are unknown and some customers are missing."""
    rng = Random(5)
    return [
        {
            "org_id": org_id(number),
            "week": back(ago),
            **{name: None if rng.random() < 0.15 else rng.randint(0, 300) for name in FIGURES},
        }
        for number in range(CUSTOMERS)
        for ago in range(10)
        if rng.random() < 0.9
    ]


@pytest.fixture(params=["kept", "computed"])
def partner(request: pytest.FixtureRequest, database: Database) -> Database:
    with database.write() as session:
        put(session, orgs())
        save(session, rows())
    if request.param == "kept":
        sum_up(database)
    return database


def summed(some: Iterable[dict[str, Any]], name: str) -> int | None:
    known = [row[name] for row in some if row[name] is not None]
    return sum(known) if known else None


def pct(some: Iterable[dict[str, Any]], part: str, whole: str) -> float | None:
    known = [(row[part], row[whole]) for row in some if row[part] is not None and row[whole] is not None]
    total = sum(whole for _, whole in known)
    return round(100 * sum(part for part, _ in known) / total, 1) if total else None


SCOPES: dict[str, tuple[Scope, Callable[[int], bool]]] = {
    "everybody": (Scope(TODAY), lambda number: True),
    "region": (Scope(TODAY, region="EU"), lambda number: number % 3 == 0),
    "role": (Scope(TODAY, frozenset({BEN})), lambda number: number % 2 == 1),
    "role and region": (Scope(TODAY, frozenset({BEN}), "US"), lambda number: number % 2 == 1 and number % 3 == 1),
}


@pytest.mark.parametrize("name", SCOPES)
def test_sums_and_percentages_of_every_week(partner: Database, name: str) -> None:
    scope, belongs = SCOPES[name]
    mine = [row for row in rows() if belongs(int(row["org_id"][-12:]))]
    with partner.read() as session:
        shown = {subject: view(session, scope, subject) for subject in View}
        for place, ago in enumerate(range(7, -1, -1)):
            of_week = [row for row in mine if row["week"] == back(ago)]
            usage, quality = shown[View.USAGE].weeks[place], shown[View.QUALITY].weeks[place]
            queues, features = shown[View.QUEUES].weeks[place], shown[View.FEATURES].weeks[place]
            assert usage["calls"] == summed(of_week, "calls")
            assert usage["users_by_calls_6_20"] == summed(of_week, "users_by_calls_6_20")
            assert quality.pct("poor") == pct(of_week, "poor_legs", "legs")
            room = shown[View.ENDPOINTS].weeks[place].pct("poor_room_device")
            assert room == pct(of_week, "endpoints_room_device_poor_legs", "endpoints_room_device_legs")
            assert queues.pct("abandoned") == pct(of_week, "queue_abandoned", "queue_calls")
            queued = [row for row in of_week if row["queue_calls"]]
            assert features["queued_hunt_group"] == summed(queued, "features_hunt_group")
        now, before = ({row["org_id"]: row for row in mine if row["week"] == week} for week in (WEEK, back(1)))
        doubled = [
            each
            for each, row in now.items()
            if (poor := row["poor_legs"]) is not None
            and poor >= 10
            and (was := before.get(each, {}).get("poor_legs")) is not None
            and poor >= 2 * was
        ]
        assert (shown[View.QUALITY].now["doubled"] or 0) == len(doubled)
        listed = shown[View.USAGE].rows()
        assert {row.org_id for row in listed} == set(now)
        for row in listed:
            was = before.get(row.org_id, {}).get("calls")
            change = None if row.calls is None or was is None else row.calls - was
            assert (row.calls, row.calls_change) == (now[row.org_id]["calls"], change)


def test_a_customer_alone_is_never_somebody_elses(partner: Database) -> None:
    with partner.read() as session:
        own = view(session, Scope(TODAY, frozenset({BEN})), View.USAGE, org_id(1))
        assert own.by_week()
        assert view(session, Scope(TODAY, frozenset({BEN})), View.USAGE, org_id(2)).by_week() == []


def test_sums_follow_a_customer_that_moves_or_leaves_and_a_corrected_week(database: Database) -> None:
    kept(database, 3, [record(number, calls=100) for number in range(3)])
    sum_up(database)

    def calls(region: str | None = None) -> int | None:
        with database.read() as session:
            return view(session, Scope(TODAY, region=region), View.USAGE).now["calls"]

    with database.write() as session:
        session.connection().execute(customer.update().where(customer.c.org_id == org_id(0)).values(region="US"))
        session.connection().execute(customer.delete().where(customer.c.org_id == org_id(1)))
    assert (calls(), calls("US"), calls("EU")) == (200, 100, 100)
    sum_up(database)
    with database.write() as session:
        save(session, [flat(record(2, calls=500))])
    assert calls() == 600
    sum_up(database)
    assert calls() == 600


def test_the_usage_report_adds_locations_and_leaves_what_it_lacks(database: Database) -> None:
    kept(database, 1, [record(0, calls=100)])
    report = [
        {"Org ID": org_id(0), "Total Calls": "70", "Total Call Legs": "140", "Call Queue - Total Calls": "9"},
        {"Org ID": org_id(0), "Total Calls": "50.0", "Total Call Legs": "", "Call Queue - Total Calls": "1"},
    ]
    assert merge_usage(database, WEEK, report).changed == 1
    with database.read() as session:
        row = session.get_one(CallingWeek, (org_id(0), WEEK))
    assert (row.calls, row.legs, row.queue_calls, row.features_call_queue) == (120, 140, 10, 10)
    assert (row.users_by_calls_0, row.queue_answer_seconds) == (5, 800)
    assert merge_usage(database, WEEK, report).unchanged == 1


@pytest.mark.parametrize(
    "row",
    [{"Org ID": "nonsense"}, {"Org ID": org_id(0), "Total Calls": "many"}, {"Org ID": org_id(0), "Total Calls": "-1"}],
)
def test_a_report_that_cannot_be_read_takes_nothing_in(database: Database, row: dict[str, str]) -> None:
    kept(database, 1, [record(0)])
    good = {"Org ID": org_id(0), "Total Calls": "7"}
    with pytest.raises(ValueError, match=r"whole number|UUID|Incorrect padding|utf-8|decode"):
        merge_usage(database, WEEK, [good, row])
    with database.read() as session:
        assert session.get_one(CallingWeek, (org_id(0), WEEK)).calls == 100


def test_every_subject_names_sums_that_exist() -> None:
    from hub.calling.figures import COMPARED, SUMS

    for subject in SUBJECTS.values():
        assert set(subject.names) <= SUMS.keys() | COMPARED.keys()
