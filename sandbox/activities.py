"""The frames that Webex sends through a socket: activities in envelopes (WEBEX.md §10)."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sandbox.clock import stamp
from sandbox.model import Action, Membership, Message, Person, Room
from sandbox.resources import Json, encode


class Frame(NamedTuple):
    """What goes through a socket, and the id under which it can be acknowledged."""

    id: str
    text: str


def greeting(now: datetime) -> Frame:
    """What a socket hears first when it is authorised; clients other than webex_bot wait for it."""
    return envelope({"eventType": "mercury.buffer_state", "bufferState": {}}, now)


def envelope(data: Json, now: datetime) -> Frame:
    """The outer frame, as the Go SDK reads it."""
    milliseconds = int(now.timestamp() * 1000)
    frame_id = str(uuid4())
    frame = {
        "id": frame_id,
        "data": data,
        "timestamp": milliseconds,
        "trackingId": f"SANDBOX_{uuid4()}",
        "alertType": "none",
        "sequenceNumber": milliseconds,
        "headers": {},
        "wsWriteTimestamp": milliseconds,
    }
    return Frame(frame_id, encode(frame).decode())


def message_frames(message: Message, url: str) -> list[Frame]:
    """One `post`; for a file a `share`, then the `update` that tells it has been scanned."""
    if message.file is None:
        comment = {"objectType": "comment"} | _mentions(message)
        return [_frame("post", message.uuid, message, message.author, comment, url)]
    item = {"displayName": message.file.name, "objectType": "file", "malwareQuarantineState": "safe"}
    documents = {
        "objectType": "content",
        "contentCategory": "documents",
        "files": {"items": [item]},
    } | _mentions(message)
    return [
        _frame("share", message.uuid, message, message.author, documents, url),
        _frame("update", str(uuid4()), message, message.author, documents, url),
    ]


def card_frames(action: Action, url: str) -> list[Frame]:
    """A pressed button; what was typed has to be fetched."""
    message = action.message
    activity = _activity("cardAction", action.uuid, message.room, action.person, action.created, url)
    activity["object"] = {"objectType": "submit"}
    activity["parent"] = {"id": message.uuid, "type": "cardAction"}
    return [_event(activity, action.created)]


def membership_frames(
    verb: str, uuid: str, membership: Membership, actor: Person, now: datetime, url: str
) -> list[Frame]:
    """`add`: somebody came into a space; `leave`: somebody is out of it."""
    activity = _activity(verb, uuid, membership.room, actor, now, url)
    activity["object"] = _actor(membership.person)
    return [_event(activity, now)]


def _frame(verb: str, uuid: str, message: Message, actor: Person, what: Json, url: str) -> Frame:
    activity = _activity(verb, uuid, message.room, actor, message.created, url)
    activity["object"] = what
    if message.parent:
        activity["parent"] = {"id": message.parent.uuid, "type": "reply"}
    return _event(activity, message.created)


def _activity(verb: str, uuid: str, room: Room, actor: Person, at: datetime, url: str) -> dict[str, Any]:
    return {
        "id": uuid,
        "objectType": "activity",
        "verb": verb,
        "published": stamp(at),
        "actor": _actor(actor),
        "target": {
            "id": room.uuid,
            "objectType": "conversation",
            "url": f"{url}/conversation/api/v1/conversations/{room.uuid}",
            "tags": ["ONE_ON_ONE"] if room.is_direct else [],
        },
    }


def _actor(person: Person) -> Json:
    return {
        "id": person.uuid,
        "entryUUID": person.uuid,
        "objectType": "person",
        "displayName": person.display_name,
        "emailAddress": person.email,
        "orgId": person.org,
        "type": "BOT" if person.is_bot else "PERSON",
    }


def _mentions(message: Message) -> Json:
    mentioned = message.content.mentioned
    return {"mentions": {"items": [_actor(person) for person in mentioned]}} if mentioned else {}


def _event(activity: Json, now: datetime) -> Frame:
    return envelope({"eventType": "conversation.activity", "activity": activity}, now)
