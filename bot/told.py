"""What a webhook tells: read from a request, once its signature is good (messaging API reference, "Webhooks").

The body names what happened and to what; content is encrypted and left out, so it is looked up like everything.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.activity import Activity, Kind
from bot.webex import is_bot
from hub.ids import last_part

LIMIT_BYTES = 256_000
"""A larger body is none of Webex's: what it tells of an event takes some kilobytes."""
MOST_AGE = timedelta(minutes=15)
"""What happened longer ago is refused: it may be recorded and sent again. Webex's socket repeats for as long."""


class NotTold(Exception):
    """A request is refused: `status` is its answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Told:
    """What a request tells."""

    activity: Activity | None = None
    """Somebody wrote to the bot, or pressed a button."""
    rooms_changed: bool = False
    """The bot came into a room or out of one, or a room has another id."""


def check(body: bytes, signature: str | None, secret: str) -> None:
    """Look whether a request is Webex's: `X-Spark-Signature` is the body's HMAC-SHA1 with the webhook's secret, in hex.

    Raises:
        NotTold: it is not.
    """
    wanted = hmac.new(secret.encode(), body, "sha1").hexdigest()
    if signature is None or not hmac.compare_digest(wanted.encode(), signature.strip().lower().encode()):
        raise NotTold(401, "the signature is missing or wrong")


def read(body: bytes, base_url: str, me: str, now: datetime) -> Told:
    """Read what Webex told; `base_url` is where it is looked up, `me` the bot's own id.

    Raises:
        NotTold: it is not shaped as it should be, or too old.
    """
    try:
        said = json.loads(body)
        resource, event, data = said["resource"], said["event"], said["data"]
        match resource, event:
            case ("messages", "created") | ("attachmentActions", "created"):
                return _acted(resource, data, base_url, me, now)
            case ("memberships", "created" | "deleted"):
                return Told(rooms_changed=data["personId"] == me)
            case ("rooms", "migrated"):
                return Told(rooms_changed=True)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotTold(400, f"the body cannot be read: {type(error).__name__}") from error
    return Told()


def _acted(resource: str, data: Mapping[str, Any], base_url: str, me: str, now: datetime) -> Told:
    if data["personId"] == me or is_bot(data.get("personEmail", "")):
        return Told()
    created = datetime.fromisoformat(data["created"])
    if abs(now - created) > MOST_AGE:
        raise NotTold(400, "it happened too long ago, or a clock is wrong")
    kind, path = (Kind.MESSAGE, "messages") if resource == "messages" else (Kind.ACTION, "attachment/actions")
    return Told(
        Activity(
            id=_bare(data["id"]),
            kind=kind,
            address=f"{base_url}{path}/{data['id']}",
            room=_bare(data["roomId"]),
            person=_bare(data["personId"]),
            email=data.get("personEmail", ""),
            one_to_one=data.get("roomType") == "direct" if "roomType" in data else None,
        )
    )


def _bare(identity: str) -> str:
    """The id as the socket tells it, so that what comes both ways is one activity."""
    try:
        return last_part(identity)
    except ValueError:
        return str(identity)
