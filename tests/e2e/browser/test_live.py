"""The workbench keeps itself up to date while it is looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from actions import tasks
from tests.e2e.browser.conftest import Served, watch
from tests.web.doors import PASSWORD

pytestmark = pytest.mark.browser
SOON = 20_000  # ms


def signed_in(context: BrowserContext, served: Served, name: str) -> Page:
    page = context.new_page()
    page.goto(f"{served.url}/office/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_url(f"{served.url}/office")
    return page


def danger(served: Served, key: str) -> int:
    """Somebody in 王家湾村 told of danger; the clocks have ticked."""
    with served.office.db.begin() as uow:
        area = uow.areas.by_code("64-wang")
        assert area is not None
        text = "有人说到眼前有危险，请马上回电话。"
        task = tasks.open_task(served.office, uow, "danger", key=key, area_id=area.id, text=text)
        uow.commit()
    served.tick()
    return task.id


def test_two_open_pages_show_a_new_danger_without_being_touched(desk: BrowserContext, served: Served) -> None:
    first = signed_in(desk, served, "wang")
    seen = watch(first)
    second = desk.new_page()
    second.goto(f"{served.url}/office/tasks")
    expect(second.locator("#queue article")).to_have_count(0)
    danger(served, "d1")
    for page in (first, second):
        badge = page.locator('#menu a[href="/office/tasks"] .count')
        expect(badge).to_have_text("1", timeout=SOON)
        expect(page.locator('#menu a[href="/office/notifications"] .count')).to_have_text("1", timeout=SOON)
        expect(page.locator("#live")).to_contain_text("急！", timeout=SOON)
    expect(second.locator("#queue article.urgent")).to_have_count(1, timeout=SOON)
    first.click("#live")
    first.wait_for_url(f"{served.url}/office/notifications")
    assert seen.errors == []


def test_the_inbox_grows_while_it_is_looked_at(desk: BrowserContext, served: Served) -> None:
    page = signed_in(desk, served, "wang")
    page.goto(f"{served.url}/office/notifications")
    for number in (1, 2):
        danger(served, f"d{number}")
        expect(page.locator("#lines li")).to_have_count(number, timeout=SOON)


def test_what_is_being_typed_is_not_taken_away(desk: BrowserContext, served: Served) -> None:
    page = signed_in(desk, served, "wang")
    number = danger(served, "d1")
    page.goto(f"{served.url}/office/tasks/{number}")
    if page.locator("textarea:visible").count() == 0:
        page.locator("summary").first.click()
    area = page.locator("textarea").first
    area.fill("已经打通电话")
    danger(served, "d2")
    expect(page.locator('#menu a[href="/office/tasks"] .count')).to_have_text("2", timeout=SOON)
    expect(area).to_have_value("已经打通电话")


def test_a_page_that_comes_back_is_told_what_it_missed(desk: BrowserContext, served: Served) -> None:
    page = signed_in(desk, served, "wang")
    danger(served, "d1")
    expect(page.locator("#live")).to_contain_text("急！", timeout=SOON)
    page.evaluate("document.getElementById('live').hidden = true; window.dispatchEvent(new Event('pagehide'))")
    danger(served, "d2")
    with page.expect_request("**/office/live?after=*", timeout=SOON):
        page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    expect(page.locator("#live")).to_be_visible(timeout=SOON)
    expect(page.locator('#menu a[href="/office/tasks"] .count')).to_have_text("2", timeout=SOON)


def test_settings_of_being_told_fit_a_phone(phone: BrowserContext, served: Served) -> None:
    page = signed_in(phone, served, "wang")
    page.goto(f"{served.url}/office/me")
    seen = watch(page)
    page.check("input[name=digest]")
    page.fill("input[name=digest_at]", "09:15")
    page.fill("input[name=phone]", "139 0000 0000")
    page.click("#telling button.main")
    expect(page.locator(".notice").first).to_contain_text("通知设置")
    expect(page.locator("input[name=digest]")).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert seen.errors == []
