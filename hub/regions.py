"""Regions: where a customer's data live."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from hub.names import fold
from hub.scope import Scope
from hub.tables import customer

KNOWN = ("US", "CA", "EU", "UAE")
"""Regions with a name of their own; a source may tell any other short code."""

ALL = "all"
"""The choice of every region."""

_SPANISH = {"eeuu": "US", "ue": "EU", "eau": "UAE"}
_BY_KEY = {code.casefold(): code for code in KNOWN} | _SPANISH


def canonical(code: str) -> str:
    """Return the code of a known region, spelled in English or Spanish in any case; any other as it is given."""
    given = code.strip()
    return _BY_KEY.get(fold(given).replace(".", "").replace(" ", ""), given)


def present(session: Session, scope: Scope) -> list[str]:
    """Return the regions where data of the customers that somebody may see live, whichever they chose to see."""
    known = select(customer.c.region).distinct().where(replace(scope, region=None).customers())
    found = {region for region in session.connection().scalars(known) if region}
    return sorted(found, key=lambda code: (KNOWN.index(code) if code in KNOWN else len(KNOWN), code))


def that_counts(*choices: str | None) -> str | None:
    """Return the first region that somebody chose; None is every region."""
    chosen = next(filter(None, choices), None)
    return None if chosen == ALL else chosen


def to_ask(session: Session, chosen: str | None, today: date) -> list[str | None]:
    """Return the regions to ask Webex about, one after the other; None stands for the partner's home region."""
    if chosen and chosen != ALL:
        return [chosen]
    return [*present(session, Scope(today))] or [None]
