"""Messages in over a websocket, with webex-bot's client, which is kept connected whatever happens.

webex-bot registers the device, knows the headers and reads the catalogue. What it does with a socket is done here
instead: it acknowledges through a second event loop, which breaks the connection under load, loses what it cannot look
up, ends at a refused connection and cannot be stopped.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

import structlog
import websockets
from webex_bot.websockets import webex_websocket_client as library

from bot import http
from bot.activity import Frames
from bot.errors import TokenRefused
from bot.intake import Intake
from bot.webex import Webex
from notifications.backoff import Backoff

log = structlog.get_logger()

T = TypeVar("T")

NAME = "Partner Hub Bot"
CLOSE_SECONDS = 1


class Registration(library.WebexWebsocketClient):  # type: ignore[misc]
    """webex-bot's client as far as a device with the address of a socket; talks to Webex while it is constructed."""

    def __init__(self, webex: Webex, *, anew: bool) -> None:
        self._catalogue = f"{webex.root}/u2c/api/v1/catalog" if webex.root else library.DEFAULT_U2C_URL
        super().__init__(webex.token, NAME)
        self._get_device_info(check_existing=not anew)

    @property
    def socket_url(self) -> str:
        """Where the device's socket is."""
        return str(self.device_info["webSocketUrl"])

    def connect(self) -> websockets.connect:
        """Return the socket, to be opened."""
        return websockets.connect(
            self.socket_url,
            # webex-bot passes it always, which `ws://` does not allow.
            ssl=library.ssl_context if self.socket_url.startswith("wss:") else None,
            user_agent_header=None,
            close_timeout=CLOSE_SECONDS,
            max_size=None,
            **self._get_websocket_connect_kwargs(websockets.connect),
        )

    def _get_device_url(self) -> str:
        # The first request, which the constructor makes.
        http.prepare(self.session, self._catalogue, connections=1)
        catalogue = self.session.get(self._catalogue, params={"format": "hostmap"}).json()
        return str(catalogue["serviceLinks"]["wdm"])


class Websocket:
    """Keeps a socket open and hands what comes to the intake.

    `connected`, `since` and `last_error` tell how it stands; they may be read from any thread.
    """

    def __init__(
        self,
        webex: Webex,
        intake: Intake,
        clock: Callable[[], datetime],
        *,
        reconnect: Backoff = Backoff(1.0, 30.0),  # noqa: B008  (frozen)
    ) -> None:
        self._webex = webex
        self._intake = intake
        self._clock = clock
        self._reconnect = reconnect
        self._frames = Frames()
        self._registration: Registration | None = None
        self._device_is_gone = False
        self._connection: websockets.ClientConnection | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = threading.Event()
        self._fatal: TokenRefused | None = None
        self.connected = False
        self.since = clock()
        self.last_error: str | None = None

    def run(self) -> None:
        """Stay connected until `stop`.

        Raises:
            TokenRefused: Webex does not accept the access token.

        """
        with suppress(asyncio.CancelledError):
            asyncio.run(self._stay_connected())
        if self._fatal:
            raise self._fatal

    def stop(self) -> None:
        """Have `run` end; from any thread, also before it began."""
        self._ending.set()
        self._call(lambda: self._task and self._task.cancel())

    def stored(self, activity_id: str) -> None:
        """Nothing: Webex is told under the public id, once that is known."""

    def acknowledge(self, public_id: str) -> None:
        """Tell Webex that it need not send something again; from any thread."""
        self._call(lambda: self._send_soon({"type": "ack", "messageId": public_id}))

    def token_refused(self) -> None:
        """End, for nothing works any more; from any thread."""
        self._fatal = TokenRefused()
        self.stop()

    def _call(self, function: Callable[[], object]) -> None:
        if self._loop:
            with suppress(RuntimeError):  # it is closed, and with it what the call is about
                self._loop.call_soon_threadsafe(function)

    # On the event loop

    async def _stay_connected(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        attempt = 0
        while not self._ending.is_set():
            began = self._loop.time()
            try:
                await self._listen()
            except TokenRefused as error:
                self._fatal = error
                return
            except Exception as error:
                # Whatever it was, the next attempt may go better: this loop is what keeps the service reachable.
                self._lost(f"{type(error).__name__}: {error}")
            # A connection that lasted says that all is well again.
            attempt = 1 if self._loop.time() - began > self._reconnect.cap_seconds else attempt + 1
            await asyncio.sleep(self._reconnect.seconds(attempt))

    async def _listen(self) -> None:
        """Connect and hand on what comes until the connection ends, which raises."""
        connection = await self._connect()
        async with connection:
            token = {"token": f"Bearer {self._webex.token}"}
            await connection.send(json.dumps({"id": str(uuid4()), "type": "authorization", "data": token}))
            self._opened(connection)
            try:
                while True:
                    self._receive(await connection.recv())
            finally:
                self._connection = None
                self.connected, self.since = False, self._clock()

    async def _connect(self) -> websockets.ClientConnection:
        registration = self._registration
        if registration is None:
            registration = await _in_thread(lambda: Registration(self._webex, anew=self._device_is_gone))
        # Kept only after a good handshake: else the next attempt begins from the catalogue.
        self._registration = None
        try:
            connection = await registration.connect()
        except websockets.InvalidStatus as error:
            self._device_is_gone = error.response.status_code == 404
            if error.response.status_code == 401:
                raise TokenRefused from error
            raise
        self._registration, self._device_is_gone = registration, False
        return connection

    def _opened(self, connection: websockets.ClientConnection) -> None:
        log.info("connected to Webex", action="connected")
        self._connection = connection
        self.connected, self.since, self.last_error = True, self._clock(), None
        self._intake.resume(self)

    def _lost(self, reason: str) -> None:
        log.warning("not connected to Webex", action="disconnected", reason=reason)
        self.last_error = reason

    def _receive(self, text: str | bytes) -> None:
        try:
            activity = self._frames.read(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("a frame cannot be read", action="frame", error=type(error).__name__)
            return
        if activity:
            self._intake.take(activity, self)

    def _send_soon(self, frame: dict[str, str]) -> None:
        if self._connection:
            task = asyncio.create_task(_send(self._connection, json.dumps(frame)))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)


async def _send(connection: websockets.ClientConnection, text: str) -> None:
    with suppress(websockets.ConnectionClosed):
        await connection.send(text)


async def _in_thread(call: Callable[[], T]) -> T:
    """Run something that blocks; whoever is cancelled meanwhile does not wait for its end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(done: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if future.done() else done())

    def work() -> None:
        try:
            result = call()
        except Exception as error:
            failure = error
            settle(lambda: future.set_exception(failure))
        else:
            settle(lambda: future.set_result(result))

    threading.Thread(target=work, name="webex-register", daemon=True).start()
    return await future
