"""The farmer's page over plain HTTP, as a phone without JavaScript uses it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI

from actions.office import Office
from bot.web import create_app
from storage import Unavailable, models
from tests.web.doors import EchoDesk, browser

FIRST_PAGE = 30 * 1024  # bytes, everything the browser fetches, uncompressed
SCRIPT = 6 * 1024  # bytes
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}{% raw %}",
    "'-alert(1)-'",
    '=HYPERLINK("http://x")',
]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def nonce_of(html: str) -> str:
    found = re.findall(r'name="nonce" value="([0-9a-z]+)"', html)
    return found[-1]


async def test_the_first_page_with_all_it_fetches_is_small_and_ours(page: httpx.AsyncClient) -> None:
    first = await page.get("/")
    tags = Tags(first.text)
    addresses = [a["src"] for a in tags.all("script") + tags.all("img")] + [a["href"] for a in tags.all("link")]
    assert addresses
    assert all(address is not None and address.startswith("/static/") for address in addresses)
    sizes = {address: len((await page.get(str(address))).content) for address in set(addresses)}
    assert len(first.content) + sum(sizes.values()) <= FIRST_PAGE
    assert next(size for address, size in sizes.items() if "chat.js" in str(address)) <= SCRIPT


async def test_no_page_has_script_or_style_inside(page: httpx.AsyncClient) -> None:
    for path in ("/", "/leave", "/office/login", "/nowhere"):
        tags = Tags((await page.get(path)).text)
        assert not tags.all("style")
        assert all("src" in attrs for attrs in tags.all("script"))
        for _, attrs in tags.tags:
            assert not [name for name in attrs if name.startswith("on") or name == "style"]


async def test_static_files_are_kept_and_compressed(page: httpx.AsyncClient) -> None:
    css = next(a["href"] for a in Tags((await page.get("/")).text).all("link") if "chat.css" in str(a["href"]))
    response = await page.get(str(css), headers={"accept-encoding": "gzip"})
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["content-encoding"] == "gzip"


async def test_a_story_is_answered_and_stays_on_the_page(page: httpx.AsyncClient) -> None:
    first = await page.get("/")
    sent = await page.post("/chat", data={"text": "我爹病了，花了三万", "nonce": nonce_of(first.text)})
    assert (sent.status_code, sent.headers["location"]) == (303, "/#now")
    shown = (await page.get("/")).text
    assert "我爹病了，花了三万" in shown
    assert shown.index("我爹病了") < shown.index('class="b they')
    assert '<button class="btn' in shown


async def test_pressing_send_twice_is_one_message(page: httpx.AsyncClient, office: Office) -> None:
    nonce = nonce_of((await page.get("/")).text)
    for _ in range(3):
        await page.post("/chat", data={"text": "我家有难处", "nonce": nonce})
    await page.post("/chat", data={"text": "改一句", "nonce": nonce})  # went back and wrote something else: kept
    with office.db.read() as uow:
        assert [m.text for m in uow.find(models.InboundMessage)] == ["我家有难处", "改一句"]


async def test_a_retry_of_the_script_is_one_message_and_the_same_answer(
    page: httpx.AsyncClient, office: Office
) -> None:
    form = {"text": "我家有难处", "message_id": "abc123"}
    answers = [(await page.post("/chat", data=form, headers={"x-fragment": "1"})).text for _ in range(3)]
    strip = [re.sub(r'name="nonce" value="[0-9a-f]+"', "", answer) for answer in answers]
    assert len(set(strip)) == 1
    with office.db.read() as uow:
        assert uow.count(models.InboundMessage) == 1


async def test_a_first_message_whose_answer_was_lost_begins_no_second_conversation(
    page: httpx.AsyncClient, office: Office
) -> None:
    await page.get("/")
    begun = page.cookies["sw_chat"]
    await page.post("/chat", data={"text": "我家有难处", "message_id": "abc"}, headers={"x-fragment": "1"})
    page.cookies.clear()
    page.cookies.set("sw_chat", begun)  # as if the answer, cookie and all, had never come
    await page.post("/chat", data={"text": "我家有难处", "message_id": "abc"}, headers={"x-fragment": "1"})
    with office.db.read() as uow:
        assert uow.count(models.Conversation) == 1
        assert uow.count(models.InboundMessage) == 1


async def test_the_script_gets_a_late_answer_that_came_in_between(page: httpx.AsyncClient, office: Office) -> None:
    await page.post("/chat", data={"text": "我家有难处", "message_id": "1"})
    with office.db.begin() as uow:
        conversation = uow.conversations.get(page.cookies["sw_chat"])
        assert conversation is not None
        shown = conversation.last_seq
        uow.replies.add(conversation, "刚才那句话的回话", [], now=office.clock.now())
        uow.commit()
    form = {"text": "同意", "message_id": "2", "after": str(shown)}
    answer = (await page.post("/chat", data=form, headers={"x-fragment": "1"})).text
    assert "刚才那句话的回话" in answer
    assert answer.count("data-seq") >= 2


async def test_the_conversation_is_an_unguessable_cookie_out_of_reach_of_scripts(page: httpx.AsyncClient) -> None:
    sent = await page.post("/chat", data={"text": "你好"})
    cookie = sent.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    value = page.cookies["sw_chat"]
    assert len(value) >= 32
    assert value not in (await page.get("/")).text


@pytest.mark.parametrize("first", ["A", "7", "-", "_"])
async def test_whatever_sign_the_id_begins_with_the_page_goes_on_with_its_conversation(
    page: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    monkeypatch.setattr("bot.web.chat_pages.secrets.token_urlsafe", lambda size: first * 32)
    await page.get("/")
    await page.post("/chat", data={"text": "我家有难处"})
    assert page.cookies["sw_chat"] == first * 32
    assert "我家有难处</p>" in (await page.get("/")).text


async def test_over_https_cookies_are_marked_secure(office: Office, echo: EchoDesk) -> None:
    app = create_app(office, echo, dict, secure_cookies=True)
    async with browser(app) as client:
        sent = await client.post("/chat", data={"text": "你好"})
    assert "Secure" in sent.headers["set-cookie"]
    assert "strict-transport-security" in sent.headers


async def test_clearing_the_screen_ends_the_conversation_on_this_phone_only(
    page: httpx.AsyncClient, office: Office
) -> None:
    await page.post("/chat", data={"text": "我家有难处"})
    assert "还没有单号" in (await page.get("/leave")).text
    await page.post("/leave")
    assert "sw_chat" not in page.cookies
    again = await page.get("/", params={"left": "1"})
    assert "我家有难处</p>" not in again.text
    assert "已经清空" in again.text
    with office.db.read() as uow:
        assert uow.count(models.InboundMessage) == 1


async def test_the_receipt_is_shown_before_clearing(page: httpx.AsyncClient, office: Office) -> None:
    await page.post("/chat", data={"text": "我家有难处"})
    with office.db.begin() as uow:
        conversation = uow.conversations.get(page.cookies["sw_chat"])
        assert conversation is not None
        conversation.state = {**conversation.state, "receipt": "261121-483-715"}
        uow.commit()
    assert "261121-483-715" in (await page.get("/leave")).text


async def test_a_village_code_sets_the_place(page: httpx.AsyncClient, office: Office) -> None:
    assert (await page.get("/v/64-wang")).status_code == 303
    assert "将台堡镇王家湾村" in (await page.get("/")).text
    await page.post("/chat", data={"text": "我家有难处"})
    with office.db.read() as uow:
        conversation = uow.conversations.get(page.cookies["sw_chat"])
        village = uow.areas.by_code("64-wang")
    assert conversation is not None
    assert village is not None
    assert (conversation.area_id, conversation.pack_id) == (village.id, "ningxia-2020-8")
    assert conversation.place == "宁夏回族自治区固原市西吉县将台堡镇王家湾村"


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
async def test_an_empty_message_is_told_on_the_page(page: httpx.AsyncClient, text: str) -> None:
    sent = await page.post("/chat", data={"text": text})
    assert sent.status_code == 422
    assert "还没有写字" in sent.text


async def test_too_long_a_message_is_told_and_kept_in_the_box(page: httpx.AsyncClient) -> None:
    sent = await page.post("/chat", data={"text": "长" * 4001})
    assert sent.status_code == 413
    assert "长" * 4000 in sent.text


async def test_when_the_database_is_down_the_words_stay_in_the_box(
    echo_page: httpx.AsyncClient, echo: EchoDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*args: object, **kwargs: object) -> None:
        raise Unavailable("database is locked")

    monkeypatch.setattr(echo, "converse", down)
    sent = await echo_page.post("/chat", data={"text": "我爹病了"})
    assert sent.status_code == 503
    assert "我爹病了</textarea>" in sent.text
    assert "locked" not in sent.text
    assert (await echo_page.post("/api/chat/c1", json={"text": "我爹病了"})).status_code == 503


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_shown_as_words(echo_page: httpx.AsyncClient, office: Office, text: str) -> None:
    fragment = (await echo_page.post("/chat", data={"text": text}, headers={"x-fragment": "1"})).text
    own = echo_page.cookies["sw_chat"]
    with office.db.begin() as uow:
        uow.inbox.accept("web", own, "1", text, office.clock.now())
        conversation = uow.conversations.get(own)
        assert conversation is not None
        choices = [{"title": text, "value": text}]
        uow.replies.add(conversation, text, choices, details=[{"title": text, "text": text}], now=office.clock.now())
        uow.commit()
    page_ = (await echo_page.get("/")).text
    for html in (fragment, page_):
        tags = Tags(html)
        assert not tags.all("svg")
        assert all(str(attrs.get("src")).startswith("/static/") for attrs in tags.all("script") + tags.all("img"))
        assert not [1 for _, attrs in tags.tags for name in attrs if name.startswith("on")]
        assert [a["value"] for a in tags.all("button") if a.get("value") == text]


async def test_another_site_cannot_speak_for_the_person(page: httpx.AsyncClient) -> None:
    for headers in ({"origin": "http://evil.test"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        sent = await page.post("/chat", data={"text": "撤回我的申请"}, headers=headers)
        assert sent.status_code == 403


async def test_text_size_is_kept(page: httpx.AsyncClient) -> None:
    await page.post("/size", data={"size": "2"})
    assert 'data-size="2"' in (await page.get("/")).text
    await page.post("/size", data={"size": "99"})
    assert 'data-size="0"' in (await page.get("/")).text


async def test_a_late_reply_is_fetched_by_the_script(page: httpx.AsyncClient, office: Office) -> None:
    assert (await page.get("/chat/later")).status_code == 204
    await page.post("/chat", data={"text": "我家有难处"})
    own = page.cookies["sw_chat"]
    with office.db.begin() as uow:
        conversation = uow.conversations.get(own)
        assert conversation is not None
        seq = conversation.last_seq
        uow.replies.add(conversation, "明天上门看看您家", [], author="staff", now=office.clock.now())
        uow.commit()
    assert (await page.get("/chat/later", params={"after": seq + 1})).status_code == 204
    late = await page.get("/chat/later", params={"after": seq})
    assert "明天上门看看您家" in late.text
    assert "干部回话" in late.text


async def test_conversations_of_other_channels_are_out_of_reach(page: httpx.AsyncClient, office: Office) -> None:
    with office.db.begin() as uow:
        uow.conversations.open("tg-77", "telegram", office.clock.now())
        uow.commit()
    assert (await page.get("/api/chat/tg-77")).status_code == 422
    assert (await page.post("/api/chat/tg-77", json={"text": "你好"})).status_code == 422


async def test_the_api_has_the_shape_of_the_contract(page: httpx.AsyncClient) -> None:
    sent = await page.post("/api/chat/person-1", json={"text": "我爹病了，花了三万", "message_id": "m1"})
    body = sent.json()
    assert set(body) == {"replies", "asks", "stage", "receipt", "seq"}
    assert body["asks"] == "consent"
    assert body["stage"] in {"opening", "consent"}
    assert body["seq"] == body["replies"][-1]["seq"]
    assert all({"text", "choices"} <= set(reply) for reply in body["replies"])
    assert all(set(c) == {"title", "value"} for reply in body["replies"] for c in reply["choices"])
    again = await page.post("/api/chat/person-1", json={"text": "我爹病了，花了三万", "message_id": "m1"})
    assert again.json() == body
    later = await page.get("/api/chat/person-1", params={"after": 0})
    assert [r["text"] for r in later.json()["replies"]] == [r["text"] for r in body["replies"]]
    assert (await page.get("/api/chat/person-1", params={"after": body["seq"]})).json()["replies"] == []


async def test_the_openapi_description_names_bodies_and_answers(app: FastAPI, page: httpx.AsyncClient) -> None:
    described = (await page.get("/api/openapi.json")).json()
    assert described["paths"]["/api/chat/{conversation}"]["post"]["requestBody"]
    assert {p for p in described["paths"] if not p.startswith("/api/")} == set()
