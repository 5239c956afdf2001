"""What a short answer means in the light of the question that was asked («没有», «2», «每月480», «三口人»)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from nlu.answer_model import judged
from nlu.answer_numbers import COUNTED, amount_in, counted_over, people_in
from nlu.answer_sums import at_different_rates, refund_set_apart, worked_out
from nlu.answer_words import implied, in_its_words, plain_answer, settled, unclear
from nlu.mentions import FactType, Value
from nlu.money import Sum
from nlu.patterns import worded
from nlu.stated import Stated

_LONGEST = 60
_EDGES = " \n。，,.!！~～…"
_COMMAND = worded("answers.command")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_AGREES = re.compile(r"^(?:没错|不错|没说错|没搞错|没弄错)[的啊呀]?[，,。！!、 ]+(?=[^，,。！!、 ])")
_CORRECTS = worded("answers.corrects")
_OF_ELSE = re.compile(r"[口叫姓]")  # a size or a name put right, whatever is asked now
_NEGATIVE = re.compile(r"^(?:负|-|－|−) ?[0-9一二两三四五六七八九十]")
_ASKS_BACK = worded("answers.asks_back")
_GUESS = re.compile(r"可能|好像|也许|说不定|兴许|估计|大概是|应该|似乎|搞不好|没准(?!头|$|的)|不一定|也不知")
_NOTHING_ELSE = worded("answers.nothing_else")
_GENERAL_DIFFICULTY = frozenset(("living_difficult", "severe_difficulty"))


# A sum that says itself what it is answers no other question («低保每月480» is not the yearly income).
_FOREIGN = {
    "income_year": frozenset(
        ("benefit", "debt", "loss", "tuition", "medical_total", "medical_self_paid", "reimbursed")
    ),
    "medical_self_paid_year": frozenset(("benefit", "debt", "loss", "tuition", "income_year", "reimbursed")),
    "schooling_cost_year": frozenset(("benefit", "debt", "loss", "income_year", "medical_total", "reimbursed")),
}


_ASKED_ROLE = {
    "income_year": "income_year",
    "income_per_capita": "income_year",
    "medical_self_paid_year": "medical_self_paid",
    "schooling_cost_year": "tuition",
}
_WORKED_OUT = frozenset(_ASKED_ROLE) - {"income_per_capita"}


def read_answer(
    stated: Stated, text: str, asks: str, kind: FactType | None, dont_know: bool, roles: frozenset[str] = frozenset()
) -> None:
    """Add the asked fact to `stated` if the text answers it; what the text itself states already wins."""
    if kind is None or dont_know or len(text) > _LONGEST or _COMMAND.match(text.strip()):
        return
    _only_what_was_asked(stated, text, asks)
    _move_people(stated, text, asks)
    outright = _outright(text, asks, kind, roles)
    if outright is not None:
        stated.state(asks, outright, 0, len(text), over=True)
        _at_least(stated, asks, outright, len(text))
        return
    if kind.kind in ("bool", "enum"):
        _choose(stated, text, asks, kind)
        return
    if asks == "income_year" and "income_per_capita" in stated.values:
        _times_heads(stated, text)
        return
    if asks in stated.values:
        return
    if not roles & _foreign(text, asks):
        _record(stated, text, asks, _value(text, asks, kind))


def _times_heads(stated: Stated, text: str) -> None:
    """«人均5200，我家四个人»: the year's income where both are said, else it stays unknown."""
    each, heads = stated.values["income_per_capita"], stated.values.get("household_size")
    if isinstance(each, int | float) and isinstance(heads, int):
        stated.state("income_year", each * heads, 0, len(text))


def _choose(stated: Stated, text: str, asks: str, kind: FactType) -> None:
    """Which value of the fact the answer gives, by rules and by what was learned; none where it is left open."""
    words, corrects = _without_opening(text)
    told = stated.values.get(asks)
    if told is None:
        if not words or _left_open(words, asks):
            return
        if plain_answer(words) is not None:
            _record(stated, text, asks, _value(text, asks, kind))
            return
    value = _value(text, asks, kind) if told is None else told
    if not corrects:  # whether this fact is what is put right, only plain words tell
        value = judged(words, asks, value, told is not None)
    if value is None and told is not None:
        stated.values.pop(asks)
        stated.spans.pop(asks)
    _record(stated, text, asks, value)


def _without_opening(text: str) -> tuple[str, bool]:
    """The words of an answer without «没错，» or what it is put right with («不对，»), and whether it is put right."""
    words = _AGREES.sub("", text.strip(_EDGES))
    rest = _CORRECTS.sub("", words)
    return rest, rest != words


def _left_open(words: str, asks: str) -> bool:
    """Whether an answer says itself that it is none: it asks back, guesses, or is too little to tell."""
    guessed = _GUESS.search(words) is not None and asks != "dwelling_grade"
    return _ASKS_BACK.search(words) is not None or guessed or unclear(words, asks)


def _record(stated: Stated, text: str, asks: str, value: Value | None) -> None:
    if value is None:
        return
    stated.state(asks, value, 0, len(text), over=stated.values.get(asks) != value)
    for fact, also in implied(text, asks, value).items():
        stated.state(fact, also, 0, len(text))


def _outright(text: str, asks: str, kind: FactType, roles: frozenset[str]) -> Value | None:
    """What the answer as a whole says, whatever its single words state («没有，就是…», «两个，一个在…»)."""
    if kind.kind == "bool":
        return settled(_without_opening(text)[0], asks)
    if kind.kind == "int":
        return counted_over(text, asks)
    if asks not in _WORKED_OUT or roles & _foreign(text, asks) or _NEGATIVE.match(text) or _ASKS_BACK.search(text):
        return None
    return worked_out(text, asks == "income_year")


def _at_least(stated: Stated, asks: str, count: Value, end: int) -> None:
    """Who studies at a university studies beyond compulsory schooling too."""
    fact = "noncompulsory_students"
    told = stated.values.get(fact)
    if asks == "university_students" and isinstance(told, int | float) and isinstance(count, int) and told < count:
        stated.state(fact, count, 0, end, over=True)


def _foreign(text: str, asks: str) -> frozenset[str]:
    foreign = _FOREIGN.get(asks, frozenset())
    if asks == "income_year" and _NOTHING_ELSE.search(text):
        foreign -= {"benefit"}  # «每个月低保480，别的没得了»
    return foreign - {"reimbursed"} if refund_set_apart(text) else foreign


def in_answer(sums: list[Sum], asks: str, said: Mapping[str, Value]) -> list[Sum]:
    """The sums of an answer: one that does not say itself what it is («每月480») is what was asked for."""
    role = _ASKED_ROLE.get(asks)
    if role is None or asks not in said:
        return sums
    monthly = role == "income_year"
    return [
        replace(s, role="income_month" if monthly and s.period == "month" else role)
        if s.role == "other" and not (monthly and s.period == "day")
        else s
        for s in sums
    ]


def _only_what_was_asked(stated: Stated, text: str, asks: str) -> None:
    """A bare «有困难» answers the difficulty that was asked about, and no other one."""
    for general in _GENERAL_DIFFICULTY - {asks}:
        if general in stated.values and len(text) <= 8 and not re.search(r"日子|生活|过得|家里困难", text):
            stated.values.pop(general)
            stated.spans.pop(general, None)


def _move_people(stated: Stated, text: str, asks: str) -> None:
    """«我和老伴» tells how many share the budget only where that was asked; asked for labourers, it counts those."""
    if asks in COUNTED and "household_size" in stated.values and not re.search(r"口|家|一起|一块", text):
        count = stated.values.pop("household_size")
        span = stated.spans.pop("household_size")
        stated.state(asks, count, *span)


def _value(text: str, asks: str, kind: FactType) -> Value | None:
    words, corrects = _without_opening(text)
    if not words or _ASKS_BACK.search(words):
        return None
    if kind.kind in ("int", "number") and (_PHONE.search(words.replace(" ", "")) or _NEGATIVE.match(words)):
        return None
    if corrects and kind.kind in ("int", "number") and _OF_ELSE.search(words) and asks != "household_size":
        return None
    if kind.kind == "int":
        return people_in(words, asks)
    if kind.kind == "number":
        return None if asks in _ASKED_ROLE and at_different_rates(words) else amount_in(words, asks)
    if _left_open(words, asks):
        return None
    if kind.kind == "enum":
        return _choice(words, asks, kind, corrects)
    said = in_its_words(words, asks, not corrects)
    return said if isinstance(said, bool) else None


def _choice(words: str, asks: str, kind: FactType, corrects: bool) -> str | None:
    for value in kind.values:
        if words.lower() == value.lower():
            return value
    if asks == "dwelling_grade":
        letter = re.search(r"([ABCDabcd])(?:级|类|$|[，。, ])", words)
        return letter[1].upper() if letter and letter[1].upper() in kind.values else None
    said = in_its_words(words, asks, not corrects)
    return said if isinstance(said, str) and said in kind.values else None
