"""The office's own areas: by name, by name without its ending, and by sound (homophones, dialect, voice typing)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from nlu.country import Part
from nlu.mentions import AreaName
from nlu.patterns import worded
from nlu.terms import TermIndex

_LOWER_SUFFIX = worded("places.lower_suffix")
_STANDS_ALONE = re.compile(r"(?:村|镇|乡|组|的|那边|这边|人)")
_LONGEST_STEM = 12
_LONG_NAME = 3  # blanks between the syllables of a name of four
_ALIKE = 92.0
# h before u is f in the dialects of Hunan, Jiangxi and the south-west.
_FROM_HU = {
    "hu": "fu", "hua": "fa", "huai": "fai", "huan": "fan", "huang": "fang", "hui": "fei", "hun": "fen", "huo": "fo",
}  # fmt: skip


def stem_of(name: str) -> str:
    """The name without the ending of its level (石良镇 → 石良)."""
    return _LOWER_SUFFIX.sub("", name) or name


class OwnAreas:
    """The area table of one office, made ready for finding its names in texts."""

    def __init__(self, areas: Sequence[AreaName]) -> None:
        self._areas = tuple(areas)
        self._own = TermIndex()
        self._by_stem: dict[str, list[AreaName]] = defaultdict(list)
        for area in self._areas:
            self._own.add("area", area.name, area)
            stem = stem_of(area.name)
            self._by_stem[stem].append(area)
            if stem != area.name and len(stem) >= 2:
                self._own.add("stem", stem, stem)
        self._own.add("area", "\u0000", None)  # an automaton needs one word
        self._own.freeze()
        self._sounds: dict[str, list[str]] = {}

    def find(self, text: str, asked: bool) -> list[Part]:
        """Areas named in full, and by their stem where an ending follows or the place was asked for."""
        own = self._own.find(text)
        found = [self._part(h.start, h.end, h.data, text) for h in own.get("area", []) if h.data is not None]
        for hit in own.get("stem", []):
            area = self._nearest(self._by_stem.get(hit.data, []), text)
            if area and (asked or _STANDS_ALONE.match(text, hit.end)):
                found.append(Part(hit.start, hit.end, level_of(area), area.name, (None, None), area))
        return found

    def _part(self, start: int, end: int, area: AreaName, text: str) -> Part:
        return Part(start, end, level_of(area), area.name, (None, None), self.choose(area.name, text))

    def choose(self, name: str, text: str) -> AreaName | None:
        """The one area of this name that the text can mean."""
        rows = [a for a in self._by_stem.get(stem_of(name), []) if a.name == name or stem_of(a.name) == stem_of(name)]
        same = [a for a in rows if a.name == name] or rows
        return self._nearest(same, text)

    @staticmethod
    def _nearest(rows: list[AreaName], text: str) -> AreaName | None:
        """Of areas of one name the one whose upper areas the text names too; none where that leaves several."""
        if len(rows) <= 1:
            return rows[0] if rows else None
        scored = [(sum(1 for part in a.path.split("/") if part != a.name and (stem_of(part) in text)), a) for a in rows]
        best = max(s for s, _ in scored)
        top = [a for s, a in scored if s == best]
        return top[0] if len(top) == 1 else None

    def heard(self, stem: str, text: str) -> AreaName | None:
        """The one area whose name sounds like `stem` (voice typing, dialect), or none; `text` helps to choose."""
        if not self._areas or not 2 <= len(stem) <= _LONGEST_STEM:
            return None
        if not self._sounds:
            for known in self._by_stem:
                self._sounds.setdefault(sound_of(known), []).append(known)
        sound = sound_of(stem)
        alike = sound if sound in self._sounds else self._nearly(sound)
        rows = [a for s in self._sounds.get(alike or "", ()) for a in self._by_stem[s]]
        return self._nearest(rows, text)

    def _nearly(self, sound: str) -> str | None:
        """The one known sound that differs in a letter of a long name; the first syllable must agree (刘家庄)."""
        from rapidfuzz import fuzz, process  # here, because offices without an area table never need it

        first, count = sound.split(" ")[0], sound.count(" ")
        if count < _LONG_NAME:
            return None
        known = [s for s in self._sounds if s.count(" ") == count and s.split(" ")[0] == first]
        alike = process.extract(sound, known, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=2)
        return alike[0][0] if len(alike) == 1 else None


@lru_cache(maxsize=1 << 14)
def sound_of(name: str) -> str:
    """The name's syllables without what dialects mix up: zh/z, ch/c, sh/s, n/l, hu/f, -ng/-n."""
    from pypinyin import lazy_pinyin  # here, because offices without an area table never need it

    plain = []
    for one in lazy_pinyin(name):
        one = re.sub(r"^([zcs])h", r"\1", one)
        one = re.sub(r"^n(?=[aeiouv])", "l", one)
        one = _FROM_HU.get(one, one)
        plain.append(re.sub(r"(?<=[aei])ng$", "n", one))
    return " ".join(plain)


_LEVEL_BY_ENDING = (
    ("province", ("省", "自治区")),
    ("city", ("自治州", "地区", "盟")),
    ("county", ("县", "旗", "区")),
    ("town", ("镇", "乡", "街道", "苏木")),
    ("village", ("村", "社区", "嘎查")),
)


def fill_from_path(levels: dict[str, str | None], area: AreaName) -> None:
    """The upper areas of an office's own area; the first …市 below a province is a city, the next a county."""
    for part in re.split(r"[/>\s]+", area.path):
        level = next((name for name, endings in _LEVEL_BY_ENDING if part.endswith(endings)), None)
        if level is None and part.endswith("市"):
            level = "city" if levels.get("city") in (None, part) else "county"
        if level:
            levels.setdefault(level, part)


def level_of(area: AreaName) -> int:
    """The level of an area as a number, see `Part`."""
    named = {"province": 0, "city": 1, "prefecture": 1, "county": 2, "town": 3, "township": 3, "village": 4, "group": 5}
    return named.get(area.level, 4)
