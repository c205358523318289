"""Partner administrators: who sees every customer, who is assigned to which, and changing that.

Webex is asked first and decides; what it did is then known here at once, so that nobody sees for another minute what
was taken from them. A change is made once for each confirmation, however often it is confirmed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, delete, func, select

from hub.access import Role
from hub.webex import PartnerClient, PartnerPerson
from hub.wire.reading import Skipped
from storage import Database
from storage.tables import Assignment, Audit, Person

CONFIRMATION = "confirmation"
"""Under this name a change keeps what confirmed it."""


@dataclass(frozen=True)
class Administrator:
    """Somebody with partner roles; None for what no source tells."""

    email: str
    name: str
    roles: tuple[Role, ...]
    customers: int | None = None
    """How many customers are assigned to them; None for those who see all or none."""


@dataclass(frozen=True)
class Change:
    """A change to be made, by whom, and what confirmed it."""

    who: str
    now: datetime
    room_id: str | None
    confirmation: str


def partner_wide(database: Database, partner: PartnerClient | None) -> list[Administrator]:
    """Return everybody with a partner role, by role and name: from Webex or, without it, of those who wrote here.

    Raises:
        SourceError: Webex does not tell.
    """
    known = _in_webex(partner) if partner else _in_database(database)
    with database.read() as session:
        counting = select(col(Assignment.email), func.count()).group_by(col(Assignment.email))
        counts = {row[0]: row[1] for row in session.connection().execute(counting)}
    order = list(Role)
    found = [
        Administrator(
            email,
            name,
            tuple(role for role in order if role in roles),
            counts.get(email, 0) if Role.ADMIN in roles and not roles & {Role.FULL, Role.READ_ONLY} else None,
        )
        for email, (name, roles) in known.items()
    ]
    return sorted(found, key=lambda each: (order.index(each.roles[0]), each.name, each.email))


def of_customer(database: Database, partner: PartnerClient | None, org_id: str) -> list[Administrator]:
    """Return the partner administrators assigned to a customer, by name.

    Raises:
        SourceError: Webex does not tell.
    """
    if partner:
        told = [(each.email, each.display_name) for each in partner.administrators_of(org_id)]
    else:
        with database.read() as session:
            emails = session.scalars(select(Assignment.email).where(Assignment.org_id == org_id))
            names = {person.email: person.display_name for person in session.scalars(select(Person))}
            told = [(email, names.get(email) or email) for email in emails]
    return sorted((Administrator(email, name, (Role.ADMIN,)) for email, name in told), key=lambda each: each.name)


def assign(database: Database, partner: PartnerClient, person: PartnerPerson, org_id: str, change: Change) -> bool:
    """Give a customer to a partner administrator; False when they had it.

    Raises:
        SourceError, Rejected: Webex did not do it.
    """
    return _reassign(database, partner, person, org_id, change, "admin assign", partner.assign, assigned=True)


def unassign(database: Database, partner: PartnerClient, person: PartnerPerson, org_id: str, change: Change) -> bool:
    """Take a customer from a partner administrator; False when they had it not.

    Raises:
        SourceError, Rejected: Webex did not do it.
    """
    return _reassign(database, partner, person, org_id, change, "admin unassign", partner.unassign, assigned=False)


def set_roles(
    database: Database, partner: PartnerClient, person: PartnerPerson, roles: Iterable[str], change: Change, what: str
) -> bool:
    """Give somebody exactly these partner roles, none to take all; False when it was so.

    Raises:
        SourceError, Rejected: Webex did not do it.
    """
    wanted, had = frozenset(roles), person.roles
    if wanted == had or _was_made(database, what, f"person:{person.email}", change):
        return False
    if wanted:
        partner.set_roles(person.person_id, wanted)
    else:
        partner.revoke(person.person_id)
    with database.write() as session:
        known = session.get(Person, person.email)
        if known:
            known.roles, known.roles_at = sorted(wanted), change.now
        if Role.ADMIN not in wanted:
            session.exec(delete(Assignment).where(col(Assignment.email) == person.email))
        before, after = {"roles": sorted(had)}, {"roles": sorted(wanted)}
        session.add(_audit(what, f"person:{person.email}", change, before, after))
    return True


def _reassign(
    database: Database,
    partner: PartnerClient,
    person: PartnerPerson,
    org_id: str,
    change: Change,
    what: str,
    call: Callable[[str, str], None],
    *,
    assigned: bool,
) -> bool:
    before = {each.email for each in partner.administrators_of(org_id)}
    after = before | {person.email} if assigned else before - {person.email}
    if after == before or _was_made(database, what, f"customer:{org_id}", change):
        return False
    call(org_id, person.person_id)
    with database.write() as session:
        of_person = (col(Assignment.email) == person.email, col(Assignment.org_id) == org_id)
        session.exec(delete(Assignment).where(*of_person))
        if assigned:
            session.add(Assignment(email=person.email, org_id=org_id))
        changed = ({"administrators": sorted(before)}, {"administrators": sorted(after)})
        session.add(_audit(what, f"customer:{org_id}", change, *changed))
    return True


def _was_made(database: Database, what: str, target: str, change: Change) -> bool:
    """Whether this confirmation was given before: a second press of an old button makes no new change."""
    with database.read() as session:
        made = session.scalars(select(Audit.after).where(Audit.what == what, Audit.target == target))
        return any(after.get(CONFIRMATION) == change.confirmation for after in made)


def _audit(what: str, target: str, change: Change, before: dict[str, Any], after: dict[str, Any]) -> Audit:
    return Audit(
        at=change.now,
        who=change.who,
        what=what,
        target=target,
        before=before,
        after={**after, CONFIRMATION: change.confirmation},
        room_id=change.room_id,
    )


def _in_webex(partner: PartnerClient) -> dict[str, tuple[str, frozenset[str]]]:
    people = (person for role in Role for person in partner.people_with(role, Skipped()))
    return {person.email: (person.display_name, person.roles) for person in people if person.org_id == partner.org_id}


def _in_database(database: Database) -> dict[str, tuple[str, frozenset[str]]]:
    with database.read() as session:
        people = session.scalars(select(Person))
        return {each.email: (each.display_name or each.email, frozenset(each.roles)) for each in people if each.roles}
