"""Reading what somebody wants to post or edit: JSON or multipart in, a checked `Draft` out."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.errors import BadRequest
from sandbox.rest import json_body, parsed

TEXT_LIMIT_BYTES = 7439
"""For `text` and `markdown` each, in bytes (POST /messages)."""
FILE_LIMIT_BYTES = 100 * 2**20

CARD = "application/vnd.microsoft.card.adaptive"
CARD_VERSIONS = ("1.0", "1.1", "1.2", "1.3")

_TEXTS = ("roomId", "toPersonId", "toPersonEmail", "parentId", "text", "markdown")


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Draft:
    """The body of POST or PUT /messages; `given` holds its text fields by Webex's names."""

    given: dict[str, str]
    upload: Upload | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to post."""
        return bool(self.given.get("text") or self.given.get("markdown") or self.upload or self.attachments)


async def read_draft(request: Request, card_limit_bytes: int) -> Draft:
    """The request's draft; BadRequest says what is wrong with it."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        body, upload = await _read_form(request)
    else:
        body, upload = await json_body(request), None
        if body.get("files"):
            raise BadRequest("The sandbox fetches no URLs: post the file itself as multipart/form-data.")
    return Draft(_texts(body), upload, _attachments(body.get("attachments"), card_limit_bytes))


async def _read_form(request: Request) -> tuple[dict[str, Any], Upload | None]:
    async with request.form(max_part_size=FILE_LIMIT_BYTES) as form:
        body: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
        files = [value for value in form.getlist("files") if isinstance(value, UploadFile)]
        if len(files) > 1:
            raise BadRequest("Only one file can be posted with a message.")
        upload = None
        for file in files:
            upload = Upload(file.filename or "file", file.content_type or "application/octet-stream", await file.read())
            if len(upload.data) > FILE_LIMIT_BYTES:
                raise BadRequest("The file is larger than 100 MB.")
    if "attachments" in body:
        body["attachments"] = parsed(body["attachments"], "attachments")
    return body, upload


def _texts(body: dict[str, Any]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name in _TEXTS:
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise BadRequest(f"{name} must be a string.")
        if name in ("text", "markdown") and len(value.encode()) > TEXT_LIMIT_BYTES:
            raise BadRequest(f"{name} is too long: the maximum message length is {TEXT_LIMIT_BYTES} bytes.")
        given[name] = value
    return given


def _attachments(value: object, card_limit_bytes: int) -> list[dict[str, Any]]:
    if not value:
        return []
    if not isinstance(value, list) or len(value) != 1:
        raise BadRequest("attachments must be an array of one card.")
    attachment = value[0]
    if not isinstance(attachment, dict) or attachment.get("contentType") != CARD:
        raise BadRequest(f"The contentType of an attachment must be {CARD}.")
    _check_card(attachment.get("content"), card_limit_bytes)
    return value


def _check_card(card: object, limit_bytes: int) -> None:
    """Webex shows cards up to version 1.3; the limit in bytes is an assumption (WEBEX.md §1, §2)."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        raise BadRequest("Invalid Adaptive Card Json: type must be AdaptiveCard.")
    if card.get("version") not in CARD_VERSIONS:
        raise BadRequest("Invalid Adaptive Card Json: version must be 1.3 or lower.")
    if len(json.dumps(card, ensure_ascii=False).encode()) > limit_bytes:
        raise BadRequest(f"The card is too large: at most {limit_bytes} bytes.")
