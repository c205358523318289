"""The spaces the bot is in, and who reads what is said there."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from bot.people import People
from bot.webex import Webex
from notifications.audience import Audience, Member
from storage import Database
from storage.tables import Space

# Plain statements, made once: every answer waits for it, and the ORM's way takes four times as long.
_SPACE = SQLModel.metadata.tables["space"]
_KNOWN = select(_SPACE).where(_SPACE.c.room_id == bindparam("room"))
_OPEN = select(_SPACE.c.open_to_colleagues).where(_SPACE.c.room_id == bindparam("room"))

MEMBERS_FRESH_SECONDS = 5.0
"""How long a list of members is used again: a newcomer reads the last messages of a space anyway."""


class Spaces:
    """Knows spaces by room id."""

    def __init__(self, database: Database, webex: Webex, people: People, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._webex = webex
        self._people = people
        self._clock = clock
        self._members: dict[str, tuple[float, tuple[Member, ...]]] = {}

    def get(self, room_id: str, kind: str) -> Space:
        """Return a space, remembering it when it is new."""
        with self._database.read() as session:
            known = session.connection().execute(_KNOWN, {"room": room_id}).mappings().first()
        if known:
            return Space(**known)
        with self._database.write() as session:
            return session.merge(Space(room_id=room_id, kind=kind))

    def audience(self, target: str) -> Audience:
        """Return who reads what is said to a target: the humans in a room (its id), or one person (an e-mail).

        Raises:
            WebexError: the members cannot be listed.
            SourceError: the roles of one cannot be told.
        """
        now = self._clock()
        if "@" in target:
            return Audience.of_one(self._people.member(target, now))
        return Audience(self._members_of(target, now), open_to_colleagues=self._is_open(target))

    def _members_of(self, room_id: str, now: datetime) -> tuple[Member, ...]:
        found = self._members.get(room_id)
        if found and monotonic() - found[0] < MEMBERS_FRESH_SECONDS:
            return found[1]
        own_id = self._webex.me().person_id
        members = tuple(
            self._people.member(each.email, now, org_id=each.org_id)
            for each in self._webex.memberships(room_id)
            if not each.is_bot and each.person_id != own_id
        )
        self._members[room_id] = (monotonic(), members)
        return members

    def _is_open(self, room_id: str) -> bool:
        with self._database.read() as session:
            return bool(session.connection().execute(_OPEN, {"room": room_id}).scalar())
