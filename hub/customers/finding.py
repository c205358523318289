"""Which customer somebody means."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, select, union_all
from sqlmodel import Session

from hub.customers.listing import CustomerRow, rows
from hub.customers.sort import Sort, SortField
from hub.filters.conditions import name_contains
from hub.names import fold, storable
from hub.scope import Scope
from hub.tables import customer, subscription

CANDIDATES = 10
"""At most so many are offered to choose from."""

_NEAR_ENOUGH = 70
"""Of 100, by RapidFuzz: how like a name must be to what was typed."""


class MatchKind(StrEnum):
    """How surely a customer is meant."""

    EXACT = "exact"
    """By its name or an id, or because no other has these words in its name."""
    SEVERAL = "several"
    NEAR = "near"
    """None has this name; these are like it."""
    NONE = "none"


@dataclass(frozen=True)
class Match:
    """The customers that may be meant; exactly one where the kind is exact."""

    kind: MatchKind
    rows: list[CustomerRow]


def find(session: Session, scope: Scope, name: str) -> Match:
    """Find a customer by name, organization id, subscription id, words of the name, or a name like it.

    Case and accents do not matter; of several with the same name, the one spelled as typed is meant.
    """
    typed = " ".join(storable(name).split())
    folded = fold(typed)
    if not folded:
        return Match(MatchKind.NONE, [])
    named = _rows(session, scope, customer.c.org_id.in_(_called(typed, folded)))
    spelled = [row for row in named if " ".join(row.customer.split()) == typed]
    if named:
        return _match(spelled if len(spelled) == 1 else named)
    worded = _rows(session, scope, and_(*map(name_contains, folded.split())))
    if worded:
        return _match(worded)
    near = _near(session, scope, folded)
    by_id = {row.org_id: row for row in _rows(session, scope, customer.c.org_id.in_(near))} if near else {}
    return Match(MatchKind.NEAR if near else MatchKind.NONE, [by_id[org_id] for org_id in near])


def _match(found: list[CustomerRow]) -> Match:
    return Match(MatchKind.EXACT if len(found) == 1 else MatchKind.SEVERAL, found)


def _rows(session: Session, scope: Scope, wanted: ColumnElement[bool]) -> list[CustomerRow]:
    return rows(session, scope, and_(scope.customers(), wanted), Sort(SortField.NAME), limit=CANDIDATES)


def _called(typed: str, folded: str) -> CompoundSelect[Any]:
    """Select the org ids that a name or an id stands for."""
    return union_all(
        select(customer.c.org_id).where(customer.c.name_folded == folded),
        select(customer.c.org_id).where(customer.c.org_id == typed.lower()),
        select(subscription.c.org_id).where(subscription.c.subscription_id == typed),
    )


def _near(session: Session, scope: Scope, folded: str) -> Sequence[str]:
    """Return the org ids of the names most like it, the nearest first."""
    from rapidfuzz import fuzz, process

    names = select(customer.c.org_id, customer.c.name_folded).where(scope.customers()).order_by(customer.c.name_folded)
    known = {row.org_id: row.name_folded for row in session.connection().execute(names)}
    found = process.extract(folded, known, scorer=fuzz.WRatio, score_cutoff=_NEAR_ENOUGH, limit=CANDIDATES)
    return [org_id for _, _, org_id in found]
