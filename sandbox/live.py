"""`GET /sandbox/events`: what the chat page hears of, as Server-Sent Events."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.clock import stamp
from sandbox.model import Event, Happening, Person
from sandbox.resources import encode, membership_json, message_json, room_json
from sandbox.world import World

HEARTBEAT_SECONDS = 15.0


@dataclass(eq=False)
class Listener:
    """One open stream."""

    person: Person
    queue: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)


class Live:
    """Every open stream gets what its person may see, as the person would see it in /v1."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listeners: set[Listener] = set()
        world.listeners.append(self._hear)

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/sandbox/events", self.events)]

    async def events(self, request: Request) -> Response:
        """A stream for the person of `token`; EventSource cannot send headers."""
        person = self._world.person_of_token(request.query_params.get("token", ""))
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._stream(Listener(person)), headers=headers, media_type="text/event-stream")

    async def _stream(self, listener: Listener) -> AsyncIterator[bytes]:
        self._listeners.add(listener)
        try:
            yield b": connected\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(listener.queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": heartbeat\n\n"
        finally:
            self._listeners.discard(listener)

    def _hear(self, happening: Happening) -> None:
        if happening.event is Event.CARD_SUBMITTED:
            return
        for listener in self._listeners:
            if _concerns(happening, listener.person):
                data = self._data(happening, listener.person)
                listener.queue.put_nowait(b"event: %s\ndata: %s\n\n" % (happening.event.encode(), data))

    def _data(self, happening: Happening, viewer: Person) -> bytes:
        if happening.message:
            return message_json(happening.message, self._world.url)
        if happening.membership:
            return encode(membership_json(happening.membership))
        if happening.room:
            return encode(room_json(happening.room, viewer))
        return encode({"now": stamp(self._world.clock.now())})


def _concerns(happening: Happening, person: Person) -> bool:
    if happening.message:
        return happening.message.visible_to(person)
    if happening.membership and happening.membership.person is person:
        return True
    return happening.room is None or person.uuid in happening.room.members
