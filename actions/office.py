"""The office: what every use case needs, put together once by `bot/wiring.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from actions.clock import Clock
from actions.contacts import Contacts
from actions.figures import OwnFigures
from actions.hours import Hours
from actions.texts import Texts
from nlu import Extraction
from policy_kb import Library
from storage import Database


class TextReader(Protocol):
    """What reads texts: `nlu.Extractor`, or `actions.reading.Reader` that follows the area table."""

    def extract(self, text: str, asks: str | None = None) -> Extraction: ...

    def load(self) -> None: ...


@dataclass(frozen=True)
class Office:
    """Database, law, reading, clock, words and hours of one running office."""

    db: Database
    library: Library
    extractor: TextReader
    clock: Clock = field(default_factory=Clock)
    own: OwnFigures = field(default_factory=OwnFigures)
    texts: Texts = field(default_factory=Texts.load)
    hours: Hours = field(default_factory=Hours)

    @property
    def contacts(self) -> Contacts:
        """Whom to call today."""
        return self.own.contacts(self.clock.today())
