"""A cadre on a phone and at a desk: sees the new case, opens the card, records a step; the farmer hears of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.web.render import static
from tests.e2e.browser.conftest import DESK, PHONE, Served, watch
from tests.e2e.browser.test_farmer import send, talk_to_the_receipt
from tests.web.doors import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(page: Page, served: Served, name: str) -> None:
    page.goto(served.url + "/office")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    expect(page.locator("h1")).to_have_text("本辖区的个案")


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, True), (PHONE, False), (DESK, True)])
def test_from_the_story_to_the_recorded_step_and_back_to_the_farmer(
    chromium: Browser, phone: BrowserContext, served: Served, size: dict[str, int], scripts: bool
) -> None:
    farmer = phone.new_page()
    farmer.goto(served.url)
    receipt = talk_to_the_receipt(farmer, served)

    context = chromium.new_context(viewport=size, java_script_enabled=scripts, locale="zh-CN")  # type: ignore[arg-type]
    cadre = context.new_page()
    seen = watch(cadre)
    sign_in(cadre, served, "wang")
    line = cadre.locator(".cases li", has_text=receipt)
    expect(line).to_contain_text("王大山")
    expect(line.locator(".tag.new")).to_have_text("新来的")
    line.locator("a").click()
    expect(cadre.locator("mark", has_text="五万多").first).to_be_visible()
    expect(cadre.locator(".phone, dd", has_text="138****8000").first).to_be_visible()
    cadre.fill("#note", "看过了，五口人")
    cadre.click("button:has-text('这一步办好了')")
    expect(cadre.locator("[role=status]")).to_contain_text("已经记下")
    expect(cadre.locator(".steps > li.done")).to_have_count(1)
    if not scripts:
        assert cadre.locator("script").count() > 0
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    if scripts:
        assert cadre.evaluate(overflow) <= 0
    assert all(url.startswith((served.url, "data:")) for url in seen.asked)
    assert seen.errors == []
    context.close()

    served.tick()
    expect(farmer.locator(".they").last).to_contain_text(receipt, timeout=15_000)


def test_a_request_for_a_person_becomes_a_task_that_is_answered_in_the_chat(
    phone: BrowserContext, desk: BrowserContext, served: Served
) -> None:
    farmer = phone.new_page()
    farmer.goto(served.url)
    send(farmer, "找人工")
    cadre = desk.new_page()
    sign_in(cadre, served, "county")
    cadre.click("nav >> text=待办")
    cadre.click("text=去办")
    cadre.click("button:has-text('我来办')")
    expect(cadre.locator(".tag", has_text="您在办")).to_be_visible()
    cadre.fill("textarea[name=text]", "我是周敏，下午给您打电话")
    cadre.click("button:has-text('发出去')")
    expect(cadre.locator("[role=status]")).to_contain_text("已经回话")
    served.tick()
    expect(farmer.locator(".they.human")).to_contain_text("下午给您打电话", timeout=15_000)


def test_the_pages_of_the_staff_work_without_the_fetched_browser_parts(desk: BrowserContext, served: Served) -> None:
    """Set-up may have fetched neither htmx nor Pico CSS: the pages then carry themselves."""
    desk.route("**/static/vendor/**", lambda route: route.abort())
    page = desk.new_page()
    sign_in(page, served, "wang")
    page.click("nav >> text=我的")
    box = page.locator("#old").bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert box["height"] >= 44
    assert static("office.css") is not None
