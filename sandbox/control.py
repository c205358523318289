"""/sandbox/…: what is not Webex's, to look at the sandbox's world and to make things happen in it."""

import json
import time
from bisect import bisect_left
from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import moment, stamp
from sandbox.errors import BadRequest, NotFound
from sandbox.faults import Served
from sandbox.ids import Kind, bare, webex_id
from sandbox.model import Event, Happening, PersonKind
from sandbox.oauth import service_app
from sandbox.partner import Partner
from sandbox.resources import Json, message_json
from sandbox.rest import answer, json_body, only_known
from sandbox.world import World


class PersonCard(TypedDict):
    """Somebody whom a test or a visitor of the page can be."""

    email: str
    token: str
    roles: list[str]
    displayName: str
    personId: str
    kind: str


class RoomCard(TypedDict):
    """A room there is."""

    id: str
    title: str
    type: str


def people_cards(world: World) -> list[PersonCard]:
    """Everybody who can chat, without the bot."""
    return [
        PersonCard(
            email=person.email,
            token=person.token,
            roles=[str(role) for role in person.roles],
            displayName=person.display_name,
            personId=webex_id(Kind.PEOPLE, person.uuid),
            kind=person.kind,
        )
        for person in world.people.values()
        if person.kind is PersonKind.PERSON
    ]


def room_cards(world: World) -> list[RoomCard]:
    """Every room; a 1:1 room is titled by its two people."""
    return [
        RoomCard(
            id=webex_id(Kind.ROOM, room.uuid),
            title=room.title or ", ".join(m.person.display_name for m in room.members.values()),
            type=room.type,
        )
        for room in world.rooms.values()
    ]


class Control:
    """Looking at the world, and time."""

    def __init__(self, world: World, partner: Partner, served: Served, drop_sockets: Callable[[], int]) -> None:
        self._world = world
        self._partner = partner
        self._served = served
        self._drop_sockets = drop_sockets

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/sandbox/state", self.state),
            Route("/sandbox/messages", self.messages),
            Route("/sandbox/rooms/{room}/migrate", self.migrate, methods=["POST"]),
            Route("/sandbox/sockets/drop", self.drop, methods=["POST"]),
            Route("/sandbox/clock", self.advance, methods=["POST"]),
        ]

    async def state(self, _request: Request) -> Response:
        """Who and what there is."""
        world, bot = self._world, self._world.bot
        return answer(
            {
                "clock": stamp(world.clock.now()),
                "counts": {
                    "people": len(people_cards(world)),
                    "rooms": len(world.rooms),
                    "messages": len(world.messages),
                    "customers": len(self._partner.customers),
                    "subscriptions": len(self._partner.subscriptions),
                },
                "people": people_cards(world),
                "bot": {
                    "email": bot.email,
                    "displayName": bot.display_name,
                    "personId": webex_id(Kind.PEOPLE, bot.uuid),
                },
                "rooms": room_cards(world),
                "service_app": service_app(world.seed),
                "served": {
                    "requests": self._served.requests,
                    "seconds": round(self._served.seconds, 6),
                    "cpu_seconds": round(time.thread_time(), 6),
                },
            }
        )

    async def messages(self, request: Request) -> Response:
        """Everything said in every room, oldest first."""
        said = list(self._world.messages.values())
        since = request.query_params.get("since")
        if since:
            try:
                said = said[bisect_left(said, moment(since), key=attrgetter("created")) :]
            except ValueError:
                raise BadRequest("since must be an ISO 8601 time.") from None
        return answer({"items": [_said(message_json(message, self._world.url)) for message in said]})

    async def migrate(self, request: Request) -> Response:
        """Give a room another id, of which only a webhook tells."""
        room = self._world.rooms.get(bare(request.path_params["room"]))
        if room is None:
            raise NotFound("Room not found.")
        previous = webex_id(Kind.ROOM, room.uuid)
        self._world.migrate_room(room)
        return answer({"id": webex_id(Kind.ROOM, room.uuid), "previousId": previous})

    async def drop(self, _request: Request) -> Response:
        """Cut every websocket without a closing handshake, as a network would."""
        return answer({"dropped": self._drop_sockets()})

    async def advance(self, request: Request) -> Response:
        """Move the clock forward by days, with the usage of the weeks in between."""
        body = await json_body(request)
        only_known(body, ["advance_days"])
        days = body.get("advance_days")
        if isinstance(days, bool) or not isinstance(days, int | float) or not 0 <= days <= 3660:
            raise BadRequest("advance_days must be a number from 0 to 3660.")
        before = self._world.clock.today()
        try:
            self._world.clock.advance(timedelta(days=days))
        except ValueError as error:
            raise BadRequest(f"advance_days: {error}.") from None
        self._partner.age(before, self._world.clock.now())
        self._world.tell(Happening(Event.CLOCK))
        return answer({"clock": stamp(self._world.clock.now())})


def _said(encoded: bytes) -> Json:
    message: Json = json.loads(encoded)
    card = next((attachment["content"] for attachment in message.get("attachments", ())), None)
    names = ("id", "roomId", "personEmail", "created", "text", "markdown", "files", "parentId")
    return {name: message.get(name) for name in names} | {"card": card}
