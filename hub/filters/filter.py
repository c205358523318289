"""A filter: terms that a customer must all meet."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import ColumnElement, and_, true

from hub.filters import conditions
from hub.filters.terms import Term
from hub.statuses import DEFAULTS, Thresholds


@dataclass(frozen=True)
class Filter:
    """Chooses customers. Written out, it is a text that reads as the same filter."""

    everything: ClassVar["Filter"]

    terms: tuple[Term, ...] = ()

    def condition(self, today: date, thresholds: Thresholds = DEFAULTS) -> ColumnElement[bool]:
        """Return the condition on `customer` under which all terms hold."""
        return and_(true(), *(conditions.condition(term, today, thresholds) for term in self.terms))

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))


Filter.everything = Filter()
