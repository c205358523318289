"""A partner's office without Webex: its people with their roles, its spaces, and the bot that answers in them.

Everything between an arrival and the outgoing messages is the product's own; only the wire is played.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx

from bot.answering import Answering, Defaults
from bot.arrival import Arrival
from bot.attached import Attachments
from bot.dispatch import Dispatcher
from bot.errors import TooLarge
from bot.people import People
from bot.spaces import Spaces
from bot.webex import File, Person, Webex
from commands import registry
from commands.context import Services
from hub.access import Role
from hub.feed import FeedClient
from hub.ids import webex_id
from hub.sync import Freshness
from hub.webex import PartnerClient
from notifications.outbox import Outgoing
from storage import Database
from templates.plain import plain
from tests.clock import ManualClock
from tests.commands.wire import KnownPerson, PartnerSide

PARTNER, ELSEWHERE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@dataclass(frozen=True)
class Colleague:
    """Somebody who writes to the bot."""

    name: str
    roles: tuple[Role, ...] = ()
    org: str = PARTNER

    @property
    def email(self) -> str:
        return f"{self.name.casefold()}@{'brightwater' if self.org == PARTNER else 'elsewhere'}.example"

    @property
    def person_id(self) -> str:
        return webex_id("PEOPLE", self.name)


ANA = Colleague("Ana", (Role.FULL,))
BEN = Colleague("Ben", (Role.ADMIN,))
CHLOE = Colleague("Chloe", (Role.READ_ONLY,))
DIEGO = Colleague("Diego", (Role.HELP_DESK,))
ELIF = Colleague("Elif", (Role.HELP_DESK_ADVANCED,))
FRANK = Colleague("Frank")
GINA = Colleague("Gina", (Role.FULL,), ELSEWHERE)
"""Somebody of another organization, who may be whatever she likes there."""
EVERYBODY = (ANA, BEN, CHLOE, DIEGO, ELIF, FRANK, GINA)


@dataclass
class Office:
    """The bot at work; `rooms` are group spaces by id with their members."""

    database: Database
    files: Path
    clock: ManualClock = field(default_factory=ManualClock)
    rooms: dict[str, tuple[Colleague, ...]] = field(default_factory=dict)
    feed: FeedClient | None = None
    wake: Callable[[], None] = lambda: None
    """Delivers what is in the outbox; nobody does unless told how."""
    has_token: bool = True
    """An administrator's token is configured; without it roles are those in the configuration."""

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self.contents: dict[str, tuple[str, bytes]] = {}
        """Attached files by address."""
        self.attached: dict[str, tuple[str, tuple[str, ...]]] = {}
        """By message: its space, and the addresses of its files."""
        self.progress: list[Outgoing] = []
        people = {each.email: KnownPerson(each.person_id, each.email, each.name, each.org) for each in EVERYBODY}
        self.webex = PartnerSide(PARTNER, people, {each.email: each.roles for each in EVERYBODY})
        wire = httpx.MockTransport(self.webex.answer)
        self.partner = PartnerClient("https://webex.example", "token", transport=wire) if self.has_token else None
        self.people = People(self.database, self.partner, {each.email: frozenset(each.roles) for each in EVERYBODY})
        played = {"memberships": self._memberships, "message": self._message, "download": self._download}
        rooms = cast("Webex", SimpleNamespace(me=lambda: _member(Colleague("Bot")), **played))
        fresh = Freshness(self.database, watch_seconds=60)
        services = Services(
            self.database,
            partner=self.partner,
            feed=self.feed,
            files=self.files,
            stale_since=fresh.stale_since,
            wake=lambda: self.wake(),
            sleep=lambda _seconds: None,
            audiences=lambda target: self.spaces.audience(target),
        )
        self.spaces = Spaces(self.database, rooms, self.people, self.clock)
        self._answering = Answering(
            Dispatcher(registry(), services, self.clock),
            self.people,
            self.spaces,
            self.clock,
            own_name="PartnerHub",
            defaults=Defaults(),
            tell=self.progress.append,
            attachments=Attachments(rooms),
        )

    def say(
        self,
        who: Colleague,
        text: str,
        room: str | None = None,
        inputs: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, bytes]] = (),
        thread: str | None = None,
    ) -> "Answer":
        """Type one-to-one, or into a group space; with `inputs`, press a button that types it."""
        number = next(self._numbers)
        addresses = tuple(f"https://webex.example/contents/{number}/{name}" for name, _ in files)
        self.contents.update(zip(addresses, files, strict=True))
        self.attached[f"message-{number}"] = (room or f"direct-{who.name}", addresses)
        arrival = Arrival(
            id=f"message-{number}",
            person_id=who.person_id,
            person_email=who.email,
            room_id=room or f"direct-{who.name}",
            room_type="group" if room else "direct",
            root_id=thread or f"message-{number}",
            text=text,
            files=addresses,
            inputs=None if inputs is None else {"run": text, **inputs},
        )
        return Answer(tuple(self._answering.prepare(arrival).run()))

    def _message(self, message_id: str) -> SimpleNamespace:
        room_id, files = self.attached.get(message_id, ("", ()))
        return SimpleNamespace(room_id=room_id, files=files)

    def _download(self, address: str, limit_bytes: int) -> File:
        name, content = self.contents[address]
        if len(content) > limit_bytes:
            raise TooLarge(limit_bytes)
        return File(name, content)

    def _memberships(self, room: str) -> list[Person]:
        return [_member(each) for each in self.rooms[room]]


@dataclass(frozen=True)
class Answer:
    """What the bot says to one message."""

    messages: Sequence[Outgoing]

    @property
    def text(self) -> str:
        return "\n".join(plain(each.message.markdown) for each in self.messages)

    @property
    def card(self) -> Any:
        return self.messages[0].message.card

    @property
    def everything(self) -> str:
        """All that its readers could see: texts, cards, names and contents of files."""
        parts = [part for each in self.messages for part in (each.message.markdown, repr(each.message.card))]
        files = [each.message for each in self.messages if each.message.file]
        parts += [
            f"{each.file_name}\n{cast('Path', each.file).read_bytes().decode('utf-8-sig', 'replace')}" for each in files
        ]
        return "\n".join(parts)


def _member(one: Colleague) -> Person:
    return Person(
        one.person_id,
        one.email,
        one.name,
        webex_id("ORGANIZATION", one.org) if one.org else None,
        is_bot=one.name == "Bot",
    )
