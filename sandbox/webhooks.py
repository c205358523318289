"""/v1/webhooks: who wants to be told what, and where (messaging API reference; WEBEX.md §8)."""

from itertools import count
from operator import attrgetter
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.deliveries import Deliveries, Webhook
from sandbox.errors import BadRequest, NotFound
from sandbox.ids import bare
from sandbox.loopback import is_loopback_url
from sandbox.model import Person
from sandbox.resources import Json
from sandbox.rest import Page, answer, json_body, no_content
from sandbox.world import World

RAISED = {
    "messages": {"created", "updated", "deleted"},
    "attachmentActions": {"created"},
    "memberships": {"created", "updated", "deleted"},
    "rooms": {"created", "updated", "migrated"},
}
"""What happens in the sandbox, by resource."""
# fmt: off
_OTHER_RESOURCES = {
    "dataSources", "meetings", "recordings", "convergedRecordings", "meetingParticipants", "meetingTranscripts",
    "telephony_calls", "telephony_conference", "telephony_mwi", "uc_counters", "serviceApp", "adminBatchJobs",
}
_EVENTS = {
    "created", "updated", "deleted", "started", "ended", "joined", "left", "migrated", "authorized", "deauthorized",
    "statusChanged",
}
# fmt: on
_FILTERS = {
    "messages": {
        *("roomId", "roomType", "personId", "personEmail", "mentionedPeople", "hasFiles", "hasAttachments"),
    },
    "attachmentActions": {"roomId", "personId"},
    "memberships": {"roomId", "personId", "personEmail", "isModerator"},
    "rooms": {"type", "isLocked"},
}


class Webhooks:
    """Everybody sees their own webhooks only. Other resources of the reference can be asked for; nothing comes."""

    def __init__(self, world: World, access: Access, deliveries: Deliveries) -> None:
        self._world = world
        self._access = access
        self._deliveries = deliveries
        self._sequence = count(1)

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/v1/webhooks", self.list_webhooks),
            Route("/v1/webhooks", self.create, methods=["POST"]),
            Route("/v1/webhooks/{webhook}", self.get),
            Route("/v1/webhooks/{webhook}", self.change, methods=["PUT"]),
            Route("/v1/webhooks/{webhook}", self.delete, methods=["DELETE"]),
        ]

    async def list_webhooks(self, request: Request) -> Response:
        """The caller's webhooks; none of them is organization-wide."""
        caller = self._access.caller(request)
        page = Page(request, self._world.url, default=100, most=100)
        owned_by = request.query_params.get("ownedBy")
        if owned_by not in (None, "org"):
            raise BadRequest("ownedBy can only be org.")
        found = page.oldest_first(
            list(self._deliveries.webhooks.values()),
            attrgetter("sequence"),
            lambda webhook: webhook.owner is caller and owned_by is None,
        )
        return page.answer({"items": [webhook.shown() for webhook in found]})

    async def create(self, request: Request) -> Response:
        """A new webhook; it hears of what happens from now on."""
        caller = self._access.caller(request)
        body = await json_body(request)
        name, target = _name_and_target(body)
        resource, event = _subject(body)
        if body.get("ownedBy") not in (None, "creator"):
            raise BadRequest("The sandbox raises no organization-wide webhooks: leave ownedBy out.")
        webhook = Webhook(
            sequence=next(self._sequence),
            owner=caller,
            created=self._world.clock.now(),
            name=name,
            target_url=target,
            resource=resource,
            event=event,
            filter=_optional_text(body, "filter"),
            conditions=_conditions(resource, _optional_text(body, "filter")),
            secret=_optional_text(body, "secret"),
        )
        self._deliveries.webhooks[webhook.uuid] = webhook
        return answer(webhook.shown())

    async def get(self, request: Request) -> Response:
        """One of the caller's webhooks."""
        return answer(self._webhook(request)[1].shown())

    async def change(self, request: Request) -> Response:
        """Change name, target and secret, or revive what was deactivated; other fields are ignored."""
        _, webhook = self._webhook(request)
        body = await json_body(request)
        name, target = _name_and_target(body)
        if body.get("status") not in (None, "active"):
            raise BadRequest("status can only be active.")
        secret = _optional_text(body, "secret")
        webhook.name, webhook.target_url = name, target
        webhook.secret = webhook.secret if secret is None else secret
        if body.get("status"):
            webhook.is_active, webhook.failures = True, 0
        return answer(webhook.shown())

    async def delete(self, request: Request) -> Response:
        """Hear no more."""
        del self._deliveries.webhooks[self._webhook(request)[1].uuid]
        return no_content()

    def _webhook(self, request: Request) -> tuple[Person, Webhook]:
        caller = self._access.caller(request)
        webhook = self._deliveries.webhooks.get(bare(request.path_params["webhook"]))
        if webhook is None or webhook.owner is not caller:
            raise NotFound("Webhook not found.")
        return caller, webhook


def _name_and_target(body: Json) -> tuple[str, str]:
    name, target = body.get("name"), body.get("targetUrl")
    if not isinstance(name, str) or not name.strip():
        raise BadRequest("name is required.")
    if not isinstance(target, str) or not target:
        raise BadRequest("targetUrl is required.")
    if not is_loopback_url(target):
        raise BadRequest("The sandbox delivers to this machine only: targetUrl must be http(s) to 127.0.0.1.")
    return name, target


def _subject(body: Json) -> tuple[str, str]:
    resource, event = body.get("resource"), body.get("event")
    if not isinstance(resource, str) or resource not in _OTHER_RESOURCES | RAISED.keys():
        raise BadRequest("resource must be one that webhooks can be about.")
    if not isinstance(event, str) or event not in RAISED.get(resource, _EVENTS):
        raise BadRequest(f"event must be one that {resource} can have.")
    return resource, event


def _optional_text(body: Json, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} must be a string.")
    return value or None


def _conditions(resource: str, text: str | None) -> dict[str, str]:
    """`name=value&name=value`, all of which must be so."""
    try:
        conditions = dict(parse_qsl(text or "", keep_blank_values=True, strict_parsing=bool(text)))
    except ValueError:
        raise BadRequest("filter must have the form name=value&name=value.") from None
    if unknown := sorted(conditions.keys() - _FILTERS.get(resource, conditions.keys())):
        raise BadRequest(f"filter: {resource} cannot be filtered by {unknown[0]}.")
    return conditions
