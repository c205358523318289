"""The socket: kept whatever happens, ended when asked, and silent about what people write."""

import logging
import threading
import time

import httpx
import pytest
import structlog

from bot.errors import TokenRefused
from tests.bot.box import Box
from tests.bot.conftest import Serve
from tests.bot.test_transport import reconnect, wait_for_answer
from tests.bot.waiting import wait_until


def test_it_connects_when_webex_is_away_at_the_start(box: Box, serve: Serve) -> None:
    box.stop()
    service = serve()
    wait_until(lambda: service.socket.last_error)
    assert not service.socket.connected
    box.start()
    service.wait_until_connected()
    assert service.socket.last_error is None
    wait_for_answer(box, box.say("hello"))


def test_it_tells_how_it_stands(box: Box, serve: Serve) -> None:
    service = serve()
    service.wait_until_connected()
    connected_since = service.socket.since
    box.stop()
    wait_until(lambda: not service.socket.connected and service.socket.last_error)
    assert service.socket.since > connected_since
    box.start()
    service.wait_until_connected()


def test_a_device_that_is_gone_is_registered_anew(box: Box, serve: Serve) -> None:
    service = serve()
    service.wait_until_connected()
    before = box.devices()
    for device in before:
        httpx.delete(device["url"], headers={"Authorization": f"Bearer {box.bot_token}"}).raise_for_status()
    reconnect(box, service)
    assert {device["url"] for device in box.devices()}.isdisjoint(device["url"] for device in before)
    wait_for_answer(box, box.say("hello"))


@pytest.mark.parametrize("path", ["/u2c/", "/wdm/", "/mercury/"])
def test_failures_on_the_way_to_a_socket_are_survived(box: Box, serve: Serve, path: str) -> None:
    box.control("POST", "faults", path=path, status=502, times=2)
    service = serve()
    service.wait_until_connected()
    wait_for_answer(box, box.say("hello"))


def test_a_refused_token_ends_it(box: Box, serve: Serve) -> None:
    service = serve(token="nobody's")
    service.wait_until_ended()
    assert isinstance(service.failure, TokenRefused)


def test_a_token_refused_while_it_runs_ends_it_too(box: Box, serve: Serve) -> None:
    service = serve()
    service.wait_until_connected()
    box.control("POST", "faults", method="GET", path="/conversation/", status=401)
    box.say("hello")
    service.wait_until_ended()
    assert isinstance(service.failure, TokenRefused)


@pytest.mark.parametrize("away", [False, True], ids=["connected", "while Webex is away"])
def test_it_stops_soon(box: Box, serve: Serve, away: bool) -> None:
    service = serve()
    service.wait_until_connected()
    if away:
        box.stop()
        wait_until(lambda: not service.socket.connected)
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 2
    assert service.failure is None
    if away:
        box.start()


def test_it_can_be_stopped_before_it_runs(box: Box, serve: Serve) -> None:
    service = serve()
    service.stop()
    service.socket.run()
    assert not service.socket.connected


def test_frames_that_cannot_be_read_are_passed_over(box: Box, serve: Serve) -> None:
    service = serve()
    for text in ("", "[]", "{}", '{"data": {"eventType": "conversation.activity", "activity": {}}}'):
        service.socket._receive(text)
    wait_for_answer(box, box.say("hello"))


def test_nothing_that_people_write_is_logged_nor_the_token(
    box: Box, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        service = serve()
        service.wait_until_connected()
        box.control("POST", "faults", method="GET", path="/conversation/", status=503, times=2)
        wait_for_answer(box, box.say("confidential words"))
        reconnect(box, service)
    lines = caplog.text + repr(logs)
    assert logs
    for secret in ("confidential", box.bot_token, box.people[0]["email"], box.people[0]["displayName"]):
        assert secret not in lines


def test_no_thread_is_left_behind(box: Box, serve: Serve) -> None:
    before = set(threading.enumerate())
    service = serve()
    service.wait_until_connected()
    service.stop()
    wait_until(lambda: set(threading.enumerate()) <= before)
