"""The way messages reach a bot: catalogue, devices, socket, acknowledgement, redelivery (WEBEX.md §10)."""

import asyncio
import json
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox import activities
from sandbox.access import Access
from sandbox.activities import Frame
from sandbox.errors import ApiError, NotFound
from sandbox.faults import Faults
from sandbox.ids import bare
from sandbox.model import Event, Happening, Membership, Message, Person
from sandbox.outlet import Outlet
from sandbox.resources import Json
from sandbox.rest import answer, json_body, no_content
from sandbox.switches import Switches
from sandbox.world import World

REDELIVERY = timedelta(minutes=15)
AUTHORIZATION_SECONDS = 30


@dataclass
class Delivery:
    """Frames about one thing, kept for a reconnect."""

    at: datetime
    frames: list[Frame]
    acknowledged: bool = False


class Journal:
    """What was sent to one person in the last 15 minutes, by UUID of what it is about."""

    def __init__(self) -> None:
        self._deliveries: OrderedDict[str, Delivery] = OrderedDict()
        self._about: dict[str, str] = {}

    def keep(self, uuid: str, delivery: Delivery) -> None:
        """Remember a delivery."""
        self._forget_before(delivery.at - REDELIVERY)
        self._deliveries[uuid] = delivery
        self._about |= {frame.id: uuid for frame in delivery.frames}

    def acknowledge(self, message_id: str) -> None:
        """Somebody has it: webex_bot says so with the public id, others with the frame's."""
        delivery = self._deliveries.get(self._about.get(message_id, bare(message_id)))
        if delivery:
            delivery.acknowledged = True

    def again(self, now: datetime, *, acknowledged_too: bool) -> list[Frame]:
        """The frames that a reconnected socket gets."""
        self._forget_before(now - REDELIVERY)
        return [
            frame
            for delivery in self._deliveries.values()
            if acknowledged_too or not delivery.acknowledged
            for frame in delivery.frames
        ]

    def _forget_before(self, time: datetime) -> None:
        while self._deliveries and next(iter(self._deliveries.values())).at < time:
            _, forgotten = self._deliveries.popitem(last=False)
            for frame in forgotten.frames:
                self._about.pop(frame.id, None)


class Mercury:
    """Devices, their sockets, and who gets which frame."""

    def __init__(self, world: World, access: Access, faults: Faults, switches: Switches) -> None:
        self._world = world
        self._access = access
        self._faults = faults
        self._switches = switches
        self._stale: set[str] = set()
        self._devices: dict[str, tuple[Person, Json]] = {}
        self._journals: dict[Person, Journal] = {}
        self._open: dict[Person, set[Outlet]] = {}
        world.listeners.append(self._hear)

    def routes(self) -> list[BaseRoute]:
        """What is served here."""
        return [
            Route("/u2c/api/v1/catalog", self.catalog),
            Route("/wdm/api/v1/devices", self.list_devices),
            Route("/wdm/api/v1/devices", self.create_device, methods=["POST"]),
            Route("/wdm/api/v1/devices/{device}", self.delete_device, methods=["DELETE"]),
            Route("/sandbox/sockets/stale", self.make_stale, methods=["POST"]),
            WebSocketRoute("/mercury/{device}", self.socket),
        ]

    async def catalog(self, request: Request) -> Response:
        """Where the services are."""
        self._access.caller(request)
        url = self._world.url
        links = {"wdm": f"{url}/wdm/api/v1", "conversation": f"{url}/conversation/api/v1", "hydra": f"{url}/v1"}
        return answer({"serviceLinks": links})

    async def list_devices(self, request: Request) -> Response:
        """The caller's devices."""
        caller = self._access.caller(request)
        return answer({"devices": [shown for owner, shown in self._devices.values() if owner is caller]})

    async def create_device(self, request: Request) -> Response:
        """Register a device, which has a socket's address."""
        caller = self._access.caller(request)
        uuid = str(uuid4())
        shown = await json_body(request) | {
            "url": f"{self._world.url}/wdm/api/v1/devices/{uuid}",
            "webSocketUrl": f"{self._world.url.replace('http', 'ws', 1)}/mercury/{uuid}",
            "userId": caller.uuid,
        }
        self._devices[uuid] = (caller, shown)
        return answer(shown)

    async def delete_device(self, request: Request) -> Response:
        """Forget a device."""
        caller = self._access.caller(request)
        uuid = request.path_params["device"]
        if uuid not in self._devices or self._devices[uuid][0] is not caller:
            raise NotFound("Device not found.")
        del self._devices[uuid]
        self._stale.discard(uuid)
        return no_content()

    async def make_stale(self, _request: Request) -> Response:
        """Every device there is becomes one that is still listed, but whose socket is gone for good."""
        self._stale |= self._devices.keys()
        return answer({"stale": len(self._stale)})

    async def socket(self, websocket: WebSocket) -> None:
        """One socket: authorise it by header or first frame, send what was missed, then what happens."""
        device = websocket.path_params["device"]
        owner, _ = self._devices.get(device, (None, {}))
        if owner is None or device in self._stale:
            await websocket.send_denial_response(PlainTextResponse("No such device.", 404))
            return
        await websocket.accept()
        with suppress(WebSocketDisconnect, TimeoutError):
            if not self._is_owner(websocket.headers.get("authorization", ""), owner):
                async with asyncio.timeout(AUTHORIZATION_SECONDS):
                    token = _token_of_frame(await websocket.receive_text())
                if not self._is_owner(token, owner):
                    await websocket.close(4401, "unauthorized")
                    return
            await self._run(websocket, owner)

    def _is_owner(self, authorization: str, owner: Person) -> bool:
        try:
            return self._world.person_of_token(authorization.removeprefix("Bearer ")) is owner
        except ApiError:
            return False

    async def _run(self, websocket: WebSocket, owner: Person) -> None:
        outlet = Outlet()
        journal = self._journal(owner)
        now = self._world.clock.now()
        for frame in (
            activities.greeting(now),
            *journal.again(now, acknowledged_too=self._switches.redeliver_acknowledged),
        ):
            outlet.queue.put_nowait(frame)
        self._open.setdefault(owner, set()).add(outlet)
        writer = asyncio.create_task(_write(websocket, outlet.queue))
        try:
            while True:
                _acknowledge(journal, await websocket.receive_text())
        finally:
            self._open[owner].discard(outlet)
            writer.cancel()

    def _journal(self, person: Person) -> Journal:
        return self._journals.setdefault(person, Journal())

    # What happens in the world

    def _hear(self, happening: Happening) -> None:
        match happening:
            case Happening(event=Event.MESSAGE_CREATED, message=message) if message:
                self._send_message(message)
            case Happening(event=Event.CARD_SUBMITTED, action=action) if action:
                self._deliver(action.message.author, action.uuid, activities.card_frames(action, self._world.url))
            case Happening(event=Event.MEMBERSHIP_CREATED, membership=membership, actor=actor) if membership and actor:
                self._send_membership("add", membership, actor)
            case Happening(event=Event.MEMBERSHIP_DELETED, membership=membership, actor=actor) if membership and actor:
                self._send_membership("leave", membership, actor)

    def _send_message(self, message: Message) -> None:
        frames = activities.message_frames(message, self._world.url)
        for membership in message.room.members.values():
            person = membership.person
            unheard = person.is_bot and message.author is person and not self._switches.echo_own_posts
            if message.visible_to(person) and not unheard:
                self._deliver(person, message.uuid, frames)

    def _send_membership(self, verb: str, membership: Membership, actor: Person) -> None:
        """Tell somebody whom another one added to a space or put out of it."""
        if membership.room.is_direct or actor is membership.person:
            return
        uuid, now, url = str(uuid4()), self._world.clock.now(), self._world.url
        frames = activities.membership_frames(verb, uuid, membership, actor, now, url)
        self._deliver(membership.person, uuid, frames)

    def _deliver(self, person: Person, uuid: str, frames: list[Frame]) -> None:
        """Keep the frames for a reconnect, and send them as the faults let them through."""
        self._journal(person).keep(uuid, Delivery(self._world.clock.now(), frames))
        for outlet in self._open.get(person, ()):
            for frame in frames:
                outlet.send(frame, self._faults.strike_frame())


async def _write(websocket: WebSocket, queue: asyncio.Queue[Frame]) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_text((await queue.get()).text)


def _token_of_frame(text: str) -> str:
    frame = _object(text)
    data = frame.get("data")
    return str(data.get("token", "")) if frame.get("type") == "authorization" and isinstance(data, dict) else ""


def _acknowledge(journal: Journal, text: str) -> None:
    frame = _object(text)
    if frame.get("type") == "ack":
        journal.acknowledge(str(frame.get("messageId")))


def _object(text: str) -> Json:
    try:
        frame = json.loads(text)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}
