"""From an activity to what arrived: the frame tells only that something did."""

from sqlalchemy import select
from sqlmodel import col

from bot.activity import Activity, Kind
from bot.arrival import Arrival
from bot.webex import Webex
from storage import Database
from storage.tables import Outbox


class OwnMessage(Exception):
    """The bot itself said it."""


class LookUp:
    """Asks Webex about activities. Every call raises `bot.errors.WebexError` where Webex does not tell."""

    def __init__(self, webex: Webex, database: Database) -> None:
        self._webex = webex
        self._database = database

    def public_id(self, activity: Activity) -> str:
        """Return the id of the message or action in the public interface."""
        return self._webex.public_id(activity.address)

    def arrival(self, activity: Activity, public_id: str) -> Arrival:
        """Return who said what, and where.

        Raises:
            OwnMessage: nobody but the bot said it.

        """
        return self._action(activity, public_id) if activity.kind is Kind.ACTION else self._message(public_id)

    def _message(self, public_id: str) -> Arrival:
        message = self._webex.message(public_id)
        if message.person_id == self._webex.me().person_id:
            raise OwnMessage
        return Arrival(
            id=message.id,
            person_id=message.person_id,
            person_email=message.person_email,
            room_id=message.room_id,
            room_type=message.room_type,
            root_id=message.parent_id or message.id,
            text=message.text,
            files=message.files,
            created=message.created,
        )

    def _action(self, activity: Activity, public_id: str) -> Arrival:
        action = self._webex.action(public_id)
        return Arrival(
            id=action.id,
            person_id=action.person_id,
            person_email=activity.email,
            room_id=action.room_id,
            room_type="direct" if activity.one_to_one else "group",
            root_id=self._root(action.message_id),
            inputs=action.inputs,
            created=action.created,
        )

    def _root(self, card_message_id: str) -> str:
        """The thread of a card that we posted; an answer to a reply has to name the root (Webex refuses others)."""
        query = select(col(Outbox.parent_id)).where(col(Outbox.message_id) == card_message_id)
        with self._database.read() as session:
            return session.execute(query).scalar() or card_message_id
