"""The rooms the bot is in, as Webex lists them: what they are called, which are gone, and which changed their id."""

from sqlalchemy import select, update
from sqlmodel import col

from bot.errors import WebexError
from bot.webex import Room, Webex
from hub.ids import last_part
from storage import Database
from storage.tables import Halt, Space


class Rooms:
    """Compares Webex's list of rooms with the spaces that are known."""

    def __init__(self, database: Database, webex: Webex) -> None:
        self._database = database
        self._webex = webex

    def review(self) -> list[str]:
        """Remember what spaces are called; returns those to look for: halted, or not in Webex's list.

        The list may lack some of more than 3,000 rooms (Webex API reference, GET /rooms).

        Raises:
            WebexError: the rooms cannot be listed.

        """
        titles = {room.room_id: room.title for room in self._webex.rooms()}
        known = self._titles()
        renamed = {room_id: titles[room_id] for room_id in titles.keys() & known.keys()}
        renamed = {room_id: title for room_id, title in renamed.items() if title != known[room_id]}
        if renamed:
            with self._database.write() as session:
                for room_id, title in renamed.items():
                    session.execute(update(Space).where(col(Space.room_id) == room_id).values(title=title))
        with self._database.read() as session:
            halted = set(session.scalars(select(col(Halt.target)).where(col(Halt.target).in_(known))))
        return sorted(known.keys() - titles.keys() | halted)

    def title(self, room_id: str) -> str:
        """Return what a room is called: as remembered, or as Webex tells of one that is new; else nothing."""
        remembered = self._titles().get(room_id)
        if remembered:
            return remembered
        try:
            return self._webex.room(room_id).title
        except WebexError:
            # The bot may be out of it, or it may be gone: then that is the very reason why its name is asked for.
            return ""

    def moved_to(self, room_id: str) -> str | None:
        """Return the id that a room has now which is not found under its own; None where there is no such room.

        It is the room whose id differs only in where it is kept or, else, the only one of that name that is not known.

        Raises:
            WebexError: the rooms cannot be listed.

        """
        listed = [room for room in self._webex.rooms() if room.room_id != room_id]
        known = self._titles()
        found = [room for room in listed if own_part(room.room_id) == own_part(room_id)] or [
            room for room in listed if _is_namesake(room, known.get(room_id)) and room.room_id not in known
        ]
        return found[0].room_id if len(found) == 1 else None

    def _titles(self) -> dict[str, str]:
        with self._database.read() as session:
            return {row.room_id: row.title for row in session.execute(select(col(Space.room_id), col(Space.title)))}


def _is_namesake(room: Room, title: str | None) -> bool:
    return bool(title) and room.title == title


def own_part(room_id: str) -> str:
    """Return what of a room's id stays when it is kept elsewhere."""
    try:
        return last_part(room_id)
    except ValueError:
        return room_id
