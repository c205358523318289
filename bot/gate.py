"""The last look before a message with customer data leaves: may everybody who will read it see them?"""

from collections.abc import Callable
from datetime import datetime

from bot.people import People
from bot.spaces import Spaces
from notifications.audience import Audience


class Gatekeeper:
    """Tells who reads what is said to a target: a room, or one person."""

    def __init__(self, people: People, spaces: Spaces, clock: Callable[[], datetime]) -> None:
        self._people = people
        self._spaces = spaces
        self._clock = clock

    def audience(self, target: str) -> Audience:
        """Return the readers of a room (its id) or the one of an e-mail.

        Raises:
            WebexError: the members cannot be listed.
            SourceError: the roles of one cannot be told.
        """
        if "@" in target:
            return Audience.of_one(self._people.member(target, self._clock()))
        return self._spaces.audience(target)
