"""Where a sum of money begins and ends and what it is worth: units, ranges with both ends, 块 and 毛."""

from __future__ import annotations

import re

from nlu.numerals import Number
from nlu.patterns import worded

_UNIT = worded("money.unit")
_AFTER_BLOCK = worded("money.after_block")
_JIAO = worded("money.jiao")
_FEN = worded("money.fen")
_PREFIX = re.compile(r"(?:￥|RMB|rmb|人民币|\$) ?$", re.IGNORECASE)
_RANGE = re.compile(r" ?(?:到|至|-|~|—|－|–|、)+ ?")
_UNIT_RANGE = re.compile(r"(?:万元|元|块)(?:到|至|-|~|—|－|–)+ ?")
_TOGETHER = re.compile(r"[加赶凑合堆]到?$")
_DIGIT_ENDS = 10
_IDIOM = re.compile(r"[一半][分毛]钱|分文")


def measure_one(
    text: str, number: Number, following: Number | None
) -> tuple[int, int, float | None, bool, bool | None]:
    """Extent and value of one sum; the last item: certainly money / certainly not / undecided (None)."""
    start, end, value, exact = number.start, number.end, number.value, number.exact
    if _IDIOM.match(text, max(0, start), start + 3):
        return start, end, value, exact, False
    if number.text == "一" and _TOGETHER.search(text, max(0, start - 2), start) and text.startswith("块", end):
        return start, end, value, exact, False  # «加一块四万多»
    prefix = _PREFIX.search(text, max(0, start - 5), start)
    if prefix:
        start = prefix.start()
    gap = _RANGE.match(text, end)
    if not gap:
        unit_then_gap = _UNIT_RANGE.match(text, end)
        gap = unit_then_gap if unit_then_gap and following and following.start == unit_then_gap.end() else None
    if gap and following and following.start == gap.end():
        joined = _join_range(text, number, following)
        if joined is not None:
            value, end, exact = joined, following.end, False
    if _AFTER_BLOCK.match(text, end):
        return start, end, value, exact, False
    jiao = _JIAO.match(text, end)
    if jiao and value is not None:
        tenths = _digit(jiao[1] or jiao[3]) / 10 + _digit(jiao[2]) / 100
        return start, jiao.end(), round(value + tenths, 2), exact, True
    fen = _FEN.match(text, end)
    if fen and value is not None and value < 10:
        return start, fen.end(), round(value / 10 + _digit(fen[1]) / 100, 2), exact, True
    unit = _UNIT.match(text, end)
    if unit:
        word = unit.group()
        if "毛" in word or "角" in word:
            value = None if value is None else round(value / 10, 3)
        elif "分钱" in word:
            value = None if value is None else round(value / 100, 4)
        elif word.endswith("万元") and value is not None:
            value *= 1e4
        if re.search("余|多|来|左右|上下|出头", word):
            exact = False
        certain: bool | None = True
        if (
            word.strip() in ("块", "毛")
            and not number.scaled
            and (value or 0) < 10
            and not _ends_phrase(text, unit.end())
        ):
            certain = None if (value or 0) != 1 else False  # «报销一块», «丢了一块手表»
        return start, unit.end(), value, exact, certain
    if prefix:
        return start, end, value, exact, True
    return start, end, value, exact, None


def _digit(word: str | None) -> int:
    return "零一二三四五六七八九".find(word) if word and not word.isdigit() else int(word or 0)


def _ends_phrase(text: str, at: int) -> bool:
    return at >= len(text) or bool(
        re.match(r"[，。,；;、！!？?\s)）]|钱|多|一|左右|每|就|的|都|没|了", text[at : at + 2])
    )


def _join_range(text: str, low: Number, high: Number) -> float | None:
    if low.value is None or high.value is None or "年" in text[high.end : high.end + 1]:
        return None
    first, second = low.value, high.value
    if high.scaled and not low.scaled:
        scale = {"万": 1e4, "千": 1e3, "百": 100.0, "w": 1e4, "W": 1e4, "k": 1e3, "K": 1e3}.get(high.text[-1])
        if scale and first < 1000:
            first *= scale
    if not 0 < first < second or second > first * 12:
        return None
    listed = "、" in text[low.end : high.start]  # «一、二万» is a range, «5800、7200» are two sums
    if listed and (low.value >= _DIGIT_ENDS or second - first > second / 2):
        return None
    return (first + second) / 2
