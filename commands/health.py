"""How one part of the service is, as `status` tells it."""

from collections.abc import Callable
from dataclasses import dataclass

from templates.texts import Texts


@dataclass(frozen=True)
class Check:
    """One part: its code in data, its name (a text of the catalogue), whether it is well, and its state in words."""

    code: str
    name: str
    ok: bool
    state: Callable[[Texts], str]
