"""An operator at a desk, with the telephone in one hand and no mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from actions import accounts, calls
from storage import models
from tests.e2e.browser.conftest import Seen, Served, watch
from tests.web.doors import PASSWORD, STAFF

pytestmark = pytest.mark.browser

STORY = "俺爹去年查出肺癌，报完自己还掏了五万多，家里五口人就靠我打零工一年两万来块，还欠着三万块的账"
HOME = "西吉县将台堡镇王家湾村"
KEPT = re.compile("已存")


@pytest.fixture
def hotline(served: Served) -> Served:
    accounts.add_user(served.office, "phone", PASSWORD, *STAFF["phone"])
    return served


@pytest.fixture
def seat(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    yield context
    context.close()


def sit_down(page: Page, served: Served) -> Seen:
    """Sign in with the keyboard."""
    seen = watch(page)
    page.goto(served.url + "/office")
    page.keyboard.press("Tab")
    page.locator("#name").focus()
    page.keyboard.type("phone")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("本辖区的个案")
    page.evaluate("window.addEventListener('mousedown', () => { throw new Error('a mouse was used') }, true)")
    return seen


def new_call(page: Page) -> None:
    """One key; the page is live once its script has given it a name."""
    page.keyboard.press("F9")
    saying(page, "您同意我记吗")
    expect(page.locator("#call [name=window]")).to_have_value(re.compile("."))


def saying(page: Page, words: str) -> None:
    """The line that is to be read aloud now."""
    expect(page.locator("#p-ask .say")).to_contain_text(words)


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id || document.activeElement.dataset.item || ''")
    return found


def last_call(served: Served) -> models.Call:
    with served.office.db.read() as uow:
        return uow.find(models.Call, order="-id")[0]


def test_a_whole_application_without_a_mouse(seat: BrowserContext, hotline: Served) -> None:
    page = seat.new_page()
    seen = sit_down(page, hotline)
    key = page.keyboard
    new_call(page)
    assert focused(page) == "notes"
    key.press("Alt+1")
    saying(page, "您家里遇到什么难处了")
    key.type(STORY)
    expect(page.locator("#p-marks mark", has_text="五万多")).to_be_attached()
    saying(page, "您家住在哪个县")
    key.press("F2")
    key.type(HOME)
    expect(page.locator("#p-area")).to_contain_text("固原市西吉县将台堡镇王家湾村")
    saying(page, "您家以前是村里定的贫困户吗")
    key.press("Alt+2")
    saying(page, "眼下日子过得有困难吗")
    key.press("F2")
    key.type("借钱过日子，有困难")
    key.press("Escape")
    expect(page.locator("#p-heard li")).to_have_count(8)

    # what was heard: accept, change, refuse, take back
    key.press("Tab")
    assert focused(page) == "fact:serious_illness"
    key.press("Tab")
    assert focused(page) == "fact:household_size"
    key.press("Enter")
    key.type("6")
    key.press("Enter")
    expect(page.locator("[data-item='fact:household_size']")).to_have_class("changed")
    expect(page.locator("[data-item='fact:household_size']")).to_contain_text("6口人")
    assert focused(page) == "fact:income_year"
    key.press("ArrowDown")
    key.press("ArrowDown")
    assert focused(page) == "fact:employment_unstable"
    key.press("Delete")
    expect(page.locator("[data-item='fact:employment_unstable']")).to_have_class("refused")
    key.press("Escape")
    assert focused(page) == "notes"
    while page.locator("#p-heard li.heard").count():
        key.press("Tab")
        if focused(page) == "notes":
            break
        key.press("Tab")
    expect(page.locator("#p-heard li.heard")).to_have_count(0)
    expect(page.locator("#p-heard li.refused")).to_have_count(1)

    # the rest of the questions: nobody knows; then the person
    for _ in range(20):
        asks = page.locator("#p-ask .ask").get_attribute("data-asks")
        if asks in ("name", "ready"):
            break
        key.press("F2")
        key.type("不知道")
        expect(page.locator("#p-ask .ask")).not_to_have_attribute("data-asks", asks or "")
    saying(page, "您叫什么名字")
    key.press("F4")
    assert focused(page) == "phone"
    key.type("13800138000")
    key.press("Tab")
    key.type("王大山")
    key.press("Enter")
    assert focused(page) == "notes"
    saying(page, "念一遍")
    expect(page.locator("#kept")).to_have_text(KEPT)

    key.press("F8")
    expect(page.locator("ol.aloud")).to_contain_text("家里6口人")
    expect(page.locator("ol.aloud")).to_contain_text("138 0013 8000")
    expect(page.locator("ol.aloud")).not_to_contain_text("不稳当")
    key.press("Enter")
    receipt = page.locator(".receipt").text_content() or ""
    call = last_call(hotline)
    assert (call.status, call.outcome) == ("saved", "recorded")
    with hotline.office.db.read() as uow:
        case = uow.cases.by_receipt(receipt)
        assert case is not None
        facts = {key: (row.value, row.source) for key, row in uow.facts.current(case_id=case.id).items()}
    assert (case.person_name, case.phone, case.status) == ("王大山", "13800138000", "open")
    assert case.own_words.startswith(STORY)
    assert facts["household_size"] == (6, "operator")
    assert facts["household_kind"] == ("general", "operator")
    assert "employment_unstable" not in facts
    new_call(page)
    assert seen.errors == []
    assert all(url.startswith((hotline.url, "data:")) for url in seen.asked)


def test_a_closed_tab_loses_nothing(seat: BrowserContext, hotline: Served) -> None:
    page = seat.new_page()
    sit_down(page, hotline)
    new_call(page)
    page.keyboard.press("Alt+1")
    page.keyboard.type(STORY)
    expect(page.locator("[data-item='fact:household_size']")).to_be_visible()
    expect(page.locator("#kept")).to_have_text(KEPT, timeout=4000)
    page.keyboard.type("，娃要交学费")
    page.close()  # in the middle of it, without a word

    page = seat.new_page()
    page.goto(hotline.url + "/office/calls")
    line = page.locator(".rows li", has_text="俺爹去年查出肺癌")
    line.locator("a").press("Enter")
    expect(page.locator("#notes")).to_have_value(re.compile(re.escape(STORY)))
    expect(page.locator("[name=consent][value=yes]")).to_be_checked()
    expect(page.locator("#call [name=window]")).to_have_value(re.compile("."))
    assert focused(page) == "notes"
    page.keyboard.type("，他接着说")
    expect(page.locator("#kept")).to_have_text(KEPT, timeout=4000)
    assert last_call(hotline).notes.endswith("他接着说")


def test_a_killed_browser_loses_at_most_what_was_typed_since_the_last_keeping(
    seat: BrowserContext, hotline: Served
) -> None:
    page = seat.new_page()
    sit_down(page, hotline)
    new_call(page)
    page.keyboard.type(STORY)
    expect(page.locator("#kept")).to_have_text(KEPT, timeout=4000)  # nobody pressed anything
    assert last_call(hotline).notes == STORY
    seat.close()
    (draft,) = calls.drafts(hotline.office, _user(hotline))
    assert STORY.startswith(draft.words)


def test_two_windows_on_one_call_ask_which_holds(seat: BrowserContext, hotline: Served) -> None:
    left = seat.new_page()
    sit_down(left, hotline)
    new_call(left)
    left.keyboard.type("左边记的")
    expect(left.locator("#kept")).to_have_text(KEPT, timeout=4000)
    right = seat.new_page()
    right.goto(left.url)
    expect(right.locator("#call [name=window]")).to_have_value(re.compile("."))
    right.keyboard.type("，右边添的")
    expect(right.locator("#kept")).to_have_text(KEPT, timeout=4000)
    left.bring_to_front()
    left.keyboard.type("，左边又添的")
    expect(left.locator("#p-clash")).to_contain_text("左边记的，右边添的")
    assert last_call(hotline).notes == "左边记的，右边添的"
    left.locator("[data-mine]").press("Enter")
    expect(left.locator("#kept")).to_have_text(KEPT, timeout=4000)
    assert last_call(hotline).notes == "左边记的，左边又添的"


def test_a_known_household_pops_up_and_its_open_case_is_gone_on_with(seat: BrowserContext, hotline: Served) -> None:
    page = seat.new_page()
    sit_down(page, hotline)
    key = page.keyboard
    receipt = ""
    for words in (f"{STORY}，我叫王大山，电话13800138000，住{HOME}", "他又住院了，自己又掏了两万，电话13800138000"):
        new_call(page)
        key.press("Alt+1")
        saying(page, "您家里遇到什么难处了")
        key.type(words)
        if receipt:
            expect(page.locator(".people > li")).to_contain_text("王**")
            expect(page.locator(".people .tag")).to_have_text("可能是")
            key.press("Alt+KeyL")
            key.press("Enter")
            expect(page.locator("#going-on")).to_contain_text(receipt)
            saying(page, "念一遍")
        expect(page.locator("#p-heard li")).not_to_have_count(0)
        key.press("F8")
        expect(page.locator("ol.aloud")).to_contain_text("自己掏了")
        key.press("Enter")
        expect(page.locator("h1")).to_have_text("办好了")
        receipt = receipt or page.locator(".receipt").text_content() or ""
    assert page.locator(".receipt").count() == 0, "nobody has shown that the case is theirs"
    with hotline.office.db.read() as uow:
        (case,) = uow.find(models.Case)
    assert case.receipt == receipt


def test_a_complaint_by_keyboard_goes_past_the_village(seat: BrowserContext, hotline: Served) -> None:
    page = seat.new_page()
    seen = sit_down(page, hotline)
    key = page.keyboard
    new_call(page)
    key.press("Alt+1")
    key.type("村支书王二狗把低保名额都给了自己亲戚，我家这么难名单上没有，评议那天也没通知我们")
    expect(page.locator("[data-suggests=complaint]")).to_be_visible()
    key.press("Alt+KeyK")
    saying(page, "这是哪个县")
    key.press("F2")
    key.type(HOME)
    saying(page, "您想要个什么结果")
    key.press("F2")
    key.type("重新评一次")
    saying(page, "您愿意留个名字吗")
    key.press("Alt+1")
    saying(page, "念一遍")
    expect(page.locator("#p-verdict")).to_contain_text("不经过村，直接交给乡镇")
    key.press("F8")
    expect(page.locator("ol.aloud")).to_contain_text("不留名")
    key.press("Enter")
    receipt = page.locator(".receipt").text_content() or ""
    with hotline.office.db.read() as uow:
        case = uow.cases.by_receipt(receipt)
        assert case is not None
    assert (case.kind, case.person_name, case.details["wish"]) == ("complaint", None, "重新评一次")
    assert seen.errors == []


def test_a_call_ends_with_an_appointment_by_keyboard(seat: BrowserContext, hotline: Served) -> None:
    page = seat.new_page()
    sit_down(page, hotline)
    key = page.keyboard
    new_call(page)
    key.type(STORY)
    key.press("F4")
    key.type("13800138000")
    key.press("Alt+KeyJ")
    expect(page.locator("h1")).to_have_text("这通电话怎么了结")
    key.press("ArrowDown")
    key.press("ArrowDown")
    expect(page.locator("[value=call_back]")).to_be_checked()
    key.press("Tab")
    key.press("ArrowDown")
    key.press("Tab")
    key.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("了结了")
    with hotline.office.db.read() as uow:
        (task,) = uow.find(models.Task, kind="person")
    assert task.due_at is not None
    assert "13800138000" in task.text


def test_keys_that_choose_characters_are_left_to_the_input_method(seat: BrowserContext, hotline: Served) -> None:
    page = seat.new_page()
    sit_down(page, hotline)
    new_call(page)
    page.keyboard.type(STORY)
    expect(page.locator("#p-heard li")).not_to_have_count(0)
    for name in ("Tab", "F8", "Escape", "Enter", "F2"):
        page.evaluate(
            "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
            "{ key, isComposing: true, bubbles: true, cancelable: true }))",
            name,
        )
    assert focused(page) == "notes"
    assert page.locator("#notes").input_value() == STORY
    assert "/sheet" not in page.url


def test_the_workbench_fits_a_desk_screen(seat: BrowserContext, hotline: Served) -> None:
    page = seat.new_page()
    sit_down(page, hotline)
    new_call(page)
    page.keyboard.press("Alt+1")
    page.keyboard.type(STORY * 3)
    expect(page.locator("#p-heard li")).not_to_have_count(0)
    over = "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    assert page.evaluate(over) == [0, 0]
    lines = "id => [...document.getElementById(id).children].length"
    assert page.evaluate(lines, "p-marks") > 5
    heights = "[document.getElementById('p-marks').scrollHeight, document.getElementById('notes').scrollHeight]"
    marks, notes = page.evaluate(heights)
    assert marks == notes, "the highlights break their lines where the notes do"


def _user(served: Served) -> models.User:
    with served.office.db.read() as uow:
        found = uow.users.by_name("phone")
        assert found is not None
        return found
