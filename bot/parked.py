"""What could not be posted into a space is told to its owner, one-to-one; nothing of what it said goes along."""

from collections.abc import Callable
from datetime import datetime

from bot.errors import WebexError
from bot.webex import Webex, is_email
from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.tables import Outbox, Person, Space
from templates import render
from templates.texts import Texts


class Owners:
    """Tells the owners of spaces: who last had the bot send something there by itself."""

    def __init__(self, database: Database, webex: Webex, defaults: Texts, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._webex = webex
        self._defaults = defaults
        self._clock = clock

    def tell(self, row: Outbox) -> None:
        """Say that a message was parked, and why; a message to one person has no owner but its reader."""
        if is_email(row.target):
            return
        with self._database.read() as session:
            space = session.get(Space, row.target)
            owner = session.get(Person, space.owner_email) if space and space.owner_email else None
        if owner is None:
            return
        texts = Texts(owner.language or self._defaults.language, owner.time_zone or self._defaults.zone)
        said = render.markdown(
            "parked", texts, space=self._title(row.target), reason=row.error or "", created=row.created_at
        )
        message = Outgoing(f"parked:{row.cause}", owner.email, Message(said), Priority.ALERT)
        with self._database.write() as session:
            enqueue(session, [message], self._clock())

    def _title(self, room_id: str) -> str:
        try:
            return self._webex.room(room_id).title
        except WebexError:
            # The bot may be out of the room, or the room be gone: then that is the very reason.
            return ""
