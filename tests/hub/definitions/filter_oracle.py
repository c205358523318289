"""What filters mean, in plain Python, and random filters."""

import operator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from hub.filters import Filter
from hub.filters.terms import Bound, Choice, Comparison, NotAll, Operator, Term, Words
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
    return all(_meets(term, org, today) is True for term in where.terms)


def _meets(term: Term, org: Org, today: date) -> bool | None:
    """None where it cannot be told: an unknown value meets neither a comparison nor its negation."""
    if isinstance(term, NotAll):
        parts = [_meets(each, org, today) for each in term.terms]
        return True if False in parts else None if None in parts else False
    if isinstance(term, Comparison):
        compared = [_compared(term.measure, bound, org, today) for bound in term.bounds]
        met = True if True in compared else None if None in compared else False
        return met if met is None else met is not term.negated
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


VALUES: dict[Field, list[str]] = {
    Field.STATUS: list(Status),
    Field.PRODUCT: [*dict.fromkeys(PRODUCTS), "vidcast"],
    Field.REGION: ["US", "EU", "UAE", "JP"],
    Field.MANAGED: ["partner", "external"],
    Field.TYPE: ["subscription", "trial"],
    Field.TAG: [*TAGS, "GOLD"],
}
TEXTS = ["acme", "ÁC", "corp", "100%", "_", "%", '"', "\\", "/", "'", "株式", "-5", "b"]
NUMBERS = ["0", "1", "5", "7", "10", "16", "30", "90"]
SHARES = ["0", "50", "12.5", "62.5", "100", "110"]


def random_filter(random: Random) -> Filter:
    """A filter of up to three terms."""
    return Filter(tuple(_term(random) for _ in range(random.choice([0, 1, 1, 1, 2, 3]))))


def _term(random: Random, depth: int = 0) -> Term:
    if depth < 2 and random.random() < 0.15:
        return NotAll(tuple(dict.fromkeys(_term(random, depth + 1) for _ in range(random.choice([1, 2, 2])))))
    negated = random.random() < 0.4
    kind = random.random()
    if kind < 0.15:
        return Words(_some(random, TEXTS), negated)
    if kind < 0.55:
        measure = random.choice(list(Measure))
        bounds = dict.fromkeys(_bound(random, measure) for _ in range(random.choice([1, 1, 2])))
        return Comparison(measure, tuple(bounds), negated)
    field = random.choice(list(Field))
    return Choice(field, _some(random, VALUES[field]), negated)


def _bound(random: Random, measure: Measure) -> Bound:
    percent = measure is Measure.ASSIGNED and random.random() < 0.6
    return Bound(random.choice(list(Operator)), Decimal(random.choice(SHARES if percent else NUMBERS)), percent)


def _some(random: Random, values: list[str]) -> tuple[str, ...]:
    return tuple(random.sample(values, random.choice([1, 1, 2])))
