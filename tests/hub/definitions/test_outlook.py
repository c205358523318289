"""What is kept ready is what would be made from nothing, whatever changed and however many days passed."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from hub import outlook, tables
from hub.customers import list_customers
from hub.outlook import remembered
from hub.scope import Scope
from hub.statuses import DEFAULTS, Thresholds
from storage import Database
from tests.hub.definitions.partner import NOON, TODAY, Held, Org, Product, partner_in, put
from tests.hub.definitions.random_partner import random_partner

CHANGES = 6


def kept(session: Session) -> dict[str, list[Any]]:
    """Everything that is kept ready, but for the numbers of outlines, which mean nothing."""
    outlines, running, connection = tables.outline, tables.running, session.connection()
    own = [column for column in outlines.c if column.name != "number"]
    theirs = [column for column in running.c if column.name != "customer"]
    of = select(outlines.c.org_id, *theirs).join_from(running, outlines, outlines.c.number == running.c.customer)
    return {
        "outlines": sorted(map(repr, connection.execute(select(*own)))),
        "running": sorted(map(repr, connection.execute(of))),
        "ratios": sorted(map(repr, connection.execute(select(tables.ratio_count)))),
    }


def change(session: Session, random: Random) -> None:
    """Do one of the things that a source, a person or a purge does."""
    connection = session.connection()
    org_ids = list(connection.scalars(select(tables.customer.c.org_id)))
    contracts = list(connection.scalars(select(tables.subscription.c.subscription_id)))
    if not org_ids or not contracts:
        return
    org_id, other, contract = random.choice(org_ids), random.choice(org_ids), random.choice(contracts)
    day = TODAY + timedelta(days=random.randint(-60, 60))
    customer = update(tables.customer).where(tables.customer.c.org_id == org_id)
    terms = update(tables.subscription).where(tables.subscription.c.subscription_id == contract)
    counts = update(tables.licence).where(tables.licence.c.subscription_id == contract)
    connection.execute(
        random.choice(
            [
                customer.values(name="Nueva", name_folded="nueva"),
                customer.values(region=random.choice(["EU", None]), managed_by="external"),
                customer.values(last_admin_activity=NOON - timedelta(days=random.randint(0, 60))),
                terms.values(end_date=day),
                terms.values(start_date=day, end_date=day + timedelta(days=30)),
                terms.values(end_date=None),
                terms.values(auto_renew=random.random() < 0.5, invoice=random.choice(["paid", "unpaid"])),
                terms.values(setup="pending", type=random.choice(["trial", "subscription"])),
                terms.values(org_id=other),
                counts.values(assigned=random.choice([None, 0, 7, 1000]), total=random.choice([None, 0, 10])),
                counts.values(used_7d=random.randint(0, 9)),
                delete(tables.licence).where(tables.licence.c.subscription_id == contract),
                delete(tables.subscription).where(tables.subscription.c.subscription_id == contract),
                delete(tables.customer).where(tables.customer.c.org_id == org_id),
            ]
        )
    )


@given(st.integers(0, 2**32).map(Random), st.lists(st.integers(0, 40), max_size=3))
@settings(max_examples=12, deadline=None)
def test_what_is_kept_is_what_would_be_made_from_nothing(scratch: Database, random: Random, waits: list[int]) -> None:
    today = TODAY
    with partner_in(scratch, random_partner(random), ready=True) as session:
        for wait in [0, *waits]:
            today += timedelta(days=wait)
            for _ in range(random.randint(0, CHANGES)):
                change(session, random)
            outlook.refresh(session, today, DEFAULTS)
        found = kept(session)
        session.connection().execute(delete(tables.outlook))
        assert outlook.refresh(session, today, DEFAULTS)
        assert found == kept(session)


@pytest.mark.parametrize(
    "written",
    [
        update(tables.customer).values(name="Other"),
        update(tables.subscription).values(invoice="unpaid"),
        update(tables.licence).values(assigned=3),
        insert(tables.customer_tag).values(org_id="00000000-0000-4000-8000-000000000000", tag="new"),
        insert(tables.assignment).values(org_id="00000000-0000-4000-8000-000000000000", email="a@b.example"),
        insert(tables.subscription_tag).values(subscription_id="Sub000000", tag="new"),
        delete(tables.customer),
    ],
    ids=lambda statement: f"{type(statement).__name__} {statement.table.name}",
)
def test_whatever_is_written_is_noticed(scratch: Database, written: Any) -> None:
    org = Org("Acme", held=[Held(TODAY, TODAY, products=[Product("Meetings", 10, 5)])])
    with partner_in(scratch, [org], ready=True) as session:
        session.connection().execute(written)
        assert outlook.version(session, TODAY, DEFAULTS) is None


def test_what_is_read_again_unchanged_leaves_it_as_it_is(scratch: Database) -> None:
    with partner_in(scratch, [Org("Acme")], ready=True) as session:
        session.connection().execute(update(tables.customer).values(name="Acme", identity_at=NOON, region="EU"))
        assert outlook.version(session, TODAY, DEFAULTS) is not None


@pytest.mark.parametrize(
    ("day", "thresholds"),
    [(TODAY + timedelta(days=1), DEFAULTS), (TODAY, Thresholds(expiring_soon_days=9))],
    ids=["another day", "other numbers"],
)
def test_what_is_ready_is_so_for_its_day_and_numbers(scratch: Database, day: date, thresholds: Thresholds) -> None:
    with partner_in(scratch, [Org("Acme")], ready=True) as session:
        assert outlook.version(session, day, thresholds) is None
        outlook.refresh(session, day, thresholds)
        assert outlook.version(session, day, thresholds) is not None


def test_a_day_gone_by_leaves_it_as_it_is(scratch: Database) -> None:
    with partner_in(scratch, [Org("Acme")], ready=True) as session:
        outlook.refresh(session, TODAY - timedelta(days=1), DEFAULTS)
        assert outlook.version(session, TODAY, DEFAULTS) is not None


def test_a_figure_is_computed_once_until_something_changes(database: Database) -> None:
    with database.write() as session:
        put(session, [Org("Acme")])
    asked = []

    def total(session: Session) -> int:
        asked.append("customers")
        return list_customers(session, Scope(TODAY)).total_rows

    def count() -> int:
        outlook.keep(database, TODAY, DEFAULTS)
        with database.read() as session:
            now = outlook.version(session, TODAY, DEFAULTS)
            assert now is not None
            return remembered(session, now, "how many", lambda: total(session))

    assert (count(), count(), len(asked)) == (1, 1, 1)
    with database.write() as session:
        session.connection().execute(delete(tables.customer))
    assert (count(), len(asked)) == (0, 2)
