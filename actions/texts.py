"""Texts for people: plain spoken Chinese, kept as data in `actions/texts/*.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "texts"


class MissingText(KeyError):
    """A text was asked for that no file under actions/texts holds."""


@dataclass(frozen=True)
class Texts:
    """All texts by `file.key`; `say` fills the placeholders."""

    entries: Mapping[str, Any]

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Texts:
        """Read every `*.yml` of the folder once; the file's stem is the first part of the key."""
        return _load(folder)

    def say(self, key: str, /, **values: object) -> str:
        """The text under `key` with its placeholders filled; raises MissingText."""
        text = self.get(key)
        if not isinstance(text, str):
            raise MissingText(f"{key} in actions/texts is not a text; expected a string under this key.")
        return text.format(**values) if values else text

    def get(self, key: str) -> Any:
        """The raw entry (text, list or table) under a dotted key; raises MissingText."""
        node: Any = self.entries
        for part in key.split("."):
            if not isinstance(node, Mapping) or part not in node:
                raise MissingText(f"No text {key!r} in actions/texts; add it there.")
            node = node[part]
        return node


@cache
def _load(folder: Path) -> Texts:
    return Texts({path.stem: yaml.safe_load(path.read_text("utf-8")) or {} for path in sorted(folder.glob("*.yml"))})
