"""The office: what every use case needs, put together once by `bot/wiring.py`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol

import yaml

from actions.clock import Clock
from actions.hours import Hours
from actions.texts import Texts
from nlu import Extraction
from policy_kb import Library
from storage import Database


@dataclass(frozen=True)
class Contacts:
    """Whom to call; the office sets these in the `contacts` section of its office file."""

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


class TextReader(Protocol):
    """What reads texts: `nlu.Extractor`, or `actions.reading.Reader` that follows the area table."""

    def extract(self, text: str, asks: str | None = None) -> Extraction: ...


@dataclass(frozen=True)
class Office:
    """Database, law, reading, clock, words and hours of one running office."""

    db: Database
    library: Library
    extractor: TextReader
    clock: Clock = field(default_factory=Clock)
    contacts: Contacts = field(default_factory=Contacts)
    texts: Texts = field(default_factory=Texts.load)
    hours: Hours = field(default_factory=Hours)
