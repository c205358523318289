"""Who is assigned to which customer, as far as the database knows: every customer at once."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from hub.access import Role
from hub.filters import Filter
from hub.scope import Scope
from hub.tables import assignment, customer
from storage.tables import Person


class Assigned(NamedTuple):
    """A customer and one of its partner administrators; without a customer, somebody who sees all."""

    customer: str | None
    org_id: str | None
    administrator: str | None
    email: str | None
    roles: tuple[Role, ...]


def assigned(session: Session, scope: Scope, where: Filter) -> Iterator[Assigned]:
    """Yield who is assigned to each customer, by customer and e-mail; a customer of nobody once, without anybody.

    Who sees every customer comes first, for readers who see every customer themselves: of those who wrote here.
    """
    people = {person.email: person for person in session.scalars(select(Person)) if person.roles}
    if scope.sees_everybody and where == Filter.everything:
        for email, person in sorted(people.items()):
            roles = tuple(role for role in (Role.FULL, Role.READ_ONLY) if role in person.roles)
            if roles:
                yield Assigned(None, None, person.display_name, email, roles)
    listed = (
        select(customer.c.name, customer.c.org_id, assignment.c.email)
        .join_from(customer, assignment, assignment.c.org_id == customer.c.org_id, isouter=True)
        .where(scope.customers(), where.condition(scope.today, scope.thresholds))
        .order_by(customer.c.name_folded, customer.c.org_id, assignment.c.email)
    )
    for name, org_id, email in session.connection().execution_options(yield_per=2_000).execute(listed):
        known = people.get(email)
        yield Assigned(name, org_id, known.display_name if known else None, email, (Role.ADMIN,) if email else ())
