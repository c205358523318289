"""What the frames of the socket mean."""

from typing import Any

import pytest

from bot.activity import Activity, Frames, Kind

HOST = "https://conv.example/conversation/api/v1"


def frame(verb: str, activity_id: str = "a1", actor: str = "PERSON", **fields: Any) -> dict[str, Any]:
    activity = {
        "id": activity_id,
        "verb": verb,
        "actor": {"id": "p1", "emailAddress": "ana@example.com", "type": actor},
        "target": {"id": "c1", "url": f"{HOST}/conversations/c1", "tags": ["ONE_ON_ONE"]},
        **fields,
    }
    return {"data": {"eventType": "conversation.activity", "activity": activity}}


def scanned(state: str) -> dict[str, Any]:
    files = {"items": [{"malwareQuarantineState": "safe"}, {"malwareQuarantineState": state}]}
    return {"objectType": "content", "contentCategory": "documents", "files": files}


@pytest.mark.parametrize(
    ("verb", "kind", "address"),
    [("post", Kind.MESSAGE, "messages/a1"), ("cardAction", Kind.ACTION, "attachment/actions/a1")],
)
def test_what_is_for_the_bot_has_an_address(verb: str, kind: Kind, address: str) -> None:
    activity = Frames().read(frame(verb))
    assert activity == Activity("a1", kind, f"{HOST}/{address}", "c1", "p1", "ana@example.com", one_to_one=True)
    assert Activity.from_record(activity.for_record()) == activity


@pytest.mark.parametrize("verb", ["add", "leave", "acknowledge", "share"])
def test_other_verbs_are_nothing(verb: str) -> None:
    assert Frames().read(frame(verb)) is None


def test_what_bots_do_is_nothing() -> None:
    assert Frames().read(frame("post", actor="BOT")) is None


def test_other_events_are_nothing() -> None:
    assert Frames().read({"data": {"eventType": "mercury.buffer_state"}}) is None


def test_a_file_is_the_message_of_its_share_once_it_is_scanned() -> None:
    frames = Frames()
    assert frames.read(frame("share", "shared")) is None
    assert frames.read(frame("update", "u1", object=scanned("pending"))) is None
    found = frames.read(frame("update", "u2", object=scanned("safe")))
    assert found
    assert (found.id, found.address) == ("shared", f"{HOST}/messages/shared")


def test_shares_of_different_people_are_kept_apart() -> None:
    frames = Frames()
    frames.read(frame("share", "hers"))
    other = frame("share", "his")
    other["data"]["activity"]["actor"]["id"] = "p2"
    frames.read(other)
    found = frames.read(frame("update", "u1", object=scanned("safe")))
    assert found
    assert found.id == "hers"


@pytest.mark.parametrize(
    "thing", [{}, {"objectType": "comment"}, {"objectType": "content", "contentCategory": "links"}]
)
def test_updates_of_other_things_are_nothing(thing: dict[str, Any]) -> None:
    assert Frames().read(frame("update", object=thing)) is None
