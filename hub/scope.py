"""Whose customers are looked at, on which day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select, true

from hub.statuses import DEFAULTS, Thresholds
from hub.tables import assignment, customer


@dataclass(frozen=True)
class Scope:
    """The customers somebody may see and wants to see, and the day they are looked at."""

    today: date
    assigned_to: frozenset[str] = frozenset()
    """E-mails (lower case) of partner administrators: only customers assigned to every one of them; empty = all."""
    region: str | None = None
    """Only customers whose data live there; None = everywhere and unknown."""
    thresholds: Thresholds = DEFAULTS

    @property
    def sees_everybody(self) -> bool:
        """Whether `customers()` leaves nobody out."""
        return not self.assigned_to and not self.region

    def customers(self) -> ColumnElement[bool]:
        """Return the condition on `customer`."""
        assigned = (
            customer.c.org_id.in_(select(assignment.c.org_id).where(assignment.c.email == email))
            for email in sorted(self.assigned_to)
        )
        region = (customer.c.region == self.region,) if self.region else ()
        return and_(true(), *assigned, *region)
