"""Ids of Webex: unpadded base64 of `ciscospark://…/KIND/uuid` (Webex API guide), and the UUIDs in them."""

import base64
import re

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def uuid_of(identity: str) -> str:
    """Return the UUID in a Webex id, or a UUID as it is, in lower case.

    Raises:
        ValueError: it is neither.
    """
    uuid = identity if _UUID.fullmatch(identity) else last_part(identity)
    if not _UUID.fullmatch(uuid):
        raise ValueError("it is neither a UUID nor a Webex id of one")
    return uuid.lower()


def webex_id(kind: str, uuid: str) -> str:
    """Return the Webex id of a UUID."""
    return base64.urlsafe_b64encode(f"ciscospark://us/{kind}/{uuid}".encode()).decode().rstrip("=")


def last_part(identity: str) -> str:
    """Return what stands behind the kind in a Webex id: a UUID, or the internal name of a role.

    Raises:
        ValueError: it is no Webex id.
    """
    return base64.urlsafe_b64decode(identity + "=" * (-len(identity) % 4)).decode().rpartition("/")[2]
