"""Figures that were computed before, as long as nothing changed: they belong to one version of the outlook."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

from storage.database import WRITES

T = TypeVar("T")

KEPT = 512
"""Figures; what was not asked for the longest time goes first."""

_guard = Lock()
_kept: "WeakKeyDictionary[Engine, OrderedDict[Hashable, Any]]" = WeakKeyDictionary()


def remembered(session: Session, now: int, key: Hashable, compute: Callable[[], T]) -> T:
    """Return a figure of the outlook's version `now`, computed unless it is known; the key names all it depends on."""
    engine = session.get_bind()
    if session.info.get(WRITES) or not isinstance(engine, Engine):
        # What an open transaction sees may be undone.
        return compute()
    whole = (now, key)
    with _guard:
        known = _kept.setdefault(engine, OrderedDict())
        if whole in known:
            known.move_to_end(whole)
            found: T = known[whole]
            return found
    figure = compute()
    with _guard:
        known[whole] = figure
        while len(known) > KEPT:
            known.popitem(last=False)
    return figure
