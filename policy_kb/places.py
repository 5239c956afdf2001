"""Which pack holds where: from a place in free text to a pack, the national one when none fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from policy_kb.pack import Pack
from policy_kb.schema import Places

PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州",
    "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港", "澳门",
)  # fmt: skip
# 龙口镇, 龙口西路, 六安村 … are other places that only share a short name.
SMALLER = r"(?![东西南北中一二三四五六七八九十]?[镇乡村街路巷屯组社庄寨道])"
_CLAUSE_END = re.compile(r"[，。；;,.、！!？?\n]")
_MOVES = re.compile(r"[在到来嫁搬去住现从，。；、,.;]")  # a province before such a word says nothing of what follows it
_LONGEST = 400  # characters of a place that are read


@dataclass(frozen=True, slots=True)
class _Named:
    pack: Pack
    start: int
    end: int


def pack_for_place(place: str | None, packs: Iterable[Pack]) -> Pack:
    """The pack whose place the text says the household lives in; the national one when none is found.

    Any spelling counts: traditional characters, full width, pinyin. A place that the text denies («不在龙口»), left
    («从宁夏嫁过来») or only works in is none; of several the present home comes before the old one.
    """
    packs = tuple(packs)
    text = plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", (place or "")[:_LONGEST])).strip()
    found = _homes(text, packs)
    if not found and text:
        text = _spelled_out(_simplified(text), packs)
        found = _homes(text, packs) if text != plain else []
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    return next(pack for pack in packs if pack.places.national)


def pack_named(text: str, packs: Iterable[Pack]) -> Pack | None:
    """The pack of the place that a question names («龙口监测线多少»), the national one where it names another province
    («河南的线呢»), None where it names none."""
    packs = tuple(packs)
    text = unicodedata.normalize("NFKC", text[:_LONGEST])
    if found := _homes(text, packs):
        return max(found, key=lambda pair: pair[0])[1]
    if any(name in text for name in PROVINCES) and not any(True for pack in packs for _ in _places(text, pack)):
        return next(pack for pack in packs if pack.places.national)
    return None


def names_in(text: str, packs: Iterable[Pack]) -> tuple[str, ...]:
    """The names of places in a text: provinces, and those that the packs know."""
    known = {name for pack in packs for name in (*pack.places.names, *pack.places.counties)}
    return tuple(name for name in (*known, *PROVINCES) if name in text)


def _homes(spaced: str, packs: Sequence[Pack]) -> list[tuple[tuple[int, int], Pack]]:
    """The packs that the text may mean, each with (rank of what is said of its place, length of the name)."""
    text = spaced.replace(" ", "")
    named = sorted((n for pack in packs for n in _places(text, pack)), key=lambda n: (n.start, -n.end))
    national = next(pack for pack in packs if pack.places.national)
    named = sorted([*named, *_elsewhere(text, named, national)], key=lambda n: (n.start, -n.end))
    whole = [n for n in named if not any(_inside(n, other) for other in named)]
    ranks: list[int | None] = []
    for i, one in enumerate(whole):
        last, following = whole[i - 1] if i else None, whole[i + 1] if i + 1 < len(whole) else None
        if last and last.end >= one.start and last.pack is one.pack:
            ranks.append(ranks[-1])  # «六安金寨» is one place
            continue
        end = one.end
        while following and following.start <= end and following.pack is one.pack:
            end = following.end
            following = next((n for n in whole if n.start >= end), None)
        before = re.split(_CLAUSE_END, text[max(last.end if last else 0, one.start - 12) : one.start])[-1]
        after = re.split(_CLAUSE_END, text[end : min(following.start if following else len(text), end + 12)])[0]
        ranks.append(_rank(before, after))
    pairs = zip(whole, ranks, strict=True)
    return [
        ((rank, n.end - n.start), n.pack)
        for n, rank in pairs
        if rank is not None and (rank > 1 or n.pack is not national)
    ]


def _elsewhere(text: str, named: Sequence[_Named], national: Pack) -> list[_Named]:
    """Provinces named for themselves; one that only leads to a pack's place («山东龙口») is a part of that name."""
    found = []
    for match in (m for name in PROVINCES for m in _each(name, text)):
        follows = next((n.start for n in named if n.start >= match.start()), None)
        if follows is None or _MOVES.search(text[match.end() : follows]):
            found.append(_Named(national, match.start(), match.end()))
    return found


def _inside(one: _Named, other: _Named) -> bool:
    return other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start


def _rank(before: str, after: str) -> int | None:
    """2 for the present home, 1 where nothing is said, 0 for where somebody is from, None where they do not live."""
    words = _words()
    for meaning, rank in (("gone", None), ("home", 2), ("born", 0)):
        if any(first.search(before) and then.search(after) for first, then in words[meaning]):
            return rank
    return 1


@cache
def _words() -> dict[str, list[tuple[re.Pattern[str], re.Pattern[str]]]]:
    data = _data()
    return {
        meaning: [(re.compile(row.get("before", "")), re.compile(row.get("after", ""))) for row in data[meaning]]
        for meaning in ("gone", "home", "born")
    }


@cache
def _data() -> dict[str, list[dict[str, str]]]:
    loaded: dict[str, list[dict[str, str]]] = yaml.safe_load(
        Path(__file__).with_name("place_words.yml").read_text(encoding="utf-8")
    )
    return loaded


def _places(text: str, pack: Pack) -> list[_Named]:
    """Every name of the pack's places in the text that does not lie in another province."""
    found = [_Named(pack, m.start(), m.end()) for name in pack.places.counties for m in _each(name, text)]
    found += [_Named(pack, m.start(), m.end()) for name in pack.places.names for m in _each(name, text, SMALLER)]
    found += [_Named(pack, start, end) for start, end in _bare(text, pack.places)]
    return [one for one in found if _in_province(text, one.start, pack.places.province)]


def _each(name: str, text: str, then: str = "") -> Iterable[re.Match[str]]:
    return re.finditer(re.escape(name) + then, text) if name in text else ()


def _in_province(text: str, at: int, province: str) -> bool:
    """Whether no other province is named as the one around the place («河南龙口»)."""
    ends = {text.rfind(name, 0, at) + len(name): name for name in PROVINCES if name in text[:at]}
    if not ends or not province:
        return True
    last = max(ends)
    return province.startswith(ends[last]) or bool(_MOVES.search(text[last:at]))


def _bare(text: str, places: Places) -> list[tuple[int, int]]:
    """County names without 县, 市 or 区 that are the whole text or follow the province (兴国, 江西大余).

    Many are ordinary words too (同心, 兴国), so nowhere else in a text do they name a place.
    """
    around: dict[str, str] = _data()["around"]  # type: ignore[assignment]
    province = re.escape(re.sub(r"省$|(?:[壮回维]\w*)?自治区$", "", places.province))
    start = rf"^{province}(?:省|[壮回维]\w*?自治区)?" if province else "^"
    found = []
    for stem in {county[:-1] for county in places.counties if len(county) > 2}:
        if stem in text:
            alone = re.match(around["before"] + f"(?P<name>{stem})" + around["after"], text)
            match = alone or re.match(f"{start}(?P<name>{re.escape(stem)}){SMALLER}", text)
            if match:
                found.append(match.span("name"))
    return found


@cache
def _to_simplified() -> object:
    import opencc  # here, because most places need it not and its tables take a moment to load

    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    converted: str = _to_simplified().convert(text)  # type: ignore[attr-defined]
    return converted


def _spelled_out(text: str, packs: Sequence[Pack]) -> str:
    """The text with names of places in pinyin (longkou, Liu'an jinzhai xian) written in characters."""
    if not re.search(r"[A-Za-z]{3}", text):
        return text
    names = _by_sound(tuple(dict.fromkeys(n for p in packs for n in (*p.places.names, *p.places.counties))))
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    for form in (r"[a-z']+ [a-z']+", r"[a-z']+"):  # «long kou»: two words may be one name
        plain = re.sub(form, lambda m: _characters(m.group(), names), plain)
    return plain


def _characters(words: str, names: dict[str, str]) -> str:
    sound = re.sub(r"[ ']", "", words)
    written = ""
    while sound:
        known = next((sound[:n] for n in range(min(len(sound), 20), 1, -1) if sound[:n] in names), None)
        if known is None:
            return words
        written += names[known]
        sound = sound[len(known) :]
    return written


@cache
def _by_sound(names: tuple[str, ...]) -> dict[str, str]:
    from pypinyin import lazy_pinyin  # here, because only a place in Latin letters needs it

    endings = {"sheng": "省", "shi": "市", "xian": "县", "qu": "区"}
    sounds = {"".join(lazy_pinyin(name)): name for name in (*PROVINCES, *reversed(names))}
    return endings | sounds | {"luan": "六安", "liuan": "六安"}
