"""/v1/access_token and /v1/applications/…/token: tokens that expire and are renewed (WEBEX.md §11).

There is one service app, which the partner's organization has authorised; it acts as the machine account.
"""

from datetime import timedelta
from typing import TypedDict
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import cast
from sandbox.access import Access
from sandbox.errors import BadRequest, Forbidden, NotFound
from sandbox.ids import Kind, bare, webex_id
from sandbox.model import PartnerRole
from sandbox.resources import Json
from sandbox.rest import answer, form_body, json_body
from sandbox.switches import Switches
from sandbox.world import World

REFRESH_LIFE = timedelta(days=90)


class ServiceApp(TypedDict):
    """What a client needs to renew its token."""

    application_id: str
    client_id: str
    client_secret: str
    refresh_token: str


def service_app(seed: int) -> ServiceApp:
    """The service app of the world of this seed, with its first refresh token."""
    return ServiceApp(
        application_id=webex_id(Kind.APPLICATION, cast.SERVICE_APP.uuid(seed)),
        client_id=f"C{cast.SERVICE_APP.token(seed).rpartition('-')[2]}",
        client_secret=cast.CLIENT_SECRET.token(seed),
        refresh_token=cast.REFRESH_TOKEN.token(seed),
    )


class OAuth:
    """Renews access tokens."""

    def __init__(self, world: World, access: Access, switches: Switches) -> None:
        self._world = world
        self._access = access
        self._switches = switches
        self._app = service_app(world.seed)
        self._refresh = {self._app["refresh_token"]: world.clock.now() + REFRESH_LIFE}

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/v1/access_token", self.renew, methods=["POST"]),
            Route("/v1/applications/{application}/token", self.application_token, methods=["POST"]),
        ]

    async def renew(self, request: Request) -> Response:
        """A new access token for a refresh token; with it the refresh token lives on, or is replaced."""
        form = await form_body(request)
        if form.get("grant_type") != "refresh_token":
            raise BadRequest("grant_type must be refresh_token.")
        self._check_client(form.get("client_id"), form.get("client_secret"))
        token = form.get("refresh_token", "")
        ends = self._refresh.get(token)
        if ends is None or ends <= self._world.clock.now():
            raise BadRequest("The refresh token provided is invalid.")
        if self._switches.rotate_refresh_tokens:
            del self._refresh[token]
            token = uuid4().hex
        return answer(self._pair(token))

    async def application_token(self, request: Request) -> Response:
        """Tokens of the service app, for a full administrator of the organization that has authorised it."""
        caller = self._access.caller(request)
        if bare(request.path_params["application"]) != bare(self._app["application_id"]):
            raise NotFound("Service App not found.")
        if PartnerRole.FULL_ADMIN not in caller.roles or caller is self._world.administrator:
            raise Forbidden("Another token than the service app's is needed, with the scope spark:applications_token.")
        body = await json_body(request)
        for name in ("clientId", "clientSecret", "targetOrgId"):
            if not isinstance(body.get(name), str):
                raise BadRequest(f"{name} is required.")
        self._check_client(body["clientId"], body["clientSecret"])
        if bare(body["targetOrgId"]) != caller.org:
            raise Forbidden("The organization has not authorised the service app.")
        return answer(self._pair(uuid4().hex))

    def _check_client(self, client_id: object, secret: object) -> None:
        if (client_id, secret) != (self._app["client_id"], self._app["client_secret"]):
            raise BadRequest("Invalid client credentials")

    def _pair(self, refresh_token: str) -> Json:
        now, life = self._world.clock.now(), self._switches.access_token_seconds
        self._refresh[refresh_token] = now + REFRESH_LIFE
        access_token = uuid4().hex
        self._world.lend_token(access_token, self._world.administrator, now + timedelta(seconds=life))
        return {
            "access_token": access_token,
            "expires_in": life,
            "refresh_token": refresh_token,
            "refresh_token_expires_in": int(REFRESH_LIFE.total_seconds()),
            "token_type": "Bearer",
        }
