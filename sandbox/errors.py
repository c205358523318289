"""Refusals, as Webex words them: message, errors[].description, trackingId in body and header (WEBEX.md §6).

ApiError
├── BadRequest   400   the request itself is wrong
│   └── CardRefused    a card that Webex would not take; its errors are an object
├── Unauthorized 401   no token, or one that nobody has
├── Forbidden    403   the caller may not do this
├── NotFound     404   absent, or invisible to the caller
├── Conflict     409   it is so already
├── Unsupported  415   a body of another media type
├── Unreadable   422   fields that make no sense, each named
└── TooMany      429   a limit is used up; `retry_after` seconds
"""

import json
from math import ceil
from typing import Any
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response


class ApiError(Exception):
    """A refusal with an HTTP status; `retry_after` in seconds."""

    status = 500
    errors: list[dict[str, str]] | dict[str, Any]

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = [{"description": message}]
        self.status = status or self.status
        self.retry_after = retry_after


class BadRequest(ApiError):
    """The request itself is wrong."""

    status = 400


class CardRefused(BadRequest):
    """A card that Webex would not take; `problems` say why, by place (WEBEX.md §2)."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Unable to process the attachments of the message.")
        self.errors = {
            "attachments": {
                "code": "invalid_attachments",
                "reason": "Invalid Adaptive Card Json",
                "attachmentErrors": problems,
            }
        }


class Unauthorized(ApiError):
    """No token, or one that nobody has."""

    status = 401

    def __init__(self) -> None:
        super().__init__("The request requires a valid access token set in the Authorization request header.")


class Forbidden(ApiError):
    """The caller may not do this."""

    status = 403


class NotFound(ApiError):
    """Absent, or invisible to the caller: Webex does not tell which."""

    status = 404


class Conflict(ApiError):
    """It is so already."""

    status = 409


class Unsupported(ApiError):
    """A body of another media type than the one that is read."""

    status = 415


class Unreadable(ApiError):
    """Fields that make no sense; `problems` says why, by field (the feed's POST /trials)."""

    status = 422

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("Some fields are missing or wrong.")
        self.errors = [{"field": name, "description": reason} for name, reason in problems.items()]


class TooMany(ApiError):
    """A limit is used up."""

    status = 429

    def __init__(self, retry_after: float) -> None:
        super().__init__("Too many requests were sent in a given amount of time.", retry_after=retry_after)


def refusal(error: ApiError) -> Response:
    """The answer that tells a client of the error."""
    tracking_id = f"ROUTER_{str(uuid4()).upper()}"
    headers = {"trackingId": tracking_id}
    if error.retry_after is not None:
        headers["Retry-After"] = str(ceil(error.retry_after))
    body = {
        "message": error.message,
        "errors": error.errors,
        "trackingId": tracking_id,
    }
    return Response(json.dumps(body), error.status, headers, media_type="application/json")


async def answer_error(_request: Request, error: Exception) -> Response:
    """Starlette's handler for our errors and for its own: no such path, no such method."""
    if isinstance(error, HTTPException):
        return refusal(ApiError(error.detail, status=error.status_code))
    if isinstance(error, ApiError):
        return refusal(error)
    raise error
