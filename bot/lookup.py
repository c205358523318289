"""From an activity to what arrived: the frame tells only that something did."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.activity import Activity, Kind
from bot.arrival import Arrival
from bot.webex import Action, Posted, Webex
from storage import Database
from storage.tables import Outbox


class OwnMessage(Exception):
    """The bot itself said it."""


@dataclass(frozen=True)
class Located:
    """A message or action found."""

    public_id: str
    arrival: Callable[[], Arrival]
    """Returns who said what, and where; asks Webex once more only if finding it did not tell.

    Raises:
        OwnMessage: nobody but the bot said it.
        WebexError: Webex does not tell.

    """


class LookUp:
    """Asks Webex about activities."""

    def __init__(self, webex: Webex, database: Database) -> None:
        self._webex = webex
        self._database = database

    def locate(self, activity: Activity) -> Located:
        """Find what an activity is about in the public interface.

        Raises:
            WebexError: Webex does not tell.

        """
        if activity.kind is Kind.ACTION:
            action_id, action = self._webex.action_at(activity.address)
            return Located(action_id, lambda: self._clicked(activity, action or self._webex.action(action_id)))
        message_id, message = self._webex.message_at(activity.address)
        return Located(message_id, lambda: self._said(message or self._webex.message(message_id)))

    def _said(self, message: Posted) -> Arrival:
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

    def _clicked(self, activity: Activity, action: Action) -> Arrival:
        email = activity.email or self._webex.person(action.person_id).email
        is_direct = activity.one_to_one
        if is_direct is None:
            is_direct = self._webex.room(action.room_id).type == "direct"
        return Arrival(
            id=action.id,
            person_id=action.person_id,
            person_email=email,
            room_id=action.room_id,
            room_type="direct" if is_direct else "group",
            root_id=self._root(action.message_id),
            inputs=action.inputs,
            created=action.created,
        )

    def _root(self, card_message_id: str) -> str:
        """The thread of a card that we posted; an answer to a reply has to name the root (Webex refuses others)."""
        query = select(col(Outbox.parent_id)).where(col(Outbox.message_id) == card_message_id)
        with self._database.read() as session:
            return session.execute(query).scalar() or card_message_id
