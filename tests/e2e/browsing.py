"""A browser, and what a person does in the chat page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless; the test is skipped where there is none, and fails there in CI."""
    if CHROMIUM is None:
        reason = "Chromium is missing; on Debian: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def open_bot(page: Page) -> None:
    """Open the one-to-one space with the bot, or begin it."""
    page.get_by_test_id("room").first.wait_for()
    begin = page.get_by_test_id("message-bot")
    if begin.count():
        begin.click()
    else:
        page.locator("[data-testid=room][data-room-title=PartnerHub]").click()


def say(page: Page, text: str) -> None:
    """Type and send."""
    page.get_by_test_id("composer").fill(text)
    page.keyboard.press("Enter")


def last_card(page: Page, text: str) -> Locator:
    """Return the newest card with a text."""
    return page.get_by_test_id("card").filter(has_text=text).last
