"""What stands in a log line: what happened and which row, never what somebody wrote or who it was."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from bot import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged during a test."""
    handlers, level, raising = logging.root.handlers[:], logging.root.level, logging.raiseExceptions
    stream = io.StringIO()
    logs.configure("INFO", stream)
    yield stream
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    logging.raiseExceptions = raising


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("phone 13812345678", "phone <number>"),
        ("phone 138 1234-5678.", "phone <number>."),
        ("phone １３８１２３４５６７８", "phone <number>"),
        ("id 11010519491231002X", "id <number>"),
        ("张桂兰 said 俺爹 5万 看病", "<text> said <text>"),
        ("幺三八一二三四五六七八", "<text>"),
        ("POST https://api.telegram.org/bot12345:AA-bb_cc/getMe", "POST https://api.telegram.org/<token>/getMe"),
        ("case 4711 opened on port 8000 in 0.25 s", "case 4711 opened on port 8000 in 0.25 s"),
    ],
)
def test_the_scrubber_takes_out_what_only_a_person_can_have_written(text: str, shown: str) -> None:
    assert logs.scrub(text) == shown


def test_a_name_in_an_exception_does_not_reach_the_log(written: io.StringIO) -> None:
    try:
        raise ValueError("cannot store 张桂兰 13812345678")
    except ValueError:
        logging.getLogger("actions.cases").exception("case %s failed for %s", 12, "王建国")
    line = written.getvalue()
    assert "case 12 failed" in line
    assert not {"张桂兰", "王建国", "13812345678"} & set(line.split())
    assert "张" not in line
    assert "1381234" not in line  # three digits of it may stand in the time of day


def test_values_beside_the_event_are_scrubbed_too(written: io.StringIO) -> None:
    logging.getLogger("x").info("told", extra={"who": ["李四"], "phone": 13812345678, "case": 7})
    line = written.getvalue()
    assert "case=7" in line
    assert "李" not in line
    assert "1381234" not in line  # three digits of it may stand in the time of day


def test_an_access_line_has_no_query_and_no_conversation(written: io.StringIO) -> None:
    arguments = ("1.2.3.4:5", "GET", "/api/chat/Zk3vT9xQ1mB7nL5pW8aa?after=3&phone=13812345678", "1.1", 200)
    logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', *arguments)
    line = written.getvalue()
    assert "GET /api/chat/" in line
    assert not [part for part in ("Zk3vT9x", "after", "138", "1.2.3.4") if part in line]


def test_a_server_that_had_set_up_its_own_logging_before_is_heard_all_the_same() -> None:
    uvicorn.Config("bot.wiring:build_app")
    handlers, level, raising = logging.root.handlers[:], logging.root.level, logging.raiseExceptions
    stream = io.StringIO()
    try:
        logs.configure("INFO", stream)
        logging.getLogger("uvicorn.access").info("%s %s", "GET", "/")
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        logging.raiseExceptions = raising
    assert "GET /" in stream.getvalue()


@pytest.mark.parametrize("name", ["httpx", "telegram.ext.Application", "apscheduler.executors"])
def test_libraries_that_log_addresses_and_tokens_are_quiet(written: io.StringIO, name: str) -> None:
    logging.getLogger(name).info("HTTP Request: POST …")
    assert not written.getvalue()


def test_a_log_file_is_scrubbed_like_everything_else_and_rolls_over(
    written: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 2_000)
    logs.configure("INFO", written, tmp_path / "logs" / "shouwang.log")
    for number in range(60):
        logging.getLogger("x").info("message %s of 13812345678 张桂兰", number)
    files = sorted((tmp_path / "logs").iterdir())
    assert len(files) > 2
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert "message 59 of <number> <text>" in (tmp_path / "logs" / "shouwang.log").read_text("utf-8")
    assert not [file for file in files if "张桂兰" in file.read_text("utf-8")]
