"""What filters mean, in plain Python, and random filters."""

import operator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from hub.filters import Filter
from hub.filters.terms import Bound, Choice, Comparison, Operator, Term, Words
from hub.filters.vocabulary import Field, Measure
from hub.names import fold
from hub.statuses import Status
from tests.hub.definitions import oracle
from tests.hub.definitions.partner import Org
from tests.hub.definitions.random_partner import PRODUCTS, TAGS

COMPARE = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.EQUAL: operator.eq,
}


def meets(where: Filter, org: Org, today: date) -> bool:
    """Whether a customer meets every term."""
    return all(_meets(term, org, today) for term in where.terms)


def _meets(term: Term, org: Org, today: date) -> bool:
    if isinstance(term, Comparison):
        compared = [_compared(term.measure, bound, org, today) for bound in term.bounds]
        # An unknown value meets neither the comparison nor its negation.
        return None not in compared and any(compared) is not term.negated
    if isinstance(term, Words):
        return any(fold(text) in fold(org.name) for text in term.texts) is not term.negated
    return any(_chosen(term.field, value, org, today) for value in term.values) is not term.negated


def _compared(measure: Measure, bound: Bound, org: Org, today: date) -> bool | None:
    value: Fraction | int
    if measure is Measure.EXPIRES:
        end = oracle.next_end(org, today)
        if end is None:
            return None
        value = (end - today).days
    else:
        sums = oracle.known_sums(org, today)
        if sums is None or (bound.percent and sums[0] == 0):
            return None
        total, assigned = sums
        value = total if measure is Measure.LICENSES else assigned
        if bound.percent:
            value = Fraction(100 * assigned, total)
    return bool(COMPARE[bound.operator](value, Fraction(bound.number)))


def _chosen(field: Field, value: str, org: Org, today: date) -> bool:
    row = oracle.customer_row(org, today)
    match field:
        case Field.STATUS:
            return value in row["statuses"]
        case Field.PRODUCT:
            return value.lower() in [name.lower() for name in row["products"]]
        case Field.REGION:
            return org.region == value
        case Field.MANAGED:
            return org.managed_by == value
        case Field.TYPE:
            return any(held.type == value for held in org.held if oracle.active(held, today))
        case Field.TAG:
            tags = [*org.tags, *(tag for held in org.held for tag in held.tags)]
            return value.lower() in [tag.lower() for tag in tags]


def _some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


VALUES: dict[Field, list[str]] = {
    Field.STATUS: list(Status),
    Field.PRODUCT: [*PRODUCTS, "vidcast"],
    Field.REGION: ["US", "EU", "UAE", "JP"],
    Field.MANAGED: ["partner", "external"],
    Field.TYPE: ["subscription", "trial"],
    Field.TAG: [*TAGS, "GOLD"],
}
operators = st.sampled_from(Operator)
choices = st.sampled_from(Field).flatmap(
    lambda field: st.builds(Choice, st.just(field), _some(VALUES[field]), st.booleans())
)
percents = st.sampled_from(["0", "50", "12.5", "100", "110", "33.3"]).map(Decimal)
numbers = st.sampled_from([0, 1, 5, 7, 10, 16, 30, 90]).map(Decimal)
bounds = st.builds(Bound, operators, numbers)
shares = st.builds(Bound, operators, percents, st.just(value=True))
comparisons = st.builds(
    Comparison, st.sampled_from(Measure), st.lists(bounds, min_size=1, max_size=2).map(tuple), st.booleans()
) | st.builds(
    Comparison, st.just(Measure.ASSIGNED), st.lists(shares | bounds, min_size=1, max_size=2).map(tuple), st.booleans()
)
words = st.builds(
    Words, _some(["acme", "ÁC", "corp", "100%", "_", "%", '"', "\\", "/", "'", "株式", "-5", "b"]), st.booleans()
)
filters = st.lists(choices | comparisons | words, max_size=3).map(lambda terms: Filter(tuple(terms)))
