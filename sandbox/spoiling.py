"""Answers that go wrong on their way: lists with too little in them, connections that end in the middle."""

import asyncio
import json
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import Fault, Lists
from sandbox.resources import encode

Cut = Callable[[tuple[str, int]], None]
"""Breaks the connection with a client."""
_LIST_NAMES = ("items", "phoneNumbers")


async def serve_spoilt(app: ASGIApp, scope: Scope, receive: Receive, send: Send, fault: Fault, cut: Cut) -> None:
    """Carry the request out and spoil the answer as the fault says."""
    head, body = await _whole_answer(app, scope, receive)
    if fault.lists:
        body = _shortened(body, fault.lists)
        headers = [(name, value) for name, value in head["headers"] if name not in (b"content-length", b"link")]
        head["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
    if fault.cut_after_bytes is None:
        await send(head)
        await send({"type": "http.response.body", "body": body})
        return
    sent = body[: min(fault.cut_after_bytes, max(len(body) - 1, 0))]
    if sent:
        await send(head)
        await send({"type": "http.response.body", "body": sent, "more_body": True})
    cut(tuple(scope["client"]))
    # The server notices before it could miss the rest of the answer.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def _whole_answer(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    head: Message = {}
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            head.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, keep)
    return head, b"".join(parts)


def _shortened(body: bytes, lists: Lists) -> bytes:
    """The same answer with an empty list, or half of it; what holds no list stays."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    if isinstance(value, list):
        return encode(_fewer(value, lists))
    if not isinstance(value, dict):
        return body
    for name in _LIST_NAMES:
        if isinstance(value.get(name), list):
            value[name] = _fewer(value[name], lists)
    return encode(value)


def _fewer(items: list[object], lists: Lists) -> list[object]:
    return [] if lists is Lists.EMPTY else items[: len(items) // 2]
