"""What the terms of a filter mean, as SQL conditions on `customer`.

A term on what a customer holds looks at active subscriptions and trials, each term on its own; `-` means that none
matches. A comparison with an unknown value is NULL, and so is its negation: neither holds.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select

from hub import days, holdings, products, statuses
from hub.filters.terms import Bound, Choice, Comparison, NotAll, Operator, Term, Words
from hub.filters.vocabulary import Field, Measure
from hub.names import fold
from hub.statuses import Status, Thresholds
from hub.tables import customer, customer_tag, licence, subscription, subscription_tag

_COMPARE: Mapping[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.EQUAL: operator.eq,
}
# What `lower` does on both databases: PostgreSQL's would change more letters than SQLite's under another collation.
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def condition(term: Term, today: date, thresholds: Thresholds) -> ColumnElement[bool]:
    """Return the condition on `customer` under which it meets a term."""
    match term:
        case NotAll():
            return not_(and_(*(condition(each, today, thresholds) for each in term.terms)))
        case Words():
            holds = or_(*map(name_contains, term.texts))
        case Comparison():
            holds = _comparison(term, today)
        case Choice():
            holds = choice(term, today, thresholds)
    return not_(holds) if term.negated else holds


def name_contains(text: str) -> ColumnElement[bool]:
    """Whether a text occurs in the customer's name, without case and accents."""
    return customer.c.name_folded.contains(fold(text), autoescape=True)


def choice(term: Choice, today: date, thresholds: Thresholds) -> ColumnElement[bool]:
    """Whether one of a term's values is the customer's, negated or not."""
    values = term.values
    match term.field:
        case Field.STATUS:
            return or_(*(statuses.condition(Status(value), today, thresholds) for value in values))
        case Field.TYPE:
            return exists(holdings.active(today).where(subscription.c.type.in_(values)))
        case Field.PRODUCT:
            return exists(holdings.licences(today).where(_is_product(values)))
        case Field.REGION:
            return and_(customer.c.region.is_not(None), func.upper(customer.c.region).in_(values))
        case Field.MANAGED:
            return and_(customer.c.managed_by.is_not(None), customer.c.managed_by.in_(values))
        case Field.TAG:
            return _tagged(values)


def _tagged(values: tuple[str, ...]) -> ColumnElement[bool]:
    """A tag of the customer, or of one of its subscriptions, whatever their dates."""
    own = exists().where(customer_tag.c.org_id == customer.c.org_id, is_tag(customer_tag.c.tag, values))
    of_subscription = (
        select(1)
        .join_from(subscription, subscription_tag, subscription_tag.c.subscription_id == subscription.c.subscription_id)
        .where(subscription.c.org_id == customer.c.org_id, is_tag(subscription_tag.c.tag, values))
    )
    return or_(own.correlate(customer), exists(of_subscription.correlate(customer)))


def is_tag(column: ColumnElement[str], values: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a tag is one of these, without case."""
    return func.lower(column).in_([value.translate(_ASCII_LOWER) for value in values])


def _is_product(values: tuple[str, ...]) -> ColumnElement[bool]:
    known = [value for value in values if value in products.KNOWN]
    others = [value.translate(_ASCII_LOWER) for value in values if value not in products.KNOWN]
    return or_(
        licence.c.product.in_(known) if known else false(),
        func.lower(licence.c.product).in_(others) if others else false(),
    )


def _comparison(term: Comparison, today: date) -> ColumnElement[bool]:
    if term.measure is Measure.EXPIRES:
        earliest = func.min(subscription.c.end_date)
        within = [ends_within(bound, earliest, today) for bound in term.bounds]
        return holdings.active(today, or_(*within)).scalar_subquery()
    sums = func.sum(licence.c.assigned), func.sum(licence.c.total)
    within = [count_within(term.measure, bound, *sums) for bound in term.bounds]
    return holdings.counted(today, or_(*within)).scalar_subquery()


def ends_within(bound: Bound, earliest: ColumnElement[date], today: date) -> ColumnElement[bool]:
    """Whether the days to the earliest end are within a bound."""
    return _COMPARE[bound.operator](earliest, days.shift(today, int(bound.number)))


def count_within(
    measure: Measure, bound: Bound, assigned: ColumnElement[int], total: ColumnElement[int]
) -> ColumnElement[bool]:
    """Whether sums of licences are within a bound."""
    compare = _COMPARE[bound.operator]
    if bound.percent:
        # In whole numbers: a ratio at the very bound must fall on the same side everywhere. Nothing ÷ 0 is unknown.
        numerator, denominator = bound.number.as_integer_ratio()
        return compare(assigned * (100 * denominator), func.nullif(total, 0) * numerator)
    return compare(total if measure is Measure.LICENSES else assigned, int(bound.number))
