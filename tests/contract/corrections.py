"""What is wrong in the official descriptions, and why we say so. A correction that is not needed any more fails a test.

Where a description contradicts its own examples, or what a published client demands, the latter are the truth.
"""

from dataclasses import dataclass
from typing import Any

_ADMIN, _MESSAGING, _CALLING = "webex-admin-subset", "webex-messaging-subset", "webex-calling-subset"


@dataclass(frozen=True)
class Correction:
    """At `pointer` of a document stands `value` instead, or what stands at `like`; `reason` says how we know."""

    document: str
    pointer: tuple[str, ...]
    reason: str
    value: Any = None
    like: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((self.document, self.pointer))

    def apply(self, document: dict[str, Any]) -> None:
        """Put the document right; KeyError where the way to the place is not there."""
        _at(document, self.pointer[:-1])[self.pointer[-1]] = _at(document, self.like) if self.like else self.value


def _at(document: dict[str, Any], pointer: tuple[str, ...]) -> Any:
    place: Any = document
    for step in pointer:
        place = place[step]
    return place


def _schema(name: str, *inside: str) -> tuple[str, ...]:
    return ("components", "schemas", name, *inside)


_SUBMIT = ("paths", "/attachment/actions", "post", "responses")
_ANY_INPUTS = "The description closes the form of its own example (Name, Url, Email, Tel); a card asks what it likes."

_TEXT, _NUMBER = {"type": "string"}, {"type": "number"}
_TAKEN = "/reports and /partner/reports share the name of this schema, which fits the former; the example is right."
_PARTNER_TEMPLATE = {
    "type": "object",
    "properties": dict.fromkeys(("title", "service", "category", "dataStartDate", "dataEndDate"), _TEXT)
    | dict.fromkeys(("templateId", "maxDays"), _NUMBER),
}
_PARTNER_REPORT = {
    "type": "object",
    "properties": dict.fromkeys(
        (
            *("reportId", "title", "service", "startDate", "endDate", "regionId", "createdTime", "status"),
            *("fileName", "checksum", "downloadURL", "downloadUrlExpiryTime"),
        ),
        _TEXT,
    )
    | dict.fromkeys(("templateId", "fileSize"), _NUMBER),
}

_LOCATION = {
    "type": "object",
    "required": ["id", "name", "orgId", "address"],
    "properties": dict.fromkeys(
        ("id", "name", "orgId", "timeZone", "preferredLanguage", "latitude", "longitude", "notes"), _TEXT
    )
    | {"address": {"type": "object"}},
}


def _answer(path: str) -> tuple[str, ...]:
    return ("paths", path, "get", "responses", "200", "content", "application/json", "schema")


CORRECTIONS: tuple[Correction, ...] = (
    Correction(
        _ADMIN, _answer("/partner/reports/templates"), _TAKEN, value={"type": "array", "items": _PARTNER_TEMPLATE}
    ),
    Correction(
        _ADMIN,
        _answer("/partner/reports"),
        "The list's key is called «Report Attributes», which is prose; /reports and its SDKs say items.",
        value={"type": "object", "properties": {"items": {"type": "array", "items": _PARTNER_REPORT}}},
    ),
    Correction(
        _CALLING,
        _answer("/locations"),
        "The schema is that of a workspace location, which took the name; the example is right.",
        value={"type": "object", "properties": {"items": {"type": "array", "items": _LOCATION}}},
    ),
    Correction(
        _MESSAGING,
        _schema("Attachment", "properties", "content"),
        "It names the File of another product, whose schema took the name when the descriptions were merged; the "
        "example beside it is a card.",
        value={"type": "object"},
    ),
    Correction(
        _MESSAGING,
        (*_SUBMIT, "200"),
        "202 is described, but webexpythonsdk refuses anything but 200 (its response_codes.py), and works.",
        like=(*_SUBMIT, "202"),
    ),
    Correction(_MESSAGING, _schema("SubmitCardAction", "properties", "inputs"), _ANY_INPUTS, value={"type": "object"}),
    Correction(
        _MESSAGING, _schema("AttachmentActivity", "properties", "inputs"), _ANY_INPUTS, value={"type": "object"}
    ),
    Correction(
        _MESSAGING,
        (
            "paths",
            "/memberships/{membershipId}",
            "put",
            "requestBody",
            "content",
            "application/json",
            "schema",
            "required",
        ),
        "isRoomHidden is for 1:1 rooms; webexpythonsdk sends only isModerator (its api/memberships.py), and works.",
        value=["isModerator"],
    ),
    Correction(
        _CALLING,
        _schema("Device", "properties", "plannedMaintenance"),
        "The example holds the mode itself, and wxc-sdk reads that and fails on an object.",
        value={"type": "string", "enum": ["off", "on", "upcoming"]},
    ),
)
"""Every one is needed: `test_contract.py` leaves each out once, and must then find a deviation."""
