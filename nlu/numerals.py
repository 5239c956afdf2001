"""Chinese and Arabic numerals as people write them: elided (三万二), vague (十来万, 千把块), ranges (两三千, 5-6万).

The grammar here finds the span; cn2an reads plain numerals in its "smart" mode only (its text transform rewrites
running text, and no library reads the vague forms).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import cn2an

_DIGIT = "零一二两三四五六七八九"
_VALUE = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3}
_SCALE = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8, "w": 1e4, "W": 1e4, "k": 1e3, "K": 1e3}
FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億圆叄弍弎", "一二三四五六七八九十百千万亿元三二三")

_ARABIC = r"[0-9]{1,3}(?:[,，][0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_CN = r"[零一二两三四五六七八九十百千万亿]"
# One numeral with its vagueness inside or after it; units of money are not part of it.
NUMERAL = re.compile(
    rf"(?:上|成|好|大|小)?(?:"
    rf"(?:{_ARABIC})(?:(?: ?(?:[多余来几]?[十百千万亿]+|[wWkK](?![a-zA-Z]))(?:[0-9](?=[百千十]))?)+"
    rf"(?:[0-9一二三四五六七八九](?![0-9.十百千万年月日号个]))?)?"
    rf"|(?:百八十|千八百|万[儿二]?八千|百十|万千|[百千万](?=把)|十几|几|好几|数|若干)(?:[多余来]?[十百千万亿]+)*"
    rf"|(?:{_CN}|几(?=[十百千万亿个])|点(?=[一二三四五六七八九零])|好几|[多来余](?=[十百千万亿]))+"
    rf")(?:[多余来]|把)?"
)
_VAGUE_ONLY = re.compile(r"^[好大]?(?:几|数|若干)[十百千万亿]*$")
_TWICE = re.compile(
    r"([一二两三四五六七八九十]+([万千百])[一二三四五六七八九]?)([一二两三四五六七八九十]+\2[一二三四五六七八九]?)"
)
_TAIL = re.compile(r"[多余来把]$")


@dataclass(frozen=True, slots=True)
class Number:
    start: int
    end: int
    text: str
    value: float | None  # None: no figure named
    exact: bool
    scaled: bool  # carries 百/千/万/亿 or w/k


def _scaled(value: float, units: str) -> float:
    for unit in units:
        value *= _SCALE[unit]
    return round(value, 4)


@lru_cache(maxsize=8192)
def _plain(words: str) -> float | None:
    """A numeral without vagueness, elided forms included; None if it is none."""
    match = re.fullmatch(r"([0-9,]+(?:\.[0-9]+)?)([十百千万亿wWkK]*)", words)
    if match:
        return _scaled(float(match[1].replace(",", "")), match[2])
    match = re.fullmatch(rf"([{_DIGIT}十百]+)点([{_DIGIT}]+)([十百千万亿]*)", words)
    if match:
        whole = _plain(match[1])
        if whole is None:
            return None
        return _scaled(whole + sum(_VALUE[c] / 10.0 ** (i + 1) for i, c in enumerate(match[2])), match[3])
    if re.search(r"[wWkK]", words):
        match = re.fullmatch(r"([0-9.]+)([wWkK])([0-9])", words)
        if not match:
            return None
        scale = _SCALE[match[2]]
        return round(float(match[1]) * scale + int(match[3]) * scale / 10, 4)
    if re.fullmatch(r"[百千万亿]+", words):
        return None
    if "两" in words and re.fullmatch(rf"[{_DIGIT}]{{2,}}", words):
        return None  # «一两个» is about one or two, «二两» a weight: never twelve or twenty-two
    try:
        return float(cn2an.cn2an(words, "smart"))
    except (ValueError, KeyError, IndexError):
        return None


@lru_cache(maxsize=8192)
def parse(words: str) -> tuple[float | None, bool, bool]:
    """(value, exact, readable) of one numeral as matched by NUMERAL."""
    words = words.replace(" ", "").replace("，", ",")
    twice = _TWICE.fullmatch(words)
    if twice:
        return _said_twice(parse(twice[1])[0], parse(twice[3])[0])
    core, exact = words, True
    if core[:1] in ("上", "成"):
        rest = re.sub(r"^[上成]+", "", core)
        if not re.fullmatch(r"[十百千万亿]+", rest):
            return parse(rest) if rest else (None, False, False)
        return _scaled(1.0, rest), False, True
    if _VAGUE_ONLY.match(core):
        return None, False, True
    if core[:1] in ("小", "大") and len(core) > 1:
        inside, _, ok = parse(core[1:])
        return inside, False, ok
    fixed = {
        "百八十": 100.0,
        "千八百": 900.0,
        "万儿八千": 9000.0,
        "万二八千": 9000.0,
        "万八千": 9000.0,
        "百十": 100.0,
        "百十来": 100.0,
        "百十多": 110.0,
    }
    if core in fixed:
        return fixed[core], False, True
    if _TAIL.search(core):
        core, exact = core[:-1], False
        if core in ("百", "千", "万", "十"):
            return _SCALE[core], False, True
    core = core.removeprefix("好")
    if "好几" in core or "几" in core:
        return _with_some(core.replace("好几", "几"))
    inner = re.sub(r"[多余来](?=[十百千万亿])", "", core)
    if inner != core:
        core, exact = inner, False
        if re.fullmatch(r"[十百千][万亿]", core):
            return _scaled(1.0, core), False, True  # «百多万»
    value = _range_of_neighbours(core)
    if value is not None:
        return value, False, True
    if core in ("十", "百", "千", "万", "亿"):
        return (10.0, exact, True) if core == "十" else (None, False, False)
    value = _plain(core)
    return value, exact, value is not None


def _said_twice(first: float | None, second: float | None) -> tuple[float | None, bool, bool]:
    """«两万四两万五» is a range, «九千九千» a repeat; a smaller one behind a greater corrects it."""
    if first is None or second is None:
        return None, False, False
    if first < second <= 1.5 * first:
        return (first + second) / 2, False, True
    return second, first == second, True


def _with_some(core: str) -> tuple[float | None, bool, bool]:
    """十几万 is its plain centre 150000; 几万 names no figure."""
    match = re.fullmatch(rf"([{_DIGIT}0-9]*)十几([百千万亿]*)", core)
    if match:
        tens = _plain(match[1] + "十") if match[1] else 10.0
        if tens is None:
            return None, False, False
        return _scaled(tens + 5, match[2]), False, True
    match = re.fullmatch(r"(.*[十百千万])几([十百千万]?)", core)
    if match and match[1]:
        value = _plain(match[1])
        return value, False, value is not None
    return None, False, True


_NEIGHBOURS = re.compile(r"([一二两三四五六七八九])([二三四五六七八九]|两(?=[十百千万亿]))(?![一二两三四五六七八九零])")


def _range_of_neighbours(core: str) -> float | None:
    """两三千 -> 2500, 十二三万 -> 125000, 一万五六 -> 15500; None where no such pair stands."""
    match = _NEIGHBOURS.search(core)
    if not match or (match.start() and core[match.start() - 1] in _DIGIT):
        return None
    low, high = _VALUE[match[1]], _VALUE[match[2]]
    if not (high == low + 1 or (low, high) == (3, 5)):
        return None
    ends = []
    for digit in match.groups():
        words = core[: match.start()] + digit + core[match.end() :]
        value = float(_VALUE[digit]) if words == digit else _plain(words)
        if value is None:
            return None
        ends.append(value)
    return sum(ends) / 2


def find_numbers(text: str) -> list[Number]:
    """All numerals of a text (formal numerals already plain), in order, not overlapping."""
    found: list[Number] = []
    for match in NUMERAL.finditer(text):
        words = match.group()
        if len(words) > 40:  # no sum is that long; a run of digits is no numeral
            continue
        lead = 1 if words[0] in "上成大小" and len(words) > 1 and not _is_vague_lead(words) else 0
        words = words[lead:]
        if (
            len(words) > 1
            and words[-1] == "一"
            and text[match.end() : match.end() + 1] in _PER
            and (words[-2] not in "十" or re.search(r"[天月]$", text[: match.start()][-2:]))
        ):
            words = words[:-1]  # «一万二一年», «三块五一斤»: the last 一 opens the measure
        value, exact, ok = parse(words)
        if not ok and len(words) > 2 and words[-1] == "一":
            words = words[:-1]  # «工资三万六一直不给»: 一 opens the next word
            value, exact, ok = parse(words)
        if ok:
            start = match.start() + lead
            scaled = bool(re.search(r"[百千万亿wWkK]", words))
            found.append(Number(start, start + len(words), words, value, exact, scaled))
    return found


_PER = frozenset("年月天亩斤头户人吨期学次个件瓶盒包袋桶只棵株条担")


def _is_vague_lead(words: str) -> bool:
    if words[0] in "上成":
        return bool(re.match(r"[上成][百千万亿]", words))
    return bool(re.match(r"小[一二两三四五六七八九十0-9]+[千万百]|大几|小[0-9]+[wW]", words))
