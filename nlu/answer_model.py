"""The learned reading of an answer to a yes-or-no question, or one of a few values: its words, weighed by a table.

A plain «有» or a word that somebody thought of is told by rules (`answer_words.py`); of the many other ways to say
yes, no, or nothing at all («今天这做两天明天那做两天», «不想提这个») the table knows more. A rule has a voice in it.
The table answers in the question's own terms, yes, no, partly or open, so that questions which are answered alike learn
from each other (`lexicon/questions.yml`); it is learned from `labelled/` by `nlu/answer_training.py`.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from nlu.groups import runs
from nlu.learned import Learned
from nlu.lexicon_files import read_yaml
from nlu.mentions import Value
from nlu.table import Grams, Said

YES, NO, PARTLY, OPEN = CHOICES = ("yes", "no", "partly", "open")
ANSWER = Learned(
    name="answer",
    holds=("answer",),
    code=("answer_model.py", "answer_training.py", "labelled_rows.py", "normalise.py"),
    data=("labelled/**/*.yml",),
    training="nlu.answer_training",
    what="what answers say",
    instead="the rules of answers alone are used",
)
VOICE, LOUD = 3.0, 6.0  # what a rule of answers, and a statement of the text itself, add to the reading they give
# How likely, 0 to 1, a reading must be, beside a rule and alone; below it the question stays open.
SURE, ALONE = 0.56, 0.8
_FACT, _CLASS, _ANY, _FIRST = 1.0, 0.7, 0.5, 0.5  # what groups weigh: for the fact, its class, all; of the first clause
_LONGEST = 3
_NUMBERS = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|[两三四五六七八九十百千俩仨]+)(?!级)")
_STOPS = re.compile(r"[，,。；;！!\n\s、~～….]+")


@cache
def asked() -> dict[str, dict[str, Any]]:
    """What each question is like: its class, and what a yes, a no and a half-way answer say of the fact."""
    questions: dict[str, dict[str, Any]] = read_yaml("questions.yml")["asked"]
    return questions


@cache
def _meanings(asks: str) -> dict[str, Value]:
    question = asked()[asks]
    meant = {YES: question.get("affirmed", True), NO: question.get("denied", False), PARTLY: question.get("between")}
    return {word: value for word, value in meant.items() if value is not None}


def word_of(value: Value | None, asks: str) -> str:
    """Yes, no, partly or open: what a value of the fact is in terms of its question; ValueError where it is none."""
    if value is None:
        return OPEN
    for word, meant in _meanings(asks).items():
        if meant == value:
            return word
    raise ValueError(f"{value!r} answers no question of {asks}")


def judged(words: str, asks: str, rule: Value | None, stated: bool = False) -> Value | None:
    """The value that table and rule together read in an answer, None where they leave the question open.

    rule: what the rules say of it; stated: the words say so outright, whatever was asked. A fact that no question is
    known of, and a value that fits none, stay with the rule.
    """
    tables = ANSWER.tables() if asks in asked() else None
    if not tables or (rule is not None and rule not in _meanings(asks).values()):
        return rule
    sums = dict(zip(CHOICES, tables["answer"].sums(figures(words, asks), groups(words, asks)), strict=True))
    if rule is not None:
        sums[word_of(rule, asks)] += LOUD if stated else VOICE
    return _meanings(asks).get(_likeliest(sums, asks, ALONE if rule is None else SURE))


def _likeliest(sums: dict[str, float], asks: str, sure: float) -> str:
    can_be = {word: total for word, total in sums.items() if word == OPEN or word in _meanings(asks)}
    best = max(can_be, key=can_be.__getitem__)
    share = 1 / math.fsum(math.exp(total - can_be[best]) for total in can_be.values())
    return best if share >= sure else OPEN


def figures(words: str, asks: str) -> dict[str, float]:
    """What tells beside the words: what was asked, and how long the answer is."""
    return {
        "bias": 1.0,
        f"asks {asks}": 1.0,
        f"class {asked()[asks]['class']}": 1.0,
        f"length {min(6, len(words) // 5)}": 1.0,
    }


def groups(words: str, asks: str) -> Grams:
    """Groups of one to three characters (^ begins, $ ends): for this fact, for its class, for all questions, and those
    of the first clause once more, which often answers before the rest explains."""
    kind = asked()[asks]["class"]
    text = folded(words)
    whole, first = runs(f"^{text}$", _LONGEST), runs(f"^{text.split('，')[0]}$", _LONGEST)
    return [
        Said(asks, _FACT, whole),
        Said(kind, _CLASS, whole),
        Said("all", _ANY, whole),
        Said("first", _FIRST, first),
        Said(f"first {kind}", _FIRST, first),
    ]


@cache
def _folding() -> tuple[re.Pattern[str], tuple[str, ...]]:
    words: dict[str, str] = read_yaml("questions.yml")["folded"]
    return re.compile("|".join(f"({pattern})" for pattern in words.values())), tuple(words)


def folded(words: str) -> str:
    """The answer with words of one meaning made one («冇», «莫得»: 没有), numbers made 0 and stops made alike."""
    pattern, stand_in = _folding()
    text = pattern.sub(lambda found: stand_in[(found.lastindex or 1) - 1], words)
    return _STOPS.sub("，", _NUMBERS.sub("0", text)).strip("，")
