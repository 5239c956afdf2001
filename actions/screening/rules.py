"""How cells of a list are read, as data (`actions/rules/screen.yml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import yaml
from pydantic import Field

from actions.rulebook import FOLDER, Entry

Words = tuple[str, ...]


class ScreenRules(Entry):
    """See the head of screen.yml for what each key means."""

    absent: Words
    yes: Words = Field(alias="true")
    no: Words = Field(alias="false")
    values: Mapping[str, Mapping[str, Words]]
    keys: Words
    id_columns: Words
    shown: int


@cache
def load_screen_rules() -> ScreenRules:
    """The rules; read once."""
    return ScreenRules.model_validate(yaml.safe_load((FOLDER / "screen.yml").read_text(encoding="utf-8")))
