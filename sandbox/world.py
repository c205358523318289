"""The state of the sandbox and everything that can be done to its messaging side.

Nothing here knows HTTP. What happens is told to `listeners` at once, in order: the sockets and the chat page's
event streams.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4, uuid5

from sandbox import cast
from sandbox.clock import Clock
from sandbox.errors import BadRequest, Conflict, Forbidden, NotFound, Unauthorized
from sandbox.model import (
    Action,
    Content,
    Event,
    File,
    Happening,
    Membership,
    Message,
    Person,
    PersonKind,
    Room,
    RoomType,
)

EDIT_LIMIT = 10


class World:
    """People, rooms, messages, files. `url` is set by the server that shows this world."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self.seed = seed
        self.clock = clock
        self.url = ""
        self.listeners: list[Callable[[Happening], None]] = []
        self.people: dict[str, Person] = {}
        self.rooms: dict[str, Room] = {}
        self.messages: dict[str, Message] = {}
        self.files: dict[str, File] = {}
        self.actions: dict[str, Action] = {}
        self.org = cast.PARTNER_ORG.uuid(seed)
        self._sequence = count(1)
        self._by_token: dict[str, Person] = {}
        self._lent: dict[str, tuple[Person, datetime]] = {}
        self._by_email: dict[str, Person] = {}
        self._direct: dict[frozenset[str], Room] = {}
        cast.enter(self)

    # People

    def add_person(self, person: Person) -> Person:
        """Make somebody known by UUID, e-mail and token."""
        self.people[person.uuid] = person
        self._by_email[person.email.casefold()] = person
        self._by_token[person.token] = person
        return person

    def lend_token(self, token: str, person: Person, until: datetime) -> None:
        """Let somebody have another token, for a while."""
        self._lent[token] = (person, until)

    def person_of_token(self, token: str) -> Person:
        """Who calls; Unauthorized when nobody has this token, or has it no more."""
        person = self._by_token.get(token)
        if person is None and token in self._lent:
            borrower, until = self._lent[token]
            person = borrower if self.clock.now() < until else None
        if person is None:
            raise Unauthorized
        return person

    def person(self, uuid: str) -> Person:
        """Who has this UUID; NotFound otherwise."""
        return _found(self.people.get(uuid))

    def person_of_email(self, email: str) -> Person:
        """Who has this address, without case; NotFound otherwise."""
        return _found(self._by_email.get(email.casefold()))

    @property
    def bot(self) -> Person:
        """The Partner Hub bot."""
        return next(p for p in self.people.values() if p.kind is PersonKind.BOT)

    @property
    def administrator(self) -> Person:
        """The machine account with the administrator's token."""
        return next(p for p in self.people.values() if p.kind is PersonKind.SERVICE)

    # Rooms and members

    def create_room(
        self, creator: Person, title: str, others: Iterable[Person] = (), *, uuid: str | None = None
    ) -> Room:
        """Open a space with its creator and others in it."""
        return self._open_room(uuid or str(uuid4()), RoomType.GROUP, creator, title, others)

    def direct_room(self, one: Person, other: Person) -> Room:
        """The 1:1 room of two, which comes into being when it is first written to (WEBEX.md §7)."""
        pair = frozenset({one.uuid, other.uuid})
        if len(pair) == 1:
            raise BadRequest("Cannot open a 1:1 room with yourself.")
        if pair not in self._direct:
            uuid = str(uuid5(UUID(self.org), "+".join(sorted(pair))))
            self._direct[pair] = self._open_room(uuid, RoomType.DIRECT, one, "", [other])
        return self._direct[pair]

    def find_direct_room(self, one: Person, other: Person) -> Room | None:
        """The 1:1 room of two, when they have one."""
        return self._direct.get(frozenset({one.uuid, other.uuid}))

    def _open_room(self, uuid: str, kind: RoomType, creator: Person, title: str, others: Iterable[Person]) -> Room:
        now = self.clock.now()
        number = next(self._sequence)
        room = Room(uuid, title, kind, creator, now, now, touched=number, sequence=number)
        self.rooms[room.uuid] = room
        for person in (creator, *others):
            room.members[person.uuid] = Membership(person, room, now, next(self._sequence))
        self.tell(Happening(Event.ROOM_CREATED, creator, room))
        for membership in room.members.values():
            self.tell(Happening(Event.MEMBERSHIP_CREATED, creator, room, membership=membership))
        return room

    def rename_room(self, room: Room, actor: Person, title: str) -> None:
        """Give a space another title."""
        if room.is_direct:
            raise BadRequest("The title of a 1:1 room cannot be changed.")
        room.title = title
        self.tell(Happening(Event.ROOM_UPDATED, actor, room))

    def migrate_room(self, room: Room) -> None:
        """Give a space another id, as when it moves to another geography; its old one is nobody's any more."""
        del self.rooms[room.uuid]
        room.uuid = str(uuid4())
        self.rooms[room.uuid] = room
        for message in room.messages:
            message.encoded = None
        self.tell(Happening(Event.ROOM_MIGRATED, room=room))

    def delete_room(self, room: Room, actor: Person) -> None:
        """Take a space away from everybody in it."""
        if room.is_direct:
            raise BadRequest("A 1:1 room cannot be deleted.")
        for message in list(room.messages):
            self._forget(message)
        for membership in list(room.members.values()):
            self.remove_member(membership, actor)
        del self.rooms[room.uuid]

    def add_member(self, room: Room, person: Person, actor: Person) -> Membership:
        """Let somebody into a space."""
        if room.is_direct:
            raise BadRequest("Nobody can be added to a 1:1 room.")
        if person.uuid in room.members:
            raise Conflict("User is already a participant in the room.")
        membership = Membership(person, room, self.clock.now(), next(self._sequence))
        room.members[person.uuid] = membership
        self.tell(Happening(Event.MEMBERSHIP_CREATED, actor, room, membership=membership))
        return membership

    def set_moderator(self, membership: Membership, actor: Person, *, is_moderator: bool) -> None:
        """Make somebody moderator, or not."""
        membership.is_moderator = is_moderator
        self.tell(Happening(Event.MEMBERSHIP_UPDATED, actor, membership.room, membership=membership))

    def remove_member(self, membership: Membership, actor: Person) -> None:
        """Let somebody leave a space, or put them out of it."""
        if membership.room.is_direct:
            raise BadRequest("Nobody can leave a 1:1 room.")
        del membership.room.members[membership.person.uuid]
        self.tell(Happening(Event.MEMBERSHIP_DELETED, actor, membership.room, membership=membership))

    # Messages and cards

    def post(
        self,
        author: Person,
        room: Room,
        content: Content,
        *,
        parent: Message | None = None,
        file: File | None = None,
        attachments: list[dict[str, Any]] | None = None,
    ) -> Message:
        """Say something in a room. A reply to a reply belongs to the thread's first message."""
        message = Message(
            uuid=str(uuid4()),
            sequence=next(self._sequence),
            room=room,
            author=author,
            created=self.clock.now(),
            content=content,
            parent=(parent.parent or parent) if parent else None,
            file=file,
            attachments=attachments or [],
        )
        if file:
            self.files[file.uuid] = file
        self.messages[message.uuid] = message
        room.messages.append(message)
        room.last_activity, room.touched = message.created, message.sequence
        self.tell(Happening(Event.MESSAGE_CREATED, author, room, message))
        return message

    def edit(self, message: Message, actor: Person, content: Content) -> None:
        """Say something else instead: own messages, at most 10 times, none with a file or a card (PUT /messages)."""
        if message.author is not actor:
            raise Forbidden("Only the author may edit a message.")
        if message.file or message.attachments:
            raise BadRequest("Editing a message with files or attachments is currently unsupported.")
        if message.edits >= EDIT_LIMIT:
            raise BadRequest(f"The edit limit of {EDIT_LIMIT} has been reached for this message.")
        message.content = content
        message.updated = self.clock.now()
        message.edits += 1
        message.encoded = None
        self.tell(Happening(Event.MESSAGE_UPDATED, actor, message.room, message))

    def delete(self, message: Message, actor: Person) -> None:
        """Take a message back; its author, or a moderator of the room."""
        if message.author is not actor and not message.room.members[actor.uuid].is_moderator:
            raise Forbidden("Only the author or a moderator may delete a message.")
        self._forget(message)
        message.room.messages.remove(message)
        self.tell(Happening(Event.MESSAGE_DELETED, actor, message.room, message))

    def _forget(self, message: Message) -> None:
        del self.messages[message.uuid]
        if message.file:
            del self.files[message.file.uuid]

    def submit(self, message: Message, person: Person, inputs: dict[str, Any]) -> Action:
        """Press a card's button."""
        action = Action(str(uuid4()), message, person, inputs, self.clock.now())
        self.actions[action.uuid] = action
        self.tell(Happening(Event.CARD_SUBMITTED, person, message.room, message, action=action))
        return action

    # What may be seen

    def room_for(self, person: Person, uuid: str) -> Room:
        """The room, when the person is in it; NotFound otherwise."""
        room = self.rooms.get(uuid)
        if room is None or person.uuid not in room.members:
            raise NotFound("The requested resource could not be found.")
        return room

    def message_for(self, person: Person, uuid: str) -> Message:
        """The message, when the person may see it; NotFound otherwise."""
        message = self.messages.get(uuid)
        if message is None or not message.visible_to(person):
            raise NotFound("Message not found.")
        return message

    def tell(self, happening: Happening) -> None:
        """Let every listener know."""
        for listener in self.listeners:
            listener(happening)


def _found(person: Person | None) -> Person:
    if person is None:
        raise NotFound("Person not found.")
    return person
