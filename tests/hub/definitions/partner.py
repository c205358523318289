"""A partner's customers for tests, written straight into the tables."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import Session

from hub import outlook, tables
from hub.importing import import_customers
from hub.names import fold
from hub.statuses import DEFAULTS
from storage import Database

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Product:
    """Counts of one product; `history` gives (assigned, used) of earlier days."""

    name: str = "Calling"
    total: int | None = 10
    assigned: int | None = 5
    used: int | None = 1
    used_3m: int | None = None
    history: dict[date, tuple[int | None, int | None]] = field(default_factory=dict)


@dataclass
class Held:
    """A subscription or trial."""

    start: date | None = date(2026, 1, 1)
    end: date | None = date(2027, 12, 31)
    type: str | None = "subscription"
    id: str = ""
    auto_renew: bool = False
    invoice: str | None = None
    setup: str = "complete"
    tags: tuple[str, ...] = ()
    products: list[Product] = field(default_factory=lambda: [Product()])


@dataclass
class Org:
    """A customer; ids are made from its place where not given."""

    name: str
    held: list[Held] = field(default_factory=list)
    org_id: str = ""
    region: str | None = "EU"
    managed_by: str | None = "partner"
    last_admin_activity: datetime | None = None
    tags: tuple[str, ...] = ()
    assigned_to: tuple[str, ...] = ()


@contextmanager
def partner_in(database: Database, orgs: Iterable[Org], *, ready: bool = False) -> Iterator[Session]:
    """Open a unit of work in which the customers exist, kept ready or not, and which leaves nothing behind."""
    with database.read() as session:
        put(session, orgs)
        if ready:
            outlook.refresh(session, TODAY, DEFAULTS)
            assert outlook.version(session, TODAY, DEFAULTS) is not None
        yield session
        session.rollback()


def put(session: Session, orgs: Iterable[Org]) -> None:
    """Write the customers down; ids left empty are filled in."""
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for number, org in enumerate(orgs):
        org.org_id = org.org_id or f"00000000-0000-4000-8000-{number:012d}"
        rows[tables.customer].append(
            {
                "org_id": org.org_id,
                "name": org.name,
                "name_folded": fold(org.name),
                "identity_at": NOON,
                "region": org.region,
                "managed_by": org.managed_by,
                "last_admin_activity": org.last_admin_activity,
            }
        )
        rows[tables.customer_tag] += ({"org_id": org.org_id, "tag": tag} for tag in org.tags)
        rows[tables.assignment] += ({"org_id": org.org_id, "email": email} for email in org.assigned_to)
        for place, held in enumerate(org.held):
            held.id = held.id or f"Sub{number:04d}{place:02d}"
            _put_subscription(rows, org.org_id, held)
    for table, of_table in rows.items():
        if of_table:
            session.connection().execute(insert(table), of_table)


TABLES = (
    tables.customer,
    tables.customer_tag,
    tables.assignment,
    tables.subscription,
    tables.subscription_tag,
    tables.licence,
    tables.snapshot,
)


def _put_subscription(rows: dict[Table, list[dict[str, Any]]], org_id: str, held: Held) -> None:
    rows[tables.subscription].append(
        {
            "subscription_id": held.id,
            "org_id": org_id,
            "type": held.type,
            "start_date": held.start,
            "end_date": held.end,
            "auto_renew": held.auto_renew,
            "invoice": held.invoice,
            "setup": held.setup,
            "orders": [],
        }
    )
    rows[tables.subscription_tag] += ({"subscription_id": held.id, "tag": tag} for tag in held.tags)
    for product in held.products:
        of = {"subscription_id": held.id, "product": product.name}
        rows[tables.licence].append(
            {
                **of,
                "org_id": org_id,
                "total": product.total,
                "assigned": product.assigned,
                "used_7d": product.used,
                "used_3m": product.used_3m,
            }
        )
        rows[tables.snapshot] += (
            {**of, "day": day, "assigned": assigned, "used_7d": used}
            for day, (assigned, used) in product.history.items()
        )


EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED: dict[str, Any] = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))


def import_examples(database: Database) -> None:
    """Bring in the example files as their expected answers say."""
    for name, _, as_of in EXPECTED["imports"]:
        import_customers(database, EXAMPLES / name, now=NOON, as_of=date.fromisoformat(as_of))


def as_json(value: Any) -> Any:
    """Bring dataclass dicts to what JSON makes of them."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
