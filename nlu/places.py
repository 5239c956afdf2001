"""Places: the upper levels, the office's own areas, towns and villages by their form; and who lives there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from nlu.areas import OwnAreas, fill_from_path, level_of, stem_of
from nlu.country import Part, spelled_in_letters, upper_levels
from nlu.lexicon_files import read_yaml
from nlu.mentions import AreaName, PlaceMention
from nlu.normalise import Reading
from nlu.patterns import worded
from nlu.sieve import Gated
from nlu.standings import standings

_LEVELS = ("province", "city", "county", "town", "village", "group")
_LONGEST_ANSWER = 40
_VILLAGE_ENDINGS = (("村民委员会", "村"), ("村委会", "村"))
_TOWN = Gated(re.compile(r"([一-龥]{2,5}?)(镇|乡|街道|苏木)(?![上里下政委村亲长府干卫党民人办企])(?=.{0,1})"))
_VILLAGE = worded("places.village")
_TOWN_OFFICE = Gated(
    re.compile(r"([一-龥]{2,4}?)(镇|乡)(?=[一-龥]{1,6}(?:村|社区|屯)|政府|卫生院|人民政府|党委|派出所)")
)
_VILLAGE_OFFICE = worded("places.village_office")
_COUNTY = Gated(
    re.compile(r"([一-龥]{1,8}?)(自治县|县|自治旗|旗)(?![里城上级委长政医域内道民府处区级村镇乡社路帜袍杆下子手舰])")
)
_GROUP = re.compile(r"\s?([一-龥]{1,3}|第?[0-9一二三四五六七八九十]{1,3})(?:村民)?(组|社|队)(?![会长员织里])")
_LEFT_CUT = worded("places.left_cut")
_NOT_A_COUNTY = re.compile(r"[各全本该我这那贫外邻两几区一某向由报经对]县|.*贫困县|周边县|.*[红国党锦升彩]旗")
_SENTENCE_WORDS = worded("places.sentence_words")
_OUR_VILLAGE = worded("places.our_village")
_BARE_VILLAGE = worded("places.bare_village")


@cache
def _not_towns() -> frozenset[str]:
    data = read_yaml("places.yml")
    return frozenset((data["not_towns"] + data["not_towns_alone"]).split())


@cache
def _no_town_endings() -> list[tuple[str, ...]]:
    """Words that no name of a town or village ends with, by the length of the ending that it was found by."""
    words = read_yaml("places.yml")["not_towns"].split()
    return [tuple(w for w in words if len(w) > max(length, 1)) for length in range(6)]


class Gazetteer:
    """Finds places in a reading copy; holds the office's areas and the country's upper levels."""

    def __init__(self, areas: Sequence[AreaName]) -> None:
        self._own = OwnAreas(areas)

    def find(self, reading: Reading, names: Sequence[tuple[int, int]], asks: str | None) -> tuple[PlaceMention, ...]:
        """All places in order; neighbouring levels of one address are one mention. `names` are spans of people."""
        text = reading.text
        upper = upper_levels(text, names) + spelled_in_letters(text, asks == "place")
        parts = upper + self._lower(text, upper, asks == "place")
        chains = _chains(_without_overlaps(parts), text)
        mentions = []
        for chain, standing in zip(chains, standings(text, [(c[0].start, c[-1].end) for c in chains]), strict=True):
            start, end = reading.span(chain[0].start, chain[-1].end)
            mentions.append(_mention(chain, reading.source[start:end], start, end, standing))
        return tuple(mentions)

    def _lower(self, text: str, upper: list[Part], asked: bool) -> list[Part]:
        found = self._own.find(text, asked)
        ends = sorted(p.end for p in upper)
        for form, level in ((_COUNTY, 2), (_TOWN, 3), (_TOWN_OFFICE, 3), (_VILLAGE, 4), (_VILLAGE_OFFICE, 4)):
            found.extend(self._by_form(text, form, level, ends))
        found.extend(self._named_outright(text, asked and not found and not upper))
        if asked and not found:
            heard = self._own.heard(re.sub(r"[^一-龥]", "", text), text)
            if heard:
                found.append(Part(0, len(text.rstrip()), level_of(heard), heard.name, (None, None), heard))
        return found

    def _named_outright(self, text: str, bare: bool) -> list[Part]:
        """«俺村叫王庄», and with `bare` an answer that is nothing but the name of a village («大李庄的»)."""
        short = bare and len(text) <= _LONGEST_ANSWER
        match = _OUR_VILLAGE.search(text) or (_BARE_VILLAGE.fullmatch(text) if short else None)
        if not match or _SENTENCE_WORDS.search(match[1]) or match[1] in _not_towns():
            return []
        area = self._own.choose(match[1], text)
        return [Part(match.start(1), match.end(1), 4, area.name if area else match[1], (None, None), area)]

    def _by_form(self, text: str, form: Gated, level: int, ends: list[int]) -> list[Part]:
        found: list[Part] = []
        for match in form.finditer(text):
            stem = match[1]
            cut = _LEFT_CUT.match(stem)
            start = match.start() + (cut.end() if cut else 0)
            before = bisect_right(ends, match.end() - len(match[2])) - 1
            if before >= 0 and ends[before] > start:
                start = ends[before]
            name = text[start : match.end()]
            if len(name) <= len(match[2]) or name in _not_towns():
                continue
            if level > 2 and _SENTENCE_WORDS.search(name):
                continue
            if name.endswith(_no_town_endings()[len(match[2])]):
                continue
            if level == 2 and _NOT_A_COUNTY.fullmatch(name):
                continue
            area = self._own.choose(name, text) or (self._own.heard(stem_of(name), text) if level > 2 else None)
            plain = name
            for office, village in _VILLAGE_ENDINGS:
                plain = plain.replace(office, village)
            found.append(Part(start, match.end(), level, area.name if area else plain, (None, None), area))
        return found


def _mention(chain: list[Part], words: str, start: int, end: int, standing: str) -> PlaceMention:
    levels: dict[str, str | None] = {}
    for part in chain:
        province, city = part.upper
        if province:
            levels.setdefault("province", province)
        if city:
            levels.setdefault("city", city)
        levels[_LEVELS[part.level]] = part.name
    area = next((p.area for p in reversed(chain) if p.area), None)
    if area:
        fill_from_path(levels, area)
    levels.pop("group", None)
    return PlaceMention(
        words,
        start,
        end,
        area.id if area else None,
        levels.get("province"),
        levels.get("city"),
        levels.get("county"),
        levels.get("town"),
        levels.get("village"),
        standing,
    )


def _without_overlaps(parts: list[Part]) -> list[Part]:
    """Own areas win, then the longer; what overlaps a kept part goes."""
    kept: list[Part] = []
    for part in sorted(
        parts,
        key=lambda p: (
            p.area is None,
            p.level >= 2 and p.upper == (None, None) and p.level == 2,
            -(p.end - p.start),
            p.start,
        ),
    ):
        if not any(p.start < part.end and part.start < p.end for p in kept[-200:]):
            kept.append(part)
    return sorted(kept, key=lambda p: p.start)


def _chains(parts: list[Part], text: str) -> list[list[Part]]:
    chains: list[list[Part]] = []
    for part in parts:
        last = chains[-1][-1] if chains else None
        if last and part.level > last.level and re.fullmatch(r"[ ,，、的]?", text[last.end : part.start]):
            chains[-1].append(part)
        else:
            chains.append([part])
    for chain in chains:
        group = _GROUP.match(text, chain[-1].end) if chain[-1].level == 4 else None
        if group:
            chain.append(Part(group.start(), group.end(), 5, group.group().strip(), (None, None)))
    return chains
