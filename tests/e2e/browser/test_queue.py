"""The queue at a desk without a mouse, and on a phone: two people side by side in one conversation."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser.conftest import Served, watch
from tests.e2e.browser.test_cadre import sign_in
from tests.e2e.browser.test_farmer import send

pytestmark = pytest.mark.browser
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def asks_for_a_person(page: Page, served: Served) -> None:
    page.goto(served.url)
    send(page, "找人工")
    send(page, "13812345678")


def test_a_conversation_is_taken_over_and_given_back_by_keyboard_alone(
    phone: BrowserContext, desk: BrowserContext, served: Served
) -> None:
    farmer = phone.new_page()
    asks_for_a_person(farmer, served)
    staff = desk.new_page()
    seen = watch(staff)
    sign_in(staff, served, "county")
    staff.goto(served.url + "/office/tasks")
    staff.keyboard.press("ArrowDown")
    expect(staff.locator("a.open:focus")).to_have_count(1)
    staff.keyboard.press("Enter")
    expect(staff.locator("h2", has_text="对话")).to_be_visible()
    staff.keyboard.press("Alt+t")
    expect(staff.locator(".tag", has_text="您在办")).to_be_visible()
    staff.keyboard.press("Alt+1")
    expect(staff.locator("#answer")).to_have_value("您好，我是工作人员，您说的我都看到了，现在我来跟您说。")
    expect(staff.locator("#answer")).to_be_focused()
    staff.keyboard.press("Control+Enter")
    expect(staff.locator("[role=status]")).to_contain_text("已经回话")
    expect(farmer.locator(".they.human")).to_contain_text("现在我来跟您说", timeout=15_000)

    send(farmer, "能管不能管")
    expect(farmer.locator(".they").last).to_contain_text("已经转给工作人员")
    expect(staff.locator("#talk")).to_contain_text("能管不能管", timeout=15_000)
    expect(staff.locator("#answer")).to_be_focused()
    staff.keyboard.type("能管，我给您记下了")
    staff.keyboard.press("Control+Enter")
    expect(farmer.locator(".they.human").last).to_contain_text("能管，我给您记下了", timeout=15_000)
    staff.keyboard.press("Alt+b")
    expect(staff.locator("[role=status]")).to_contain_text("交还给助手")
    expect(farmer.locator("#log")).to_contain_text("我们接着说", timeout=15_000)
    assert served.asks() == "consent", "where it stood before the person was asked for"
    assert seen.errors == []


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_queue_and_task_fit_the_screen_and_carry_words_beside_colours(
    request: pytest.FixtureRequest, phone: BrowserContext, served: Served, size: str
) -> None:
    farmer = phone.new_page()
    asks_for_a_person(farmer, served)
    send(farmer, "我不想活了")
    page = request.getfixturevalue(size).new_page()
    seen = watch(page)
    sign_in(page, served, "county")
    page.goto(served.url + "/office/tasks")
    expect(page.locator(".task.row")).to_have_count(2)
    expect(page.locator(".task.row").first).to_contain_text("有人说到眼前有危险")
    expect(page.locator(".tag.age").first).to_have_text("马上办")
    assert page.evaluate(OVERFLOW) <= 0
    page.locator(".task.row").first.locator("a.open").click()
    expect(page.locator("#talk")).to_contain_text("我不想活了")
    assert page.evaluate(OVERFLOW) <= 0
    assert all(url.startswith((served.url, "data:")) for url in seen.asked)
    assert seen.errors == []


def test_without_scripts_everything_is_still_there(plain_phone: BrowserContext, served: Served) -> None:
    farmer = plain_phone.new_page()
    farmer.goto(served.url)
    farmer.fill("#text", "找人工")
    farmer.click("#say button")
    staff = plain_phone.new_page()
    sign_in(staff, served, "county")
    staff.goto(served.url + "/office/tasks")
    staff.click("text=去办")
    staff.fill("#answer", "我是县里的")
    staff.click("button:text-is('发出去，交还助手')")
    expect(staff.locator("#talk")).to_contain_text("我是县里的")
    staff.locator("summary", has_text="打了电话").click()
    staff.check("input[value=reached]")
    staff.click("button:has-text('记下来')")
    expect(staff.locator("[role=status]")).to_contain_text("办完了")
