"""A partner's office without Webex: its people with their roles, its spaces, and the bot that answers in them.

Everything between an arrival and the outgoing messages is the product's own; only the wire is played.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx

from bot.answering import Answering, Defaults
from bot.arrival import Arrival
from bot.dispatch import Dispatcher
from bot.people import People
from bot.spaces import Spaces
from bot.webex import Person, Webex
from commands import registry
from commands.context import Services
from hub.access import Role
from hub.feed import FeedClient
from hub.webex import ROLES, PartnerClient, uuid_of, webex_id
from notifications.outbox import Outgoing
from storage import Database
from templates.plain import plain
from tests.clock import ManualClock

PARTNER, ELSEWHERE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
INTERNAL = {role: name for name, role in ROLES.items()}


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
    partner_tags: dict[str, list[str]] = field(default_factory=dict)
    """Tags of customers as Webex has them, by UUID."""
    roles: dict[str, tuple[Role, ...]] = field(default_factory=lambda: {each.email: each.roles for each in EVERYBODY})
    """Roles as Webex has them, by e-mail."""
    partner_routes: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Further answers of Webex's partner interfaces, by method and path after `/v1/`."""

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self.partner = PartnerClient("https://webex.example", "token", transport=httpx.MockTransport(self._webex))
        self.people = People(self.database, self.partner, {})
        rooms = cast("Webex", SimpleNamespace(me=lambda: _member(Colleague("Bot")), memberships=self._memberships))
        services = Services(self.database, partner=self.partner, feed=self.feed, files=self.files)
        self.spaces = Spaces(self.database, rooms, self.people, self.clock)
        self._answering = Answering(
            Dispatcher(registry(), services, self.clock),
            self.people,
            self.spaces,
            self.clock,
            own_name="PartnerHub",
            defaults=Defaults(),
        )

    def say(
        self, who: Colleague, text: str, room: str | None = None, inputs: Mapping[str, str] | None = None
    ) -> "Answer":
        """Type one-to-one, or into a group space; with `inputs`, press a button that types it."""
        number = next(self._numbers)
        arrival = Arrival(
            id=f"message-{number}",
            person_id=who.person_id,
            person_email=who.email,
            room_id=room or f"direct-{who.name}",
            room_type="group" if room else "direct",
            root_id=f"message-{number}",
            text=text,
            inputs=None if inputs is None else {"run": text, **inputs},
        )
        return Answer(tuple(self._answering.prepare(arrival).run()))

    def _memberships(self, room: str) -> list[Person]:
        return [_member(each) for each in self.rooms[room]]

    def _webex(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/")
        if (request.method, path) in self.partner_routes:
            found = self.partner_routes[request.method, path]
            return found(request) if callable(found) else httpx.Response(200, json=found)
        match path:
            case "people/me":
                return httpx.Response(200, json={"orgId": webex_id("ORGANIZATION", PARTNER)})
            case "roles":
                items = [{"id": webex_id("ROLE", name), "name": name} for name in ROLES]
                return httpx.Response(200, json={"items": items})
            case "people":
                email = request.url.params.get("email")
                return httpx.Response(
                    200, json={"items": [self._person(each) for each in EVERYBODY if each.email == email]}
                )
            case _ if tagged := re.fullmatch(r"partner/tags/organizations/([^/]+)(/assignTags)?", path):
                org_id = uuid_of(tagged[1])
                if tagged[2]:
                    self.partner_tags[org_id] = [tag["name"] for tag in json.loads(request.content)["tags"]]
                return httpx.Response(200, json={"tags": self.partner_tags.get(org_id, [])})
            case _:
                return httpx.Response(404, json={"message": "not played here"})

    def _person(self, one: Colleague) -> dict[str, Any]:
        return {
            "id": one.person_id,
            "emails": [one.email],
            "displayName": one.name,
            "orgId": webex_id("ORGANIZATION", one.org),
            "roles": [webex_id("ROLE", INTERNAL[role]) for role in self.roles[one.email]],
        }


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
