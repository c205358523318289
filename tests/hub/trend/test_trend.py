"""The trend of licences against an independent computation, kept sums or not, on both databases."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from hub import snapshots
from hub.filters import parse
from hub.products import BOTH, CALLING
from hub.readings import DayReading
from hub.scope import Scope
from hub.tables import customer, licence_week_total
from hub.trend import WEEKS, TrendWeek, build, trend
from storage import Database
from tests.hub.definitions.partner import TODAY, Held, Org, Product, put

BEN = "ben@brightwater.example"
Row = tuple[Org, Held, Product]


def partner(seed: int, customers: int = 12) -> list[Org]:
    """Customers with snapshots on most weeks; some counts unknown, some subscriptions ended or not begun."""
    rng = Random(seed)

    def count() -> int | None:
        return None if rng.random() < 0.1 else rng.randrange(20)

    def product(name: str) -> Product:
        days = sorted(TODAY - timedelta(days=rng.randint(0, 95)) for _ in range(20))
        return Product(name, count(), count(), count(), history={day: (count(), count()) for day in days})

    return [
        Org(
            f"Acme {number}",
            [
                Held(
                    start=rng.choice([date(2026, 1, 1), TODAY - timedelta(days=40), None]),
                    end=rng.choice([date(2027, 1, 1), TODAY - timedelta(days=20), None]),
                    products=[product(name) for name in ("Calling", "Meetings", "Messaging")],
                )
                for _ in range(2)
            ],
            region=rng.choice(["EU", "US", None]),
            assigned_to=(BEN,) if number % 3 == 0 else (),
        )
        for number in range(customers)
    ]


def expected(orgs: Iterable[Org], products: frozenset[str] = BOTH) -> list[TrendWeek]:
    """Work the trend out row by row. Snapshots of these partners know no total."""
    rows = [(held, product) for org in orgs for held in org.held for product in held.products]
    sunday = TODAY - timedelta(days=TODAY.isoweekday() % 7)
    found = []
    for back in range(WEEKS - 1, -1, -1):
        week = sunday - timedelta(weeks=back)
        counts = []
        for held, product in rows:
            if product.name not in products:
                continue
            if back == 0:
                day, taken = TODAY, (product.total, product.assigned, product.used)
            else:
                days = [day for day in product.history if week <= day <= week + timedelta(days=6)]
                if not days:
                    continue
                day = max(days)
                taken = (None, *product.history[day])
            if held.start and held.end and held.start <= day <= held.end:
                counts.append(taken)
        found.append(_week(week, counts))
    return found


def _week(week: date, counts: list[tuple[int | None, int | None, int | None]]) -> TrendWeek:
    def total(values: Iterable[int | None]) -> int | None:
        known = [value for value in values if value is not None]
        return sum(known) if known else None

    def less(one: int | None, other: int | None) -> int | None:
        return None if one is None or other is None else max(0, one - other)

    return TrendWeek(
        week,
        used=total(used for _, _, used in counts),
        assigned_unused=total(less(assigned, used) for _, assigned, used in counts),
        available=total(less(bought, assigned) for bought, assigned, _ in counts),
        overage=total(less(assigned, bought) for bought, assigned, _ in counts),
        total=total(bought for bought, _, _ in counts),
        assigned=total(assigned for _, assigned, _ in counts),
    )


@pytest.fixture(params=["kept sums", "no kept sums"])
def prepared(request: pytest.FixtureRequest, database: Database) -> tuple[Database, list[Org]]:
    orgs = partner(7)
    with database.write() as session:
        put(session, orgs)
    if request.param == "kept sums":
        build(database, TODAY)
    return database, orgs


def asked(database: Database, scope: Scope, where: str = "", products: frozenset[str] = BOTH) -> list[TrendWeek]:
    with database.read() as session:
        return trend(session, scope, products, parse(where)).weeks


def test_every_week_is_summed_as_an_independent_computation_sums_it(prepared: tuple[Database, list[Org]]) -> None:
    database, orgs = prepared
    assert asked(database, Scope(TODAY)) == expected(orgs)
    assert asked(database, Scope(TODAY), products=CALLING) == expected(orgs, CALLING)


def test_region_role_and_filter_bound_the_sums(prepared: tuple[Database, list[Org]]) -> None:
    database, orgs = prepared
    assert asked(database, Scope(TODAY, region="EU")) == expected(org for org in orgs if org.region == "EU")
    bens = [org for org in orgs if org.assigned_to]
    assert asked(database, Scope(TODAY, frozenset({BEN}))) == expected(bens)
    assert asked(database, Scope(TODAY), '"Acme 3"') == expected([orgs[3]])


def test_a_customer_that_leaves_or_moves_is_no_longer_in_kept_sums(database: Database) -> None:
    orgs = partner(3)
    with database.write() as session:
        put(session, orgs)
    build(database, TODAY)
    with database.write() as session:
        session.connection().execute(customer.delete().where(customer.c.org_id == orgs[0].org_id))
        moved = customer.update().where(customer.c.org_id == orgs[1].org_id).values(region="CA")
        session.connection().execute(moved)
    assert asked(database, Scope(TODAY)) == expected(orgs[1:])
    assert asked(database, Scope(TODAY, region="CA")) == expected([orgs[1]])
    build(database, TODAY)
    with database.read() as session:
        assert session.connection().execute(select(licence_week_total)).first()
    assert asked(database, Scope(TODAY)) == expected(orgs[1:])


def test_history_that_arrives_later_is_in_the_trend(database: Database) -> None:
    orgs = [Org("Acme", [Held(id="Sub1", products=[Product(history={})])])]
    with database.write() as session:
        put(session, orgs)
    build(database, TODAY)
    day = TODAY - timedelta(days=10)
    with database.write() as session:
        snapshots.add_days(session, [DayReading(day, "Sub1", "Calling", 10, 8, 6)])
    told = {row.week: row for row in asked(database, Scope(TODAY))}[date(2026, 11, 8)]
    assert (told.used, told.assigned_unused, told.available, told.overage) == (6, 2, 2, 0)


def test_the_current_week_is_as_known_now(database: Database) -> None:
    with database.write() as session:
        put(session, [Org("Acme", [Held(products=[Product(total=10, assigned=15, used=12)])])])
    build(database, TODAY)
    now = asked(database, Scope(TODAY))[-1]
    assert now == TrendWeek(
        date(2026, 11, 22), used=12, assigned_unused=3, available=0, overage=5, total=10, assigned=15
    )


def test_weeks_too_old_to_be_shown_are_dropped(database: Database) -> None:
    with database.write() as session:
        put(session, partner(1))
    build(database, TODAY)
    later = TODAY + timedelta(weeks=30)
    build(database, later)
    assert [row.used for row in asked(database, Scope(later))][:-1] == [None] * 12


def test_the_share_in_use_is_of_rows_that_know_both(database: Database) -> None:
    known, unknown = Product(total=10, assigned=9, used=5), Product("Meetings", total=1000, assigned=9, used=None)
    with database.write() as session:
        put(session, [Org("Acme", [Held(products=[known, unknown])])])
    with database.read() as session:
        assert trend(session, Scope(TODAY)).used_pct == 50.0
