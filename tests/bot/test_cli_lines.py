"""JSON lines: one answer for each line, in order, whatever the line holds."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from bot.cli import lines


def answers(*given: bytes) -> tuple[list[dict[str, Any]], int]:
    """What is answered to these lines by a handler that gives back the length of `text`, and how many were errors."""

    def handle(line: dict[str, Any]) -> dict[str, Any]:
        return {"length": len(lines.text_of(line, "text"))}

    sink = io.BytesIO()
    errors = lines.run(handle, given, sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()], errors


def test_every_line_is_answered_in_order_with_its_own_id() -> None:
    found, errors = answers(b'{"id": "b", "text": ""}\n', '{"id": [1], "text": "俺爹"}\n'.encode(), b'{"text": "x"}')
    assert found == [{"id": "b", "length": 0}, {"id": [1], "length": 2}, {"id": None, "length": 1}]
    assert errors == 0


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"\xff\xfe{}\n", "UTF-8"),
        ('{"id": 3, "text": "断'.encode()[:-1] + b"\n", "UTF-8"),
        (b"{not json}\n", "JSON"),
        (b"\n", "JSON"),
        (b"[1, 2]\n", "list"),
        (b'"text"\n', "str"),
        (b"null\n", "NoneType"),
        (b'{"id": ' + b"9" * 5000 + b"}\n", "JSON"),
        (b"[" * 100_000 + b"\n", "JSON"),
    ],
)
def test_an_unreadable_line_gets_a_null_id_and_the_others_go_on(raw: bytes, word: str) -> None:
    found, errors = answers(raw, b'{"id": 2, "text": "ok"}\n')
    assert found[0]["id"] is None
    assert word in found[0]["error"]["message"]
    assert found[1] == {"id": 2, "length": 2}
    assert errors == 1


def test_the_byte_order_mark_of_a_file_from_windows_is_no_part_of_its_first_line() -> None:
    found, errors = answers(b'\xef\xbb\xbf{"id": 1, "text": "ok"}\r\n', b'{"id": 2, "text": "ok"}\r\n')
    assert [line["id"] for line in found] == [1, 2]
    assert errors == 0


@pytest.mark.parametrize("text", ["null", "7", '["a"]', "true"])
def test_a_text_that_is_none_is_an_error_of_that_line(text: str) -> None:
    found, errors = answers(f'{{"id": 5, "text": {text}}}\n'.encode())
    assert found[0]["id"] == 5
    assert "“text”" in found[0]["error"]["message"]
    assert errors == 1


def test_an_id_that_is_no_json_value_is_given_back_as_null() -> None:
    found, _ = answers(b'{"id": NaN, "text": "x"}\n', b'{"id": {"a": Infinity}, "text": "x"}\n')
    assert [line["id"] for line in found] == [None, None]


def test_half_a_character_pair_is_said_back_as_an_escape() -> None:
    found, errors = answers(b'{"id": "\\ud800", "text": "\\ud83d"}\n')
    assert found == [{"id": "\ud800", "length": 1}]
    assert errors == 0


@pytest.mark.parametrize("depth", [100, 300])
def test_an_id_nested_deep_is_given_back(depth: int) -> None:
    found, errors = answers(b'{"id": ' + b"[" * depth + b"]" * depth + b', "text": "x"}\n')
    assert json.dumps(found[0]["id"]) == "[" * depth + "]" * depth
    assert errors == 0


def test_an_answer_leaves_before_the_next_line_is_read() -> None:
    sink = io.BytesIO()

    def source() -> Any:
        yield b'{"id": 1}\n'
        assert json.loads(sink.getvalue()) == {"id": 1, "seen": True}
        yield b'{"id": 2}\n'

    lines.run(lambda _line: {"seen": True}, source(), sink)
    assert sink.getvalue().count(b"\n") == 2


def test_an_answer_is_written_as_people_read_it() -> None:
    sink = io.BytesIO()
    lines.run(lambda _line: {"text": "肺癌"}, [b'{"id": 1}'], sink)
    assert "肺癌".encode() in sink.getvalue()
