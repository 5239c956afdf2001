"""Whatever is thrown at the doors: one Chinese sentence, a request id, never a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.web.doors import EchoDesk

HAN = re.compile("[\u4e00-\u9fff]")
DEEP = b'{"text":' + b"[" * 30_000 + b"]" * 30_000 + b"}"

BODIES = [  # what is wrong, body, status
    ("nothing", b"", 400),
    ("broken JSON", b'{"text": "\xe4\xbd\xa0', 400),
    ("cut off", b'{"text": "a"', 400),
    ("not UTF-8", b'{"text": "\xff\xfe"}', 400),
    ("UTF-16", '{"text": "你好"}'.encode("utf-16"), 400),
    ("NaN", b'{"text": NaN}', 400),
    ("infinity", b'{"text": "a", "x": -Infinity}', 400),
    ("nested deeply", DEEP, 400),
    ("nested a little too deeply", b'{"text": "a", "x": ' + b"[" * 21 + b"]" * 21 + b"}", 400),
    ("a list", b'["text"]', 400),
    ("a string", b'"text"', 400),
    ("a huge number", b'{"text": ' + b"9" * 5000 + b"}", 400),
    ("no text", b"{}", 422),
    ("text null", b'{"text": null}', 422),
    ("text a number", b'{"text": 5}', 422),
    ("text a list", b'{"text": ["a"]}', 422),
    ("empty text", b'{"text": ""}', 422),
    ("blanks", '{"text": " \\n\\t　"}'.encode(), 422),
    ("zero width", '{"text": "\u200b\u200d\ufeff"}'.encode(), 422),
    ("control characters", b'{"text": "\\u0000\\u0007"}', 422),
    ("a lone surrogate", b'{"text": "\\ud800"}', 422),
    ("message id a number", b'{"text": "a", "message_id": 1}', 422),
    ("message id too long", b'{"text": "a", "message_id": "' + b"m" * 101 + b'"}', 422),
    ("message id with NUL", b'{"text": "a", "message_id": "a\\u0000"}', 422),
    ("4,001 characters", json.dumps({"text": "长" * 4001}, ensure_ascii=False).encode(), 413),
    ("70 kB", json.dumps({"text": "a" * 70_000}).encode(), 413),
    ("1 MB", b'{"text": "' + b"a" * 1_000_000 + b'"}', 413),
]


def assert_one_chinese_sentence(response: httpx.Response) -> None:
    body = response.json()
    assert HAN.search(body["detail"])
    assert "\n" not in body["detail"]
    assert "Traceback" not in response.text
    assert response.headers["x-request-id"] == body["request_id"]


@pytest.mark.parametrize(("body", "status"), [b[1:] for b in BODIES], ids=[b[0] for b in BODIES])
async def test_a_bad_message_gets_one_chinese_sentence(
    echo_page: httpx.AsyncClient, echo: EchoDesk, body: bytes, status: int
) -> None:
    response = await echo_page.post("/api/chat/c1", content=body)
    assert response.status_code == status
    assert_one_chinese_sentence(response)
    assert echo.said == []


async def test_a_body_that_never_says_its_length_is_cut_off_at_the_limit(echo_page: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 8192
            yield b"a" * 8192

    response = await echo_page.post("/api/chat/c1", content=endless())
    assert response.status_code == 413
    assert sent <= 64 * 1024 + 2 * 8192


async def test_a_lying_content_length_is_refused(echo_page: httpx.AsyncClient) -> None:
    response = await echo_page.post("/api/chat/c1", content=b"{}", headers={"content-length": "999999999"})
    assert response.status_code == 413


@pytest.mark.parametrize("name", ["a b", "a/b", "telegram:77", "长", ".a", "a" * 81, "a%00b", "%ff", "a'or'1"])
async def test_a_conversation_id_outside_the_safe_pattern_is_refused(echo_page: httpx.AsyncClient, name: str) -> None:
    response = await echo_page.post(f"/api/chat/{name}", json={"text": "你好"})
    assert response.status_code in (404, 405, 422)
    assert_one_chinese_sentence(response)


@pytest.mark.parametrize("after", ["-1", "a", "1.5", "99999999999999999999", "2147483648", "१"])
async def test_a_bad_after_is_refused(echo_page: httpx.AsyncClient, after: str) -> None:
    response = await echo_page.get("/api/chat/c1", params={"after": after})
    assert response.status_code == 422
    assert_one_chinese_sentence(response)


async def test_what_no_database_stores_is_dropped_and_the_words_stay(
    echo_page: httpx.AsyncClient, echo: EchoDesk
) -> None:
    raw = ('{"text": "\\u0000我\\ud83d 𠮷\\u0008\\r\\n' + "👨\u200d👩" + '"}').encode()
    assert (await echo_page.post("/api/chat/c1", content=raw)).status_code == 200
    assert echo.said[0][1] == "我 𠮷\n👨\u200d👩"


async def test_exactly_4000_characters_are_taken(echo_page: httpx.AsyncClient, echo: EchoDesk) -> None:
    assert (await echo_page.post("/api/chat/c1", json={"text": "长" * 4000})).status_code == 200
    assert len(echo.said[0][1]) == 4000


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nowhere", 404),
        ("DELETE", "/api/health", 405),
        ("GET", "/nowhere", 404),
        ("GET", "/v/nowhere", 404),
    ],
)
async def test_an_unknown_address_is_told_in_chinese(
    echo_page: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await echo_page.request(method, path)
    assert response.status_code == status
    assert HAN.search(response.text)
    assert response.headers["x-request-id"] in response.text


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "a/b"]
)
@pytest.mark.parametrize("body", [b"\xff" * 50, b"--x\r\n\r\n", b"text", b""])
async def test_an_unreadable_form_is_no_failure(
    echo_page: httpx.AsyncClient, echo: EchoDesk, content_type: str, body: bytes
) -> None:
    response = await echo_page.post("/chat", content=body, headers={"content-type": content_type})
    assert response.status_code in (400, 422)
    assert HAN.search(response.text)
    assert echo.said == []


async def test_a_failure_inside_is_one_sentence_and_logs_no_words(
    echo_page: httpx.AsyncClient, echo: EchoDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("张桂兰 13800001111")

    monkeypatch.setattr(echo, "converse", broken)
    response = await echo_page.post("/api/chat/c1", json={"text": "张桂兰 13800001111"})
    assert response.status_code == 500
    assert_one_chinese_sentence(response)
    assert response.headers["x-request-id"] in caplog.text
    assert "张桂兰" not in caplog.text + response.text
    assert "13800001111" not in caplog.text + response.text


async def test_health_names_the_part_that_is_down(echo_page: httpx.AsyncClient, health: dict[str, str]) -> None:
    response = await echo_page.get("/api/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok", "rasa": "ok"})
    health["rasa"] = "starting"
    response = await echo_page.get("/api/health")
    assert response.status_code == 503
    assert response.json()["down"] == ["rasa"]


async def test_every_answer_carries_the_security_headers(echo_page: httpx.AsyncClient) -> None:
    for path in ("/", "/office/login", "/api/health", "/nowhere"):
        headers = (await echo_page.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
