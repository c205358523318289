"""Webex ids: unpadded base64 of `ciscospark://us/KIND/uuid`; newer kinds name a cluster (WEBEX.md §6)."""

from base64 import b64decode, b64encode
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """What an id names; the middle part of the decoded id."""

    PEOPLE = "PEOPLE"
    ROOM = "ROOM"
    MESSAGE = "MESSAGE"
    MEMBERSHIP = "MEMBERSHIP"
    ATTACHMENT_ACTION = "ATTACHMENT_ACTION"
    CONTENT = "CONTENT"
    ORGANIZATION = "ORGANIZATION"
    LICENSE = "LICENSE"
    ROLE = "ROLE"
    REPORT = "REPORT"
    LOCATION = "LOCATION"
    DEVICE = "DEVICE"
    PLACE = "PLACE"
    WEBHOOK = "WEBHOOK"
    AUTO_ATTENDANT = "AUTO_ATTENDANT"
    CALL_QUEUE = "CALL_QUEUE"
    HUNT_GROUP = "HUNT_GROUP"
    APPLICATION = "APPLICATION"


_CLUSTERS = dict.fromkeys((Kind.REPORT, Kind.DEVICE), "urn:TEAM:us-east-1_int13")
"""Where ids are of the newer form; the others name `us`."""


@lru_cache(maxsize=65_536)
def webex_id(kind: Kind, name: str) -> str:
    """The public id of the thing that we know by `name`, mostly a UUID."""
    return b64encode(f"ciscospark://{_CLUSTERS.get(kind, 'us')}/{kind}/{name}".encode()).decode().rstrip("=")


@lru_cache(maxsize=65_536)
def bare(public_id: str) -> str:
    """The last part of a Webex id, whatever its kind and cluster; anything else, such as a UUID, as it is."""
    try:
        decoded = b64decode(public_id + "=" * (-len(public_id) % 4), validate=True).decode()
    except ValueError:
        return public_id
    return decoded.rsplit("/", 1)[1] if decoded.startswith("ciscospark://") else public_id
