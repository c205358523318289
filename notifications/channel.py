"""The way out to a chat service as delivery sees it: one call, and the ways it can fail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.outbox import Message


class ChannelError(Exception):
    """Something that was asked of the chat service was not done, as far as is known.

    - Refused: it never will be, as it is.
      - Absent: what it was for is not there, or not for us.
    - Busy: it was too much at once; later it will be.
    - Unavailable: the service could not be reached, or failed.
    """


class Refused(ChannelError):
    """The service will not do this, however often it is asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Absent(Refused):
    """A room, a person or the start of a thread is not there, or not for us."""


class Busy(ChannelError):
    """The service asks to wait."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"asked to wait {retry_after_seconds:g} s")
        self.retry_after_seconds = retry_after_seconds


class Unavailable(ChannelError):
    """The service could not be reached or failed; `maybe_sent`: it may have done all the same what was asked."""

    def __init__(self, reason: str, *, maybe_sent: bool) -> None:
        super().__init__(reason)
        self.maybe_sent = maybe_sent


@dataclass(frozen=True)
class Posted:
    """A message of ours that is there."""

    id: str
    markdown: str | None
    """As it was posted, where the service tells."""


class Channel(Protocol):
    """Posts messages; safe to use from several threads."""

    def post(self, target: str, message: Message, parent_id: str | None) -> str:
        """Post into a room (its id) or to a person (their e-mail), and return the id of the message.

        Raises:
            ChannelError: one of the three above.

        """

    def find(self, target: str) -> str | None:
        """Return under which id a target can be posted to: its own, another since it moved, or None where it is gone.

        Raises:
            ChannelError: that cannot be told now.

        """

    def posted(self, target: str, parent_id: str | None, since: datetime) -> Iterable[Posted]:
        """Return what we posted since then: into this thread, or else into a room or to a person, outside of threads.

        Raises:
            Refused: this room does not let us look.
            ChannelError: one of the others above.

        """
