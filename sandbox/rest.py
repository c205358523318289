"""What every REST handler needs: who calls, what they sent, answers and `Link` paging."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from sandbox.errors import BadRequest, Unsupported
from sandbox.resources import Json, encode

T = TypeVar("T")
_MOST_DIGITS = 19


def bearer_token(request: Request) -> str:
    """The token of the Authorization header; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def parsed(raw: bytes | str, what: str) -> Any:
    """JSON as others read it too: no NaN, no half of a surrogate pair, not nested without end; BadRequest otherwise."""
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise BadRequest(f"{what} is not valid JSON.") from None
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


async def json_body(request: Request) -> Json:
    """The request's JSON object; BadRequest when it holds something else, Unsupported when it says so itself.

    The control endpoints believe that a body is JSON whatever it is called, as curl calls it a form.
    """
    raw = await request.body()
    if raw and not request.url.path.startswith("/sandbox/"):
        _demand(request, "application/json")
    body = parsed(raw or b"{}", "The request body")
    if not isinstance(body, dict):
        raise BadRequest("The request body must be a JSON object.")
    return body


async def form_body(request: Request) -> dict[str, str]:
    """The fields of a form; of one that is given twice the last."""
    _demand(request, "application/x-www-form-urlencoded")
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


def _demand(request: Request, wanted: str) -> None:
    kind = request.headers.get("content-type", wanted).partition(";")[0].strip().lower()
    if kind != wanted:
        raise Unsupported(f"The body must be {wanted}.")


def answer(value: object, status: int = 200) -> Response:
    """A JSON answer; bytes are taken as JSON already encoded."""
    return Response(value if isinstance(value, bytes) else encode(value), status, media_type="application/json")


def no_content() -> Response:
    """The answer to a DELETE."""
    return Response(status_code=204)


def encoded_items(items: Iterable[bytes]) -> bytes:
    """`{"items": […]}` of things that are encoded already."""
    return b'{"items":[' + b",".join(items) + b"]}"


def whole_number(params: QueryParams, name: str, default: int, low: int, high: int) -> int:
    """A number from the query, within bounds; BadRequest otherwise."""
    text = params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > _MOST_DIGITS or not low <= int(text) <= high:
        raise BadRequest(f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def one_of(params: QueryParams, name: str, choices: Sequence[str]) -> str | None:
    """A word of the query out of those there are, or None without one; BadRequest otherwise."""
    text = params.get(name)
    if text is not None and text not in choices:
        raise BadRequest(f"{name} must be one of {', '.join(choices)}.")
    return text


def iso_day(value: object, name: str) -> date:
    """A day out of a body or query; BadRequest when it is none."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise BadRequest(f"{name} must be an ISO date.")
    return day


def query_day(request: Request, name: str, default: date) -> date:
    """A day of the query; BadRequest when it is none."""
    text = request.query_params.get(name)
    return iso_day(text, name) if text else default


class Page:
    """One page of a list that is ordered by a growing number, and the link to the next.

    The link carries the number of the last item seen under `cursor`, so items that come or go between two pages
    shift nothing. `before` or `beforeMessage` could not serve: the SDK puts its first call's values back
    (WEBEX.md §6).
    """

    def __init__(self, request: Request, url: str, default: int, most: int) -> None:
        self._request = request
        self._url = url
        self._max = whole_number(request.query_params, "max", default, 1, most)
        self._cursor = whole_number(request.query_params, "cursor", 0, 0, 2**63)
        self._next: int | None = None

    def oldest_first(
        self, items: Sequence[T], number: Callable[[T], int], wanted: Callable[[T], bool] = lambda _: True
    ) -> list[T]:
        """The page of `items`, which are in ascending order of their number."""
        start = bisect_right(items, self._cursor, key=number)
        return self._cut((items[i] for i in range(start, len(items))), number, wanted)

    def newest_first(
        self, items: Sequence[T], number: Callable[[T], int], wanted: Callable[[T], bool] = lambda _: True
    ) -> list[T]:
        """The page of `items`, from the last one backwards; they are in ascending order of their number."""
        end = bisect_left(items, self._cursor, key=number) if self._cursor else len(items)
        return self._cut((items[i] for i in range(end - 1, -1, -1)), number, wanted)

    def _cut(self, items: Iterable[T], number: Callable[[T], int], wanted: Callable[[T], bool]) -> list[T]:
        page: list[T] = []
        for item in items:
            if wanted(item):
                if len(page) == self._max:
                    self._next = number(page[-1])
                    break
                page.append(item)
        return page

    def answer(self, value: object) -> Response:
        """The answer, with the link when there is more."""
        response = answer(value)
        if self._next is not None:
            link_to_next(response, self._request, self._url, cursor=self._next)
        return response


def link_to_next(response: Response, request: Request, url: str, **place: int) -> None:
    """Tell where the next page is: at the same address, with the place where it begins."""
    query = urlencode(dict(request.query_params) | place)
    response.headers["Link"] = f'<{url}{request.url.path}?{query}>; rel="next"'


def only_known(body: dict[str, Any], known: Iterable[str]) -> None:
    """BadRequest that names the fields nobody knows."""
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise BadRequest(f"Unknown field: {', '.join(unknown)}.")
