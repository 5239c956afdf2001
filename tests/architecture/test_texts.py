"""Every text that the code says is there, as data."""

from __future__ import annotations

import ast

import pytest

from actions.texts import MissingText, Texts
from tests.architecture.sources import ROOT, calls, modules

TEXTS = Texts.load()


def _named_texts() -> list[tuple[str, str]]:
    """(file, key) of every literal `….texts.say("key")` and `….texts.get("key")`."""
    found = []
    for file, tree in modules().items():
        for call in [*calls(tree, "say"), *calls(tree, "get")]:
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            key = call.args[0] if call.args else None
            if name == "texts" and isinstance(key, ast.Constant) and isinstance(key.value, str):
                found.append((str(file.relative_to(ROOT)), key.value))
    return found


def test_there_are_texts_to_look_for() -> None:
    assert len(_named_texts()) > 20


@pytest.mark.parametrize(("file", "key"), _named_texts())
def test_a_text_that_is_said_exists(file: str, key: str) -> None:
    try:
        TEXTS.get(key)
    except MissingText:
        pytest.fail(f"{file} says {key!r}, which no file under actions/texts holds")
