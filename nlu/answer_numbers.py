"""How many or how much an answer says («两个», «就我», «每月480», «三成»)."""

from __future__ import annotations

import re

from nlu.answer_words import answer_words, leads_with_no, plain_answer
from nlu.numerals import FORMAL, find_numbers
from nlu.patterns import worded
from nlu.signals import bare_answer

_YEARLY = frozenset(
    ("income_year", "rigid_spending_year", "medical_self_paid_year", "schooling_cost_year", "income_per_capita")
)
COUNTED = frozenset(("labour_full", "labour_partial", "university_students", "noncompulsory_students"))
_SHARES = frozenset(("income_transfer_share",))
_MONTH = re.compile(r"每个?月|一个?月|月均|按月|/月|月月|月(?=[0-9一二两三四五六七八九])|月薪|月工资")
_TERM = re.compile(r"每?一?个?学期|每期|一期")
_HALF = re.compile(r"[0-9一二两三四五六七八九]个半(?:人|吧|$|[，。 ])|[0-9]\.[1-9]")
_AGE = re.compile(r"(?:我|俺)(?:今年|都|快)*[二三四五六七八九]十[一二三四五六七八九]?(?:多|来)?了")
_PEOPLE = re.compile(r"(?:就|只有|只|剩|还有)?我(?:自己)?(?:一个(?:人)?)?(?:了|$|。|，)")
_ALL_OF_THEM = re.compile(r"^(?:家里|我家|俺家|一家|全家|一共|总共)*[0-9一二两三四五六七八九十]{1,2}口人?[，,。 ]*")
_DATES = re.compile(
    r"(?:去年|今年|前年|[0-9]{2,4}年)?[0-9一二三四五六七八九十]{1,2}月份?(?:[0-9]{1,2}[号日])?|[初高大][一二三四]"
)
_OPENING_COUNT = worded("answers.opening_count")
_SCHOOLS = {
    "university_students": worded("answers.at_university"),
    "noncompulsory_students": worded("answers.beyond_compulsory"),
}
_NOT_RECKONED = worded("answers.not_reckoned")
_NOT_MONEY = worded("answers.not_money")


def _says_none(words: str) -> bool:
    return plain_answer(words) in ("have_not", "not_so") or bare_answer(words) is False


def counted_over(words: str, asks: str) -> int | None:
    """A count that opens an answer, or that its schools add up to («高中一个，技校一个»): it outweighs details."""
    if asks not in _SCHOOLS:
        return None
    first = _OPENING_COUNT.match(words)
    if first:
        return _people(first[1])
    counts = [_people(match[1] or match[2]) for match in _SCHOOLS[asks].finditer(words)]
    return sum(c or 0 for c in counts) if len(counts) > 1 and all(counts) else None


def people_in(words: str, asks: str) -> int | None:
    """The number of people; None where the answer holds none."""
    if re.search(answer_words()["little"], words):
        return None
    if asks in COUNTED and re.search(r"口人|几口", words):
        words = _ALL_OF_THEM.sub("", words)  # how many live here was not asked
        if not re.search(r"[0-9一二两三四五六俩仨]个", words):
            return None
    if re.search(_HALF, words):
        return None  # «两个半»: whom the half stands for is not told
    corrected = re.search(r"(?:不对|不是|错了|说错)[，,。 ]*(?:是|应该是)?(?=[0-9一二两三四五六七八九十俩仨])", words)
    if asks in COUNTED and re.match(_AGE, words):
        return None
    count = _told_without_number(words, asks)
    if count is None:
        count = _people(words[corrected.end() :] if corrected else words)
    return None if count == 0 and asks == "household_size" else count


def _told_without_number(words: str, asks: str) -> int | None:
    if asks in COUNTED and re.match(answer_words()["two_people"], words):
        return 2
    if re.fullmatch(answer_words()["one_person"], words):
        return 1 if asks in COUNTED and not (asks == "labour_full" and "只能" in words) else None
    if re.search(r"[0-9一两俩三四五六七八九]", re.sub(r"老[二三]", "", _DATES.sub("", words))):
        return None
    counts: dict[int, str] = answer_words()["counts"].get(asks, {})
    return next((value for value, pattern in counts.items() if re.search(pattern, words)), None)


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
        if re.match(r"一个(?:也|都)?(?:没|冇|莫得|冒得)", words) or re.search(r"一个(?:也|都)(?:没|冇)", words):
            return 0
        return int(value)
    if _says_none(words) or leads_with_no(words):
        return 0
    return 1 if _PEOPLE.match(words) else None


def amount_in(words: str, asks: str) -> float | None:
    """The sum of money a year (or the share) that the answer says; None where it says none."""
    if asks in _SHARES:
        return _share(words)
    if _NOT_RECKONED.search(words):
        return None
    plain = words.translate(FORMAL)
    numbers = find_numbers(plain)
    numbers = [
        n
        for n in numbers
        if not _NOT_MONEY.match(plain[n.end : n.end + 3])
        and not (n.text == "一" and not re.match(r"元|块|$", plain[n.end : n.end + 3]))  # 一年, 一共, 一下 …
    ]
    if not numbers:
        none = _says_none(words) or (len(words) <= 12 and re.search(answer_words()["nothing"], words))
        return 0.0 if none and not re.search(answer_words()["little"], words) else None
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
            value *= 12
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
