"""The terms of a filter as values; written out, each reads as the same term again."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hub.filters.vocabulary import Field, Measure
from hub.products import KNOWN


class Operator(StrEnum):
    """How a measure is compared with a number."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EQUAL = "="


@dataclass(frozen=True)
class Choice:
    """One of the values, as stored: `region:EU,US`."""

    field: Field
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        # Without quotes, the name of another product might be taken for a slip of a known one.
        written = _quoted if self.field is Field.PRODUCT and not {*self.values} <= {*KNOWN} else _written
        return f"{_sign(self)}{self.field}:{','.join(map(written, self.values))}"


@dataclass(frozen=True)
class Bound:
    """One side of a comparison: `<50%`."""

    operator: Operator
    number: Decimal
    percent: bool = False

    def __str__(self) -> str:
        return f"{self.operator}{self.number:f}{'%' * self.percent}"


@dataclass(frozen=True)
class Comparison:
    """A measure within any of the bounds: `expires<7,>90`."""

    measure: Measure
    bounds: tuple[Bound, ...]
    negated: bool = False

    def __str__(self) -> str:
        return f"{_sign(self)}{self.measure}{','.join(map(str, self.bounds))}"


@dataclass(frozen=True)
class Words:
    """Any of the texts in the customer's name, without case and accents."""

    texts: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        return f"{_sign(self)}{','.join(map(_written, self.texts))}"


@dataclass(frozen=True)
class NotAll:
    """Customers that do not meet all of the terms: `-( status:trial region:EU )`."""

    terms: tuple["Term", ...]

    def __str__(self) -> str:
        return f"-( {' '.join(map(str, self.terms))} )"


Term = Choice | Comparison | Words | NotAll


def _sign(term: Choice | Comparison | Words) -> str:
    return "-" if term.negated else ""


def _written(text: str) -> str:
    """Quote what would not be read as one word."""
    return text if re.fullmatch(r"[\w.&'/+][\w.&'/+-]*", text) else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
