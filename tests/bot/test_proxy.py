"""Where the way out is an HTTP proxy, everything goes through it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import Service
from bot.settings import Settings
from tests.bot.box import Box
from tests.bot.proxy import running_proxy
from tests.bot.waiting import wait_until


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy"])
def test_the_whole_service_works_through_a_proxy(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    settings = Settings.read(
        token=box.bot_token,
        webex_url=box.url,
        admin_token=box.admin_token,
        feed_url=f"{box.url}/partnerhub/v1",
        feed_token=box.feed_token,
        database_url=f"sqlite:///{tmp_path}/partnerbot.db",
        files=tmp_path / "files",
    )
    with running_proxy() as proxy:
        for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, proxy.url)
        service = Service(settings, lambda: datetime.now(UTC))
        service.start()
        try:
            box.say("help")
            wait_until(lambda: any("expiring" in str(said) for said in box.said_by_bot()))
            wait_until(service.has_looked)
        finally:
            service.stop()
    asked = " ".join(line for line, _ in proxy.seen)
    assert proxy.agents("CONNECT"), "the websocket"
    assert {"webexpythonsdk", "partner-hub-bot"} <= proxy.agents("GET"), proxy.seen
    assert "/u2c/" in asked
    assert "/partnerhub/v1/" in asked, "the feed"
    assert "/v1/organizations" in asked or "/v1/people" in asked, "the partner interfaces"
