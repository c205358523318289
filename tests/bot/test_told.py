"""What webhooks tell: only what Webex signed, of a shape that is known, and not from long ago."""

import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity import Kind
from bot.told import MOST_AGE, NotTold, Told, check, read
from hub.ids import webex_id
from tests.clock import ManualClock

SECRET = "a long enough secret"
ME, ANA = webex_id("PEOPLE", "me"), webex_id("PEOPLE", "ana")
NOW = ManualClock()()


def body(resource: str = "messages", event: str = "created", **data: Any) -> bytes:
    known = {
        "id": webex_id("MESSAGE", "m1"),
        "roomId": webex_id("ROOM", "r1"),
        "roomType": "direct",
        "personId": ANA,
        "personEmail": "ana@example.com",
        "created": NOW.isoformat(),
    }
    return json.dumps({"resource": resource, "event": event, "data": {**known, **data}}).encode()


def told(content: bytes) -> Told:
    return read(content, "https://webex/v1/", ME, NOW)


def test_a_message_is_what_the_socket_would_tell_of_it() -> None:
    activity = told(body()).activity
    assert activity is not None
    assert (activity.id, activity.room, activity.person, activity.kind) == ("m1", "r1", "ana", Kind.MESSAGE)
    assert activity.address == f"https://webex/v1/messages/{webex_id('MESSAGE', 'm1')}"
    assert (activity.email, activity.one_to_one) == ("ana@example.com", True)


@pytest.mark.parametrize("data", [{"personId": ME}, {"personEmail": "other@webex.bot"}], ids=["own", "of a bot"])
def test_what_bots_say_is_nothing_to_us(data: dict[str, Any]) -> None:
    assert told(body(**data)) == Told()


@pytest.mark.parametrize(
    ("resource", "event", "data", "changed"),
    [
        ("memberships", "created", {"personId": ME}, True),
        ("memberships", "deleted", {"personId": ME}, True),
        ("memberships", "created", {}, False),
        ("rooms", "migrated", {}, True),
        ("messages", "deleted", {}, False),
    ],
)
def test_rooms_are_looked_for_when_they_changed(resource: str, event: str, data: dict[str, Any], changed: bool) -> None:
    assert told(body(resource, event, **data)) == Told(rooms_changed=changed)


@pytest.mark.parametrize("by", [MOST_AGE + timedelta(seconds=1), -MOST_AGE - timedelta(seconds=1)])
def test_what_happened_long_ago_is_refused(by: timedelta) -> None:
    with pytest.raises(NotTold) as refused:
        told(body(created=(NOW - by).isoformat()))
    assert refused.value.status == 400


def test_what_happened_a_little_ago_is_taken() -> None:
    assert told(body(created=(NOW - MOST_AGE).isoformat())).activity


def signed(content: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), content, "sha1").hexdigest()


def test_a_good_signature_is_taken() -> None:
    check(body(), signed(body()), SECRET)
    check(body(), signed(body()).upper(), SECRET)


@pytest.mark.parametrize(
    "signature",
    [None, "", "ñ", signed(body(), "another secret"), signed(body() + b" "), signed(body())[:-1]],
    ids=["none", "empty", "no ASCII", "another secret", "another body", "cut"],
)
def test_any_other_is_refused(signature: str | None) -> None:
    with pytest.raises(NotTold) as refused:
        check(body(), signature, SECRET)
    assert refused.value.status == 401


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON.map(lambda value: json.dumps({"resource": "messages", "event": "created", "data": value}).encode()))
def test_any_data_is_read_or_refused(content: bytes) -> None:
    with pytest.raises(NotTold):
        told(content)


@given(st.binary())
def test_no_other_body_is_read(content: bytes) -> None:
    with pytest.raises(NotTold):
        told(content)
