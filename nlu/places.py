"""Places: the office's own areas (homophones repaired), provinces, prefectures and counties, towns and villages by form."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.mentions import AreaName, PlaceMention
from nlu.normalise import Reading
from nlu.terms import Hits


class Gazetteer:
    """Finds places in a reading copy; holds the office's areas and the country's upper levels."""

    def __init__(self, areas: Sequence[AreaName]) -> None:
        self._areas = tuple(areas)

    def find(self, reading: Reading, hits: Hits, asks: str | None) -> tuple[PlaceMention, ...]:
        return ()
