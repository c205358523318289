"""The sandbox as a server in a thread of its own, for tests, the demo and the command line."""

import asyncio
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from sandbox import cast
from sandbox.app import build_app
from sandbox.clock import Clock
from sandbox.control import PersonCard, RoomCard, people_cards, room_cards
from sandbox.oauth import ServiceApp, service_app
from sandbox.synthetic import make_partner
from sandbox.world import World

HOST = "127.0.0.1"
FAREWELL_SECONDS = 1.0


class Sandbox:
    """A local Webex on 127.0.0.1. It can be stopped and started again with the world it had, on the same port.

    From `start`: OSError when the port is taken, OverflowError when there is no such port.
    """

    def __init__(self, customers: int = 200, seed: int = 1, port: int = 0, *, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.world = World(seed, self.clock)
        self.port = port
        self.partner = make_partner(customers, seed, self.clock.now())
        self.app = build_app(self.world, self.partner, self.feed_token, self._drop_sockets, self._cut)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve until `stop`; returns when ready."""
        # Only a socket that says it is TCP gets TCP_NODELAY from asyncio; without it each answer takes 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, self.port))
            listener.listen(2048)
        except (OSError, OverflowError):
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        self.world.url = self.url
        self._server = _Server(
            uvicorn.Config(
                self.app,
                loop="asyncio",
                http="h11",
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                timeout_keep_alive=75,
            )
        )
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="sandbox", daemon=True)
        self._thread.start()
        self._server.ready.wait()

    def stop(self) -> None:
        """Be gone, as a server that loses its power: open connections break and the port is free."""
        if self._server and self._thread:
            self._server.vanish()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The root: REST under /v1, the feed under /partnerhub/v1, the chat page at /."""
        return f"http://{HOST}:{self.port}"

    @property
    def bot_token(self) -> str:
        """The Partner Hub bot's access token."""
        return self.world.bot.token

    @property
    def admin_token(self) -> str:
        """The token with administrator scopes."""
        return self.world.administrator.token

    @property
    def feed_token(self) -> str:
        """The feed's own token."""
        return cast.FEED.token(self.world.seed)

    @property
    def people(self) -> list[PersonCard]:
        """Whom one can be."""
        return people_cards(self.world)

    @property
    def rooms(self) -> list[RoomCard]:
        """Which rooms there are."""
        return room_cards(self.world)

    @property
    def service_app(self) -> ServiceApp:
        """The credentials of the service app, to renew an administrator's token with."""
        return service_app(self.world.seed)

    def _drop_sockets(self) -> int:
        return self._server.drop_sockets() if self._server else 0

    def _cut(self, client: tuple[str, int]) -> None:
        if self._server:
            self._server.cut(client)


class _Server(uvicorn.Server):
    """uvicorn that tells when it is ready, can break its connections, and ends without saying goodbye."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._end = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        """Tick until `vanish`."""
        ticking = asyncio.create_task(super().main_loop())
        await self._end.wait()
        ticking.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break every connection; what handled them ends by itself, but for a while."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=FAREWELL_SECONDS)

    def vanish(self) -> None:
        """End at once; from another thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._end.set)

    def cut(self, client: tuple[str, int]) -> None:
        """Break the connection with the client at this address."""
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == client:
                connection.transport.abort()

    def drop_sockets(self) -> int:
        """Cut every websocket; how many there were."""
        sockets = [one for one in self.server_state.connections if isinstance(one, WebSocketsSansIOProtocol)]
        for connection in sockets:
            connection.transport.abort()
        return len(sockets)
