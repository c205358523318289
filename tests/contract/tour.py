"""A walk through every described operation that the sandbox offers: create, list, read, change, delete.

What is asked for follows from the descriptions and their examples, so that an operation that the sandbox learns is
walked through without a word here, unless it needs more than its example tells.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.routing import Match

from sandbox.ids import Kind, webex_id
from sandbox.sites import locations
from tests.contract.checking import Exchange
from tests.contract.documents import Official, Operation
from tests.contract.inprocess import InProcess

Json = dict[str, Any]

_ORDER = {"POST": 0, "GET": 1, "PUT": 2, "PATCH": 2, "DELETE": 3}
_OF_A_CUSTOMER = ("GET /licenses", "GET /locations", "GET /devices", "GET /telephony/config/numbers")
_FIRST = ("POST /rooms", "POST /messages", "GET /partner/reports/templates")
_LAST = (
    "DELETE /partner/organizations/partnerAdmin/{personId}",
    "DELETE /messages/{messageId}",
    "DELETE /memberships/{membershipId}",
    "DELETE /rooms/{roomId}",
)
NOBODY = "http://127.0.0.1:9/"
"""Where webhooks are delivered to: the sandbox takes this machine only."""
CARD = {"type": "AdaptiveCard", "version": "1.3", "body": [{"type": "TextBlock", "text": "Hi"}]}


def is_offered(operation: Operation, sandbox: InProcess) -> bool:
    """Whether the sandbox has a route for it."""
    path = "/v1" + operation.path.replace("{", "").replace("}", "")
    scope = {"type": "http", "method": operation.method, "path": path, "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in sandbox.routes)


@dataclass
class Tour:
    """What is known on the way: ids and other values by the name under which a request wants them."""

    sandbox: InProcess
    official: Official
    known: dict[str, str] = field(default_factory=dict)
    exchanges: list[tuple[Operation, Exchange]] = field(default_factory=list)

    def walk(self) -> None:
        """Go all the way."""
        box = self.sandbox.box
        ana, ben, gina = box.people[0], box.people[1], box.people[-1]
        customer = next(one for one in box.partner.customers if locations(one))
        app = box.service_app
        self.known |= {
            "applicationId": app["application_id"],
            "clientId": app["client_id"],
            "clientSecret": app["client_secret"],
            "targetOrgId": webex_id(Kind.ORGANIZATION, box.world.org),
            "personId": ben["personId"],
            "managedBy": ben["personId"],
            "personEmail": gina["email"],
            "orgId": webex_id(Kind.ORGANIZATION, customer.uuid),
            "subscriptionId": customer.subscriptions[0].id,
            "type": "ORGANIZATION",
            "tags": "gold",
            "startDate": str(box.clock.today() - timedelta(days=7)),
            "endDate": str(box.clock.today() - timedelta(days=1)),
        }
        self._tokens = (ana["token"], box.admin_token)
        for operation in sorted(filter(self._offers, self.official.operations), key=_position):
            self._visit(operation)

    def _offers(self, operation: Operation) -> bool:
        return is_offered(operation, self.sandbox)

    def _visit(self, operation: Operation) -> None:
        for query in self._queries(operation):
            for body in self._bodies(operation):
                self._try(operation, query, body)

    def _try(self, operation: Operation, query: str, body: Json | None) -> None:
        path = "/v1" + operation.path
        if operation.name == "PUT /messages/{messageId}":
            # What has a card cannot be edited.
            path = path.replace("{messageId}", self.known["plain"])
        for name, value in self.known.items():
            path = path.replace(f"{{{name}}}", value)
        for token in self._tokens:
            exchange = self.sandbox.call(operation.method, path, query, token=token, json_body=body)
            self.exchanges.append((operation, exchange))
            if exchange.status is not None and exchange.status < 400:
                self._learn(operation, exchange)
                return

    def _queries(self, operation: Operation) -> Iterator[str]:
        """Without what may be left out, and with `max`."""
        required = [one.name for one in operation.in_query() if one.required]
        query = "&".join(f"{name}={self.known[name]}" for name in required)
        if operation.path == "/messages/direct" or operation.name == "GET /people":
            name = "email" if operation.path == "/people" else "personEmail"
            query = f"{name}={self.known['personEmail']}"
        yield query
        if any(one.name == "max" for one in operation.in_query()):
            yield f"{query}&max=1".lstrip("&")
        if operation.name in _OF_A_CUSTOMER:
            yield f"orgId={self.known['orgId']}"

    def _bodies(self, operation: Operation) -> Iterator[Json | None]:
        if operation.body is None:
            yield None
            return
        match operation.name:
            case "POST /messages":
                yield {"roomId": self.known["roomId"], "markdown": "**Hi**"}
                card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}
                yield {"roomId": self.known["roomId"], "text": "Hi", "attachments": [card]}
            case "PUT /messages/{messageId}":
                yield {"roomId": self.known["roomId"], "markdown": "Bye"}
            case "POST /attachment/actions":
                yield {"type": "submit", "messageId": self.known["messageId"], "inputs": {"run": "kpis"}}
            case "POST /memberships":
                yield {"roomId": self.known["roomId"], "personEmail": self.known["personEmail"]}
            case "PUT /memberships/{membershipId}":
                yield {"isModerator": True}
            case "POST /webhooks":
                yield {"name": "Hook", "targetUrl": NOBODY, "resource": "messages", "event": "created", "secret": "s"}
            case "PUT /webhooks/{webhookId}":
                yield {"name": "Hook", "targetUrl": NOBODY, "status": "active"}
            case "PUT /people/{personId}":
                role = webex_id(Kind.ROLE, "atlas-portal.partner.salesadmin")
                yield {"displayName": "Ben Okafor", "roles": [role]}
            case _:
                example = (operation.body.examples or (sample(operation.body.schema),))[0]
                yield {
                    name: type(value)(self.known.get(name, value)) if isinstance(value, str | int) else value
                    for name, value in example.items()
                }

    def _learn(self, operation: Operation, exchange: Exchange) -> None:
        """Remember the id of what was created or listed under the name that the path of one thing has for it."""
        value = json.loads(exchange.answer or b"null")
        if isinstance(value, dict) and isinstance(value.get("items"), list):
            value = value["items"]
        if isinstance(value, list):
            value = next(iter(value), None)
        if not isinstance(value, dict):
            return
        if "templateId" in value:
            self.known["templateId"] = str(value["templateId"])
        name = next((name for name in self._names_below(operation)), None)
        found = value.get("id") or (value.get(name) if name else None)
        if name and found and (operation.method == "POST" or name not in self.known):
            self.known[name] = str(found)
        if name == "messageId" and not value.get("attachments"):
            self.known["plain"] = str(found)

    def _names_below(self, operation: Operation) -> Iterator[str]:
        prefix = f"{operation.path}/{{"
        for other in self.official.operations:
            if (
                other.path.startswith(prefix)
                and other.path.endswith("}")
                and other.path.count("/") == prefix.count("/")
            ):
                yield other.path.removeprefix(prefix).removesuffix("}")


def sample(schema: Mapping[str, Any]) -> Any:
    """A value of a schema, made of the examples of its parts."""
    if "example" in schema:
        return schema["example"]
    if "properties" in schema:
        return {name: sample(inner) for name, inner in schema["properties"].items()}
    if "items" in schema:
        return [sample(schema["items"])]
    return next(iter(schema.get("enum", ("x",))))


def _position(operation: Operation) -> tuple[Any, ...]:
    """Small things after great ones, a thing's end at the end."""
    name = operation.name
    if name in _FIRST:
        return (-1, _FIRST.index(name), "", 0)
    if name in _LAST:
        return (4, _LAST.index(name), "", 0)
    return (_ORDER[operation.method], operation.path.count("{"), operation.path, 0)
