"""Typed parameters of commands: each type is its grammar, its place in the usage line, and its help.

A parameter takes from the words what it recognises, so arguments may stand in any order; greedy ones, which take all
that is left, come last.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from commands.errors import NotUnderstood
from commands.words import Words, unquote
from hub.customers import Sort
from hub.filters import Filter, FilterError, Reason, parse
from hub.filters.saved import expand
from hub.names import fold
from hub.products import BOTH, CALLING, MEETINGS
from templates.catalogue import N_


class Parameter:
    """How one parameter is read. `take` returns None where nothing was given."""

    usage: str = ""
    greedy: bool = False

    def usage_in(self, say: Callable[[str], str]) -> str:
        """Return its place in the usage line; `say` translates."""
        return say(self.usage)

    def take(self, words: Words) -> Any:
        """Take from the words what this parameter recognises."""
        raise NotImplementedError


class DaysParameter(Parameter):
    """A number of days: the first whole number."""

    usage = N_("[DAYS]")
    LONGEST = 3650

    def take(self, words: Words) -> int | None:
        """Take the first number.

        Raises:
            NotUnderstood: it is longer than ten years.
        """
        number = next((word for word in words if word.isdecimal()), None)
        if number is None:
            return None
        days = int(words.take(number))
        if days > self.LONGEST:
            raise NotUnderstood(N_("%(days)s days are more than ten years; give a smaller number."), days=days)
        return days


class ProductsParameter(Parameter):
    """`meetings`, `calling` or, when neither is named, both."""

    usage = "[meetings|calling]"
    NAMES: ClassVar = {
        "meetings": MEETINGS,
        "calling": CALLING,
        "both": BOTH,
        "reuniones": MEETINGS,
        "llamadas": CALLING,
        "ambos": BOTH,
    }

    def take(self, words: Words) -> frozenset[str] | None:
        """Take the products named."""
        named = [words.take(word) for word in words if fold(word) in self.NAMES]
        return frozenset().union(*(self.NAMES[fold(word)] for word in named)) if named else None


class NumberParameter(Parameter):
    """The number under which a list shows something: `3` or `#3`."""

    usage = "ID"

    def take(self, words: Words) -> int | None:
        """Take the number."""
        found = next((word for word in words if re.fullmatch(r"#?\d{1,9}", word)), None)
        return int(words.take(found).lstrip("#")) if found else None


class PageParameter(Parameter):
    """`page:N`, which the buttons under a list type."""

    def take(self, words: Words) -> int | None:
        """Take the page's number."""
        found = next((word for word in words if re.fullmatch(r"page:[1-9]\d{0,5}", word)), None)
        return int(words.take(found).partition(":")[2]) if found else None


class AsFileParameter(Parameter):
    """`csv`: as a file."""

    usage = "[csv]"

    def take(self, words: Words) -> bool | None:
        """Take the word."""
        found = next((word for word in words if fold(word) == "csv"), None)
        return bool(words.take(found)) if found else None


class SortParameter(Parameter):
    """`sort:FIELD`, descending with `sort:-FIELD`."""

    usage = N_("[sort:FIELD]")

    def take(self, words: Words) -> Sort | None:
        """Take the order.

        Raises:
            NotUnderstood: lists cannot be sorted by that.
        """
        found = next((word for word in words if fold(word).startswith(("sort:", "orden:"))), None)
        if not found:
            return None
        name = words.take(found).partition(":")[2]
        try:
            return Sort.parse(name)
        except ValueError as error:
            raise NotUnderstood(
                N_("A list cannot be sorted by “%(name)s”."),
                hint=N_("Sort by name, expires or licenses, with - before it for descending: sort:-licenses"),
                name=name,
            ) from error


class FilterParameter(Parameter):
    """The filter language, over all that is left."""

    usage = N_("[FILTER]")
    greedy = True

    def take(self, words: Words) -> Filter | None:
        """Read the rest as a filter.

        Raises:
            NotUnderstood: it is none; the nearest valid term is suggested.
        """
        if not len(words):
            return None
        try:
            return read_filter(words.rest(), words.saved)
        except FilterError as error:
            raise filter_not_understood(error) from error


def read_filter(text: str, saved: Callable[[], Mapping[str, str]]) -> Filter:
    """Read a filter in which `@NAME` stands for a saved one.

    Raises:
        FilterError: it is none.
    """
    return parse(expand(text, saved()) if "@" in text else text)


def filter_not_understood(error: FilterError) -> NotUnderstood:
    """Say what is wrong with a filter."""
    if error.reason is Reason.CIRCULAR:
        return NotUnderstood(
            N_("The saved filter “%(word)s” would stand for itself."),
            hint=N_("Write out what it should choose: save filter NAME status:trial expires<30"),
            word=error.word,
        )
    if error.reason is Reason.UNKNOWN_SAVED:
        return _unknown_saved(error)
    if error.suggestion:
        return NotUnderstood(
            N_("I do not understand “%(word)s” in the filter."),
            hint=N_("Did you mean %(suggestion)s? For example: customers %(example)s"),
            word=error.word,
            suggestion=error.suggestion,
            example=error.example,
            correction=_correction(error, error.suggestion),
        )
    return NotUnderstood(
        N_("I do not understand “%(word)s” in the filter."),
        hint=N_("For example: customers %(example)s"),
        word=error.word,
        example=error.example,
    )


def _unknown_saved(error: FilterError) -> NotUnderstood:
    text = N_("No filter is saved here as “%(word)s”.")
    if error.suggestion:
        hint = N_("Did you mean %(suggestion)s?")
        correction = (error.word, error.suggestion)
        return NotUnderstood(text, hint=hint, word=error.word, suggestion=error.suggestion, correction=correction)
    return NotUnderstood(
        text,
        hint=N_("filters lists what is saved; save one with: save filter %(name)s status:trial expires<30"),
        suggestions=["filters"],
        word=error.word,
        name=error.word.lstrip("@"),
    )


def _correction(error: FilterError, suggestion: str) -> tuple[str, str] | None:
    """Return the word that is a slip and what it was probably meant to be, where one stands for the other."""
    if error.reason is Reason.UNKNOWN_FIELD:
        return error.word, suggestion
    if error.reason is Reason.UNKNOWN_VALUE:
        return error.word, suggestion.partition(":")[2]
    return None


class TextParameter(Parameter):
    """All that is left, as one text, such as a customer's name."""

    greedy = True

    def __init__(self, usage: str) -> None:
        self.usage = usage

    def take(self, words: Words) -> str | None:
        """Take the rest."""
        return unquote(words.rest()) or None


class WordsParameter(Parameter):
    """All that is left, word by word, quotes taken off."""

    greedy = True

    def __init__(self, usage: str) -> None:
        self.usage = usage

    def take(self, words: Words) -> Sequence[str] | None:
        """Take the rest."""
        return [unquote(word) for word in words.take_all()] or None


Days = Annotated[int, DaysParameter()]
Products = Annotated[frozenset[str], ProductsParameter()]
ChosenProducts = Annotated[frozenset[str] | None, ProductsParameter()]
"""Where none is named, what settings say."""
Page = Annotated[int, PageParameter()]
AsFile = Annotated[bool, AsFileParameter()]
Order = Annotated[Sort | None, SortParameter()]
Where = Annotated[Filter, FilterParameter()]
CustomerName = Annotated[str, TextParameter(N_("CUSTOMER"))]
Everything = Filter.everything
