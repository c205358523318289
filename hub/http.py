"""HTTP with the sources: one long-lived client each, paging, retries, and one way to tell errors."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from hub.errors import Conflict, NotAllowed, NotFound, Rejected, TokenRefused, Unavailable

ATTEMPTS = 4
LONGEST_WAIT_SECONDS = 30.0
_AGAIN = {429, 502, 503, 504}
_BACKOFF = wait_exponential_jitter(multiplier=0.3, max=5.0)

Json = dict[str, Any]


class Api:
    """A source's interface under one address, with one token. Safe to use from several threads.

    Reads, and writes that are the same when repeated, are tried again after 429 (obeying Retry-After), 502, 503, 504
    and time-outs. Every call raises one of `hub.errors`.
    """

    def __init__(self, source: str, url: str, token: str | None, transport: httpx.BaseTransport | None = None) -> None:
        self.source = source
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(30.0, connect=5.0),
            limits=httpx.Limits(max_connections=16),
            transport=transport,
        )

    def close(self) -> None:
        """Give back every connection."""
        self._client.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return what is at a path."""
        return self._json(self._call("GET", path, params=params))

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Yield the items of a list, following `Link: rel="next"` as it is given."""
        response = self._call("GET", path, params=params)
        while True:
            found = self._json(response)
            items = found if isinstance(found, list) else found.get("items")
            if not isinstance(items, list):
                raise Unavailable(self.source, "the answer is not a list")
            yield from items
            following = response.links.get("next", {}).get("url")
            if not following:
                return
            response = self._call("GET", following)

    def send(self, method: str, path: str, body: Json | None = None, *, key: str | None = None) -> Any:
        """Change something that is the same when the call is repeated (POST: by its idempotency `key`)."""
        headers = {"Idempotency-Key": key} if key else None
        response = self._call(method, path, json=body, headers=headers)
        return self._json(response) if response.content else None

    def _call(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            response: httpx.Response = Retrying(
                stop=stop_after_attempt(ATTEMPTS), wait=_wait, retry=retry_if_exception(_is_passing), reraise=True
            )(self._once, method, path, **request)
        except httpx.HTTPStatusError as error:
            raise self._failure(error.response) from error
        except httpx.HTTPError as error:
            raise Unavailable(self.source, type(error).__name__) from error
        return response

    def _once(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self._client.request(method, path, **request).raise_for_status()

    def _json(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError as error:
            raise Unavailable(self.source, "the answer is not JSON") from error

    def _failure(self, response: httpx.Response) -> Exception:
        match response.status_code:
            case 401:
                return TokenRefused(self.source)
            case 403:
                return NotAllowed(self.source, "its token may not do this")
            case 404:
                return NotFound(self.source, "HTTP 404")
            case 409:
                return Conflict("it exists already")
            case 400 | 422:
                return Rejected(_problems(response))
            case 429:
                asked = f", to wait {_asked(response):.0f} s" if _asked(response) else ""
                return Unavailable(self.source, f"it was asked too much at once{asked}")
            case status:
                return Unavailable(self.source, f"HTTP {status}")


def _problems(response: httpx.Response) -> dict[str, str]:
    try:
        body = response.json()
    except ValueError:
        body = {}
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, list):
        return {"": "rejected"}
    return {str(error.get("field", "")): str(error.get("description", "")) for error in errors}


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        # Asked to wait longer, we give up: to ask sooner than told would only prolong it.
        return error.response.status_code in _AGAIN and (_asked(error.response) or 0) <= LONGEST_WAIT_SECONDS
    return isinstance(error, httpx.TimeoutException | httpx.NetworkError | httpx.RemoteProtocolError)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = _asked(error.response) if isinstance(error, httpx.HTTPStatusError) else None
    return _BACKOFF(state) if asked is None else asked


def _asked(response: httpx.Response) -> float | None:
    """Return the seconds of a Retry-After, where there is one that can be read."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None
