"""Talking to a source that misbehaves: what is repeated, how long is waited, and what a person is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import respx

from hub.errors import HubError, NotAllowed, TokenRefused, Unavailable
from hub.http import ATTEMPTS, PATIENCE_SECONDS, Api
from hub.tokens import FixedToken

ROOT = "https://source.example/feed/"
THINGS = f"{ROOT}things"


class Slept(list[float]):
    """The waits that a call asked for, none of which was really waited."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def __call__(self, seconds: float) -> None:
        self.append(seconds)
        self.now += seconds


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def api(slept: Slept) -> Iterator[Api]:
    made = Api("The source", ROOT, FixedToken("secret", "SOME_TOKEN"), sleep=slept, now=lambda: slept.now)
    yield made
    made.close()


def linked(url: str, *items: int) -> httpx.Response:
    return httpx.Response(200, json={"items": items}, headers={"Link": f'<{url}>; rel="next"'})


@respx.mock
def test_pages_are_followed_as_they_are_given(api: Api) -> None:
    respx.get(THINGS, params={"cursor": "b"}).respond(json={"items": [3]})
    respx.get(THINGS).mock(return_value=linked("/feed/things?cursor=b", 1, 2))
    assert list(api.pages("things")) == [1, 2, 3]


@pytest.mark.parametrize(
    "following",
    [
        pytest.param(lambda _: THINGS, id="a link without a cursor leads to the beginning"),
        pytest.param(lambda number: f"{THINGS}?cursor={number % 3}", id="the cursors go round"),
    ],
)
@respx.mock
def test_pages_that_come_again_end_in_an_error(api: Api, following: Callable[[int], str]) -> None:
    numbers = iter(range(100))
    respx.get(url__startswith=THINGS).mock(side_effect=lambda _: linked(following(next(numbers)), 1))
    with pytest.raises(Unavailable, match="for ever"):
        list(api.pages("things"))


@respx.mock
def test_a_list_without_an_end_is_left(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.http.MOST_PAGES", 5)
    numbers = iter(range(100))
    route = respx.get(url__startswith=THINGS).mock(side_effect=lambda _: linked(f"{THINGS}?cursor={next(numbers)}", 1))
    with pytest.raises(Unavailable, match="for ever"):
        list(api.pages("things"))
    assert route.call_count == 6


@pytest.mark.parametrize("status", [423, 429, 502, 503, 504])
@respx.mock
def test_what_passes_is_tried_again_after_growing_pauses(api: Api, slept: Slept, status: int) -> None:
    respx.get(THINGS).mock(side_effect=[*[httpx.Response(status)] * (ATTEMPTS - 1), httpx.Response(200, json=[1])])
    assert list(api.pages("things")) == [1]
    assert len(slept) == ATTEMPTS - 1
    assert slept[-1] > slept[0]


@respx.mock
def test_retry_after_is_obeyed_in_full(api: Api, slept: Slept) -> None:
    busy = httpx.Response(429, headers={"Retry-After": "45"})
    respx.get(THINGS).mock(side_effect=[busy, httpx.Response(200, json=[])])
    api.get("things")
    assert slept == [45]


@respx.mock
def test_retry_after_may_be_a_date(api: Api, slept: Slept) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    respx.get(THINGS).mock(side_effect=[httpx.Response(503, headers={"Retry-After": until}), httpx.Response(200)])
    with pytest.raises(Unavailable, match="not JSON"):
        api.get("things")
    assert 25 < slept[0] <= 30


@respx.mock
def test_who_wants_to_be_left_alone_for_long_is_left_alone(api: Api, slept: Slept) -> None:
    long = PATIENCE_SECONDS * 2
    busy = httpx.Response(429, headers={"Retry-After": f"{long:.0f}"})
    route = respx.get(THINGS).mock(side_effect=[busy, httpx.Response(200, json=[])])
    for _ in range(2):
        with pytest.raises(Unavailable, match="left alone for 120 s"):
            api.get("things")
    assert (route.call_count, slept) == (1, [])
    slept.now += long
    assert api.get("things") == []


@respx.mock
def test_other_parts_of_a_source_are_asked_meanwhile(api: Api) -> None:
    respx.get(THINGS).respond(429, headers={"Retry-After": "600"})
    respx.get(f"{ROOT}others").respond(json=[])
    with pytest.raises(Unavailable):
        api.get("things")
    assert api.get("others") == []


@pytest.mark.parametrize("lost", [httpx.Response(503), httpx.Response(502), httpx.ReadTimeout("slow")])
@respx.mock
def test_a_post_that_may_have_worked_is_not_repeated(api: Api, lost: httpx.Response | Exception) -> None:
    route = respx.post(THINGS).mock(side_effect=[lost, httpx.Response(201, json={})])
    with pytest.raises(Unavailable):
        api.send("POST", "things", {})
    assert route.call_count == 1


@pytest.mark.parametrize("refused", [httpx.Response(429), httpx.Response(423), httpx.ConnectError("away")])
@respx.mock
def test_a_post_that_surely_had_no_effect_is_repeated(api: Api, refused: httpx.Response | Exception) -> None:
    respx.post(THINGS).mock(side_effect=[refused, httpx.Response(201, json={"id": 1})])
    assert api.send("POST", "things", {}) == {"id": 1}


@respx.mock
def test_a_post_with_a_key_is_repeated_with_the_same_key(api: Api) -> None:
    route = respx.post(THINGS).mock(side_effect=[httpx.ReadTimeout("slow"), httpx.Response(201, json={})])
    api.send("POST", "things", {}, key="once")
    assert [call.request.headers["Idempotency-Key"] for call in route.calls] == ["once", "once"]


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (httpx.Response(401), TokenRefused, "put a valid one into SOME_TOKEN"),
        (httpx.Response(403), NotAllowed, "may not do this"),
        (httpx.Response(200, html="<h1>Sign in</h1>"), Unavailable, "not JSON but text/html"),
        (httpx.Response(200, text='{"items": [1, '), Unavailable, "not JSON"),
        (httpx.Response(200, json={"items": None}), Unavailable, "not a list"),
        (httpx.Response(200, json="none"), Unavailable, "not a list"),
        (httpx.Response(302, headers={"Location": "https://login.example"}), Unavailable, "HTTP 302"),
        (httpx.Response(400), Unavailable, "HTTP 400"),
        (httpx.Response(409), Unavailable, "HTTP 409"),
        (httpx.Response(500), Unavailable, "HTTP 500"),
        (httpx.RemoteProtocolError("peer closed connection in the middle of a body"), Unavailable, "connection fails"),
        (linked("http://source.example:port/", 1), Unavailable, "no address"),
    ],
)
@respx.mock
def test_every_fault_is_one_clear_error(
    api: Api, answer: httpx.Response | Exception, kind: type[HubError], told: str
) -> None:
    respx.get(THINGS).mock(side_effect=[answer] * ATTEMPTS)
    with pytest.raises(kind) as raised:
        list(api.pages("things"))
    assert told in str(raised.value)
    assert "secret" not in str(raised.value)
