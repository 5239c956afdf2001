"""What the words of an answer say without a number: a plain yes or no, or words that fit one question only."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from nlu.lexicon_files import read_yaml
from nlu.mentions import Value
from nlu.patterns import worded

_LEADING_NO = worded("answers.leading_no")
_LEADING_YES = worded("answers.leading_yes")
_NOT_YES = worded("answers.not_yes")
_NO_BUT = worded("answers.no_but")
_NO_ANSWER = worded("answers.no_answer")
_DIFFICULT = worded("answers.difficult")
_DIFFICULTIES = frozenset(("living_difficult", "severe_difficulty", "water_at_risk", "guarantees_status"))
_BARE_KINDS = ("fine", "have_not", "not_so", "have", "so")
_LONGEST_BARE = 14
_LAST = re.compile(r"(?<![没有不是])(?<!以前)(?<!原来)(?<!只)(是|有)(?:的|呢|啊|呀)?$")
_SURELY = re.compile(r"^(?:那|这|家里|我家)?(?:咋|咋个|啷个)(?:能|会)?(?:不|没)(?!是|一|晓|知)")  # «咋不缺呢»
_WANTING = ("想", "要", "愿意", "会")


@cache
def answer_words() -> dict[str, Any]:
    """The lexicon of answers."""
    content: dict[str, Any] = read_yaml("answers.yml")
    return content


@cache
def _bare() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = answer_words()["bare"]
    around = f"^(?:{words['before']})*(?:<core>)(?:{words['after']})*$"
    return tuple((kind, re.compile(around.replace("<core>", words[kind]))) for kind in _BARE_KINDS)


def in_its_words(words: str, asks: str, long: bool = True) -> Value | None:
    """A plain answer by the polarity of its question, then words that fit one question only, then a long yes or no.

    long: whether such a yes or no counts; its other words may be about something else.
    """
    plain = "so" if _SURELY.match(words) else plain_answer(words)
    if plain is not None:
        return _means(plain, asks)
    for value, pattern in answer_words()["own_words"].get(asks, {}).items():
        if re.search(pattern, words):
            own: Value = value
            return own
    leading = _leading(words, asks) if long else None
    return None if leading is None else _means(leading, asks)


def plain_answer(words: str) -> str | None:
    """Which plain answer the words are and nothing else: have, have_not, so, not_so or fine."""
    if len(words) > _LONGEST_BARE:
        return None
    return next((kind for kind, pattern in _bare() if pattern.match(words)), None)


def _means(plain: str, asks: str) -> Value | None:
    meant = answer_words()["plain"].get(asks, {})
    usual = {"have": meant.get("so", True), "have_not": meant.get("not_so", False), "fine": None}
    value: Value | None = meant.get(plain, usual.get(plain, plain == "so"))
    return value


def settled(words: str, asks: str) -> bool | None:
    """What an answer settles whatever its words seem to state; None where it does not.

    «没有，就是…», «我们家没有，是我妹夫…»: what follows a plain no is somebody else's, or too little to count.
    """
    for value, pattern in answer_words()["settled"].get(asks, {}).items():
        if re.search(pattern, words):
            return bool(value)
    denies = answer_words()["plain"].get(asks, {}).get("have_not", False) is False
    return False if denies and _NO_BUT.match(words) else None


def implied(words: str, asks: str, value: Value) -> dict[str, Value]:
    """What an answer tells of facts that were not asked («三级的»: somebody is disabled)."""
    for other in answer_words()["implied"].get(asks, ()):
        if other["if"] == value and re.search(other["words"], words):
            facts: dict[str, Value] = other["facts"]
            return facts
    return {}


def unclear(words: str, asks: str) -> bool:
    """Whether such an answer leaves the question open; a bare «有困难» tells of no income and no illness."""
    open_ones = answer_words()["unclear"].get(asks)
    if open_ones and re.search(open_ones, words):
        return True
    return asks not in _DIFFICULTIES and bool(_DIFFICULT.fullmatch(words))


def _leading(words: str, asks: str) -> str | None:
    no = _LEADING_NO.match(words)
    if no:
        if _NO_ANSWER.match(words):
            return None
        return "not_so" if no.group().endswith(("不", "是", "否")) else "have_not"
    if len(words) <= 10 and re.search(r"(?:没有|没得|冇|莫得)[了的啊呢呀]?$", words):
        return "have_not"
    last = _LAST.search(words) if len(words) <= 10 else None
    if last:
        return "have" if last[1] == "有" else "so"
    yes = _LEADING_YES.match(words)
    if yes and not _NOT_YES.match(words) and not re.match(r"^(?:我|俺|家里|我们)?(?:是|对)(?:不|啊我|这样)", words):
        said = yes.group()  # «嗯嗯那个» has not answered yet
        if said.endswith(_WANTING) and not asks.startswith("wants_"):
            return None  # «想吃» wishes for it
        return None if said.endswith("嗯") else "have" if said.endswith("有") else "so"
    return None


def leads_with_no(words: str) -> bool:
    """Whether a denial opens the answer, and no «I don't know»."""
    return bool(_LEADING_NO.match(words)) and not _NO_ANSWER.match(words)
