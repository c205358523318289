"""/v1/rooms and /v1/memberships (messaging API reference)."""

from collections.abc import Callable
from operator import attrgetter
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.errors import BadRequest, NotFound
from sandbox.ids import bare
from sandbox.model import Membership, Person, Room, RoomType
from sandbox.resources import membership_json, room_json
from sandbox.rest import Page, answer, json_body, no_content, one_of
from sandbox.world import World

_ORDERS: dict[str, Callable[[Room], int]] = {
    "lastactivity": attrgetter("touched"),
    "created": attrgetter("sequence"),
    "id": lambda room: UUID(room.uuid).int >> 65,
}


class Rooms:
    """Rooms, and who is in them."""

    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/v1/rooms", self.list_rooms),
            Route("/v1/rooms", self.create_room, methods=["POST"]),
            Route("/v1/rooms/{room}", self.get_room),
            Route("/v1/rooms/{room}", self.rename_room, methods=["PUT"]),
            Route("/v1/rooms/{room}", self.delete_room, methods=["DELETE"]),
            Route("/v1/memberships", self.list_memberships),
            Route("/v1/memberships", self.create_membership, methods=["POST"]),
            Route("/v1/memberships/{membership}", self.get_membership),
            Route("/v1/memberships/{membership}", self.change_membership, methods=["PUT"]),
            Route("/v1/memberships/{membership}", self.delete_membership, methods=["DELETE"]),
        ]

    async def list_rooms(self, request: Request) -> Response:
        """The caller's rooms, the latest activity first unless `sortBy` says otherwise."""
        caller = self._access.caller(request)
        page = Page(request, self._world.url, default=100, most=1000)
        wanted_type = one_of(request.query_params, "type", list(RoomType))
        number = _ORDERS[one_of(request.query_params, "sortBy", list(_ORDERS)) or "lastactivity"]
        mine = sorted((room for room in self._world.rooms.values() if caller.uuid in room.members), key=number)
        rooms = page.newest_first(mine, number, lambda room: wanted_type in (None, room.type))
        return page.answer({"items": [room_json(room, caller) for room in rooms]})

    async def create_room(self, request: Request) -> Response:
        """Open a space."""
        caller = self._access.caller(request)
        room = self._world.create_room(caller, _title(await json_body(request)))
        return answer(room_json(room, caller))

    async def get_room(self, request: Request) -> Response:
        """One room."""
        caller, room = self._room(request)
        return answer(room_json(room, caller))

    async def rename_room(self, request: Request) -> Response:
        """Change a space's title."""
        caller, room = self._room(request)
        self._world.rename_room(room, caller, _title(await json_body(request)))
        return answer(room_json(room, caller))

    async def delete_room(self, request: Request) -> Response:
        """Close a space."""
        caller, room = self._room(request)
        self._world.delete_room(room, caller)
        return no_content()

    async def list_memberships(self, request: Request) -> Response:
        """Of one room, all or one person's; without a room the caller's own."""
        caller = self._access.caller(request)
        params = request.query_params
        page = Page(request, self._world.url, default=100, most=1000)
        email, person_id = params.get("personEmail"), params.get("personId")
        if "roomId" in params:
            memberships = list(self._world.room_for(caller, bare(params["roomId"])).members.values())
        elif email or person_id:
            raise BadRequest("personId and personEmail need a roomId.")
        else:
            memberships = [r.members[caller.uuid] for r in self._world.rooms.values() if caller.uuid in r.members]
            memberships.sort(key=attrgetter("sequence"))

        def wanted(membership: Membership) -> bool:
            person = membership.person
            if email and person.email.casefold() != email.casefold():
                return False
            return not person_id or person.uuid == bare(person_id)

        found = page.oldest_first(memberships, attrgetter("sequence"), wanted)
        return page.answer({"items": [membership_json(membership) for membership in found]})

    async def create_membership(self, request: Request) -> Response:
        """Add a person to a space, by id or e-mail."""
        caller = self._access.caller(request)
        body = await json_body(request)
        room = self._world.room_for(caller, bare(str(body.get("roomId", ""))))
        membership = self._world.add_member(
            room, self._access.person(body.get("personId"), body.get("personEmail")), caller
        )
        membership.is_moderator = body.get("isModerator") is True
        return answer(membership_json(membership))

    async def get_membership(self, request: Request) -> Response:
        """One membership."""
        return answer(membership_json(self._membership(request)[1]))

    async def change_membership(self, request: Request) -> Response:
        """Make somebody moderator, or not."""
        caller, membership = self._membership(request)
        is_moderator = (await json_body(request)).get("isModerator")
        if not isinstance(is_moderator, bool):
            raise BadRequest("isModerator must be true or false.")
        self._world.set_moderator(membership, caller, is_moderator=is_moderator)
        return answer(membership_json(membership))

    async def delete_membership(self, request: Request) -> Response:
        """Leave a space, or put somebody out of it."""
        caller, membership = self._membership(request)
        self._world.remove_member(membership, caller)
        return no_content()

    def _room(self, request: Request) -> tuple[Person, Room]:
        caller = self._access.caller(request)
        return caller, self._world.room_for(caller, bare(request.path_params["room"]))

    def _membership(self, request: Request) -> tuple[Person, Membership]:
        caller = self._access.caller(request)
        person, _, room = bare(request.path_params["membership"]).partition(":")
        membership = self._world.room_for(caller, room).members.get(person)
        if membership is None:
            raise NotFound("Membership not found.")
        return caller, membership


def _title(body: dict[str, object]) -> str:
    title = body.get("title")
    if not isinstance(title, str) or not title.strip():
        raise BadRequest("title is required.")
    return title
