"""The same conversation as a person has it: in the chat page, with a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import last_card, open_bot, say
from tests.e2e.conftest import PATIENCE_SECONDS, Product

pytestmark = pytest.mark.browser


@pytest.fixture(params=[(1280, 860), (390, 844)], ids=["laptop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, product: Product) -> Iterator[Page]:
    """The chat page, as wide as a laptop's and as a phone's screen, with no error on its console."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    page.goto(product.box.url)
    yield page
    context.close()
    assert errors == []


def test_ask_be_told_receive_a_report(page: Page, product: Product) -> None:
    open_bot(page)
    for typed, answered in [
        ("help", "What I can do for you"),
        ("kpis", "Nearing expiration"),
        ("expiring 30", "About to expire within 30 days"),
        ("customers status:trial", "customers"),
        ("overage", "Over the licence limit"),
        ("status", "All is well"),
        ("subscribe", "This space"),
    ]:
        say(page, typed)
        expect(last_card(page, answered)).to_be_visible()
    # A report, looked into in the page.
    say(page, "report run expiring 90")
    chip = page.get_by_test_id("file").last
    expect(chip).to_contain_text("About to expire_")
    chip.get_by_role("button", name="Preview").click()
    expect(page.get_by_test_id("csv-dialog")).to_contain_text("Organization ID")
    page.keyboard.press("Escape")
    # A customer gets into trouble in the panel; the alert comes by itself.
    page.get_by_role("button", name="Make things happen").click()
    wide = page.viewport_size is not None and page.viewport_size["width"] > 400
    customer = product.healthy_customer(1 if wide else 2)
    page.get_by_test_id("customer-search").fill(customer["name"])
    box = page.locator(f"[data-testid=customer][data-org-id='{customer['org_id']}']")
    box.locator("summary").click()
    paid = box.get_by_test_id("subscription").filter(has=page.get_by_test_id("suspend")).first
    paid.get_by_test_id("suspend").click()
    expect(page.get_by_test_id("toast").last).to_be_visible()
    page.get_by_test_id("panel-close").click()
    alert = page.get_by_test_id("card").filter(has_text="now: suspended").filter(has_text=customer["name"])
    expect(alert).to_have_count(1)


def test_the_form_of_a_trial_checks_gives_back_and_starts(page: Page, product: Product) -> None:
    open_bot(page)
    name = f"Checked Trial {width(page)}"
    forms = page.get_by_test_id("card").filter(has_text="Start a trial").filter(has_text="Business vertical")
    before = forms.count()
    say(page, f"trial start {name}")
    expect(forms).to_have_count(before + 1)
    form = forms.last
    start = form.get_by_role("button", name="Start the trial")
    # What the card checks by itself never leaves the page.
    form.get_by_label("Administrator's e-mail").fill("nobody")
    start.click()
    expect(form).to_contain_text("This is no e-mail address.")
    expect(form).to_contain_text("Please choose.")
    form.get_by_label("Administrator's e-mail").fill("admin@trial.example")
    form.get_by_label("Business vertical").select_option(label="Retail")
    form.get_by_label("Country").select_option(label="Spain")
    form.get_by_label("Meetings", exact=True).fill("5")
    form.get_by_label("Time zone").fill("Europe/Nowhere")
    start.click()
    # What only the bot can check comes back as it was filled in.
    expect(forms).to_have_count(before + 2)
    again = forms.last
    expect(again).to_contain_text("Meetings needs a site, such as acme.webex.com.")
    expect(again).to_contain_text("Meetings needs a time zone, such as Europe/Madrid.")
    expect(again.get_by_label("Administrator's e-mail")).to_have_value("admin@trial.example")
    expect(again.get_by_label("Meetings", exact=True)).to_have_value("5")
    again.get_by_label("Meeting site").fill("checked.webex.com")
    again.get_by_label("Time zone").fill("Europe/Madrid")
    again.get_by_role("button", name="Start the trial").click()
    done = page.get_by_test_id("card").filter(has_text="The trial is started").filter(has_text=name)
    expect(done).to_have_count(1)
    say(page, f"trial start {name}")
    expect(page.get_by_text("has a trial already").last).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def width(page: Page) -> int:
    """Return the screen's width, which tells the runs of a test apart."""
    return page.viewport_size["width"] if page.viewport_size else 0


def test_the_tabs_of_a_customers_page(page: Page, product: Product) -> None:
    open_bot(page)
    customer = product.healthy_customer(3 if width(page) > 400 else 4)
    say(page, f"customer {customer['org_id']}")
    own = page.get_by_test_id("card").filter(has_text=customer["name"])
    expect(own.filter(has_text="Organization ID")).to_have_count(1)
    for press, shown in [
        ("Subscriptions", customer["subscriptions"][0]["subscription_id"]),
        ("Trials", "No trial is known"),
        ("Administrators", "Assign to"),
    ]:
        own.last.get_by_role("button", name=press, exact=True).click()
        expect(own.last).to_contain_text(shown)
    expect(own.last.get_by_role("link", name="Control Hub")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_filter_is_saved_and_pressed(page: Page, product: Product) -> None:
    open_bot(page)
    name = f"trials-{width(page)}"
    say(page, f"save filter {name} type:trial")
    expect(last_card(page, f"@{name}")).to_contain_text("saved for you")
    say(page, "filters")
    listed = page.get_by_test_id("card").filter(has_text="Saved filters").filter(has_text=f"@{name}").last
    filtered = page.get_by_test_id("card").filter(has_text="All customers")
    before = filtered.count()
    listed.get_by_role("button").filter(has_text=f"@{name}").click()
    expect(filtered).to_have_count(before + 1)


def test_no_card_is_wider_than_the_screen(page: Page, product: Product) -> None:
    open_bot(page)
    say(page, "customers")
    expect(last_card(page, "1–10")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
