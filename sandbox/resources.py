"""How people, rooms, memberships, messages and card actions look in Webex's JSON (its messaging API reference)."""

import json
from typing import Any

from sandbox.clock import stamp
from sandbox.ids import Kind, webex_id
from sandbox.model import Action, Membership, Message, Person, Room
from sandbox.roles import role_id

Json = dict[str, Any]


def encode(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def person_json(person: Person, viewer: Person, url: str) -> Json:
    """A person; roles and licences are for administrators' tokens only."""
    first, _, last = person.display_name.partition(" ")
    shown: Json = {
        "id": webex_id(Kind.PEOPLE, person.uuid),
        "emails": [person.email],
        "displayName": person.display_name,
        "nickName": first,
        "firstName": first,
        "lastName": last,
        "avatar": f"{url}/page/avatars/{person.uuid}.svg",
        "orgId": webex_id(Kind.ORGANIZATION, person.org),
        "created": stamp(person.created),
        "status": "active",
        "type": person.kind,
    }
    if viewer.is_administrator:
        others = [webex_id(Kind.ROLE, name) for name in person.other_roles]
        shown |= {"roles": [*map(role_id, person.roles), *others], "licenses": []}
    return shown


def room_json(room: Room, viewer: Person) -> Json:
    """A room as one of its members sees it."""
    return {
        "id": webex_id(Kind.ROOM, room.uuid),
        "title": room.title_for(viewer),
        "type": room.type,
        "isLocked": False,
        "isPublic": False,
        "isReadOnly": False,
        "isAnnouncementOnly": False,
        "lastActivity": stamp(room.last_activity),
        "creatorId": webex_id(Kind.PEOPLE, room.creator.uuid),
        "ownerId": webex_id(Kind.ORGANIZATION, room.creator.org),
        "created": stamp(room.created),
    }


def membership_json(membership: Membership) -> Json:
    """Who is in which room."""
    person, room = membership.person, membership.room
    return {
        "id": webex_id(Kind.MEMBERSHIP, membership.uuid),
        "roomId": webex_id(Kind.ROOM, room.uuid),
        "roomType": room.type,
        "personId": webex_id(Kind.PEOPLE, person.uuid),
        "personEmail": person.email,
        "personDisplayName": person.display_name,
        "personOrgId": webex_id(Kind.ORGANIZATION, person.org),
        "isModerator": membership.is_moderator,
        "isMonitor": False,
        "isRoomHidden": False,
        "created": stamp(membership.created),
    }


def message_json(message: Message, url: str) -> bytes:
    """A message, encoded: it looks the same to everybody and is asked for often."""
    if message.encoded is None:
        message.encoded = encode(_message(message, url))
    return message.encoded


def _message(message: Message, url: str) -> Json:
    content = message.content
    shown: Json = {"id": webex_id(Kind.MESSAGE, message.uuid)}
    if message.parent:
        shown["parentId"] = webex_id(Kind.MESSAGE, message.parent.uuid)
    shown |= {"roomId": webex_id(Kind.ROOM, message.room.uuid), "roomType": message.room.type}
    for name, value in (("text", content.text), ("markdown", content.markdown), ("html", content.html)):
        if value is not None:
            shown[name] = value
    if message.file:
        shown["files"] = [f"{url}/v1/contents/{webex_id(Kind.CONTENT, message.file.uuid)}"]
    shown |= {"personId": webex_id(Kind.PEOPLE, message.author.uuid), "personEmail": message.author.email}
    if content.mentioned:
        shown["mentionedPeople"] = [webex_id(Kind.PEOPLE, person.uuid) for person in content.mentioned]
    if content.mentions_all:
        shown["mentionedGroups"] = ["all"]
    if message.attachments:
        shown["attachments"] = message.attachments
    shown["created"] = stamp(message.created)
    if message.updated:
        shown["updated"] = stamp(message.updated)
    shown["isVoiceClip"] = False
    return shown


def action_json(action: Action) -> Json:
    """A submitted card; its real kind of id is not confirmed (WEBEX.md §6)."""
    return {
        "id": webex_id(Kind.ATTACHMENT_ACTION, action.uuid),
        "type": "submit",
        "messageId": webex_id(Kind.MESSAGE, action.message.uuid),
        "inputs": action.inputs,
        "personId": webex_id(Kind.PEOPLE, action.person.uuid),
        "roomId": webex_id(Kind.ROOM, action.message.room.uuid),
        "created": stamp(action.created),
    }
