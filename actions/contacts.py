"""Whom to call (值班电话): the numbers and hours of an office."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from actions import rulebook
from actions.refusals import Invalid

NUMBER = re.compile(r"[0-9+][0-9 \-]{1,24}")
MAX_HOURS = 100


@dataclass(frozen=True)
class Contacts:
    """Whom to call; the office sets these in its office file (`contacts`) or on the page of its figures."""

    police: str = "110"
    ambulance: str = "120"
    fire: str = "119"
    crisis_line: str = "12356"
    hotline: str = "12317"
    office_phone: str = ""
    office_hours: str = ""

    @classmethod
    def from_office_file(cls, path: Path | None) -> Contacts:
        """Read the `contacts` section; keys that are absent keep the national numbers."""
        if path is None or not path.exists():
            return cls()
        section: dict[str, Any] = (yaml.safe_load(path.read_text("utf-8")) or {}).get("contacts") or {}
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(section) - known)
        if unknown:
            raise ValueError(
                f"{path.name}: contacts has the unknown key {unknown[0]!r}; expected one of {', '.join(sorted(known))}."
            )
        return cls(**{key: str(value) for key, value in section.items() if value is not None})


def checked_contact(name: str, value: str) -> str:
    """The value as it may be shown and dialled. Raises Invalid for what is no telephone number."""
    text = value.strip()
    if name == "office_hours":
        return text[:MAX_HOURS]
    if not text and name == "office_phone":
        return ""
    if not NUMBER.fullmatch(text):
        raise Invalid(rulebook.say("refused.number_wrong", value=text[:30]))
    return text
