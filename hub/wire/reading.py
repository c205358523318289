"""Reading records one by one, so that one that cannot be read keeps none of the others out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from hub.errors import Unavailable

log = structlog.get_logger()

T = TypeVar("T")
RecordT = TypeVar("RecordT", bound=BaseModel)
LONGEST_NOTE = 200
MOST_NAMED = 100


@dataclass
class Skipped:
    """Records that could not be read and were left out: how many, and the first of them in words."""

    count: int = 0
    notes: list[str] = field(default_factory=list)
    _guard: Lock = field(default_factory=Lock, repr=False, compare=False)

    def note(self, what: str, error: Exception) -> None:
        """Note one more, unless it was noted already; from any thread."""
        said = f"{what}: {_in_one_line(error)}"[:LONGEST_NOTE]
        if self._add(said):
            log.warning("a record cannot be read and is left out", action="skip", record=said)

    def take(self, others: "Skipped") -> None:
        """Add what was noted elsewhere; from any thread."""
        for said in others.notes:
            self._add(said)
        with self._guard:
            self.count += others.count - len(others.notes)

    def _add(self, said: str) -> bool:
        with self._guard:
            if said in self.notes:
                return False
            self.count += 1
            if len(self.notes) < MOST_NAMED:
                self.notes.append(said)
            return True


def read_each(records: Iterable[Any], kind: str, read: Callable[[Mapping[str, Any]], T], skipped: Skipped) -> list[T]:
    """Read records one by one; those that cannot be read are noted and left out."""
    found = []
    for record in records:
        try:
            if not isinstance(record, Mapping):
                raise TypeError("it is no object")
            found.append(read(record))
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            skipped.note(f"{kind} {_identity(record)}", error)
    return found


def read_one(record: Any, kind: type[RecordT], source: str) -> RecordT:
    """Read the record of an answer that holds nothing else.

    Raises:
        Unavailable: it cannot be read, and there is nothing to go on with.
    """
    try:
        return kind.model_validate(record)
    except ValidationError as error:
        raise Unavailable(source, f"its answer cannot be read ({_in_one_line(error)})") from error


def _identity(record: Any) -> str:
    if not isinstance(record, Mapping):
        return "?"
    return str(next((record[name] for name in _IDENTITIES if name in record), "?"))


_IDENTITIES = ("subscription_id", "subscriptionId", "org_id", "orgId", "id", "name")


def _in_one_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in error.errors()[:3])
    return str(error)
