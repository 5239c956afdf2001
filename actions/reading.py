"""Reading what people write, with the office's own area table; an import of areas is noticed by itself."""

from __future__ import annotations

import threading
import time

from actions.places import area_names
from nlu import Extraction, Extractor, FactType
from policy_kb import Library
from storage import Database, UnitOfWork, models

LOOK_AGAIN_SECONDS = 20.0


def fact_types(library: Library) -> dict[str, FactType]:
    """The answer type of every fact, for reading bare answers."""
    return {fact_id: FactType(spec.type.kind, tuple(spec.type.values)) for fact_id, spec in library.vocabulary.items()}


class Reader:
    """An extractor that is built anew when the area table has changed."""

    def __init__(self, library: Library, db: Database) -> None:
        self._types = fact_types(library)
        self._db = db
        self._lock = threading.Lock()
        self._mark, self._extractor = self._build()
        self._looked = time.monotonic()

    def extract(self, text: str, asks: str | None = None) -> Extraction:
        """Mentions, facts and the rest of what a text says; never raises on any text."""
        self._look_again()
        return self._extractor.extract(text, asks)

    def load(self) -> None:
        """Load what reading needs, so that the first message does not wait for it."""
        self._extractor.load()

    def _look_again(self) -> None:
        if time.monotonic() - self._looked < LOOK_AGAIN_SECONDS or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked = time.monotonic()
            with self._db.read() as uow:
                mark = _mark(uow)
            if mark != self._mark:
                self._mark, self._extractor = self._build()
        finally:
            self._lock.release()

    def _build(self) -> tuple[object, Extractor]:
        with self._db.read() as uow:
            return _mark(uow), Extractor(self._types, area_names(uow))


def _mark(uow: UnitOfWork) -> object:
    """Changes whenever areas were added or removed."""
    last = uow.find(models.Area, order="-id", limit=1)
    return uow.count(models.Area), last[0].id if last else 0
