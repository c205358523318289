"""When a customer carries which status: each rule at its boundaries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from hub import statuses
from hub.statuses import Status, Thresholds
from hub.tables import customer
from storage import Database
from tests.hub.definitions.partner import TODAY, Held, Org, Product, partner_in

AGO = TODAY - timedelta(days=100)


def within(days: int) -> date:
    return TODAY + timedelta(days=days)


def trial(start: date | None, end: date | None, **rest: object) -> Held:
    return Held(start, end, type="trial", **rest)  # type: ignore[arg-type]


def paid(start: date | None, end: date | None, **rest: object) -> Held:
    return Held(start, end, **rest)  # type: ignore[arg-type]


FAR = within(300)
OVER = [Product("Messaging", total=10, assigned=11)]

CASES: dict[str, tuple[list[Held], str]] = {
    "never had anything": ([], ""),
    "ends today": ([paid(AGO, TODAY)], "expiring subscription"),
    "ended yesterday": ([paid(AGO, within(-1))], "expired"),
    "starts today": ([paid(TODAY, FAR)], "subscription"),
    "starts tomorrow": ([paid(within(1), FAR)], ""),
    "trial ended, subscription starts later": ([trial(AGO, within(-1)), paid(within(1), FAR)], ""),
    "one ended, one active": ([paid(AGO, within(-1)), paid(AGO, FAR)], "subscription"),
    "dates unknown": ([paid(None, None)], ""),
    "start unknown": ([paid(None, FAR)], ""),
    "end unknown": ([paid(AGO, None)], ""),
    "start unknown, end past": ([paid(None, within(-1))], ""),
    "one ended, one of unknown dates": ([paid(AGO, within(-1)), paid(None, None)], ""),
    "nobody told the type": ([Held(None, None, type=None)], ""),
    "ends in 7 days": ([paid(AGO, within(7))], "expiring subscription"),
    "ends in 8 days": ([paid(AGO, within(8))], "subscription"),
    "renews in 7 days": ([paid(AGO, within(7), auto_renew=True)], "subscription"),
    "trial ends in 7 days": ([trial(AGO, within(7))], "expiring trial"),
    "trial marked as renewing ends in 7 days": ([trial(AGO, within(7), auto_renew=True)], "expiring trial"),
    "starts and ends within the week": ([paid(within(1), within(3))], ""),
    "unpaid": ([paid(AGO, FAR, invoice="unpaid")], "suspended subscription"),
    "unpaid, ends today": ([paid(AGO, TODAY, invoice="unpaid")], "suspended expiring subscription"),
    "unpaid, ended yesterday": ([paid(AGO, within(-1), invoice="unpaid")], "expired"),
    "unpaid, starts later": ([paid(within(1), FAR, invoice="unpaid")], "suspended"),
    "unpaid, dates unknown": ([paid(None, None, invoice="unpaid")], "suspended"),
    "trial with an unpaid invoice": ([trial(AGO, FAR, invoice="unpaid")], "trial"),
    "ended unpaid, another paid": (
        [paid(AGO, within(-1), invoice="unpaid"), paid(AGO, FAR, invoice="paid")],
        "subscription",
    ),
    "over the limit of any product": ([paid(AGO, FAR, products=OVER)], "overage subscription"),
    "trial over its limit": ([trial(AGO, FAR, products=OVER)], "overage trial"),
    "over the limit of what ended": ([paid(AGO, within(-1), products=OVER)], "expired"),
    "over the limit of what starts later": ([paid(within(1), FAR, products=OVER)], ""),
    "exactly at the limit": ([paid(AGO, FAR, products=[Product(total=10, assigned=10)])], "subscription"),
    "nothing bought, something assigned": (
        [paid(AGO, FAR, products=[Product(total=0, assigned=1)])],
        "overage subscription",
    ),
    "total unknown": ([paid(AGO, FAR, products=[Product(total=None, assigned=9)])], "subscription"),
    "assigned unknown": ([paid(AGO, FAR, products=[Product(total=9, assigned=None)])], "subscription"),
    "over in one product only": (
        [paid(AGO, FAR, products=[Product(), Product("Devices", total=1, assigned=2)])],
        "overage subscription",
    ),
    "two rows over only together": (
        [
            paid(AGO, FAR, products=[Product(total=5, assigned=5)]),
            paid(AGO, FAR, products=[Product(total=5, assigned=5)]),
        ],
        "subscription",
    ),
    "set-up pending": ([paid(AGO, FAR, setup="pending")], "setup subscription"),
    "set-up pending, starts later": ([paid(within(9), FAR, setup="pending")], "setup"),
    "set-up pending, ended": ([paid(AGO, within(-1), setup="pending")], "expired"),
    "set-up pending, dates unknown": ([paid(None, None, setup="pending")], "setup"),
    "trial's set-up pending": ([trial(AGO, FAR, setup="pending")], "setup trial"),
    "a subscription and a trial": ([paid(AGO, FAR), trial(AGO, FAR)], "trial subscription"),
    "everything at once": (
        [
            paid(AGO, within(3), invoice="unpaid", setup="pending", products=OVER),
            trial(AGO, FAR),
        ],
        "suspended overage expiring setup trial subscription",
    ),
}


def test_statuses_at_their_boundaries(scratch: Database) -> None:
    orgs = [Org(name, held) for name, (held, _) in CASES.items()]
    with partner_in(scratch, orgs) as session:
        found = statuses.of(session, None, TODAY)
    assert {org.name: " ".join(found[org.org_id]) for org in orgs} == {
        name: expected for name, (_, expected) in CASES.items()
    }


def test_the_condition_of_a_status_holds_for_exactly_its_carriers(scratch: Database) -> None:
    with partner_in(scratch, [Org(name, held) for name, (held, _) in CASES.items()]) as session:
        for status in Status:
            having = select(customer.c.name).where(statuses.condition(status, TODAY))
            assert set(session.connection().scalars(having)) == {
                name for name, (_, expected) in CASES.items() if status in expected.split()
            }


@pytest.mark.parametrize(
    ("last", "inactive"),
    [
        pytest.param(None, False, id="unknown"),
        pytest.param(datetime(2026, 11, 22, 9, tzinfo=UTC), False, id="today"),
        pytest.param(datetime(2026, 10, 24, 0, tzinfo=UTC), False, id="29 days ago"),
        pytest.param(datetime(2026, 10, 23, 23, 59, 59, tzinfo=UTC), True, id="late in the day 30 days ago"),
        pytest.param(datetime(2026, 10, 23, 0, tzinfo=UTC), True, id="30 days ago"),
        pytest.param(datetime(2020, 1, 1, tzinfo=UTC), True, id="years ago"),
        pytest.param(datetime(2026, 12, 1, tzinfo=UTC), False, id="in the future"),
    ],
)
def test_inactive_counts_whole_days(scratch: Database, last: datetime | None, inactive: bool) -> None:
    org = Org("Acme", last_admin_activity=last)
    with partner_in(scratch, [org]) as session:
        assert (Status.INACTIVE in statuses.of(session, None, TODAY)[org.org_id]) is inactive


def test_thresholds_are_settings(scratch: Database) -> None:
    last = datetime(2026, 11, 20, tzinfo=UTC)
    org = Org("Acme", [paid(AGO, within(20))], last_admin_activity=last)
    with partner_in(scratch, [org]) as session:
        carried = statuses.of(session, None, TODAY, Thresholds(expiring_soon_days=20, inactive_days=2))[org.org_id]
    assert carried == (Status.EXPIRING, Status.INACTIVE, Status.SUBSCRIPTION)


def test_only_the_customers_asked_for_are_looked_at(scratch: Database) -> None:
    first, second = Org("A", [paid(AGO, FAR)]), Org("B", [trial(AGO, FAR)])
    with partner_in(scratch, [first, second, Org("C")]) as session:
        assert statuses.of(session, [first.org_id, second.org_id, "unknown"], TODAY) == {
            first.org_id: (Status.SUBSCRIPTION,),
            second.org_id: (Status.TRIAL,),
        }
        assert statuses.of(session, [], TODAY) == {}
