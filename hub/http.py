"""HTTP with the sources: one long-lived client each, paging, retries, and one way to tell errors."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from hub import measures
from hub.errors import Conflict, NotAllowed, NotFound, Rejected, TokenRefused, Unavailable
from hub.tokens import Bearer, Tokens

ATTEMPTS = 6
PATIENCE_SECONDS = 60.0
"""What one call may spend on waiting: asked to wait longer, it gives up instead of asking too soon."""
MOST_PAGES = 10_000
"""A list with more pages than that has no end."""

USER_AGENT = f"partner-hub-bot/{version('partner-hub-bot')}"
"""Who calls, for whoever runs the source."""

_REFUSED = {423, 429}
"""Nothing was done: the same may be asked again, whatever it is."""
_AGAIN = _REFUSED | {502, 503, 504}
_REPEATABLE = {"GET", "PUT", "PATCH", "DELETE"}
_BACKOFF = wait_exponential_jitter(multiplier=0.3, max=10.0)

_FAMILY = frozenset({"webex.com", "webexapis.com", "wbx2.com"})
"""Domains of one owner: a file of an interface at one of them may lie at another."""

Json = dict[str, Any]


class Api:
    """A source's interface under one address, with one token. Safe to use from several threads.

    A call is tried again, with growing pauses, after 423, 429, 502, 503, 504, and a lost connection; Retry-After is
    obeyed in full, or the call gives up. What might take effect twice is only repeated where it surely had none. Every
    call raises one of `hub.errors`; a token that is refused is told by the setting it comes from.
    """

    def __init__(
        self,
        source: str,
        url: str,
        tokens: Tokens | None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._tokens = tokens
        self._sleep = sleep
        self._now = now
        self._closed_until: dict[str, float] = {}
        self._counting = Lock()
        self._client = httpx.Client(
            base_url=url,
            auth=Bearer(tokens) if tokens else None,
            headers={"User-Agent": USER_AGENT},
            timeout=httpx.Timeout(30.0, connect=5.0),
            limits=httpx.Limits(max_connections=16),
            transport=transport,
        )
        self.requests_sent = 0
        """How many requests were sent, repeated ones included."""

    def close(self) -> None:
        """Give back every connection."""
        self._client.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return what is at a path."""
        return self._json(self._call("GET", path, params=params))

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Yield the items of a list, following `Link: rel="next"` as it is given."""
        response = self._call("GET", path, params=params)
        seen = set()
        while True:
            yield from self._items(response)
            seen.add(str(response.request.url))
            following = self._following(response)
            if following is None:
                return
            response = self._call("GET", following)
            if following in seen or len(seen) == MOST_PAGES:
                raise Unavailable(self.source, "the pages of its list go on for ever")

    def send(
        self, method: str, path: str, body: Json | None = None, *, key: str | None = None, replaces: bool = False
    ) -> Any:
        """Change something.

        A POST is repeated after a lost answer only where that does no harm: it has an idempotency `key`, or it
        `replaces` what was there.
        """
        headers = {"Idempotency-Key": key} if key else None
        harmless = method in _REPEATABLE or key is not None or replaces
        response = self._call(method, path, harmless=harmless, json=body, headers=headers)
        return self._json(response) if response.content else None

    def download(self, url: str, to: Path, limit_bytes: int) -> None:
        """Fetch a file from wherever the source says it is; our token goes along only to the source itself.

        Raises:
            Unavailable: it does not come whole, is larger than `limit_bytes`, or lies elsewhere.
        """
        if not self._is_ours(url):
            raise Unavailable(self.source, "the address of its file is not one of its own")
        try:
            Retrying(
                stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(PATIENCE_SECONDS),
                wait=_wait,
                retry=retry_if_exception(_is_passing),
                sleep=self._sleep,
                reraise=True,
            )(self._fetch, url, to, limit_bytes)
        except httpx.HTTPStatusError as error:
            raise self._failure(error.response) from error
        except httpx.HTTPError as error:
            raise Unavailable(self.source, f"the connection fails ({type(error).__name__})") from error

    def _fetch(self, url: str, to: Path, limit_bytes: int) -> None:
        with self._counting:
            self.requests_sent += 1
        with self._client.stream("GET", url) as response, to.open("wb") as file:
            measures.count_call(self.source, response)
            response.raise_for_status()
            left = limit_bytes
            for chunk in response.iter_bytes():
                left -= len(chunk)
                if left < 0:
                    raise Unavailable(self.source, f"its file has more than {limit_bytes // 1_000_000} MB")
                file.write(chunk)

    def _is_ours(self, url: str) -> bool:
        """Whether an address is the source's: the same origin, or, of Webex's own hosts, another of them."""
        try:
            asked, own = httpx.URL(url), self._client.base_url
        except httpx.InvalidURL:
            return False
        if (asked.scheme, asked.host, asked.port) == (own.scheme, own.host, own.port):
            return True
        domain = _domain(own.host)
        return asked.scheme == "https" and domain in _FAMILY and _domain(asked.host) in _FAMILY

    def _call(self, method: str, path: str, *, harmless: bool = True, **request: Any) -> httpx.Response:
        try:
            response: httpx.Response = Retrying(
                stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(PATIENCE_SECONDS),
                wait=_wait,
                retry=retry_if_exception(_is_passing if harmless else _had_no_effect),
                sleep=self._sleep,
                reraise=True,
            )(self._once, method, path, **request)
        except httpx.HTTPStatusError as error:
            raise self._failure(error.response) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(self.source, f"the connection fails ({type(error).__name__})") from error
        return response

    def _once(self, method: str, path: str, **request: Any) -> httpx.Response:
        prepared = self._client.build_request(method, path, **request)
        resource = prepared.url.path.removeprefix(self._client.base_url.path).partition("/")[0]
        left = self._closed_until.get(resource, 0) - self._now()
        if left > 0:
            raise Unavailable(self.source, f"it was asked too much; it wants to be left alone for {left:.0f} s")
        with self._counting:
            self.requests_sent += 1
        try:
            response = self._client.send(prepared)
        except httpx.HTTPError:
            measures.count_call(self.source, None)
            raise
        measures.count_call(self.source, response)
        asked = _asked(response)
        if response.status_code in _AGAIN and asked is not None and asked >= PATIENCE_SECONDS:
            self._closed_until[resource] = self._now() + asked
        return response.raise_for_status()

    def _following(self, response: httpx.Response) -> str | None:
        """Return the address of the next page, which may be told relative to this one (RFC 8288)."""
        given = response.links.get("next", {}).get("url")
        try:
            return str(response.request.url.join(given)) if given else None
        except httpx.InvalidURL as error:
            raise Unavailable(self.source, "its link to the next page is no address") from error

    def _items(self, response: httpx.Response) -> list[Any]:
        found = self._json(response)
        items = found.get("items") if isinstance(found, dict) else found
        if not isinstance(items, list):
            raise Unavailable(self.source, "the answer is not a list")
        return items

    def _json(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError as error:
            kind = response.headers.get("Content-Type", "").partition(";")[0]
            raise Unavailable(self.source, f"the answer is not JSON{f' but {kind}' if kind else ''}") from error

    def _failure(self, response: httpx.Response) -> Exception:
        status = response.status_code
        if response.request.method == "GET" and status in (400, 409, 422):
            # What we ask is documented: a source that refuses it does not behave as documented.
            return Unavailable(self.source, f"HTTP {status}")
        match status:
            case 401:
                return TokenRefused(self.source, self._tokens.setting if self._tokens else "its settings")
            case 403:
                return NotAllowed(self.source, "its token may not do this")
            case 404:
                return NotFound(self.source, "HTTP 404")
            case 409:
                return Conflict("it exists already")
            case 400 | 422:
                return Rejected(_problems(response))
            case 429:
                asked = _asked(response)
                wish = f"; it wants to be left alone for {asked:.0f} s" if asked else ""
                return Unavailable(self.source, f"it was asked too much{wish}")
            case _:
                return Unavailable(self.source, f"HTTP {status}")


def _domain(host: str) -> str:
    return ".".join(host.rsplit(".", 2)[-2:])


def _problems(response: httpx.Response) -> dict[str, str]:
    try:
        body = response.json()
    except ValueError:
        body = {}
    errors = body.get("errors") if isinstance(body, dict) else None
    named = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return {str(error.get("field", "")): str(error.get("description", "")) for error in named} or {"": "rejected"}


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in _AGAIN
    return isinstance(error, httpx.TimeoutException | httpx.NetworkError | httpx.RemoteProtocolError)


def _had_no_effect(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in _REFUSED
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = _asked(error.response) if isinstance(error, httpx.HTTPStatusError) else None
    return _BACKOFF(state) if asked is None else asked


def _asked(response: httpx.Response) -> float | None:
    """Return the seconds of a Retry-After (RFC 9110: a number, or a date), where there is one that can be read."""
    given = response.headers.get("Retry-After", "")
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
