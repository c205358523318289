"""What a frame of the socket tells: that somebody wrote to the bot, or pressed a button."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What an activity is about."""

    MESSAGE = "message"
    ACTION = "action"


@dataclass(frozen=True)
class Activity:
    """Where to look up what happened, and what only the frame tells of it."""

    id: str
    kind: Kind
    address: str
    """URL whose answer holds the id in the public interface."""
    room: str
    """The conversation's UUID, which is not the public id of the room."""
    person: str
    """UUID of who acted."""
    email: str
    """Of who acted; empty where that was not told."""
    one_to_one: bool | None
    """None where that was not told."""

    def for_record(self) -> dict[str, Any]:
        """Return it as JSON for the inbox."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read it back."""
        return cls(**{**record, "kind": Kind(record["kind"])})


class Frames:
    """Reads frames in the order in which they come.

    The frame's fields and verbs are those that webex_bot reads, for Webex documents none of them. What bots do is
    nothing to us, our own messages included.
    """

    def __init__(self) -> None:
        self._shared: dict[tuple[str, str], str] = {}

    def read(self, frame: Mapping[str, Any]) -> Activity | None:
        """Return what happened, if it is for the bot to handle.

        Raises:
            KeyError, TypeError, AttributeError: the frame is not shaped as such frames are.

        """
        data = frame["data"]
        if data["eventType"] != "conversation.activity":
            return None
        activity = data["activity"]
        if activity["actor"].get("type", "PERSON") != "PERSON":
            return None
        match activity["verb"]:
            case "post":
                return _message(activity, activity["id"])
            case "cardAction":
                return _about(activity, activity["id"], Kind.ACTION, "attachment/actions")
            case "share":
                self._shared[_place(activity)] = activity["id"]
            case "update" if _is_scanned(activity["object"]):
                # A file is shared first, and told as an update when it has been scanned; the message is the share.
                return _message(activity, self._shared.pop(_place(activity), activity["id"]))
        return None


def _message(activity: Mapping[str, Any], message: str) -> Activity:
    return _about(activity, message, Kind.MESSAGE, "messages")


def _about(activity: Mapping[str, Any], thing: str, kind: Kind, path: str) -> Activity:
    target, actor = activity["target"], activity["actor"]
    return Activity(
        id=thing,
        kind=kind,
        address=target["url"].replace(f"conversations/{target['id']}", f"{path}/{thing}"),
        room=target["id"],
        person=actor["id"],
        email=actor["emailAddress"],
        one_to_one="ONE_ON_ONE" in target.get("tags", ()),
    )


def _place(activity: Mapping[str, Any]) -> tuple[str, str]:
    return activity["target"]["id"], activity["actor"]["id"]


def _is_scanned(thing: Mapping[str, Any]) -> bool:
    return (
        thing.get("objectType") == "content"
        and thing.get("contentCategory") == "documents"
        and "files" in thing
        and all(item["malwareQuarantineState"] == "safe" for item in thing["files"]["items"])
    )
