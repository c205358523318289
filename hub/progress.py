"""How long work tells how far it has come."""

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """What long work is busy with."""

    READING = "reading"
    SAVING = "saving"
    ORGANIZATIONS = "organizations"
    SUBSCRIPTIONS = "subscriptions"
    LICENCES = "licences"
    TAGS = "tags"
    ADMINISTRATORS = "administrators"
    HISTORY = "history"
    CALLING = "calling"
    PREPARING = "preparing"
    WRITING = "writing"


Progress = Callable[[Stage, int, int], None]
"""Called with the stage, how many are done, and how many there are."""


def silent(stage: Stage, done: int, total: int) -> None:
    """Tell nobody."""
