"""From the parts of a parsed text to terms: keys and values are looked up, numbers read."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from hub.filters.errors import FilterError, Reason
from hub.filters.terms import Bound, Choice, Comparison, NotAll, Operator, Term, Words
from hub.filters.vocabulary import EXAMPLES, KEYS, VALUES, Field, Measure, plain

if TYPE_CHECKING:
    from lark import Token

Item = TypeVar("Item")

_OPERATORS = {"=<": "<=", "≤": "<=", "=>": ">=", "≥": ">="}
_REGION_CODE = re.compile(r"[A-Z0-9]{2,4}")
_NUMBER = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(%?)", re.ASCII)
_NEAR_ENOUGH = 65
"""Of 100: how like a known word another must be to be taken for a slip of it."""


_DEEPEST = 5
"""So many exceptions within exceptions; nobody reads more, and databases limit how deep a condition is."""


def term(tree: Any, depth: int = 0) -> Term:
    """Read one term: a tree `choice`, `comparison` or `words` of tokens, or `not_all` of such trees.

    Raises:
        FilterError: a field or value is not known, something is no number, or exceptions are nested too deep.

    """
    if tree.data == "not_all":
        opening, *parts, _ = tree.children
        if depth == _DEEPEST:
            raise _error(Reason.UNEXPECTED, opening, None, EXAMPLES[Field.STATUS])
        return NotAll(_unique(term(part, depth + 1) for part in parts))
    negated = tree.children[0].type == "NOT"
    match tree.data, tree.children[negated:]:
        case "choice", [key, *values]:
            field = _field(key)
            return Choice(field, _unique(_value(field, value) for value in values), negated)
        case "comparison", [key, sign, *bounds]:
            measure = _measure(key)
            return Comparison(measure, _unique(_bounds(measure, sign, bounds)), negated)
        case _, texts:
            return Words(_unique(_text(text, "acme") for text in texts), negated)


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that a word was probably meant to be, if any is near."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(plain(word), list(names), scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH)
    return found[0] if found else None


def _field(key: "Token") -> Field:
    named = _named(key)
    if isinstance(named, Field):
        return named
    raise _error(Reason.NOT_A_CHOICE, key, EXAMPLES[named], EXAMPLES[named])


def _measure(key: "Token") -> Measure:
    named = _named(key)
    if isinstance(named, Measure):
        return named
    raise _error(Reason.NOT_COMPARABLE, key, EXAMPLES[named], EXAMPLES[named])


def _named(key: "Token") -> Field | Measure:
    if named := KEYS.get(plain(key)):
        return named
    near = nearest(key, KEYS)
    raise _error(Reason.UNKNOWN_FIELD, key, near, EXAMPLES[KEYS[near] if near else Field.STATUS])


def _value(field: Field, token: "Token") -> str:
    """Return a value as it is stored. Quotes keep another product's name from being taken for a slip."""
    text = _text(token, EXAMPLES[field])
    names = VALUES[field]
    if known := names.get(plain(text)):
        return known
    if field is Field.TAG or (field is Field.PRODUCT and token.type == "QUOTED"):
        return text
    if field is Field.REGION and _REGION_CODE.fullmatch(text.upper()):
        return text.upper()
    near = nearest(text, names)
    if field is Field.PRODUCT and not near:
        return text
    raise _error(Reason.UNKNOWN_VALUE, token, near and f"{field}:{near}", EXAMPLES[field])


def _bounds(measure: Measure, sign: "Token", bounds: Iterable[Any]) -> Iterator[Bound]:
    """Read the numbers; one without an operator of its own has the one before it."""
    for bound in bounds:
        *own, number = bound.children
        sign = own[0] if own else sign
        yield _bound(measure, Operator(_OPERATORS.get(sign, sign)), number)


def _bound(measure: Measure, operator: Operator, token: "Token") -> Bound:
    read = _NUMBER.fullmatch(token)
    if not read:
        raise _error(Reason.NOT_A_NUMBER, token, None, EXAMPLES[measure])
    number, percent = Decimal(read[1]), bool(read[2])
    # Shares are of assigned licences only, and the database multiplies them: no more than a thousandfold overage.
    takes_percent = measure is Measure.ASSIGNED and number <= 100_000
    if (percent and not takes_percent) or ("." in read[1] and not percent):
        raise _error(Reason.NOT_A_NUMBER, token, None, EXAMPLES[measure])
    return Bound(operator, number, percent)


def _text(token: "Token", example: str) -> str:
    text = re.sub(r"\\([\s\S])", r"\1", token[1:-1]) if token.type == "QUOTED" else str(token)
    if not text.strip():
        raise _error(Reason.MISSING_VALUE, token, None, example)
    return text


def _unique(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))


def _error(reason: Reason, token: "Token", suggestion: str | None, example: str) -> FilterError:
    return FilterError(reason, token.start_pos or 0, str(token), suggestion, example)
