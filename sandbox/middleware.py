"""Where faults strike: between the server and the application."""

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.errors import ApiError, refusal
from sandbox.faults import Faults, Served
from sandbox.spoiling import Cut, serve_spoilt


class FaultMiddleware:
    """Counts own time and lets faults strike, everywhere but at the control endpoints. Plain ASGI, for speed."""

    def __init__(self, app: ASGIApp, faults: Faults, served: Served, cut: Cut) -> None:
        self._app = app
        self._faults = faults
        self._served = served
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith("/sandbox/"):
            await self._app(scope, receive, send)
            return
        fault = self._faults.strike(scope.get("method", "GET"), scope["path"]) if self._faults.active else None
        if fault and fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault and fault.status:
            if fault.carried_out and scope["type"] == "http":
                await self._app(scope, receive, _lost)
            error = ApiError("The sandbox was told to fail here.", status=fault.status, retry_after=fault.retry_after)
            await refusal(error)(scope, receive, send)
        elif fault and fault.spoils_answers and scope["type"] == "http":
            await serve_spoilt(self._app, scope, receive, send, fault, self._cut)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            self._served.requests += 1
            self._served.seconds += time.perf_counter() - started


async def _lost(_message: Message) -> None:
    """An answer that never arrives."""
