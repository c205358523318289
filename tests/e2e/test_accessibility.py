"""The chat page for everybody: its looks checked by axe-core, its panel driven by the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from sandbox import page as chat_page
from tests.e2e.browsing import last_card, open_bot, say
from tests.e2e.conftest import PATIENCE_SECONDS, Product

pytestmark = pytest.mark.browser

AXE = chat_page.MODULES / "axe-core" / "axe.min.js"
LAPTOP: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS: list[tuple[ViewportSize, Any]] = [(LAPTOP, "light"), (LAPTOP, "dark"), (PHONE, "light"), (PHONE, "dark")]
PLAIN: tuple[ViewportSize, Any] = (LAPTOP, "light")
FIND = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id}: ${target.join(" ")}: ${failureSummary}`)))"""


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, product: Product) -> Iterator[Page]:
    """The chat page in one of its looks."""
    viewport, scheme = getattr(request, "param", PLAIN)
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    page.goto(product.box.url)
    yield page
    context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds, of all its rules."""
    page.evaluate(f"{Path(AXE).read_text()}; 0")
    found: list[str] = page.evaluate(FIND)
    return found


@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=lambda look: f"{look[0]['width']}-{look[1]}")
def test_axe_finds_nothing(page: Page) -> None:
    page.get_by_test_id("room").first.wait_for()
    assert violations(page) == []
    open_bot(page)
    say(page, "expiring 30")
    expect(last_card(page, "About to expire")).to_be_visible()
    assert violations(page) == []
    page.get_by_test_id("panel-toggle").click()
    page.get_by_test_id("customer").first.locator("summary").click()
    expect(page.get_by_test_id("subscription").first).to_be_visible()
    assert violations(page) == []
    page.get_by_test_id("exceed").first.click()
    expect(page.get_by_test_id("toast")).to_be_visible()
    assert violations(page) == []


def test_axe_would_find_something(page: Page) -> None:
    page.get_by_test_id("room").first.wait_for()
    page.evaluate("document.querySelector('.sandbox-note').style.color = '#eee'")
    assert any(one.startswith("color-contrast") for one in violations(page))


def test_the_panel_is_driven_by_the_keyboard(page: Page, product: Product) -> None:
    open_bot(page)
    say(page, "subscribe")
    expect(last_card(page, "This space")).to_be_visible()
    customer = product.healthy_customer(3)
    page.get_by_test_id("panel-toggle").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Make things happen")).to_be_focused()
    for reached in ("panel-close", "pass-1", "pass-7", "customer-search"):
        page.keyboard.press("Tab")
        expect(page.get_by_test_id(reached)).to_be_focused()
        assert is_outlined(page)
    page.keyboard.type(customer["name"])
    box = page.locator(f"[data-testid=customer][data-org-id='{customer['org_id']}']")
    expect(page.get_by_test_id("customer")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box.get_by_test_id("subscription").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(box.get_by_test_id("suspend").first).to_be_focused()
    assert is_outlined(page)
    page.keyboard.press("Enter")
    # What the bot does in answer is seen live, beside what caused it.
    expect(page.get_by_test_id("news").first).to_contain_text(customer["name"])
    expect(box.get_by_test_id("suspend").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("panel-toggle")).to_be_focused()


def test_webex_is_broken_for_a_while_and_heals(page: Page, product: Product) -> None:
    open_bot(page)
    page.get_by_test_id("panel-toggle").click()
    page.get_by_test_id("break-webex").click()
    expect(page.get_by_test_id("outage")).to_contain_text("Webex answers nobody for another")
    assert product.control.get("/v1/people/me").status_code == 503
    page.get_by_test_id("heal-webex").click()
    expect(page.get_by_test_id("outage")).to_be_hidden()
    assert product.control.get("/v1/people/me").status_code == 401
    page.get_by_test_id("panel-close").click()
    say(page, "status")
    expect(last_card(page, "Connection to Webex")).to_be_visible()


def is_outlined(page: Page) -> bool:
    """Whether the focus can be seen."""
    look: str = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    width: str = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    return look != "none" and width != "0px"
