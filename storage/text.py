"""The last guard for text on its way into the database.

PostgreSQL refuses NUL, and neither engine can store a lone surrogate; a person's message is worth more than
either, so both are dropped here. The doors have normalised long before; this is for what slipped through.
"""

from __future__ import annotations

import json
import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The same text without NUL and lone surrogates; every other character stays as it is."""
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


def clean_value(value: Any) -> Any:
    """A JSON value with every string in it, keys included, cleaned."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_value(item) for item in value]
    return value


def to_json(value: Any) -> str:
    """Compact JSON that both engines take. Raises ValueError for NaN and infinity, TypeError for what JSON has not."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if "\\u0000" in written or _UNSTORABLE.search(written):
        return json.dumps(clean_value(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written
