"""Which columns a report of somebody's own has, and in which order: typed by name, or chosen in a form."""

import re
from collections.abc import Sequence
from typing import Annotated

from rapidfuzz import process

from commands.errors import NotUnderstood
from commands.parameters import Parameter
from commands.words import Words, unquote
from hub.names import fold
from notifications.reports import Report
from templates.catalogue import N_
from templates.texts import Texts

_LANGUAGES = ("en", "es")
_NEAREST = 3


class ColumnsParameter(Parameter):
    """`columns:customer,days_left,"Total licences"`: by the names in `--json`, or by their headers."""

    usage = N_("[columns:A,B,…]")

    def take(self, words: Words) -> Sequence[str] | None:
        """Take the names."""
        found = next((word for word in words if fold(word).startswith(("columns:", "columnas:"))), None)
        if found is None:
            return None
        names = re.findall(r'"[^"]*"|[^,]+', words.take(found).partition(":")[2])
        return [unquote(name.strip()) for name in names]


ChosenColumns = Annotated[Sequence[str] | None, ColumnsParameter()]


def fields_of(report: Report, names: Sequence[str]) -> list[str]:
    """Return the fields that names of columns stand for, in their order, each once.

    Raises:
        NotUnderstood: the report has no such column; the nearest are suggested.
    """
    known: dict[str, str] = {}
    for column in report.columns:
        for name in (column.field, *(Texts(language)(column.header) for language in _LANGUAGES)):
            known.setdefault(_key(name), column.field)
    fields = []
    for name in names:
        if _key(name) not in known:
            nearest = [match[0] for match in process.extract(_key(name), list(known), limit=6)]
            raise NotUnderstood(
                N_("The report “%(report)s” has no column “%(name)s”."),
                hint=N_("Did you mean %(nearest)s? It has: %(columns)s"),
                report=report.name,
                name=name[:80],
                nearest=", ".join([*dict.fromkeys(known[each] for each in nearest)][:_NEAREST]),
                columns=", ".join(column.field for column in report.columns),
            )
        fields.append(known[_key(name)])
    return list(dict.fromkeys(fields))


def in_order(report: Report, chosen: str, order: str) -> list[str]:
    """Return the fields of the columns chosen in a form: those that `order` numbers first, the others as listed.

    Raises:
        NotUnderstood: nothing is chosen, or a number is none of a column.
    """
    fields = [column.field for column in report.columns]
    wanted = _places(chosen, len(fields))
    if not wanted:
        raise NotUnderstood(N_("Please choose at least one column."))
    first = [place for place in _places(order, len(fields)) if place in wanted]
    return [fields[place - 1] for place in dict.fromkeys([*first, *sorted(wanted)])]


def _places(text: str, most: int) -> list[int]:
    words = re.findall(r"[^\s,;]+", text)
    for word in words:
        if not word.isdecimal() or not 1 <= int(word) <= most:
            raise NotUnderstood(
                N_("“%(word)s” is no column's number."),
                hint=N_("Write the numbers of columns, such as 3, 1, 2; they go from 1 to %(most)s."),
                word=word[:80],
                most=most,
            )
    return [int(word) for word in words]


def _key(name: str) -> str:
    return fold(" ".join(name.replace("_", " ").split()))
