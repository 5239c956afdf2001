"""Reading the lexicon folder: YAML beside this module, each file checked for the keys that are needed of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "lexicon"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LexiconError(ValueError):
    """A lexicon file says something that cannot be used; the message names file, key and what was expected."""


@cache
def read_yaml(name: str) -> Any:
    """The parsed lexicon file `name` (relative to nlu/lexicon)."""
    path = FOLDER / name
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise LexiconError(f"nlu/lexicon/{name} is not readable YAML: {error}") from error


def hardship_files() -> list[str]:
    """Names of all hardship lexicons, in a stable order."""
    return sorted(f"hardships/{p.name}" for p in (FOLDER / "hardships").glob("*.yml"))
