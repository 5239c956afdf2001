"""Places: the office's own areas (homophones repaired), the upper levels, towns and villages by their form."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nlu.lexicon_files import read_yaml
from nlu.mentions import AreaName, PlaceMention
from nlu.normalise import Reading
from nlu.patterns import worded
from nlu.terms import Hit, TermIndex, touched

_LEVELS = ("province", "city", "county", "town", "village", "group")
_ETHNIC = worded("places.ethnic")
_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市|盟|县|区|旗)$")
_LOWER_SUFFIX = worded("places.lower_suffix")
_BEFORE_ALIAS = re.compile(r"(?:^|[，。、；：:\s（(]|在|来自|老家|是|到|去|住|家|我|俺|省|市|区|州|从|回|于|离|至|的)$")
_AFTER_ALIAS = worded("places.after_alias")
_TOWN = re.compile(r"([一-龥]{2,5}?)(镇|乡|街道|苏木)(?![上里下政委村亲长府干卫党民人办企])(?=.{0,1})")
_VILLAGE = worded("places.village")
_TOWN_OFFICE = re.compile(r"([一-龥]{2,4}?)(镇|乡)(?=[一-龥]{1,6}(?:村|社区|屯)|政府|卫生院|人民政府|党委|派出所)")
_VILLAGE_OFFICE = worded("places.village_office")
_COUNTY = re.compile(
    r"([一-龥]{1,8}?)(自治县|县|自治旗|旗)(?![里城上级委长政医域内道民府处区级村镇乡社路帜袍杆下子手舰])"
)
_GROUP = re.compile(r"\s?([一-龥]{1,3}|第?[0-9一二三四五六七八九十]{1,3})(?:村民)?(组|社|队)(?![会长员织里])")
_LEFT_CUT = worded("places.left_cut")
_NOT_A_COUNTY = re.compile(r"[各全本该我这那贫外邻两几区一]县|.*贫困县|周边县|.*[红国党锦升彩]旗")
_LOWER_LEVEL_FOLLOWS = re.compile(r"[一-龥]{1,4}?(?:镇|乡|苏木|街道)(?![上里下政])")
_VILLAGE_FOLLOWS = re.compile(r"[一-龥]{1,4}?(?:村|社区)(?![上里支主长干])")
_COUNTY_FOLLOWS = re.compile(r"[一-龥]{1,4}?(?:县|旗|区)(?![里城上])")
_SENTENCE_WORDS = worded("places.sentence_words")
_OUR_VILLAGE = worded("places.our_village")
_BARE_VILLAGE = worded("places.bare_village")
_PINYIN_ALIKE = 90.0


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    level: int
    name: str
    upper: tuple[str | None, str | None]  # (province, city) the name implies
    area: AreaName | None = None


@cache
def _country() -> TermIndex:
    """Names and plain aliases of the upper levels: data is (level, full name, (province, city), is alias)."""
    data = read_yaml("places.yml")
    index = TermIndex()
    owner: dict[str, str] = {}

    provinces = {_SUFFIX.sub("", _ETHNIC.sub("", p)) for p in data["provinces"]}

    def add(level: int, full: str, upper: tuple[str | None, str | None]) -> None:
        index.add("place", full, (level, full, upper, False))
        bare = _SUFFIX.sub("", _ETHNIC.sub("", full))
        if bare != full and len(bare) >= 2 and (level == 0 or bare not in provinces):
            index.add("place", bare, (level, full, upper, True))
            for short in ("县", "市", "州"):
                if bare + short != full and level > 0:
                    index.add("place", bare + short, (level, full, upper, False))

    for province, cities in data["provinces"].items():
        add(0, province, (None, None))
        for city in (cities or "").split():
            owner[city] = province
            add(1, city, (province, None))
    for city, counties in data["counties"].items():
        for county in counties.split():
            add(2, county, (owner[city], city))
    for old, new in data["old_names"].items():
        found = next((c for c in owner if c == new), None)
        if found:
            index.add("place", old, (1, new, (owner[new], None), False))
    for word in data["not"].split():
        index.add("not", word)
    index.freeze()
    return index


@cache
def _not_towns() -> frozenset[str]:
    return frozenset(read_yaml("places.yml")["not_towns"].split())


def _stem(name: str) -> str:
    return _LOWER_SUFFIX.sub("", name) or name


class Gazetteer:
    """Finds places in a reading copy; holds the office's areas and the country's upper levels."""

    def __init__(self, areas: Sequence[AreaName]) -> None:
        self._areas = tuple(areas)
        self._own = TermIndex()
        self._by_stem: dict[str, list[AreaName]] = defaultdict(list)
        for area in self._areas:
            self._own.add("area", area.name, area)
            stem = _stem(area.name)
            self._by_stem[stem].append(area)
            if stem != area.name and len(stem) >= 2:
                self._own.add("stem", stem, stem)
        self._own.add("area", "\u0000", None)  # an automaton needs one word
        self._own.freeze()
        self._sounds: dict[str, list[str]] = {}

    def find(self, reading: Reading, names: Sequence[tuple[int, int]], asks: str | None) -> tuple[PlaceMention, ...]:
        """All places in order; neighbouring levels of one address are one mention. `names` are spans of people."""
        text = reading.text
        upper = self._upper(text, names)
        parts = upper + self._lower(text, upper, asks == "place")
        chains = _chains(_without_overlaps(parts), text)
        mentions = []
        for chain in chains:
            start, end = reading.span(chain[0].start, chain[-1].end)
            mentions.append(self._mention(chain, reading.source[start:end], start, end))
        return tuple(mentions)

    def _upper(self, text: str, names: Sequence[tuple[int, int]]) -> list[_Part]:
        hits = _country().find(text)
        stop = hits.get("not", [])
        found: list[_Part] = []
        for hit in hits.get("place", []):
            level, full, upper, alias = hit.data
            if touched(hit, stop) or any(a < hit.end and hit.start < b for a, b in names):
                continue
            if alias and not _alias_stands(text, hit, found):
                continue
            found.append(_Part(hit.start, hit.end, level, full, upper))
        return found

    def _lower(self, text: str, upper: list[_Part], asked: bool) -> list[_Part]:
        own = self._own.find(text)
        found = [
            _Part(h.start, h.end, _level_of(h.data), h.data.name, (None, None), self._choose(h.data.name, text))
            for h in own.get("area", [])
            if h.data is not None
        ]
        for hit in own.get("stem", []):
            area = self._choose_stem(hit.data, text)
            alone = asked or re.match(r"(?:村|镇|乡|组|的|那边|这边|人)", text[hit.end : hit.end + 2])
            if area and alone:
                found.append(_Part(hit.start, hit.end, _level_of(area), area.name, (None, None), area))
        ends = sorted(p.end for p in upper)
        for form, level in ((_COUNTY, 2), (_TOWN, 3), (_TOWN_OFFICE, 3), (_VILLAGE, 4), (_VILLAGE_OFFICE, 4)):
            found.extend(self._by_form(text, form, level, ends))
        found.extend(self._named_outright(text, asked and not found and not upper))
        if asked and not found and self._areas:
            heard = self._heard(re.sub(r"[^一-龥]", "", text))
            if heard:
                found.append(_Part(0, len(text.rstrip()), _level_of(heard), heard.name, (None, None), heard))
        return found

    def _named_outright(self, text: str, bare: bool) -> list[_Part]:
        """«俺村叫王庄», and with `bare` an answer that is nothing but the name of a village («大李庄的»)."""
        match = _OUR_VILLAGE.search(text) or (_BARE_VILLAGE.fullmatch(text) if bare else None)
        if not match or _SENTENCE_WORDS.search(match[1]) or match[1] in _not_towns():
            return []
        area = self._choose(match[1], text)
        return [_Part(match.start(1), match.end(1), 4, area.name if area else match[1], (None, None), area)]

    def _by_form(self, text: str, form: re.Pattern[str], level: int, ends: list[int]) -> list[_Part]:
        found: list[_Part] = []
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
            if any(name.endswith(w) and len(w) >= 2 for w in _not_towns() if len(w) > len(match[2])):
                continue
            if level == 2 and _NOT_A_COUNTY.fullmatch(name):
                continue
            area = self._choose(name, text) or (self._heard(_stem(name)) if level > 2 else None)
            plain = name.replace("村民委员会", "村").replace("村委会", "村")
            found.append(_Part(start, match.end(), level, area.name if area else plain, (None, None), area))
        return found

    def _choose(self, name: str, text: str) -> AreaName | None:
        rows = [a for a in self._by_stem.get(_stem(name), []) if a.name == name or _stem(a.name) == _stem(name)]
        same = [a for a in rows if a.name == name] or rows
        return self._nearest(same, text)

    def _choose_stem(self, stem: str, text: str) -> AreaName | None:
        return self._nearest(self._by_stem.get(stem, []), text)

    @staticmethod
    def _nearest(rows: list[AreaName], text: str) -> AreaName | None:
        """Of areas of one name the one whose upper areas the text names too; none where that leaves several."""
        if len(rows) <= 1:
            return rows[0] if rows else None
        scored = [(sum(1 for part in a.path.split("/") if part != a.name and (_stem(part) in text)), a) for a in rows]
        best = max(s for s, _ in scored)
        top = [a for s, a in scored if s == best]
        return top[0] if len(top) == 1 else None

    def _heard(self, stem: str) -> AreaName | None:
        """The one area whose name sounds like `stem` (voice typing), or none."""
        if not self._areas or not 2 <= len(stem) <= 12:
            return None
        from pypinyin import lazy_pinyin  # here, because offices without an area table never need it
        from rapidfuzz import fuzz, process

        if not self._sounds:
            for known in self._by_stem:
                self._sounds.setdefault(_sound(lazy_pinyin(known)), []).append(known)
        sound = _sound(lazy_pinyin(_stem(stem)))
        alike = process.extract(sound, self._sounds.keys(), scorer=fuzz.ratio, score_cutoff=_PINYIN_ALIKE, limit=2)
        if not alike or (len(alike) > 1 and alike[0][1] == alike[1][1]):
            return None
        stems = self._sounds[alike[0][0]]
        rows = [a for s in stems for a in self._by_stem[s]]
        return rows[0] if len(rows) == 1 else None

    def _mention(self, chain: list[_Part], words: str, start: int, end: int) -> PlaceMention:
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
            _fill_from_path(levels, area)
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
        )


def _sound(syllables: list[str]) -> str:
    """Syllables without what dialects mix up: zh/z, ch/c, sh/s, n/l, f/h before u, -ng/-n."""
    plain = []
    for one in syllables:
        one = re.sub(r"^([zcs])h", r"\1", one)
        one = re.sub(r"^n(?=[aeiouv])", "l", one)
        one = re.sub(r"^hu(?=.)", "f", one) if one not in ("huang", "hua", "huan", "hui", "huo", "huai", "hun") else one
        plain.append(re.sub(r"(?<=[aei])ng$", "n", one))
    return " ".join(plain)


_LEVEL_BY_ENDING = (
    ("province", ("省", "自治区")),
    ("city", ("自治州", "地区", "盟")),
    ("county", ("县", "旗", "区")),
    ("town", ("镇", "乡", "街道", "苏木")),
    ("village", ("村", "社区", "嘎查")),
)


def _fill_from_path(levels: dict[str, str | None], area: AreaName) -> None:
    """The upper areas of an office's own area; the first …市 below a province is a city, the next a county."""
    for part in re.split(r"[/>\s]+", area.path):
        level = next((name for name, endings in _LEVEL_BY_ENDING if part.endswith(endings)), None)
        if level is None and part.endswith("市"):
            level = "city" if levels.get("city") in (None, part) else "county"
        if level:
            levels.setdefault(level, part)


def _level_of(area: AreaName) -> int:
    named = {"province": 0, "city": 1, "prefecture": 1, "county": 2, "town": 3, "township": 3, "village": 4, "group": 5}
    return named.get(area.level, 4)


def _alias_stands(text: str, hit: Hit, before: list[_Part]) -> bool:
    """Whether a name without its 省/市/县 is a place here: beside another place, or between words that take one."""
    if before and before[-1].end == hit.start and before[-1].level < hit.data[0]:
        return True
    starts = bool(_BEFORE_ALIAS.search(text[max(0, hit.start - 3) : hit.start]))
    if hit.data[0] == 0 and starts:
        return True
    if starts and _lower_level_follows(text, hit):
        return True
    follows = text[hit.end : hit.end + 3]
    if _country().find(text[hit.end : hit.end + 8]).get("place", [Hit(9, 9, "", None)])[0].start == 0:
        return True
    return starts and bool(_AFTER_ALIAS.match(follows))


def _lower_level_follows(text: str, hit: Hit) -> bool:
    """Whether a town stands right behind («龙口石良镇»); behind a county also a village, behind a city a county."""
    if _LOWER_LEVEL_FOLLOWS.match(text, hit.end):
        return True
    form = _VILLAGE_FOLLOWS if hit.data[0] == 2 else _COUNTY_FOLLOWS
    return bool(form.match(text, hit.end))


def begins_with_place(text: str, at: int, words: str) -> bool:
    """Whether a place of the upper levels starts at `at` («龙口…» after «我是»), or `words` as a whole are one."""
    hits = _country().find(text[at : at + 8]).get("place", [])
    whole = _country().find(words).get("place", [])
    return any(h.start == 0 for h in hits) or any(h.end - h.start == len(words) for h in whole)


def _without_overlaps(parts: list[_Part]) -> list[_Part]:
    """Own areas win, then the longer; what overlaps a kept part goes."""
    kept: list[_Part] = []
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


def _chains(parts: list[_Part], text: str) -> list[list[_Part]]:
    chains: list[list[_Part]] = []
    for part in parts:
        last = chains[-1][-1] if chains else None
        if last and part.level > last.level and re.fullmatch(r"[ ,，、的]?", text[last.end : part.start]):
            chains[-1].append(part)
        else:
            chains.append([part])
    for chain in chains:
        group = _GROUP.match(text, chain[-1].end) if chain[-1].level == 4 else None
        if group:
            chain.append(_Part(group.start(), group.end(), 5, group.group().strip(), (None, None)))
    return chains
