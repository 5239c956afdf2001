"""JSON lines in, JSON lines out: one answer for each line, in order, whatever the line holds."""

from __future__ import annotations

import codecs
import gc
import json
import sys
from collections.abc import Callable, Iterable
from typing import IO, Any

from pydantic_core import to_json

_NEW_OBJECTS = 20_000  # after so many the collector looks through the newest; by default after 700
Answer = dict[str, Any]
Handler = Callable[[dict[str, Any]], Answer]


class BadLine(Exception):
    """A line that was read but cannot be worked on; `fact` names the part that is wrong, if one is."""

    def __init__(self, message: str, fact: str | None = None) -> None:
        super().__init__(message)
        self.fact = fact


def run(handle: Handler, source: Iterable[bytes] | None = None, sink: IO[bytes] | None = None) -> int:
    """Answer every line of `source` (stdin); an answer leaves as soon as it is there.

    `handle` gets the object of a line and returns the answer without its `id`; it raises BadLine for input it
    cannot work on. Returns how many lines were answered with an error.
    """
    source = sys.stdin.buffer if source is None else source
    sink = sys.stdout.buffer if sink is None else sink
    errors = 0
    for number, raw in enumerate(source):
        answer = _answer(handle, raw.removeprefix(codecs.BOM_UTF8) if number == 0 else raw)
        errors += "error" in answer
        if number == 0:
            _keep_what_is_loaded()
        sink.write(_encoded(answer) + b"\n")
        sink.flush()
    return errors


def _keep_what_is_loaded() -> None:
    """Packs and lexicons stay until the end: the collector of garbage need not look through them again and again."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def _answer(handle: Handler, raw: bytes) -> Answer:
    try:
        line = _read(raw)
    except BadLine as error:
        return {"id": None, "error": {"fact": None, "message": str(error)}}
    known = {"id": _printable(line.get("id"))}
    try:
        return known | handle(line)
    except BadLine as error:
        return known | {"error": {"fact": error.fact, "message": str(error)}}
    except RecursionError:
        return known | {"error": {"fact": None, "message": "The line is nested too deeply to be worked on."}}


def _read(raw: bytes) -> dict[str, Any]:
    try:
        line = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine(f"The line is not UTF-8 (byte {error.start}); expected a JSON object in UTF-8.") from None
    except (ValueError, RecursionError):
        raise BadLine("The line is not readable JSON; expected one JSON object a line.") from None
    if not isinstance(line, dict):
        raise BadLine(f"The line holds a {type(line).__name__}; expected a JSON object.")
    return line


def _printable(given: Any) -> Any:
    """The id as given, or null where it cannot be written as JSON again (NaN, infinity, endless nesting)."""
    if given is None or isinstance(given, str | int):
        return given
    try:
        json.dumps(given, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return given


def _encoded(answer: Answer) -> bytes:
    try:
        return to_json(answer)
    except ValueError:  # half of a character pair, as JSON escapes allow it, or an id nested deep: said back escaped
        return json.dumps(answer).encode("ascii")


def text_of(line: dict[str, Any], key: str) -> str:
    """The string under `key`; raises BadLine."""
    value = line.get(key)
    if not isinstance(value, str):
        raise BadLine(f"“{key}” is {_kind(value)}; expected a string.")
    return value


def optional_text(line: dict[str, Any], key: str) -> str | None:
    """The string under `key`, or None where it is absent or null; raises BadLine."""
    return None if line.get(key) is None else text_of(line, key)


def object_of(line: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under `key`; raises BadLine."""
    value = line.get(key)
    if not isinstance(value, dict):
        raise BadLine(f"“{key}” is {_kind(value)}; expected an object.")
    return value


def texts_of(line: dict[str, Any], key: str) -> list[str]:
    """The list of strings under `key`, empty where it is absent or null; raises BadLine."""
    value = line.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadLine(f"“{key}” is {_kind(value)}; expected a list of strings.")
    return value


def _kind(value: Any) -> str:
    return "missing or null" if value is None else f"a {type(value).__name__}"
