"""Whatever is sent to the sandbox, it answers as its interfaces say, and never with a failure of its own.

Requests are made from the sandbox's own routes, and from Webex's descriptions where these are there: what is right,
with something wrong put into it. Every case has a sandbox of its own and the same cases come every time.
"""

import asyncio
import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.ids import Kind, webex_id
from tests.contract import documents
from tests.contract.checking import Exchange, refusal_faults
from tests.contract.documents import Operation
from tests.contract.inprocess import in_process, unwatched
from tests.contract.shapes import check_for
from tests.contract.tour import CARD, sample

CASES = 2_200
CUSTOMERS = 9
OFFICIAL = documents.read() if documents.folder() else None

with in_process(CUSTOMERS) as _pattern:
    ROUTES = _pattern.routes
    BOX = _pattern.box
CUSTOMER = BOX.partner.customers[0]
KNOWN = [
    *(person["personId"] for person in BOX.people),
    *(room["id"] for room in BOX.rooms),
    webex_id(Kind.MEMBERSHIP, next(iter(next(iter(BOX.world.rooms.values())).members.values())).uuid),
    webex_id(Kind.ORGANIZATION, CUSTOMER.uuid),
    CUSTOMER.subscriptions[0].id,
    BOX.people[1]["email"],
]
"""What is right somewhere, and so wrong elsewhere; every sandbox of this seed has it."""
RIGHT = {
    "room": BOX.rooms[0]["id"],
    "person": BOX.people[1]["personId"],
    "org": webex_id(Kind.ORGANIZATION, CUSTOMER.uuid),
    "subscription": CUSTOMER.subscriptions[0].id,
    "trial": next(one.id for one in BOX.partner.subscriptions if one.is_trial),
    "membership": KNOWN[-4],
}
"""What is right in a path, by the name of its place."""
TOKENS = [*[BOX.admin_token] * 8, *[BOX.people[0]["token"]] * 4, BOX.bot_token, BOX.feed_token, "nobody"]

# fmt: off
TEXTS = [
    "", " ", "me", "0", "-1", "1e9", "9" * 30, "9" * 5000, "٣", "²", "true", "null", "\x00", "a" * 8000, "é" * 4000,
    "Y2lzY29zcGFyazovL3VzL1JPT00v", "Y2lz", "=", "../..", "%2F", "a:b", ":", "😀", "[]", "{}", "NaN",
    "∞", "\ue0000\ue001",
    "2026-11-24", "2026-13-40", "2026-11-24T10:00:00.000Z", "0001-01-01", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
]
JUNK: list[Any] = [
    None, True, False, 0, -0.0, -1, 1.5, 1e308, 10**400, 3661, 2**63, [], {}, [None], [[]], [{}],
    {"a": None}, ["a", "a"],
    {"": {}}, [{"name": 1}], [{"contentType": 1}], {"type": "AdaptiveCard"}, ["x"] * 200, *TEXTS,
]
NESTED = b'{"a":' * 3000 + b"1" + b"}" * 3000
RAW = [
    b"", b"{", b"null", b"[]", b'""', b"\xff\xfe", b'{"a":NaN}', b'{"a":1e999}', NESTED, b'"\\ud800"',
    b'{"text":"\\ud800"}',
    b'{"markdown":"\\ud800","roomId":"x"}', b'{"title":"\\udfff"}', b"{}" * 2, b'{"a":1,"a":2}', b"\x00",
    b'--x\r\nContent-Disposition: form-data; name="roomId"\r\n\r\nabc\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n1\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="attachments"\r\n\r\n{\r\n--x--\r\n',
    b"--x\r\n\r\n--x", b"a=b&grant_type=refresh_token", b"grant_type=%ff",
]
KINDS = [
    "application/json", "application/json; charset=utf-16", "text/plain", "", "application/xml", "multipart/form-data",
    "multipart/form-data; boundary=x", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
]
NAMES = ["max", "cursor", "q", "since", "updated_since", "from", "to", "token", "start", "colour"]
CONTROL = {
    "advance_days": 1, "path": "/v1", "status": 503, "per": "room", "count": 1, "seconds": 1,
    "products": {}, "name": "x",
    "echo_own_posts": True, "end_date": "2026-11-24", "company": "x", "country": "ES", "days": 30, "region": "EU",
}
# fmt: on
VALUE = st.sampled_from(KNOWN) | st.sampled_from(TEXTS) | st.text(max_size=8)
ANYTHING = st.sampled_from(JUNK) | st.sampled_from(KNOWN)
ROUTE = st.sampled_from(
    [(route, method) for route in ROUTES for method in sorted((route.methods or {"GET"}) - {"HEAD"})]
)
IN_PATH = st.none() | st.none() | VALUE
ODD_METHOD = st.sampled_from([None] * 60 + ["POST", "PUT", "PATCH", "DELETE"])
TOKEN, RAW_BODY, KIND = st.sampled_from(TOKENS), st.sampled_from(RAW), st.sampled_from(KINDS)
ODD_QUERY = st.sampled_from([None] * 9 + ["%", "a=%ff", "&&=", "max=%00"])


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request to one of the routes."""
    route, method = draw(ROUTE)
    method = draw(ODD_METHOD) or method
    path = route.path
    for name, convertor in route.param_convertors.items():
        suffix = "}" if convertor.regex == "[^/]+" else ":path}"
        path = path.replace(f"{{{name}{suffix}", quote(draw(IN_PATH) or RIGHT.get(name, "x"), safe=""))
    operation = OFFICIAL.find(method, path.removeprefix("/v1")) if OFFICIAL else None
    request = {"method": method, "path": path, "token": draw(TOKEN), "query": draw(ODD_QUERY)}
    if request["query"] is None:
        request["query"] = urlencode(draw(queries_of(operation)))
    if method in ("POST", "PUT", "PATCH"):
        request |= draw(bodies_of(operation))
    return request


@cache
def queries_of(operation: Operation | None) -> st.SearchStrategy[list[tuple[str, str]]]:
    """What the description knows, and what it does not."""
    names = [one.name for one in operation.in_query()] if operation else []
    some = st.sampled_from([*names * 3, *NAMES])
    return st.lists(st.tuples(some, VALUE), max_size=3)


@cache
def bodies_of(operation: Operation | None) -> st.SearchStrategy[dict[str, Any]]:
    """A right body with something wrong in it, or anything at all."""
    right = right_body(operation)
    wrong = st.dictionaries(st.sampled_from(sorted(right)), ANYTHING, max_size=2)
    missing = st.sampled_from([None, None, *right])

    def spoilt(drawn: tuple[dict[str, Any], str | None]) -> dict[str, Any]:
        return {"json_body": {name: value for name, value in (right | drawn[0]).items() if name != drawn[1]}}

    near = st.tuples(wrong, missing).map(spoilt)
    raw = st.tuples(RAW_BODY, KIND).map(lambda drawn: {"body": drawn[0], "headers": {"content-type": drawn[1]}})
    return near | near | near | raw | ANYTHING.map(lambda value: {"json_body": value})


def right_body(operation: Operation | None) -> dict[str, Any]:
    if operation is None or operation.body is None:
        return CONTROL
    body: dict[str, Any] = dict((operation.body.examples or (sample(operation.body.schema),))[0])
    match operation.name:
        case "POST /messages":
            card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}
            return {"roomId": BOX.rooms[0]["id"], "text": "x", "markdown": "y", "attachments": [card]}
        case "POST /memberships":
            return {"roomId": BOX.rooms[0]["id"], "personEmail": BOX.people[-1]["email"], "isModerator": False}
    return body


@settings(
    max_examples=CASES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(request=requests())
def test_whatever_is_sent_is_answered_as_documented(request: dict[str, Any], runner: asyncio.Runner) -> None:
    sandbox = unwatched(CUSTOMERS, runner)
    exchange = sandbox.call(**request)
    assert exchange.status is not None
    assert exchange.status < 500, exchange.answer
    if exchange.status >= 400:
        assert refusal_faults(exchange) == []
    if OFFICIAL and request["path"].startswith("/v1/"):
        assert_described(exchange)


def assert_described(exchange: Exchange) -> None:
    assert OFFICIAL
    operation = OFFICIAL.find(exchange.method, exchange.path)
    if operation is None or exchange.status is None:
        return
    assert exchange.status in operation.answers
    shape = operation.answers[exchange.status]
    if shape and exchange.status < 400:
        assert check_for(shape)(json.loads(exchange.answer)) is None
