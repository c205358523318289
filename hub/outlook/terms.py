"""The terms of a filter, as conditions on `outline`: the same choice as theirs on `customer`, from what is ready."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select, union_all
from sqlalchemy.sql.visitors import replacement_traverse

from hub import products
from hub.filters import Filter, conditions
from hub.filters.terms import Choice, Comparison, NotAll, Term, Words
from hub.filters.vocabulary import Field, Measure
from hub.outlook.keeping import TYPES, bit
from hub.scope import Scope
from hub.statuses import DEFAULTS, Status, Thresholds
from hub.tables import customer, customer_tag, licence, outline, running, subscription, subscription_tag

_SETS = {
    Field.STATUS: (outline.c.statuses, tuple(Status)),
    Field.TYPE: (outline.c.types, TYPES),
    Field.PRODUCT: (outline.c.products, products.KNOWN),
}


def wanted(scope: Scope, where: Filter) -> ColumnElement[bool]:
    """Return the condition on `outline` under which a customer is in scope and meets the filter."""
    return and_(
        on_outline(scope.customers()), *(_condition(term, scope.today, scope.thresholds) for term in where.terms)
    )


def on_outline(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """Say of `outline` what an expression says of `customer`, in columns that both have."""
    return _moved(expression, outline, customer)


def on_running(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """Say of `running` what an expression says of a subscription and its licence."""
    return _moved(expression, running, subscription, licence)


def _moved(expression: ColumnElement[Any], to: Any, *tables: Any) -> ColumnElement[Any]:
    def replace(element: Any, **_: Any) -> Any:
        if getattr(element, "table", None) not in tables:
            return None
        # A customer is a number there.
        return to.c.customer if to is running and element.name == "org_id" else to.c[element.name]

    moved: ColumnElement[Any] = replacement_traverse(expression, {}, replace)
    return moved


def _condition(term: Term, today: date, thresholds: Thresholds) -> ColumnElement[bool]:
    holds = _ready(term, today)
    if holds is not None:
        return holds
    # Nothing is ready for this one: its own condition, negation and all, chooses customers.
    return outline.c.org_id.in_(select(customer.c.org_id).where(conditions.condition(term, today, thresholds)))


def _ready(term: Term, today: date) -> ColumnElement[bool] | None:
    if isinstance(term, NotAll):
        each = [holds for one in term.terms if (holds := _ready(one, today)) is not None]
        return not_(and_(*each)) if len(each) == len(term.terms) else None
    holds = _holds(term, today)
    return not_(holds) if holds is not None and term.negated else holds


def _holds(term: Choice | Comparison | Words, today: date) -> ColumnElement[bool] | None:
    match term:
        case Words():
            return on_outline(or_(*map(conditions.name_contains, term.texts)))
        case Comparison(measure=Measure.EXPIRES):
            return or_(*(conditions.ends_within(bound, outline.c.next_end, today) for bound in term.bounds))
        case Comparison(measure=Measure.LICENSES | Measure.ASSIGNED):
            sums = outline.c.assigned, outline.c.licenses
            return or_(*(conditions.count_within(term.measure, bound, *sums) for bound in term.bounds))
        case Choice(field=Field.REGION | Field.MANAGED):
            return on_outline(conditions.choice(term, today, DEFAULTS))
        case Choice(field=Field.TAG):
            return _tagged(term.values)
        case Choice(field=field, values=values) if field in _SETS:
            column, names = _SETS[field]
            if set(values) <= {*names}:
                return column.bitwise_and(sum(bit(names, value) for value in {*values})) != 0
    return None


def _tagged(values: tuple[str, ...]) -> ColumnElement[bool]:
    own = select(customer_tag.c.org_id).where(conditions.is_tag(customer_tag.c.tag, values))
    of_subscription = (
        select(subscription.c.org_id)
        .join_from(subscription, subscription_tag, subscription_tag.c.subscription_id == subscription.c.subscription_id)
        .where(conditions.is_tag(subscription_tag.c.tag, values))
    )
    return outline.c.org_id.in_(union_all(own, of_subscription))
