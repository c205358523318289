"""Messages in over signed webhooks: any number of replicas behind a load balancer may take them."""

import asyncio
import socket
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import told
from bot.errors import TokenRefused, WebexError
from bot.intake import Intake
from bot.registration import register
from bot.webex import Webex
from storage.presence import Presence

log = structlog.get_logger()

PATIENCE_SECONDS = 10.0
"""How long a request waits for the inbox; then Webex hears that it failed."""
REGISTER_SECONDS = 60.0
"""How often it is seen to that the webhooks are there and active."""
CLOSE_SECONDS = 2


class Webhooks:
    """Takes requests until `stop`. A request is answered well only after what it tells is in the inbox.

    `connected`, `since` and `last_error` tell how it stands with the webhooks at Webex; read from any thread.

    Raises:
        OSError: the port cannot be had.
    """

    def __init__(
        self,
        webex: Webex,
        intake: Intake,
        presence: Presence,
        clock: Callable[[], datetime],
        *,
        url: str,
        secret: str,
        host: str,
        port: int,
        rooms_changed: Callable[[], None],
    ) -> None:
        self._webex = webex
        self._intake = intake
        self._presence = presence
        self._clock = clock
        self._url, self._secret = url, secret
        self._rooms_changed = rooms_changed
        self._listening = socket.create_server((host, port), backlog=256)
        self.port = int(self._listening.getsockname()[1])
        app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=CLOSE_SECONDS
        )
        self._server = uvicorn.Server(config)
        self._waiting: defaultdict[str, list[asyncio.Future[None]]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = threading.Event()
        self._fatal: TokenRefused | None = None
        self.connected = False
        self.since = clock()
        self.last_error: str | None = None

    def run(self) -> None:
        """Take requests until `stop`.

        Raises:
            TokenRefused: Webex does not accept the access token.

        """
        with suppress(asyncio.CancelledError):
            asyncio.run(self._serve())
        if self._fatal:
            raise self._fatal

    def stop(self) -> None:
        """Have `run` end; from any thread, also before it began."""
        self._ending.set()
        self._server.should_exit = True

    def stored(self, activity_id: str) -> None:
        """Answer the requests that told of an activity; from any thread."""
        if self._loop:
            with suppress(RuntimeError):  # it is closed, and nobody waits any more
                self._loop.call_soon_threadsafe(self._answer, activity_id)

    def acknowledge(self, public_id: str) -> None:
        """Nothing: the answer to the request said so."""

    def token_refused(self) -> None:
        """End, for nothing works any more; from any thread."""
        self._fatal = TokenRefused()
        self.stop()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        keeping = threading.Thread(target=self._stay_registered, name="webhooks", daemon=True)
        keeping.start()
        self._intake.resume(self)
        await self._server.serve(sockets=[self._listening])

    def _stay_registered(self) -> None:
        while not self._ending.is_set():
            try:
                # One replica sees to it: two would make each webhook twice.
                if self._presence.holds("webhooks"):
                    register(self._webex, self._url, self._secret)
            except TokenRefused:
                self.token_refused()
            except WebexError as error:
                self._stands(error=str(error))
            except Exception as error:
                # The database may be away; the next attempt may go better.
                self._stands(error=type(error).__name__)
            else:
                self._stands()
            self._ending.wait(REGISTER_SECONDS if self.connected else 2.0)

    def _stands(self, error: str | None = None) -> None:
        if error:
            log.warning("the webhooks are not seen to", action="webhook", reason=error)
        if self.connected == bool(error):
            self.connected, self.since = not error, self._clock()
        self.last_error = error

    async def _take(self, request: Request) -> Response:
        try:
            body = await _body(request)
            told.check(body, request.headers.get("X-Spark-Signature"), self._secret)
            what = told.read(body, self._webex.base_url, self._webex.me().person_id, self._clock())
        except told.NotTold as error:
            log.warning("a webhook's request is refused", action="refuse", status=error.status, reason=str(error))
            return PlainTextResponse(str(error), error.status)
        if what.rooms_changed:
            self._rooms_changed()
        if what.activity:
            stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting[what.activity.id].append(stored)
            self._intake.take(what.activity, self)
            try:
                await asyncio.wait_for(stored, PATIENCE_SECONDS)
            except TimeoutError:
                return PlainTextResponse("it cannot be kept now", 503)
        return Response(status_code=204)

    def _answer(self, activity_id: str) -> None:
        for waiting in self._waiting.pop(activity_id, ()):
            if not waiting.done():
                waiting.set_result(None)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > told.LIMIT_BYTES:
            raise told.NotTold(413, "the body is too large")
    return bytes(body)
