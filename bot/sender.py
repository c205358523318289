"""Messages out: the channel through which delivery posts into Webex."""

from bot.webex import Webex
from notifications.outbox import Message


class Sender:
    """The `Channel` of notifications.channel, over the Webex SDK."""

    def __init__(self, webex: Webex) -> None:
        self._webex = webex

    def post(self, target: str, message: Message, parent_id: str | None) -> str:
        """Post into a room (its id) or to a person (their e-mail), and return the id of the message.

        Raises:
            WebexError: it was not posted, or that is not certain.

        """
        where = {"toPersonEmail" if "@" in target else "roomId": target}
        if parent_id:
            where["parentId"] = parent_id
        return self._webex.post(where, message.markdown or None, message.card, message.file, message.file_name)
