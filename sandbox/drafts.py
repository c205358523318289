"""Reading what somebody wants to post or edit: JSON or multipart in, a checked `Draft` out."""

from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.cards import read_attachments
from sandbox.errors import BadRequest
from sandbox.rest import json_body, parsed
from sandbox.switches import Switches
from sandbox.uploads import Upload, fetch_upload, too_large

TEXT_LIMIT_BYTES = 7439
"""For `text` and `markdown` each, in bytes (POST /messages)."""

FIELD_LIMIT_BYTES = 2**20
"""For a field of a form that is no file."""

_TEXTS = ("roomId", "toPersonId", "toPersonEmail", "parentId", "text", "markdown")


@dataclass(frozen=True)
class Draft:
    """The body of POST or PUT /messages; `given` holds its text fields by Webex's names."""

    given: dict[str, str]
    upload: Upload | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_more_than_text(self) -> bool:
        """Whether there is a file or a card."""
        return bool(self.upload or self.attachments)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to post."""
        return bool(self.given.get("text") or self.given.get("markdown") or self.is_more_than_text)


async def read_draft(request: Request, switches: Switches) -> Draft:
    """The request's draft; BadRequest says what is wrong with it."""
    upload = None
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        body, upload = await _read_form(request, switches.file_limit_bytes)
    else:
        body = await json_body(request)
    given, attachments = _texts(body), read_attachments(body.get("attachments"), switches.card_limit_bytes)
    if body.get("files"):
        upload = await fetch_upload(_one_url(body["files"]), switches.file_limit_bytes)
    if upload and attachments and switches.refuse_file_with_card:
        raise BadRequest("A message can have a file or a card, not both.")
    return Draft(given, upload, attachments)


async def _read_form(request: Request, limit_bytes: int) -> tuple[dict[str, Any], Upload | None]:
    async with request.form(max_part_size=FIELD_LIMIT_BYTES) as form:
        body: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
        files = [value for value in form.getlist("files") if isinstance(value, UploadFile)]
        if len(files) > 1:
            raise BadRequest("Only one file can be posted with a message.")
        upload = await _read_file(files[0], limit_bytes) if files else None
    if "files" in body:
        body["files"] = [body["files"]]
    if "attachments" in body:
        body["attachments"] = parsed(body["attachments"], "attachments")
    return body, upload


async def _read_file(file: UploadFile, limit_bytes: int) -> Upload:
    if file.size and file.size > limit_bytes:
        raise too_large(limit_bytes)
    content_type = file.content_type or "application/octet-stream"
    return Upload(file.filename or "file", content_type, await file.read()).checked(limit_bytes)


def _one_url(files: object) -> str:
    if not isinstance(files, list) or len(files) != 1 or not isinstance(files[0], str):
        raise BadRequest("files must be an array of one URL.")
    return files[0]


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
