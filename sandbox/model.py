"""What the messaging side of the sandbox's world is made of. Ids in here are bare UUIDs."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class PersonKind(StrEnum):
    """Webex's `Person.type`; `appuser` is the machine account of a service app and never listed."""

    PERSON = "person"
    BOT = "bot"
    SERVICE = "appuser"


class PartnerRole(StrEnum):
    """The roles that the product knows; which Webex role is which stands in `roles.py`."""

    FULL_ADMIN = "partner_full_admin"
    ADMIN = "partner_admin"
    READONLY_ADMIN = "partner_readonly_admin"
    HELP_DESK = "help_desk"
    HELP_DESK_ADVANCED = "help_desk_advanced"


class RoomType(StrEnum):
    """Whether a room is a 1:1 conversation or a space."""

    DIRECT = "direct"
    GROUP = "group"


@dataclass(eq=False, slots=True)
class Person:
    """A person, a bot or a service account; `org` is the UUID of their organization.

    `other_roles` are the internal names of roles that are no partner roles.
    """

    uuid: str
    email: str
    display_name: str
    kind: PersonKind
    org: str
    token: str
    created: datetime
    roles: list[PartnerRole] = field(default_factory=list)
    other_roles: list[str] = field(default_factory=list)

    @property
    def is_bot(self) -> bool:
        """Bots see of a group room only what mentions them (WEBEX.md §7)."""
        return self.kind is PersonKind.BOT

    @property
    def is_administrator(self) -> bool:
        """Whether the token holds the scopes `spark-admin:*`; a person's chat token does not."""
        return self.kind is PersonKind.SERVICE


@dataclass(eq=False, slots=True)
class Membership:
    """One person in one room; `sequence` grows with time over all memberships."""

    person: Person
    room: "Room"
    created: datetime
    sequence: int
    is_moderator: bool = False

    @property
    def uuid(self) -> str:
        """Webex's name of a membership: `person:room`."""
        return f"{self.person.uuid}:{self.room.uuid}"


@dataclass(eq=False, slots=True)
class Room:
    """A room, its members by person UUID, its messages oldest first.

    `sequence` grows with time over all rooms, `touched` with every message over all rooms.
    """

    uuid: str
    title: str
    type: RoomType
    creator: Person
    created: datetime
    last_activity: datetime
    touched: int
    sequence: int
    members: dict[str, Membership] = field(default_factory=dict)
    messages: list["Message"] = field(default_factory=list)

    @property
    def is_direct(self) -> bool:
        """Whether it is a 1:1 room."""
        return self.type is RoomType.DIRECT

    def title_for(self, viewer: Person) -> str:
        """A 1:1 room carries the name of the other one."""
        if not self.is_direct:
            return self.title
        return next((m.person.display_name for m in self.members.values() if m.person is not viewer), self.title)


@dataclass(eq=False, slots=True)
class File:
    """An uploaded file, seen by who sees its room."""

    uuid: str
    name: str
    content_type: str
    data: bytes
    room: Room


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: as given, as plain text, as safe HTML, and whom it mentions."""

    text: str | None = None
    markdown: str | None = None
    html: str | None = None
    mentioned: tuple[Person, ...] = ()
    mentions_all: bool = False


@dataclass(eq=False, slots=True)
class Message:
    """One message; `encoded` keeps its JSON until the next edit."""

    uuid: str
    sequence: int
    room: Room
    author: Person
    created: datetime
    content: Content
    parent: "Message | None" = None
    file: File | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    updated: datetime | None = None
    edits: int = 0
    encoded: bytes | None = None

    def visible_to(self, person: Person) -> bool:
        """Members see all; a bot in a group room only what it wrote and what mentions it."""
        if person.uuid not in self.room.members:
            return False
        return not person.is_bot or self.room.is_direct or self.concerns(person)

    def concerns(self, person: Person) -> bool:
        """Whether the person wrote it or is mentioned in it."""
        return self.author is person or person in self.content.mentioned


@dataclass(eq=False, slots=True)
class Action:
    """A submitted card."""

    uuid: str
    message: Message
    person: Person
    inputs: dict[str, Any]
    created: datetime


class Event(StrEnum):
    """What can happen in the world, as listeners are told."""

    MESSAGE_CREATED = "message-created"
    MESSAGE_UPDATED = "message-updated"
    MESSAGE_DELETED = "message-deleted"
    ROOM_CREATED = "room-created"
    ROOM_UPDATED = "room-updated"
    ROOM_MIGRATED = "room-migrated"
    MEMBERSHIP_CREATED = "membership-created"
    MEMBERSHIP_UPDATED = "membership-updated"
    MEMBERSHIP_DELETED = "membership-deleted"
    CARD_SUBMITTED = "card-submitted"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: who did it, where, and to what."""

    event: Event
    actor: Person | None = None
    room: Room | None = None
    message: Message | None = None
    membership: Membership | None = None
    action: Action | None = None
