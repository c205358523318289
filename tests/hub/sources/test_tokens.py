"""Administrator access that is renewed: before it ends, after it is refused, across restarts, never in plain text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import pytest
from sqlmodel import select

from hub.errors import TokenRefused, Unavailable
from hub.tokens import Grant, RenewedTokens
from hub.webex import PartnerClient
from storage import Database
from storage.tables import Credential
from tests.clock import ManualClock

ME = {"orgId": "11111111-1111-4111-8111-111111111111"}


@dataclass
class TokenServer:
    """Webex's side: gives another refresh token each time, and accepts only the newest ones."""

    refresh: str = "refresh-0"
    access: str = "none yet"
    renewals: int = 0
    status: int = 200
    lives_days: int = 14
    forms: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/access_token":
            return self._renew(request)
        if request.headers["Authorization"] != f"Bearer {self.access}":
            return httpx.Response(401)
        return httpx.Response(200, json=ME)

    def _renew(self, request: httpx.Request) -> httpx.Response:
        if self.status != 200:
            return httpx.Response(self.status)
        form = parse_qs(request.content.decode())
        self.forms.append(form)
        if form["refresh_token"] != [self.refresh]:
            return httpx.Response(400, json={"message": "invalid refresh token"})
        self.renewals += 1
        self.access, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        told = {
            "access_token": self.access,
            "expires_in": self.lives_days * 86_400,
            "refresh_token": self.refresh,
            "refresh_token_expires_in": 90 * 86_400,
        }
        return httpx.Response(200, json=told)


@pytest.fixture
def server() -> TokenServer:
    return TokenServer()


Start = Callable[..., PartnerClient]


@pytest.fixture
def start(server: TokenServer, sqlite_database: Database, clock: ManualClock) -> Start:
    """Start the service, or start it again: whatever is remembered is in the database."""
    wire = httpx.MockTransport(server.answer)

    def begin(refresh_token: str = "refresh-0", secret: str = "secret") -> PartnerClient:
        grant = Grant("client", secret, refresh_token)
        tokens = RenewedTokens(sqlite_database, "https://webex.example", grant, clock, transport=wire)
        return PartnerClient("https://webex.example", tokens, transport=wire)

    return begin


def test_the_first_call_gets_a_token_as_documented(start: Start, server: TokenServer) -> None:
    assert start().org_id == ME["orgId"]
    assert server.forms == [
        {
            "grant_type": ["refresh_token"],
            "client_id": ["client"],
            "client_secret": ["secret"],
            "refresh_token": ["refresh-0"],
        }
    ]


def test_after_a_restart_the_kept_token_goes_on(start: Start, server: TokenServer) -> None:
    assert start().org_id
    assert start().org_id
    assert server.renewals == 1


def test_a_token_is_renewed_before_it_ends_with_the_newest_refresh_token(
    start: Start, server: TokenServer, clock: ManualClock
) -> None:
    assert start().org_id
    clock.advance(timedelta(days=12))
    assert start().org_id
    assert server.renewals == 2


def test_a_token_that_webex_took_back_is_renewed_and_the_call_repeated(start: Start, server: TokenServer) -> None:
    client = start()
    assert client.org_id
    server.access = "taken back"
    assert start().org_id
    assert server.renewals == 2


def test_while_webex_cannot_renew_a_token_that_still_lives_is_used(
    start: Start, server: TokenServer, clock: ManualClock
) -> None:
    assert start().org_id
    clock.advance(timedelta(days=13))
    server.status = 503
    assert start().org_id
    clock.advance(timedelta(days=2))
    with pytest.raises(Unavailable):
        _ = start().org_id


def test_a_refused_refresh_token_is_told_with_its_setting(start: Start, server: TokenServer) -> None:
    server.refresh = "another"
    with pytest.raises(TokenRefused, match="PARTNERBOT_REFRESH_TOKEN"):
        _ = start().org_id


def test_a_newly_configured_refresh_token_replaces_the_kept_one(start: Start, server: TokenServer) -> None:
    assert start().org_id
    server.refresh = "given anew"
    server.access = "nobody has it"
    assert start("given anew").org_id
    assert server.forms[-1]["refresh_token"] == ["given anew"]


def test_nothing_that_opens_anything_is_stored_in_plain_text(start: Start, sqlite_database: Database) -> None:
    assert start().org_id
    with sqlite_database.read() as session:
        row = session.exec(select(Credential)).one()
    stored = repr(row.model_dump())
    assert not [secret for secret in ("access-1", "refresh-1", "refresh-0", "secret") if f"{secret}" in stored]


def test_an_ending_refresh_token_is_told_in_time(
    server: TokenServer, sqlite_database: Database, clock: ManualClock
) -> None:
    wire = httpx.MockTransport(server.answer)
    grant = Grant("client", "secret", "refresh-0")
    tokens = RenewedTokens(sqlite_database, "https://webex.example", grant, clock, transport=wire)
    tokens.current()
    assert tokens.ends_soon() is None
    clock.advance(timedelta(days=77))
    ends = tokens.ends_soon()
    assert ends is not None
    assert ends - clock() == timedelta(days=13)
