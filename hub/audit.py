"""Who changed what: the audit trail as somebody may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlmodel import Session, SQLModel, col

from hub.scope import Scope
from hub.tables import customer, subscription
from storage.tables import Audit

audit = SQLModel.metadata.tables[str(Audit.__tablename__)]

CUSTOMER, SUBSCRIPTION = "customer:", "subscription:"
"""What targets that are about a customer begin with; an id follows."""
UNDO = "undo"
"""What is written when a change was taken back; its `after` names that change."""
UNDOES = "undoes"
PART_OF = "part_of"
"""Under this name a change keeps the number of the one it belongs to: it is taken back with that one."""


@dataclass(frozen=True)
class Change:
    """A row of the trail; the customer it is about is None where it is about something else, or gone."""

    id: int
    at: datetime
    who: str
    what: str
    target: str
    org_id: str | None
    customer: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """Who looks at the trail, and from which space."""

    email: str
    room_id: str | None
    one_to_one: bool


@dataclass(frozen=True)
class ChangePage:
    """Some changes, the newest first, and how many there are."""

    total_rows: int
    rows: list[Change]


def changes(
    session: Session,
    scope: Scope,
    reader: Reader,
    *,
    org_id: str | None = None,
    who: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> ChangePage:
    """List changes, of one customer or by one person where that is asked.

    Where only some customers may be shown, so may only the changes of these, of this space, and one-to-one of the
    reader's own settings. A chosen region hides nothing here.
    """
    wanted = [_visible(replace(scope, region=None), reader)]
    if org_id:
        wanted.append(_about(customer.c.org_id == org_id))
    if who:
        wanted.append(audit.c.who == who)
    condition = and_(*wanted)
    connection = session.connection()
    total = connection.scalars(select(func.count()).select_from(audit).where(condition)).one()
    rows = connection.execute(
        select(audit, _ORG_ID.label("org_id"), customer.c.name)
        .select_from(audit)
        .outerjoin(customer, customer.c.org_id == _ORG_ID)
        .where(condition)
        .order_by(audit.c.id.desc())
        .limit(limit)
        .offset(offset or None)
    )
    return ChangePage(
        total,
        [
            Change(row.id, row.at, row.who, row.what, row.target, row.org_id, row.name, row.before, row.after)
            for row in rows
        ],
    )


def last_of(session: Session, who: str) -> Audit | None:
    """Return the last change a person made that stands by itself, was not taken back and takes none back."""
    settled = _settled(session, who)
    rows = session.scalars(select(Audit).where(audit.c.who == who, audit.c.what != UNDO).order_by(audit.c.id.desc()))
    return next((row for row in rows if row.id not in settled and PART_OF not in row.after), None)


def is_settled(session: Session, row: Audit) -> bool:
    """Whether a change was taken back already, or took one back."""
    return row.id in _settled(session, row.who)


def name_of(session: Session, scope: Scope, change_id: int) -> str | None:
    """Name the customer a change is about, if the scope shows it."""
    seen = replace(scope, region=None).customers()
    of_change = select(customer.c.name).select_from(audit).join(customer, customer.c.org_id == _ORG_ID)
    found = of_change.where(audit.c.id == change_id, seen)
    return session.connection().scalars(found).first()


def is_about_a_customer(target: str) -> bool:
    """Whether a target is a customer, or something of one."""
    return target.startswith((CUSTOMER, SUBSCRIPTION))


def _settled(session: Session, who: str) -> set[int]:
    rows = session.scalars(select(col(Audit.after)).where(audit.c.who == who, audit.c.what == UNDO))
    return {number for after in rows for number in after[UNDOES]}


def _visible(scope: Scope, reader: Reader) -> ColumnElement[bool]:
    if scope.sees_everybody:
        return true()
    about_none = and_(*(audit.c.target.not_like(f"{kind}%") for kind in (CUSTOMER, SUBSCRIPTION)))
    of_space = audit.c.target.not_like("person:%") if reader.room_id else false()
    own = audit.c.target == f"person:{reader.email}" if reader.one_to_one else false()
    return or_(_about(scope.customers()), and_(about_none, audit.c.room_id == reader.room_id, of_space), own)


def _about(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Changes of the customers that meet a condition, or of something of theirs."""
    return _ORG_ID.in_(select(customer.c.org_id).where(seen))


_ORG_ID = case(
    (audit.c.target.like(f"{CUSTOMER}%"), func.substr(audit.c.target, len(CUSTOMER) + 1)),
    (
        audit.c.target.like(f"{SUBSCRIPTION}%"),
        select(subscription.c.org_id)
        .where(subscription.c.subscription_id == func.substr(audit.c.target, len(SUBSCRIPTION) + 1))
        .correlate(audit)
        .scalar_subquery(),
    ),
)
"""The customer that a change is about."""
