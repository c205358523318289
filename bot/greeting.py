"""A greeting for every space that the bot comes into, with three things to try.

Webex documents no frame of its socket that tells of it, so its list of rooms does.
"""

from collections.abc import Callable
from datetime import datetime

from bot.rooms import own_part
from bot.webex import Webex
from notifications.outbox import Message, Outgoing, enqueue
from storage import Database
from templates import render
from templates.catalogue import N_
from templates.texts import Texts

TO_TRY = (
    ("kpis", N_("The five indicators")),
    ("expiring 30", N_("What ends in the next 30 days")),
    ("subscribe", N_("Alerts in this space")),
)
"""Commands, and what they show."""


class Greeter:
    """Compares Webex's list of rooms with the one before; the first is where it begins, so a restart greets nobody."""

    def __init__(
        self, database: Database, webex: Webex, texts: Texts, own_name: str, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._webex = webex
        self._texts = texts
        self._own_name = own_name
        self._clock = clock
        self._seen: frozenset[str] | None = None

    def look(self) -> bool:
        """Greet the group spaces that are new, each once; returns whether there are any.

        Raises:
            WebexError: the rooms cannot be listed.

        """
        groups = {own_part(room.room_id): room.room_id for room in self._webex.rooms() if room.type == "group"}
        new = [] if self._seen is None else [room_id for part, room_id in groups.items() if part not in self._seen]
        if new:
            with self._database.write() as session:
                enqueue(session, [self._greeting(room_id) for room_id in new], self._clock())
        self._seen = frozenset(groups)
        return bool(new)

    def _greeting(self, room_id: str) -> Outgoing:
        view = {
            "own_name": self._own_name,
            "to_try": [(command, self._texts(about)) for command, about in TO_TRY],
        }
        said = Message(
            render.markdown("greeting", self._texts, **view), render.card("greeting", self._texts, notes=(), **view)
        )
        return Outgoing(f"greeting:{room_id}", room_id, said)
