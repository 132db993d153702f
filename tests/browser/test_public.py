"""What everybody may read, in a real browser: looked at page by page, live at the minute, and without a script."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect
from tests.browser.conftest import Visitor
from tests.site.public_world import declare, played
from tests.site.world import World


def test_every_public_page(office: World, visitor: Callable[[], Visitor]) -> None:
    played(office, "nominated", title="Deputy leadership election")
    contest = played(office, "declared", against="labour-2015")
    somebody = visitor()
    for name, address in {
        "public-home": "/",
        "public-contests": "/contests/",
        "public-contest": f"/contests/{contest.slug}/",
        "public-contest-under-way": "/contests/deputy-leadership-election/",
        "public-declaration": f"/contests/{contest.slug}/declaration/",
        "public-declaration-awaited": "/contests/deputy-leadership-election/declaration/",
        "public-mandate": f"/contests/{contest.slug}/mandate/",
        "public-gallery": "/gallery/",
        "public-gallery-contest": "/gallery/uk-labour-leadership-2016/",
        "public-gallery-mandate": "/gallery/uk-labour-leadership-2016/mandate/",
        "public-gallery-stv": "/gallery/canada-conservative-leadership-2017/",
        "public-api": "/api/",
    }.items():
        somebody.go(address)
        somebody.look(name)


def test_the_result_comes_at_its_minute_without_the_page_being_loaded_again(
    office: World, visitor: Callable[[], Visitor]
) -> None:
    contest = played(office, "counted")
    somebody = visitor()
    page = somebody.go(f"/contests/{contest.slug}/declaration/")
    page.evaluate("window.same = true")
    expect(page.locator("#waiting")).to_be_visible()
    expect(page.locator("#said")).to_be_empty()
    declare(office, contest)
    expect(page.locator(".headline")).to_have_text("Elected: Jeremy Corbyn", timeout=20_000)
    expect(page.locator("#said")).to_have_text("The result is declared. Elected: Jeremy Corbyn")
    expect(page.get_by_text("313,209").first).to_be_visible()
    assert page.evaluate("window.same"), "the page was not loaded anew"
    assert page.locator("#waiting").count() == 0, "nobody asks any more"
    somebody.look("public-declaration-came")


def test_without_a_script_everything_is_read_and_a_link_loads_again(
    office: World, browser: Browser, live_server: object
) -> None:
    contest = played(office, "counted")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_server}/contests/{contest.slug}/declaration/")
    declare(office, contest)
    page.get_by_role("link", name="Load again").click()
    expect(page.locator(".headline")).to_have_text("Elected: Jeremy Corbyn")
    page.get_by_role("link", name="Contest", exact=True).click()
    page.get_by_text("Fourth stage: The ballot").click()
    expect(page.get_by_text("those entitled who returned a ballot", exact=False).first).to_be_visible()
    context.close()


def test_a_page_is_gone_through_by_keyboard(office: World, visitor: Callable[[], Visitor]) -> None:
    contest = played(office, "declared")
    page = visitor().go(f"/contests/{contest.slug}/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Contest", exact=True)).to_be_focused()
    page.get_by_text("First stage: Nominations").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("needs nominations", exact=False).first).to_be_attached()
