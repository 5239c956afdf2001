"""A question about policy at the desk, by keyboard: the answer with its clause, then a task for a person."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.browser.conftest import Served, watch
from tests.e2e.browser.test_cadre import sign_in

pytestmark = pytest.mark.browser
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_question_is_answered_with_its_clause_and_handed_to_a_person(
    request: pytest.FixtureRequest, served: Served, size: str
) -> None:
    context: BrowserContext = request.getfixturevalue(size)
    page = context.new_page()
    seen = watch(page)
    sign_in(page, served, "county")
    page.goto(served.url + "/office/ask")
    expect(page.locator("#ask-text")).to_be_focused()
    page.keyboard.type("龙口今年监测线多少？入户核实几天？")
    page.keyboard.press("Enter")
    reply = page.locator("#reply")
    expect(reply).to_contain_text("6500元")
    expect(reply).to_contain_text("5个工作日")
    expect(reply).to_contain_text("龙扶贫组字〔2021〕1号")
    assert page.evaluate(OVERFLOW) <= 0

    page.fill("#ask-text", "低保一个月给多少钱")
    page.keyboard.press("Enter")
    expect(reply).to_contain_text("可以问问")
    page.click("#reply button")
    expect(page.locator("[role=status]")).to_contain_text("记成待办")
    expect(page.locator("main")).to_contain_text("低保一个月给多少钱")
    assert page.evaluate(OVERFLOW) <= 0
    assert seen.errors == []
