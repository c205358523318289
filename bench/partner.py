"""A large partner's database, made in seconds: rows go straight into the tables, as a sync leaves them."""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import gettempdir
from typing import Any

from sqlalchemy import Date, Table, insert, literal, select
from sqlmodel import Session

from hub import days
from hub.names import fold
from hub.products import CALLING, KNOWN, MEETINGS
from hub.tables import assignment, customer, customer_tag, licence, snapshot, subscription, subscription_tag
from storage import Database

TODAY = date(2026, 11, 22)
SUBSCRIPTIONS_A_CUSTOMER = 2.5
ADMINISTRATOR = "five.thousand@partner.example"
"""A partner administrator with one customer in twenty: 5,000 of 100,000."""
WEEKS = 13

_FORMAT = "1"
"""Of the file; another one is made anew."""
_CHUNK = 20_000
_REGIONS = ("US", "CA", "EU", "UAE", None)
_REGION_WEIGHTS = (45, 15, 30, 8, 2)
_TAGS = ("gold", "silver", "legacy", "save-2026", "pilot")
_WORDS = ("Nord", "Sol", "Acme", "Delta", "Río", "Peak", "Blue", "Harbor", "Iber", "Atlas", "Lumen", "Vega", "Orion")
_KINDS = ("Logistics", "Foods", "Bank", "Clinic", "School", "Energy", "Media", "Hotels", "Motors", "Works")
_PRODUCTS = tuple(name for name in KNOWN if name not in (*MEETINGS, *CALLING))


def database_of(customers: int) -> Database:
    """Return a database of so many customers, made once and kept in the temporary folder."""
    path = Path(gettempdir()) / f"partnerbot-bench-{_FORMAT}-{customers}.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    with database.read() as session:
        is_made = session.connection().execute(select(snapshot.c.day).limit(1)).first() is not None
    if not is_made:
        with database.write() as session:
            _fill(session, customers)
        database.analyse()
    return database


def _fill(session: Session, customers: int) -> None:
    random = Random(customers)
    _write(session, customer, _customers(random, customers))
    _write(session, customer_tag, _tags(random, customers))
    _write(session, assignment, ({"email": ADMINISTRATOR, "org_id": org_id(n)} for n in range(0, customers, 20)))
    contracts = list(_subscriptions(random, customers))
    _write(session, subscription, iter(contracts))
    _write(session, subscription_tag, _subscription_tags(random, contracts))
    _write(session, licence, (row for one in contracts for row in _licences(random, one)))
    for day in snapshot_days():
        _take_snapshot(session, day)


def snapshot_days() -> list[date]:
    """The days of which there is history: each of the last fourteen, then the last of each week."""
    daily = [TODAY - timedelta(days=n) for n in range(14)]
    last_saturday = daily[-1] - timedelta(days=daily[-1].isoweekday() % 7 + 1)
    return [*daily, *(last_saturday - timedelta(weeks=n) for n in range(WEEKS - 2))]


def _write(session: Session, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while chunk := list(islice(rows, _CHUNK)):
        session.connection().execute(insert(table), chunk)


def org_id(number: int) -> str:
    """The organization id of the n-th customer."""
    return f"{number * 2654435761 % 2**32:08x}-0000-4000-8000-{number:012x}"


def _customers(random: Random, count: int) -> Iterator[dict[str, Any]]:
    read = days.midnight(TODAY)
    for number in range(count):
        name = f"{random.choice(_WORDS)} {random.choice(_KINDS)} {number}"
        seen = read - timedelta(days=random.choice((0, 1, 3, 8, 15, 29, 31, 60, 200)), hours=random.randrange(24))
        yield {
            "org_id": org_id(number),
            "name": name,
            "name_folded": fold(name),
            "created": TODAY - timedelta(days=random.randrange(2000)),
            "identity_at": read,
            "region": random.choices(_REGIONS, _REGION_WEIGHTS)[0],
            "country": "US",
            "managed_by": random.choices(("partner", "external"), (85, 15))[0],
            "last_admin_activity": seen if random.random() < 0.95 else None,
            "profile_at": read,
            "listed": True,
        }


def _tags(random: Random, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        for tag in random.sample(_TAGS, random.choices((0, 1, 2), (60, 30, 10))[0]):
            yield {"org_id": org_id(number), "tag": tag}


def _subscriptions(random: Random, customers: int) -> Iterator[dict[str, Any]]:
    """One in eight is a trial; a tenth has ended, a few begin later, and 3 % tell no dates."""
    for number in range(int(customers * SUBSCRIPTIONS_A_CUSTOMER)):
        is_trial = random.random() < 0.125
        length = random.choice((30, 60, 90)) if is_trial else random.choice((365, 730, 1095))
        left = random.randint(-length // 8, length - 1) if random.random() < 0.98 else length + random.randint(1, 60)
        end: date | None = TODAY + timedelta(days=left)
        if random.random() < 0.03:
            end = None
        unpaid = not is_trial and random.random() < 0.02
        yield {
            "subscription_id": f"Sub{number:07}",
            "org_id": org_id(number if number < customers * 0.97 else random.randrange(customers)),
            "type": "trial" if is_trial else "subscription",
            "start_date": end - timedelta(days=length) if end else None,
            "end_date": end,
            "auto_renew": not is_trial and random.random() < 0.6,
            "invoice": None if is_trial else "unpaid" if unpaid else "paid",
            "setup": "pending" if random.random() < 0.04 else "complete",
            "orders": [],
            "terms_at": days.midnight(TODAY),
        }


def _subscription_tags(random: Random, contracts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in random.sample(contracts, len(contracts) // 20):
        yield {"subscription_id": one["subscription_id"], "tag": random.choice(_TAGS)}


def _licences(random: Random, contract: dict[str, Any]) -> Iterator[dict[str, Any]]:
    read = days.midnight(TODAY)
    products = random.choices(
        ((*MEETINGS,), (*CALLING,), (*MEETINGS, *CALLING), (random.choice(_PRODUCTS),)), (35, 25, 25, 15)
    )[0]
    for product in products:
        total = random.choice((5, 10, 25, 50, 100, 250, 500, 1000))
        assigned = min(int(total * random.betavariate(4, 2)), total)
        if random.random() < 0.03:
            assigned = total + random.randint(1, total)
        used = int(assigned * random.betavariate(4, 2))
        known = random.random() < 0.98
        yield {
            "subscription_id": contract["subscription_id"],
            "product": product,
            "org_id": contract["org_id"],
            "total": total,
            "assigned": assigned if known else None,
            "counts_at": read,
            "used_7d": used if known else None,
            "used_3m": min(assigned, used + random.randint(0, 20)) if known else None,
            "usage_at": read,
        }


def _take_snapshot(session: Session, day: date) -> None:
    """Counts were a little lower the further back: a tenth in 13 weeks."""
    kept = 1000 - (TODAY - day).days
    columns = ("subscription_id", "product", "day", "total", "assigned", "used_7d")
    then = select(
        licence.c.subscription_id,
        licence.c.product,
        literal(day, Date),
        licence.c.total,
        licence.c.assigned * kept // 1000,
        licence.c.used_7d * kept // 1000,
    )
    session.connection().execute(snapshot.insert().from_select(columns, then))


if __name__ == "__main__":
    database_of(int(sys.argv[1])).close()
