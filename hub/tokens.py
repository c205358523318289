"""Access tokens of the sources: fixed ones, and Webex's that are renewed with a refresh token before they expire.

Renewed tokens are kept in the database, encrypted, since Webex may give another refresh token each time (Webex API
reference, Access Tokens): after a restart the configured one may be worth nothing any more.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

import httpx
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.errors import TokenRefused, Unavailable
from hub.wire.reading import read_one
from hub.wire.webex import WebexTokens
from storage import Database
from storage.tables import Credential

SOURCE = "Webex"
RENEW_AT = 0.2
"""So much of an access token's life is left when it is renewed."""
REFRESH_TOKEN_WARNING = timedelta(days=14)
"""A refresh token that ends sooner is told to the owner: renewing prolongs it, so something is wrong."""


class Tokens(Protocol):
    """Where a source's access token comes from."""

    @property
    def setting(self) -> str:
        """The setting that a valid one has to be put into."""

    def current(self) -> str:
        """Return the token to use now.

        Raises:
            SourceError: there is none.
        """

    def instead_of(self, refused: str) -> str | None:
        """Return another token than one that was refused, if there is one."""


@dataclass(frozen=True)
class FixedToken:
    """A token from the configuration."""

    token: str
    setting: str

    def current(self) -> str:
        """Return it."""
        return self.token

    def instead_of(self, refused: str) -> None:
        """There is no other."""


class Bearer(httpx.Auth):
    """Puts the current token on each request; one that is refused is renewed once, and the request sent again."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request, twice where the token had to be renewed."""
        token = self._tokens.current()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401 and (other := self._tokens.instead_of(token)):
            request.headers["Authorization"] = f"Bearer {other}"
            yield request


@dataclass(frozen=True)
class Grant:
    """What an integration or service app was given (WEBEX.md §11)."""

    client_id: str
    client_secret: str
    refresh_token: str


@dataclass(frozen=True)
class _Held:
    access: str
    refresh: str
    renewed_at: datetime
    expires_at: datetime
    refresh_expires_at: datetime | None


class RenewedTokens:
    """Webex's tokens of an integration or service app. Safe to use from several threads and replicas."""

    setting = "PARTNERBOT_REFRESH_TOKEN"

    def __init__(
        self,
        database: Database,
        url: str,
        grant: Grant,
        clock: Callable[[], datetime],
        *,
        name: str = "administrator",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._database = database
        self._grant = grant
        self._clock = clock
        self._name = name
        self._cipher = _cipher(grant.client_secret)
        self._given = hashlib.sha256(grant.refresh_token.encode()).hexdigest()[:16]
        self._client = httpx.Client(base_url=f"{url}/v1/", timeout=30.0, transport=transport)
        self._renewing = Lock()
        self._held: _Held | None = None

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def current(self) -> str:
        """Return an access token that is valid now, renewed where most of its life is over.

        Raises:
            TokenRefused: Webex does not accept the refresh token.
            Unavailable: Webex cannot be asked, and the last token is no longer valid.
        """
        held = self._known()
        now = self._clock()
        if held and _left(held, now) > RENEW_AT:
            return held.access
        try:
            return self._renewed(held).access
        except Unavailable:
            if held and held.expires_at > now:
                return held.access
            raise

    def instead_of(self, refused: str) -> str | None:
        """Return a renewed token.

        Raises:
            TokenRefused: Webex does not accept the refresh token.
            Unavailable: Webex cannot be asked.
        """
        held = self._known()
        if held and held.access != refused:
            return held.access
        return self._renewed(held).access

    def ends_soon(self) -> datetime | None:
        """Return when the refresh token ends, if that is near."""
        held = self._known()
        ends = held.refresh_expires_at if held else None
        return ends if ends and ends - self._clock() < REFRESH_TOKEN_WARNING else None

    def _known(self) -> _Held | None:
        if self._held is None:
            self._held = self._stored()
        return self._held

    def _renewed(self, outdated: _Held | None) -> _Held:
        with self._renewing:
            # Another thread, or another replica, may have renewed it while this one waited or slept.
            newest = self._stored()
            if newest is None or (outdated and newest.renewed_at <= outdated.renewed_at):
                newest = self._ask(newest.refresh if newest else self._grant.refresh_token)
                self._store(newest)
            self._held = newest
            return newest

    def _ask(self, refresh_token: str) -> _Held:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._grant.client_id,
            "client_secret": self._grant.client_secret,
            "refresh_token": refresh_token,
        }
        try:
            response = self._client.post("access_token", data=form)
        except httpx.HTTPError as error:
            raise Unavailable(SOURCE, f"its token cannot be renewed ({type(error).__name__})") from error
        if response.status_code in (400, 401, 403):
            raise TokenRefused(SOURCE, self.setting)
        if not response.is_success:
            raise Unavailable(SOURCE, f"its token cannot be renewed (HTTP {response.status_code})")
        try:
            told = read_one(response.json(), WebexTokens, SOURCE)
        except ValueError as error:
            raise Unavailable(SOURCE, "its answer to a renewal is not JSON") from error
        now = self._clock()
        lasts = told.refresh_token_expires_in
        return _Held(
            told.access_token,
            told.refresh_token or refresh_token,
            renewed_at=now,
            expires_at=now + timedelta(seconds=told.expires_in),
            refresh_expires_at=now + timedelta(seconds=lasts) if lasts else None,
        )

    def _stored(self) -> _Held | None:
        with self._database.read() as session:
            row = session.get(Credential, self._name)
        if row is None or row.given != self._given:
            return None
        try:
            opened = json.loads(self._cipher.decrypt(row.sealed.encode()))
        except InvalidToken:
            # Another client secret sealed it: the configuration is what counts.
            return None
        return _Held(opened["access"], opened["refresh"], row.renewed_at, row.expires_at, row.refresh_expires_at)

    def _store(self, held: _Held) -> None:
        sealed = self._cipher.encrypt(json.dumps({"access": held.access, "refresh": held.refresh}).encode()).decode()
        with self._database.write() as session:
            session.merge(
                Credential(
                    name=self._name,
                    given=self._given,
                    sealed=sealed,
                    renewed_at=held.renewed_at,
                    expires_at=held.expires_at,
                    refresh_expires_at=held.refresh_expires_at,
                )
            )


def _left(held: _Held, now: datetime) -> float:
    """The share of an access token's life that is still to come."""
    return (held.expires_at - now) / max(held.expires_at - held.renewed_at, timedelta(seconds=1))


def _cipher(secret: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"partnerbot credentials").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
