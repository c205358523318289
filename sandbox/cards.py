"""Which cards Webex takes: up to version 1.3, of a limited size, with what each element must have (WEBEX.md §2)."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.errors import BadRequest, CardRefused

CARD = "application/vnd.microsoft.card.adaptive"
VERSIONS = ("1.0", "1.1", "1.2", "1.3")
MOST_ACTIONS = 5

_REQUIRED: dict[str, tuple[str, ...]] = {
    "AdaptiveCard": (),
    "TextBlock": ("text",),
    "RichTextBlock": ("inlines",),
    "TextRun": ("text",),
    "Image": ("url",),
    "ImageSet": ("images",),
    "Media": ("sources",),
    "Container": ("items",),
    "ColumnSet": (),
    "Column": (),
    "FactSet": ("facts",),
    "ActionSet": ("actions",),
    "Input.Text": ("id",),
    "Input.Number": ("id",),
    "Input.Date": ("id",),
    "Input.Time": ("id",),
    "Input.Toggle": ("id", "title"),
    "Input.ChoiceSet": ("id",),
    "Action.OpenUrl": ("url",),
    "Action.Submit": (),
    "Action.ShowCard": ("card",),
    "Action.ToggleVisibility": ("targetElements",),
}
"""What there is in version 1.3, and what it must have (adaptivecards.io, schema 1.3)."""
_CHILDREN = {"body": "", "items": "", "actions": "", "columns": "Column", "inlines": "TextRun", "images": "Image"}
"""Where elements have elements, and what those are that do not say so."""


def read_attachments(value: object, limit_bytes: int) -> list[dict[str, Any]]:
    """One card or none; BadRequest or CardRefused says what is wrong."""
    if not value:
        return []
    if not isinstance(value, list) or len(value) != 1:
        raise BadRequest("attachments must be an array of one card.")
    attachment = value[0]
    if not isinstance(attachment, dict) or attachment.get("contentType") != CARD:
        raise BadRequest(f"The contentType of an attachment must be {CARD}.")
    card = attachment.get("content")
    if len(json.dumps(card, ensure_ascii=False).encode()) > limit_bytes:
        raise CardRefused([f"#: the card is too large: at most {limit_bytes} bytes"])
    if problems := _problems(card):
        raise CardRefused(problems)
    return value


def _problems(card: object) -> list[str]:
    """In the words of the validator that Webex was seen to use."""
    if not isinstance(card, dict):
        return ["#: expected type: JSONObject"]
    if card.get("type") != "AdaptiveCard":
        return ["#/type: AdaptiveCard is the only possible value"]
    if card.get("version") not in VERSIONS:
        return ["#/version: must be 1.3 or lower"]
    try:
        return list(_of_element(card, "#"))
    except RecursionError:
        return ["#: nested too deeply"]


def _of_element(element: Any, place: str, default: str = "") -> Iterator[str]:
    if not isinstance(element, dict):
        yield f"{place}: expected type: JSONObject"
        return
    kind = element.get("type", default)
    if not isinstance(kind, str) or kind not in _REQUIRED:
        yield f"{place}/type: {kind} is not a valid enum value"
        return
    for key in _REQUIRED[kind]:
        if key not in element:
            yield f"{place}: required key [{key}] not found"
    for name, inner in _CHILDREN.items():
        if name in element:
            yield from _of_list(element[name], f"{place}/{name}", inner)
    for name in ("selectAction", "card"):
        if name in element:
            yield from _of_element(element[name], f"{place}/{name}")


def _of_list(elements: Any, place: str, default: str) -> Iterator[str]:
    if not isinstance(elements, list):
        yield f"{place}: expected type: JSONArray"
        return
    if place.endswith("/actions") and len(elements) > MOST_ACTIONS:
        yield f"{place}: expected maximum item count: {MOST_ACTIONS}, found: {len(elements)}"
    for number, element in enumerate(elements):
        if not (default == "TextRun" and isinstance(element, str)):
            yield from _of_element(element, f"{place}/{number}", default)
