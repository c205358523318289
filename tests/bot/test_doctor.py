"""What `partnerbot doctor` sees, against a sandbox that is well and one that is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import Finding, Outcome, examine
from bot.settings import Settings
from tests.bot.box import Box


@pytest.fixture
def look(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Finding]]:
    """Examine with settings that are good but for those given; findings by what was looked at."""
    monkeypatch.chdir(tmp_path)

    def examined(later: timedelta = timedelta(0), **given: Any) -> dict[str, Finding]:
        good = {
            "token": box.bot_token,
            "webex_url": box.url,
            "admin_token": box.admin_token,
            "database_url": f"sqlite:///{tmp_path}/partnerbot.db",
            "files": tmp_path / "files",
        }
        settings = Settings.read(**{**good, **given})
        return {each.what: each for each in examine(settings, lambda: datetime.now(UTC) + later)}

    return examined


def test_all_is_well(look: Callable[..., dict[str, Finding]]) -> None:
    found = look()
    assert {each.what for each in found.values() if each.outcome is Outcome.FAULT} == set()
    assert {"database", "way to Webex", "clock", "the bot's token", "Webex: licences", "partner roles"} <= found.keys()


@pytest.mark.parametrize(
    ("given", "what", "mend"),
    [
        ({"token": "nobody's"}, "the bot's token", "WEBEX_ACCESS_TOKEN"),
        ({"token": None}, "the bot's token", "WEBEX_ACCESS_TOKEN"),
        ({"admin_token": "nobody's"}, "administrator access", "PARTNERBOT_ADMIN_TOKEN"),
        ({"admin_token": None}, "administrator access", "PARTNERBOT_ROLES"),
        ({"webex_url": "http://127.0.0.1:9"}, "way to Webex", "PARTNERBOT_WEBEX_URL"),
        ({"feed_url": "http://127.0.0.1:9"}, "feed: customers", "http://127.0.0.1:9"),
        ({"later": timedelta(minutes=5)}, "clock", "NTP"),
        ({"database_url": "sqlite:////proc/none/partnerbot.db"}, "database", "PARTNERBOT_DATABASE_URL"),
        ({"files": Path("/proc/none")}, "folder for files", "PARTNERBOT_FILES"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_is_told_with_what_mends_it(
    look: Callable[..., dict[str, Finding]], given: dict[str, Any], what: str, mend: str
) -> None:
    found = look(**given)[what]
    assert found.outcome is Outcome.FAULT
    assert mend in found.mend


def test_a_missing_scope_is_named(look: Callable[..., dict[str, Finding]], box: Box) -> None:
    box.control("POST", "faults", method="GET", path="/v1/licenses", status=403, times=1)
    found = look()["Webex: licences"]
    assert (found.outcome, found.mend) == (Outcome.FAULT, "give its token the scope spark-admin:licenses_read")


def test_a_persons_token_is_worth_a_warning(look: Callable[..., dict[str, Finding]], box: Box) -> None:
    found = look(token=box.admin_token)["the bot's token"]
    assert found.outcome is Outcome.WARNING
