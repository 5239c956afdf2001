"""A farmer on a phone: with and without scripts, with a bad line, with weak eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser.conftest import Served, watch

pytestmark = pytest.mark.browser

MEASURES = (Path(__file__).parent / "measures.js").read_text("utf-8")
STORY = "我爹去年得了大病，报完自己还掏了五万多，家里五口人就靠我打零工一年两万来块"
ANSWERS = {
    "place": "宁夏固原市西吉县将台堡镇王家湾村",
    "name": "王大山",
    "phone": "13800138000",
    "consent": "同意",
    "confirm_facts": "对，没错",
    "confirm_submit": "交上去",
}


def send(page: Page, text: str) -> None:
    """Press the button with this text where the page offers one, else write it."""
    answered = page.locator(".they").count()
    button = page.locator("main .choices button", has_text=text)
    if button.count():
        button.first.click()
    else:
        page.fill("#text", text)
        page.click("#say button")
    expect(page.locator(".they").nth(answered)).to_be_visible(timeout=20_000)


def talk_to_the_receipt(page: Page, served: Served) -> str:
    send(page, STORY)
    for _ in range(40):
        if served.receipt():
            break
        send(page, ANSWERS.get(served.asks() or "", "不知道"))
    receipt = served.receipt()
    assert receipt is not None
    return receipt


def test_a_farmer_without_javascript_tells_the_story_and_gets_a_receipt(
    plain_phone: BrowserContext, served: Served
) -> None:
    page = plain_phone.new_page()
    page.goto(served.url)
    receipt = talk_to_the_receipt(page, served)
    expect(page.locator(".they", has_text=receipt).first).to_be_visible()
    assert page.url == served.url + "/#now"
    page.click("text=清空这个屏幕")
    expect(page.locator(".receipt")).to_have_text(receipt)
    page.click("button:has-text('清空')")
    expect(page.locator(".b")).to_have_count(0)
    expect(page.locator("h1")).to_contain_text("您好")


def test_with_javascript_the_same_talk_happens_without_loading_the_page_again(
    phone: BrowserContext, served: Served
) -> None:
    page = phone.new_page()
    seen = watch(page)
    page.goto(served.url)
    receipt = talk_to_the_receipt(page, served)
    expect(page.locator(".they", has_text=receipt).first).to_be_visible()
    assert [url for url in seen.asked if url.rstrip("/") == served.url] == [served.url + "/"]
    assert all(url.startswith(served.url) for url in seen.asked)
    assert seen.errors == []
    spoken = page.locator(".me p").all_inner_texts()
    page.reload()
    assert page.locator(".me p").all_inner_texts() == spoken
    assert page.locator("main .choices").count() <= 1


@pytest.mark.parametrize("presses", [0, 1, 2], ids=["20 px", "24 px", "30 px"])
def test_letters_lines_contrast_and_targets_serve_weak_eyes_and_big_thumbs(
    phone: BrowserContext, served: Served, presses: int
) -> None:
    page = phone.new_page()
    page.goto(served.url)
    for _ in range(presses):
        page.click("header form[action='/size'] button")
    measure_page(page, least=(20, 24, 30)[presses])
    page.click("summary:has-text('有危险')")
    measure_page(page, least=(20, 24, 30)[presses])
    send(page, STORY)
    send(page, "同意")
    for summary in page.locator("summary").all():
        summary.click()
    measure_page(page, least=(20, 24, 30)[presses])


def measure_page(page: Page, least: int) -> None:
    found: dict[str, Any] = page.evaluate(MEASURES)
    assert found["wide"] <= 0
    assert len(found["texts"]) > 5
    assert [t for t in found["texts"] if t["size"] < 18] == []
    assert [t for t in found["texts"] if t["prose"] and t["size"] < least] == []
    assert [t for t in found["texts"] if t["prose"] and t["line"] < 1.5 - 1e-6] == []
    assert [t for t in found["texts"] if t["contrast"] < 4.5] == []
    assert [t for t in found["targets"] if t["width"] < 60 or t["height"] < 60] == []


def test_help_and_progress_are_in_reach_at_every_moment(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    send(page, STORY)
    send(page, "同意")
    for text in ("查进度", "找人工"):
        expect(page.locator("header button", has_text=text)).to_be_in_viewport(ratio=1)
    expect(page.locator("#text")).to_be_in_viewport(ratio=1)
    page.locator("header button", has_text="找人工").click()
    expect(page.locator(".me", has_text="找人工")).to_be_visible()


def test_a_dropped_line_neither_loses_nor_doubles_a_message(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    send(page, "我家有难处")
    lost = 0

    def lose_the_answer(route: Any) -> None:
        """The message arrives, the answer does not."""
        nonlocal lost
        lost += 1
        route.fetch()
        route.abort()

    page.route("**/chat", lose_the_answer, times=2)
    answered = page.locator(".they").count()
    page.fill("#text", STORY)
    page.click("#say button")
    expect(page.locator(".dim", has_text="网不好")).to_be_visible()
    expect(page.locator(".they").nth(answered)).to_be_visible(timeout=20_000)
    assert lost == 2
    assert served.said().count(STORY) == 1
    assert page.locator(".me", has_text=STORY).count() == 1


def test_what_staff_say_appears_by_itself(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    send(page, "我家有难处")
    with served.office.db.begin() as uow:
        conversation = uow.conversations.get(served._last().id)
        assert conversation is not None
        uow.replies.add(conversation, "明天上午到您家看看", [], author="staff", now=served.office.clock.now())
        uow.commit()
    expect(page.locator(".they.human", has_text="明天上午到您家看看")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"'><svg/onload=alert(1)>"]
)
def test_hostile_words_never_run(phone: BrowserContext, served: Served, text: str) -> None:
    page = phone.new_page()
    seen = watch(page)
    page.goto(served.url)
    send(page, text)
    page.reload()
    expect(page.locator(".me p").first).to_have_text(text)
    assert seen.errors == []


def test_what_is_deleted_on_refusal_leaves_the_screen_too(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    send(page, STORY)
    page.get_by_role("button", name="不同意", exact=True).click()
    expect(page.locator(".they", has_text="删掉")).to_be_visible(timeout=20_000)
    expect(page.locator(".b", has_text="大病")).to_have_count(0)


def test_after_a_warning_the_way_back_can_be_pressed(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    send(page, "厨房起火了")
    expect(page.locator("main .choices button", has_text="接着说")).to_be_visible()
