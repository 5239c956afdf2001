"""What a short answer means in the light of the question that was asked («没有», «2», «每月480», «三口人»)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from nlu.lexicon_files import read_yaml
from nlu.mentions import FactType, Value
from nlu.money import Sum
from nlu.numerals import FORMAL, find_numbers
from nlu.patterns import worded
from nlu.signals import bare_answer
from nlu.stated import Stated

_LONGEST = 60
_LEADING_NO = worded("answers.leading_no")
_LEADING_YES = worded("answers.leading_yes")
_COMMAND = worded("answers.command")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_NEGATIVE = re.compile(r"^(?:负|-|－|−) ?[0-9一二两三四五六七八九十]")
_NOT_YES = re.compile(
    r"^(?:[^，。]{0,4})(?:有没有|是不是|是啥|有啥|是什么|有什么|有没|要不要|对不)|^是(?:吃|个)?(?:低保|五保|特困|残疾|孤儿|烈属|军属|光棍|单身|困难户)"
)
_NO_ANSWER = re.compile(r".{0,6}(?:不知道|不清楚|不晓得|不懂|不确定|没算|没问|没注意|不对|不好说|不一定)")
_GUESS = re.compile(r"可能|好像|也许|说不定|兴许|估计|大概是|应该|似乎|搞不好|没准(?!头)|不一定|也不知")
_BARE_KINDS = ("fine", "have_not", "not_so", "have", "so")
_GENERAL_DIFFICULTY = frozenset(("living_difficult", "severe_difficulty"))
_YEARLY = frozenset(
    ("income_year", "rigid_spending_year", "medical_self_paid_year", "schooling_cost_year", "income_per_capita")
)
_COUNTED = frozenset(("labour_full", "labour_partial", "university_students", "noncompulsory_students"))
_SHARES = frozenset(("income_transfer_share",))
_MONTH = re.compile(r"每个?月|一个?月|月均|按月|/月|月月|月(?=[0-9一二两三四五六七八九])|月薪|月工资")
_TERM = re.compile(r"每?一?个?学期|每期|一期")
_LONGEST_BARE = 14
_PEOPLE = re.compile(r"(?:就|只有|只|剩|还有)?我(?:自己)?(?:一个(?:人)?)?(?:了|$|。|，)")


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


def read_answer(
    stated: Stated, text: str, asks: str, kind: FactType | None, dont_know: bool, roles: frozenset[str] = frozenset()
) -> None:
    """Add the asked fact to `stated` if the text answers it; what the text itself states already wins."""
    if kind is None or dont_know or len(text) > _LONGEST or _COMMAND.match(text.strip()):
        return
    _only_what_was_asked(stated, text, asks)
    _move_people(stated, text, asks)
    if asks in stated.values or (asks == "income_year" and "income_per_capita" in stated.values):
        return
    if roles & _FOREIGN.get(asks, frozenset()):
        return
    value = _value(text, asks, kind)
    if value is not None:
        stated.state(asks, value, 0, len(text))


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
    if asks in _COUNTED and "household_size" in stated.values and not re.search(r"口|家|一起|一块", text):
        count = stated.values.pop("household_size")
        span = stated.spans.pop("household_size")
        stated.state(asks, count, *span)


@cache
def _data() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml("answers.yml")
    return content


@cache
def _bare() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = _data()["bare"]
    around = f"^(?:{words['before']})*(?:<core>)(?:{words['after']})*$"
    return tuple((kind, re.compile(around.replace("<core>", words[kind]))) for kind in _BARE_KINDS)


def _value(text: str, asks: str, kind: FactType) -> Value | None:
    words = text.strip(" \n。，,.!！~～…")
    if not words or re.search(r"[?？]$|吗$|啥意思|什么意思|为什么|为啥|干嘛|怎么", words):
        return None
    if kind.kind in ("int", "number") and (_PHONE.search(words.replace(" ", "")) or _NEGATIVE.match(words)):
        return None
    if kind.kind == "int":
        return _count(words, asks)
    if kind.kind == "number":
        return _quantity(words, asks)
    if _GUESS.search(words):
        return None
    if kind.kind == "enum":
        return _choice(words, asks, kind)
    said = _in_its_words(words, asks)
    return said if isinstance(said, bool) else None


def _in_its_words(words: str, asks: str) -> Value | None:
    """A plain answer by the polarity of its question, then words that fit one question only, then a long yes or no."""
    plain = plain_answer(words)
    if plain is not None:
        return _means(plain, asks)
    for value, pattern in _data()["own_words"].get(asks, {}).items():
        if re.search(pattern, words):
            own: Value = value
            return own
    leading = _leading(words)
    return None if leading is None else _means(leading, asks)


def plain_answer(words: str) -> str | None:
    """Which plain answer the words are and nothing else: have, have_not, so, not_so or fine."""
    if len(words) > _LONGEST_BARE:
        return None
    return next((kind for kind, pattern in _bare() if pattern.match(words)), None)


def _means(plain: str, asks: str) -> Value | None:
    meant = _data()["plain"].get(asks, {})
    usual = {"have": meant.get("so", True), "have_not": meant.get("not_so", False), "fine": None}
    value: Value | None = meant.get(plain, usual.get(plain, plain == "so"))
    return value


def _leading(words: str) -> str | None:
    no = _LEADING_NO.match(words)
    if no:
        if _NO_ANSWER.match(words):
            return None
        return "not_so" if no.group().endswith(("不", "是", "否")) else "have_not"
    if len(words) <= 10 and re.search(r"(?:没有|没得|冇|莫得)[了的啊呢呀]?$", words):
        return "have_not"
    yes = _LEADING_YES.match(words)
    if yes and not _NOT_YES.match(words) and not re.match(r"^(?:我|俺|家里|我们)?(?:是|对)(?:不|啊我|这样)", words):
        said = yes.group()  # «嗯嗯那个» has not answered yet
        return None if said.endswith("嗯") else "have" if said.endswith("有") else "so"
    return None


def _choice(words: str, asks: str, kind: FactType) -> str | None:
    for value in kind.values:
        if words.lower() == value.lower():
            return value
    if asks == "dwelling_grade":
        letter = re.search(r"([ABCDabcd])(?:级|类|$)", words)
        return letter[1].upper() if letter and letter[1].upper() in kind.values else None
    said = _in_its_words(words, asks)
    return said if isinstance(said, str) and said in kind.values else None


def _says_none(words: str) -> bool:
    return plain_answer(words) in ("have_not", "not_so") or bare_answer(words) is False


def _count(words: str, asks: str) -> int | None:
    if re.search(_data()["little"], words):
        return None
    if asks in _COUNTED and re.search(r"口人|几口", words):
        return None  # how many live here was not asked
    corrected = re.search(r"(?:不对|不是|错了|说错)[，,。 ]*(?:是|应该是)?(?=[0-9一二两三四五六七八九十俩仨])", words)
    count = _people(words[corrected.end() :] if corrected else words)
    return None if count == 0 and asks == "household_size" else count


def _people(words: str) -> int | None:
    numbers = [
        n
        for n in find_numbers(words.replace("俩", "两").replace("仨", "三").translate(FORMAL))
        if not re.match(r"岁|年|月|号|块|元|万|千|级|点", words[n.end : n.end + 1])
    ]
    if re.match(r"(?:都)?(?:没有?|没得|冇)一个", words):
        return 0
    if numbers:
        value = numbers[0].value
        if value is None or not float(value).is_integer() or not 0 <= value < 100:
            return None
        if re.match(r"一个(?:也|都)?没", words) or re.search(r"一个(?:也|都)没有?", words):
            return 0
        return int(value)
    if _says_none(words) or (_LEADING_NO.match(words) and not _NO_ANSWER.match(words)):
        return 0
    return 1 if _PEOPLE.match(words) else None


def _quantity(words: str, asks: str) -> float | None:
    if asks in _SHARES:
        return _share(words)
    plain = words.translate(FORMAL)
    numbers = find_numbers(plain)
    numbers = [
        n
        for n in numbers
        if not re.match(r"年(?!都|也)|月(?:份|前)|岁|个?人|口|个月|天(?!$)|亩|头|只|次|周", plain[n.end : n.end + 3])
        and not (n.text == "一" and not re.match(r"元|块|$", plain[n.end : n.end + 3]))  # 一年, 一共, 一下 …
    ]
    if not numbers:
        none = _says_none(words) or (len(words) <= 12 and re.search(_data()["nothing"], words))
        return 0.0 if none and not re.search(_data()["little"], words) else None
    first = numbers[0]
    if first.value is None:
        return None
    value = first.value
    if len(numbers) > 1:
        between = plain[first.end : numbers[1].start]
        if re.fullmatch(r" ?(?:元|块)?(?:到|至|-|~|—|－)+ ?", between) and numbers[1].value is not None:
            low = first.value
            if numbers[1].scaled and not first.scaled and low < 1000:
                low *= {"万": 1e4, "千": 1e3, "百": 100.0, "w": 1e4, "k": 1e3}.get(numbers[1].text[-1], 1.0)
            value = (low + numbers[1].value) / 2
        elif re.search(r"不是|不对|错", plain[: numbers[1].start]) and numbers[1].value is not None:
            value = numbers[1].value
    if asks in _YEARLY and asks != "income_per_capita":
        if _MONTH.search(plain):
            months = re.search(r"(?:干|做|一年|打)[^，。]{0,4}?([0-9]{1,2}|[一二两三四五六七八九十]{1,2})个月", plain)
            count = find_numbers(months[1])[0].value if months else 12
            value *= count or 12
        elif _TERM.search(plain) or (re.search(r"半年", plain) and not re.search(r"一年", plain)):
            value *= 2
        elif re.search(r"一天|每天|天天|一日", plain):
            days = re.search(
                r"([0-9]{2,3}|[一二两三四五六七八九十百]{1,5})(?:来|多)?天", re.sub(r"一天|每天|天天", "", plain)
            )
            count = find_numbers(days[1])[0].value if days and find_numbers(days[1]) else None
            if count is None:
                return None
            value *= count
    return round(value, 2)


def _share(words: str) -> float | None:
    match = re.search(
        r"([0-9]{1,3}(?:\.[0-9]+)?)\s*[%％]|百分之([0-9]{1,3}|[一二三四五六七八九十百]{1,4})|([一二两三四五六七八九1-9])成(?:半|五)?",
        words,
    )
    if match:
        if match[1]:
            value = float(match[1]) / 100
        elif match[2]:
            found = find_numbers(match[2])
            value = (found[0].value or 0) / 100 if found else -1
        else:
            value = (find_numbers(match[3])[0].value or 0) / 10
        return round(value, 4) if 0 <= value <= 1 else None
    if re.search(r"一半|对半", words):
        return 0.5
    if re.search(r"全部|全是|都是|全靠", words):
        return 1.0
    if bare_answer(words) is False:
        return 0.0
    plain = re.fullmatch(r"0?\.[0-9]+|0|1", words)
    return float(plain.group()) if plain else None
