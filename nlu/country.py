"""The upper levels of the country: provinces, cities and counties by their names, short names and pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlu.lexicon_files import read_yaml
from nlu.mentions import AreaName
from nlu.patterns import worded
from nlu.terms import Hit, TermIndex, touched

_ETHNIC = worded("places.ethnic")
_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市|盟|县|区|旗)$")
_BEFORE_ALIAS = worded("places.before_alias")
_AFTER_ALIAS = worded("places.after_alias")
_AFTER_FAR = worded("places.after_far_alias")
_LOWER_LEVEL_FOLLOWS = re.compile(r"[一-龥]{1,4}?(?:镇|乡|苏木|街道)(?![上里下政])")
_VILLAGE_FOLLOWS = re.compile(r"[一-龥]{1,4}?(?:村|社区)(?![上里支主长干])")
_OTHER_WORD = re.compile(r"[县市区州]长(?![江沙乐寿])|市场|州里")  # 唐县长, 沙河市场
_LETTERS = re.compile(r"[A-Za-z]{3}")
_LETTERS_ONLY = re.compile(r"[A-Za-z ,.]{5,40}")
_COUNTY_FOLLOWS = re.compile(r"[一-龥]{1,4}?(?:县|旗|区)(?![里城上])")


Upper = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """One level of an address in the reading copy: 0 province, 1 city, 2 county, 3 town, 4 village, 5 group."""

    start: int
    end: int
    level: int
    name: str
    upper: Upper  # (province, city) the name implies
    area: AreaName | None = None


# How a place is written: in full; short (龙口); short, far from our documents (砀山); short, an ordinary word (和平).
FULL, SHORT, FAR, WORD = range(4)


def _names() -> Iterator[tuple[str, int, str, Upper, int]]:
    """Every way in which a place is written: (as written, level, full name, (province, city), how it is written)."""
    data, further = read_yaml("places.yml"), read_yaml("counties.yml")
    places: dict[str, tuple[int, Upper]] = {}
    for province, cities in data["provinces"].items():
        places[province] = (0, (None, None))
        places.update(dict.fromkeys((cities or "").split(), (1, (province, None))))
    above = {_bare(name) for name in places}
    near = len(places) + sum(len(counties.split()) for counties in data["counties"].values())
    for city, counties in [*data["counties"].items(), *further["counties"].items()]:
        province = places[city][1][0] or city
        places.update(dict.fromkeys(counties.split(), (2, (province, city))))
    words = frozenset(further["words"].split())
    for number, (full, (level, upper)) in enumerate(places.items()):
        yield full, level, full, upper, FULL
        bare = _bare(full)
        if bare != full and len(bare) >= 2 and (level < 2 or bare not in above):
            yield bare, level, full, upper, SHORT if number < near else WORD if bare in words else FAR
        if bare != full and len(bare) >= 2 and level > 0:
            endings = ("市", "州") if level == 1 else ("县",)  # 恩施州, 龙口县
            yield from ((bare + e, level, full, upper, FULL) for e in endings if bare + e not in places)
    for old, new in data["old_names"].items():
        yield old, places[new][0], new, places[new][1], FULL


def _bare(name: str) -> str:
    return _SUFFIX.sub("", _ETHNIC.sub("", name))


@cache
def _country() -> TermIndex:
    """All names: data is (level, full name, (province, city), how it is written)."""
    index = TermIndex()
    for written, level, full, upper, how in _names():
        index.add("place", written, (level, full, upper, how))
    for word in read_yaml("places.yml")["not"].split():
        index.add("not", word)
    index.freeze()
    return index


def upper_levels(text: str, names: Sequence[tuple[int, int]]) -> list[Part]:
    """Every province, city and county named in the reading copy; `names` are spans of people (王海南)."""
    hits = _country().find(text)
    stop = hits.get("not", [])
    found: list[Part] = []
    for hit in hits.get("place", []):
        level, full, upper, how = hit.data
        if touched(hit, stop) or any(a < hit.end and hit.start < b for a, b in names):
            continue
        if how == FULL and _OTHER_WORD.match(text, hit.end - 1):
            continue
        if how != FULL and not _alias_stands(text, hit, found):
            continue
        found.append(Part(hit.start, hit.end, level, full, upper))
    return found


def spelled_in_letters(text: str, asked: bool) -> list[Part]:
    """Places in pinyin («wo shi longkou de»), where the place was asked for or a text has nothing but letters."""
    if not _LETTERS.search(text) or not (asked or _LETTERS_ONLY.fullmatch(text)):
        return []
    found: list[Part] = []
    at = 0
    sounds = _sounds()
    words = list(re.finditer(r"[a-z]+", text.lower()))
    while at < len(words):
        for count in (3, 2, 1):
            spelled = "".join(w.group() for w in words[at : at + count])
            if spelled in sounds and at + count <= len(words):
                level, full, upper = sounds[spelled]
                found.append(Part(words[at].start(), words[at + count - 1].end(), level, full, upper))
                at += count - 1
                break
        at += 1
    return found


@cache
def _sounds() -> dict[str, tuple[int, str, Upper]]:
    """What each place sounds like, with and without its ending; what several places sound like is none."""
    from pypinyin import lazy_pinyin  # here, because only a place in Latin letters needs it

    found: dict[str, tuple[int, str, Upper]] = {}
    doubtful = set()
    for name, level, full, upper, _ in _names():
        sound = "".join(lazy_pinyin(name))
        if sound in found and found[sound][1] != full:
            doubtful.add(sound)
        found.setdefault(sound, (level, full, upper))
    found["luan"] = found["liuan"] = (1, "六安市", ("安徽省", None))  # said lu'an, often typed as it is written
    return {sound: place for sound, place in found.items() if sound not in doubtful}


def _alias_stands(text: str, hit: Hit, before: list[Part]) -> bool:
    """Whether a name without its 省/市/县 is a place here: beside another place, or between words that take one."""
    if before and before[-1].end == hit.start and before[-1].level < hit.data[0]:
        return True
    if hit.data[3] == WORD:
        return False
    starts = bool(_BEFORE_ALIAS.search(text[max(0, hit.start - 3) : hit.start]))
    if hit.data[0] == 0 and starts:
        return True
    if starts and _lower_level_follows(text, hit):
        return True
    follows = text[hit.end : hit.end + 3]
    if _country().find(text[hit.end : hit.end + 8]).get("place", [Hit(9, 9, "", None)])[0].start == 0:
        return True
    return starts and bool((_AFTER_FAR if hit.data[3] == FAR else _AFTER_ALIAS).match(follows))


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
