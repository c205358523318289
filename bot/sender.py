"""Messages out: the channel through which delivery posts into Webex."""

from collections.abc import Iterable
from datetime import datetime

from bot.errors import Absent
from bot.rooms import Rooms
from bot.webex import Webex, is_email
from notifications.channel import Posted
from notifications.outbox import Message


class Sender:
    """The `Channel` of notifications.channel, over the Webex SDK."""

    def __init__(self, webex: Webex, rooms: Rooms) -> None:
        self._webex = webex
        self._rooms = rooms

    def post(self, target: str, message: Message, parent_id: str | None) -> str:
        """Post into a room (its id) or to a person (their e-mail), and return the id of the message.

        Raises:
            WebexError: it was not posted, or that is not certain.

        """
        where = {"toPersonEmail" if is_email(target) else "roomId": target}
        if parent_id:
            where["parentId"] = parent_id
        return self._webex.post(where, message.markdown or None, message.card, message.file, message.file_name)

    def find(self, target: str) -> str | None:
        """Return under which id a target can be posted to: its own, another since it moved, or None where it is gone.

        Raises:
            WebexError: that cannot be told now.

        """
        if is_email(target):
            return target
        try:
            return self._webex.room(target).room_id
        except Absent:
            return self._rooms.moved_to(target)

    def posted(self, target: str, parent_id: str | None, since: datetime) -> Iterable[Posted]:
        """Return what the bot posted since then in a thread, or outside of threads in a room or to a person.

        Raises:
            Refused: a group room, of which a bot may list only what mentions it.
            WebexError: Webex does not tell.

        """
        me = self._webex.me().person_id
        said = self._webex.messages_since(target, parent_id, since)
        return [Posted(each.id, each.markdown) for each in said if each.person_id == me]
