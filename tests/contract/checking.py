"""One exchange, held against the official descriptions."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.contract.documents import Official, Operation, Parameter
from tests.contract.shapes import check_for

OWN_CLIENTS = ("partner-hub-bot", "webexpythonsdk")
"""How the User-Agent of the product's own clients begins. What they send must be right whatever is answered."""
OPAQUE = {"cursor"}
"""What a `Link` holds is the server's own affair; clients follow it as given."""
UNDESCRIBED = {
    "/access_token": "OAuth: described in prose, guide «Integrations & Authorization»",
    "/authorize": "the same",
    "/contents/": "files of messages: guide «Message Attachments»; only their URL stands in a message",
}
"""What the descriptions leave out though it is public, by how its path begins."""
_FORMS = {"integer": re.compile(r"-?\d+"), "number": re.compile(r"-?\d+(\.\d+)?"), "boolean": re.compile("true|false")}
_LIST_SAMPLE = 100


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; the path begins after `/v1`, header names are in small letters."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""

    @property
    def is_own(self) -> bool:
        """Whether one of the product's own clients sent it."""
        return self.headers.get("user-agent", "").startswith(OWN_CLIENTS)


def deviations(exchange: Exchange, official: Official) -> list[str]:
    """What contradicts the descriptions. A request that was refused may be wrong, unless it is our own."""
    operation = official.find(exchange.method, exchange.path)
    accepted = exchange.status is None or exchange.status < 400
    found = []
    if accepted or exchange.is_own:
        found += _request(exchange, operation)
    if exchange.status is not None:
        found += refusal_faults(exchange) if exchange.status >= 400 else _answer(exchange, operation)
        if operation and exchange.status not in operation.answers:
            found.append(f"status {exchange.status} is not described")
    return [f"{exchange.method} {exchange.path}: {one}" for one in found]


def _request(exchange: Exchange, operation: Operation | None) -> list[str]:
    if operation is None:
        return [] if exchange.path.startswith(tuple(UNDESCRIBED)) else ["there is no such operation"]
    found = []
    known = {parameter.name: parameter for parameter in operation.in_query()}
    given = dict(parse_qsl(exchange.query, keep_blank_values=True))
    for name, text in given.items():
        if name in known:
            found += _parameter(known[name], text)
        elif name not in OPAQUE:
            found.append(f"the query parameter {name} is not described")
    found += [
        f"the query parameter {name} is missing" for name, one in known.items() if one.required and name not in given
    ]
    return found + _body(exchange, operation)


def _parameter(parameter: Parameter, text: str) -> list[str]:
    kind, choices = parameter.schema.get("type"), parameter.schema.get("enum")
    if kind in _FORMS and not _FORMS[kind].fullmatch(text):
        return [f"the query parameter {parameter.name} is no {kind}: {text!r}"]
    if choices and text not in choices:
        return [f"the query parameter {parameter.name} is none of its values: {text!r}"]
    return []


def _body(exchange: Exchange, operation: Operation) -> list[str]:
    if exchange.headers.get("content-type", "").startswith("multipart/form-data"):
        # Described in prose only: guide «Message Attachments».
        return [] if operation.name == "POST /messages" else ["multipart/form-data is not described here"]
    if not exchange.body:
        return [] if operation.body is None else ["the body is missing"]
    if operation.body is None:
        return [] if exchange.body in (b"{}", b"") else ["a body is not described"]
    return _judged("the body", exchange.body, check_for(operation.body))


def _answer(exchange: Exchange, operation: Operation | None) -> list[str]:
    shape = operation.answers.get(exchange.status or 0) if operation else None
    if shape is None:
        return []
    return _judged("the answer", exchange.answer, check_for(shape))


def refusal_faults(exchange: Exchange) -> list[str]:
    """The body that every refusal has (admin reference, schema Error), its id in a header, and when to come back."""
    try:
        body = json.loads(exchange.answer)
    except ValueError:
        return [f"the refusal is no JSON: {exchange.answer[:80]!r}"]
    found = []
    if not isinstance(body, dict) or body.keys() - {"message", "errors", "trackingId", "errorCode"}:
        return [f"the refusal holds something else: {body!r:.120}"]
    if not (isinstance(body.get("message"), str) and body["message"]):
        found.append("the refusal has no message")
    if not body.get("trackingId") or body.get("trackingId") != exchange.answer_headers.get("trackingid"):
        found.append("the refusal's trackingId is not that of the header")
    if not _tells_errors(body.get("errors")):
        found.append("the refusal's errors have no description")
    if exchange.status == 429 and not exchange.answer_headers.get("retry-after", "").isdecimal():
        found.append("429 without Retry-After in seconds")
    return found


def _tells_errors(errors: Any) -> bool:
    """A list of descriptions or, for a card that is refused, an object by field, as was seen of Webex."""
    if isinstance(errors, dict):
        return set(errors) == {"attachments"}
    return isinstance(errors, list) and bool(errors) and all(isinstance(one.get("description"), str) for one in errors)


def _judged(what: str, raw: bytes, check: Callable[[Any], str | None]) -> list[str]:
    try:
        value = json.loads(raw)
    except ValueError:
        return [f"{what} is no JSON: {raw[:80]!r}"]
    problem = check(_sample(value))
    return [f"{what}: {problem}"] if problem else []


def _sample(value: Any) -> Any:
    """Of a long list, some at the beginning and some all through it."""
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        return value | {"items": _sample(value["items"])}
    if isinstance(value, list) and len(value) > 2 * _LIST_SAMPLE:
        return value[:_LIST_SAMPLE] + value[_LIST_SAMPLE :: len(value) // _LIST_SAMPLE]
    return value
