"""HTTP to Webex: timeouts, one tree of errors, and connections that are kept and shared between threads."""

import json
import logging
import os
import threading
from collections.abc import Mapping
from typing import Any

import httpx
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError

from bot.errors import TooLarge, Unavailable, WebexError, failure
from hub.http import USER_AGENT
from hub.measures import CALLS, FAILED

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
SOURCE = "Webex, as the bot"
"""Under which its requests are counted."""
KEEP_SECONDS = 60.0
"""How long a connection is kept that nobody uses."""


_CHATTY = ("webex_bot", "webexpythonsdk", "websockets", "httpx", "httpcore", "urllib3")


def silence_libraries() -> None:
    """Keep what people write, and our token, out of the log: these libraries put them there at lower levels."""
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)


class Adapter(HTTPAdapter):
    """For the `requests` sessions of the Webex libraries, which know no timeouts and raise errors of their own.

    Every answer of 400 or above, and every failure to get one, is raised as one of `bot.errors`.
    """

    def __init__(self, connections: int) -> None:
        super().__init__(pool_maxsize=connections)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Send one request."""
        options["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        try:
            response = super().send(request, **options)
            failed = response.status_code >= 400
            # Read here, a failed answer gives its connection back.
            body = response.content if failed else b""
        except requests.RequestException as error:
            _count(FAILED)
            raise Unavailable(type(error).__name__, maybe_sent=_may_have_arrived(error)) from error
        _count(response.status_code)
        if failed:
            raise _failure(response, body)
        return response


def prepare(session: requests.Session, url: str, connections: int) -> None:
    """Have a session use `Adapter`, and read the environment now instead of at every request.

    That takes a fifth of a request's time, and would prefer a password of .netrc to our token.
    """
    session.proxies.update(requests.utils.get_environ_proxies(url))
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, Adapter(connections))


class Caller:
    """Calls as one account, from any thread, at about half the cost of `requests`: every answer waits for these.

    Each thread has a client of its own, as threads that share one wait for each other at its pool of connections.
    """

    def __init__(self, token: str) -> None:
        self._headers = {"User-Agent": USER_AGENT, "Authorization": f"Bearer {token}"}
        self._trust = httpx.create_ssl_context()
        self._threads = threading.local()
        self._clients: list[httpx.Client] = []

    def json(self, url: str) -> dict[str, Any]:
        """Return a JSON object.

        Raises:
            WebexError: there is no answer, or a failure, or something else.

        """
        try:
            return _object(self._client.get(url))
        except (httpx.HTTPError, ValueError) as error:
            raise _unanswered(error, maybe_sent=False) from error

    def post(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post a JSON object and return the one that comes back.

        Raises:
            WebexError: it was not posted, or that is not certain.

        """
        try:
            return _object(self._client.post(url, json=body))
        except (httpx.HTTPError, ValueError) as error:
            not_sent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError))
            raise _unanswered(error, maybe_sent=not not_sent) from error

    def file(self, url: str, limit_bytes: int) -> tuple[bytes, str]:
        """Return a file of at most `limit_bytes`, and its Content-Disposition.

        Raises:
            WebexError: there is no answer, or a failure, or it is larger (`TooLarge`).

        """
        content = bytearray()
        try:
            with self._client.stream("GET", url) as response:
                if not response.is_success:
                    raise _failure(response, response.read())
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > limit_bytes:
                        raise TooLarge(limit_bytes)
                return bytes(content), response.headers.get("Content-Disposition", "attachment")
        except httpx.HTTPError as error:
            raise _unanswered(error, maybe_sent=False) from error

    def close(self) -> None:
        """Give back every connection."""
        for client in self._clients:
            client.close()

    @property
    def _client(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._threads, "client", None)
        if client is None:
            client = self._threads.client = httpx.Client(
                headers=self._headers,
                verify=self._trust,
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                limits=httpx.Limits(keepalive_expiry=KEEP_SECONDS),
                event_hooks={"response": [lambda response: _count(response.status_code)]},
                follow_redirects=True,
            )
            self._clients.append(client)
        return client


def _count(status: int | str) -> None:
    CALLS.labels(SOURCE, str(status)).inc()


def _unanswered(error: Exception, *, maybe_sent: bool) -> Unavailable:
    if isinstance(error, httpx.HTTPError):
        _count(FAILED)
    return Unavailable(type(error).__name__, maybe_sent=maybe_sent)


def _object(response: httpx.Response) -> dict[str, Any]:
    if not response.is_success:
        raise _failure(response, response.content)
    found: dict[str, Any] = response.json()
    return found


def _failure(response: httpx.Response | requests.Response, body: bytes) -> WebexError:
    return failure(response.status_code, response.headers, _message(body))


def _message(body: bytes) -> str:
    """What an error says in words (Webex API reference: `message` of an error's body)."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("message", "")) if isinstance(said, dict) else ""


def _may_have_arrived(error: requests.RequestException) -> bool:
    """Whether the request may have reached the server: not where no connection to it came about."""
    if isinstance(error, (requests.exceptions.ProxyError, requests.exceptions.SSLError)):
        return False
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return not isinstance(reason, ConnectTimeoutError)
