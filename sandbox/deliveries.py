"""What webhooks are told, and how it gets to them: signed POSTs to this machine, in order (WEBEX.md §8)."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

import httpx

from sandbox.clock import stamp
from sandbox.ids import Kind, bare, webex_id
from sandbox.model import Event, Happening, Person
from sandbox.resources import Json, action_json, encode, membership_json, message_json, room_json
from sandbox.switches import Switches
from sandbox.world import World

PATIENCE_SECONDS = 10.0
_SECRET_FIELDS = {"text", "markdown", "html", "attachments", "inputs"}
"""Encrypted content: it has to be fetched."""
_SUBJECTS = {
    Event.MESSAGE_CREATED: ("messages", "created"),
    Event.MESSAGE_UPDATED: ("messages", "updated"),
    Event.MESSAGE_DELETED: ("messages", "deleted"),
    Event.CARD_SUBMITTED: ("attachmentActions", "created"),
    Event.MEMBERSHIP_CREATED: ("memberships", "created"),
    Event.MEMBERSHIP_UPDATED: ("memberships", "updated"),
    Event.MEMBERSHIP_DELETED: ("memberships", "deleted"),
    Event.ROOM_CREATED: ("rooms", "created"),
    Event.ROOM_UPDATED: ("rooms", "updated"),
    Event.ROOM_MIGRATED: ("rooms", "migrated"),
}


@dataclass(eq=False)
class Webhook:
    """Somebody's wish to be told; `conditions` are those of `filter`, `failures` those in a row."""

    sequence: int
    owner: Person
    created: datetime
    name: str
    target_url: str
    resource: str
    event: str
    filter: str | None
    conditions: dict[str, str]
    secret: str | None
    uuid: str = field(default_factory=lambda: str(uuid4()))
    is_active: bool = True
    failures: int = 0
    waiting: deque[bytes] = field(default_factory=deque)
    courier: asyncio.Task[None] | None = None

    def shown(self) -> Json:
        """As its owner sees it."""
        given = {"filter": self.filter, "secret": self.secret}
        return {
            "id": webex_id(Kind.WEBHOOK, self.uuid),
            "name": self.name,
            "targetUrl": self.target_url,
            "resource": self.resource,
            "event": self.event,
            **{name: value for name, value in given.items() if value is not None},
            "status": "active" if self.is_active else "inactive",
            "created": stamp(self.created),
            "ownedBy": "creator",
        }


class Deliveries:
    """Hears what happens and tells the webhooks that want it. What a target refuses is not sent again."""

    def __init__(self, world: World, switches: Switches) -> None:
        self._world = world
        self._switches = switches
        self.webhooks: dict[str, Webhook] = {}
        world.listeners.append(self._hear)

    def _hear(self, happening: Happening) -> None:
        subject = _SUBJECTS.get(happening.event)
        if subject is None or not self.webhooks:
            return
        for webhook in self.webhooks.values():
            if webhook.is_active and (webhook.resource, webhook.event) == subject and _is_seen(happening, webhook):
                data = self._data(happening, webhook.owner)
                if _fulfils(data, happening, webhook):
                    self._send(webhook, happening, data)

    def _data(self, happening: Happening, viewer: Person) -> Json:
        if happening.action:
            data = action_json(happening.action)
        elif happening.message:
            data = json.loads(message_json(happening.message, self._world.url))
        elif happening.membership:
            return membership_json(happening.membership)
        else:
            return room_json(happening.room, viewer) if happening.room else {}
        return {name: value for name, value in data.items() if name not in _SECRET_FIELDS}

    def _send(self, webhook: Webhook, happening: Happening, data: Json) -> None:
        body = {name: value for name, value in webhook.shown().items() if name != "secret"}
        body |= {
            "orgId": webex_id(Kind.ORGANIZATION, webhook.owner.org),
            "createdBy": webex_id(Kind.PEOPLE, webhook.owner.uuid),
            "appId": webex_id(Kind.APPLICATION, webhook.owner.uuid),
        }
        if happening.actor:
            body["actorId"] = webex_id(Kind.PEOPLE, happening.actor.uuid)
        webhook.waiting.append(encode(body | {"data": data}))
        loop = asyncio.get_running_loop()
        # A courier of a server that was stopped will never come back.
        if webhook.courier is None or webhook.courier.done() or webhook.courier.get_loop() is not loop:
            webhook.courier = loop.create_task(self._deliver(webhook))

    async def _deliver(self, webhook: Webhook) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False, verify=False) as client:  # noqa: S501  # nosec B501
            while webhook.waiting and webhook.is_active:
                body = webhook.waiting.popleft()
                webhook.failures = 0 if await _posted(client, webhook, body) else webhook.failures + 1
                webhook.is_active = webhook.failures < self._switches.webhook_failures
        webhook.waiting.clear()


async def _posted(client: httpx.AsyncClient, webhook: Webhook, body: bytes) -> bool:
    headers = {"Content-Type": "application/json", "trackingid": f"SANDBOX_{uuid4()}"}
    if webhook.secret:
        headers["X-Spark-Signature"] = hmac.new(webhook.secret.encode(), body, hashlib.sha1).hexdigest()
    try:
        response = await client.post(webhook.target_url, content=body, headers=headers)
    except httpx.HTTPError:
        return False
    return response.is_success


def _is_seen(happening: Happening, webhook: Webhook) -> bool:
    """Whether the owner may know: bots see of a group room what mentions them, cards come back to their author."""
    owner = webhook.owner
    if happening.action:
        return happening.action.message.author is owner
    if happening.message:
        return happening.message.visible_to(owner)
    if happening.membership and happening.membership.person is owner:
        return True
    return happening.room is not None and owner.uuid in happening.room.members


def _fulfils(data: Json, happening: Happening, webhook: Webhook) -> bool:
    return all(_is_so(name, value, data, happening, webhook) for name, value in webhook.conditions.items())


def _is_so(name: str, value: str, data: Json, happening: Happening, webhook: Webhook) -> bool:
    message = happening.message
    match name:
        case "mentionedPeople":
            wanted = webhook.owner.uuid if value == "me" else bare(value)
            return message is not None and any(person.uuid == wanted for person in message.content.mentioned)
        case "hasFiles":
            return message is not None and (value == "true") == (message.file is not None)
        case "hasAttachments":
            return message is not None and (value == "true") == bool(message.attachments)
        case "personEmail":
            return bool(data.get(name, "").casefold() == value.casefold())
        case "isModerator" | "isLocked":
            return (value == "true") == data.get(name)
        case _:
            return bare(str(data.get(name, ""))) == bare(value)
