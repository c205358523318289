"""Where saved filters are kept: each belongs to a person or a space."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from hub.filters.parser import parse
from hub.filters.saved import expand, key, names_in
from storage.tables import SavedFilter

MOST = 100
"""So many filters can be saved by one owner."""


class InUse(Exception):
    """Another saved filter names this one; `by` is its name."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class TooMany(Exception):
    """The owner has as many filters as one may have."""


def of_person(email: str) -> str:
    """Name the owner that a person is."""
    return f"person:{email}"


def of_space(room_id: str) -> str:
    """Name the owner that a space is."""
    return f"space:{room_id}"


def saved_by(session: Session, owner: str) -> list[SavedFilter]:
    """Return an owner's filters by name."""
    found = select(SavedFilter).where(SavedFilter.owner == owner).order_by(col(SavedFilter.key))
    return list(session.scalars(found))


def terms_by_key(session: Session, owner: str) -> dict[str, str]:
    """Return what an owner's names stand for, as `expand` takes it."""
    return {each.key: each.terms for each in saved_by(session, owner)}


def save(session: Session, owner: str, name: str, terms: str, who: str, now: datetime) -> SavedFilter | None:
    """Save a filter under a name; returns the one that had the name before.

    Raises:
        FilterError: the terms are no filter, name one that is not known, or lead back to this name.
        TooMany: the owner has the most already.
    """
    known = saved_by(session, owner)
    named = {each.key: each.terms for each in known}
    check(named, name, terms)
    before = next((each for each in known if each.key == key(name)), None)
    if before is None and len(known) >= MOST:
        raise TooMany
    if before is not None:
        session.expunge(before)
    session.merge(
        SavedFilter(owner=owner, key=key(name), name=name, terms=terms, saved_by=who, saved_at=now),
    )
    return before


def check(named: Mapping[str, str], name: str, terms: str) -> None:
    """Check that terms can stand under a name, beside what is saved.

    Raises:
        FilterError: they are no filter, name one that is not known, or lead back to this name.
    """
    parse(expand(terms, named, (key(name),)))


def drop(session: Session, owner: str, name: str) -> SavedFilter | None:
    """Take a filter away and return it; None where there is none of this name.

    Raises:
        InUse: another one names it.
    """
    found = session.get(SavedFilter, (owner, key(name)))
    if found is None:
        return None
    users = (each for each in saved_by(session, owner) if found.key in names_in(each.terms))
    if user := next(users, None):
        raise InUse(user.name)
    session.delete(found)
    return found
