"""A sum of money that an answer leaves to be worked out: parts to add, a rate times its months, acres or days."""

from __future__ import annotations

import re

from nlu.numerals import FORMAL, Number, find_numbers
from nlu.patterns import worded

_NOT_MONEY = worded("answers.not_money")
_PART = worded("answers.part")
_NOT_ADDED = worded("answers.not_added")
_AFTER_REFUND = worded("answers.after_refund")
_TAKEN_BACK = re.compile(r"不对|说错|错了|记错|哦不|更正")
_TOTAL = re.compile(r"(?:一共|总共|拢共|统共|加起来|合起来|合计|归总|满打满算)[^，。,0-9一二两三四五六七八九十]{0,6}$")
_COUNT = r"([0-9]{1,3}|[一二两三四五六七八九十百]{1,4})"
_MONTHLY = re.compile(r"每个?月|一个?月|按月|/月|月薪|月工资|月(?=[0-9一二两三四五六七八九])")
_MONTHS = re.compile(rf"(?<![0-9一二两三四五六七八九十第])(?!一个月){_COUNT}(?:来|多)?个月(?!大)")
_DAILY = re.compile(r"一天|每天|天天|一日")
_DAYS = re.compile(rf"(?<![0-9一二两三四五六七八九十第])(?!一天){_COUNT}(?:来|多)?天")
_DAYS_A_MONTH = re.compile(rf"(?:一个月|每个?月|月)[^，。,0-9]{{0,6}}?{_COUNT}(?:来|多)?天")
_EACH = re.compile(r"(?<!第)(?:一|每)(亩|头|只|斤|棵|窝|袋|盒|瓶|副|针|支|次)")
_PRICE_OF_ONE = re.compile(rf"{_EACH.pattern}(?:药)?(?:自己|要|得|掏|出|花|就|都|是|卖)*$")
_WEEKLY = re.compile(r"(?:一|每)个?(?:礼拜|星期|周)")
_WEEKS_A_YEAR = 52
_LEFT_OVER = re.compile(r"(?:落|净赚|净剩|净挣|净收入|纯收入|到手)(?:下|到|手|个|了|也就|大概|有|得|差不多)*$")
_PIECES = re.compile(r"[，,。;；、\s]|加上?")
_HALF_YEAR = re.compile(r"半年")
_OTHER_HALF_IDLE = re.compile(
    r"[下后上前头](?:头)?半年[^，。,]{0,4}(?:没|停|歇|不|闲|空)|[就只](?:干|做|打)了?半年|半年没"
)


def worked_out(words: str, income: bool = False) -> float | None:
    """The sum a year that has to be worked out; None where the answer says it plainly, or does not say enough.

    income: what comes in was asked for, so that what is left of it («刨去化肥落一万四») is meant.
    """
    plain = _AFTER_REFUND.sub("", words.translate(FORMAL))
    sums = _sums(plain)
    taken_back = _TAKEN_BACK.search(plain)
    if taken_back and sums and sums[0].end <= taken_back.start() and sums[-1].start >= taken_back.end():
        return _year(plain, sums[-1], taken_back.end())
    for number in sums if len(sums) > 1 and "报" not in plain else ():
        if _TOTAL.search(plain, 0, number.start):
            return number.value
    left = [number for number in sums if _LEFT_OVER.search(plain, 0, number.start)] if income else []
    if len(sums) > 1 and len(left) == 1:
        return left[0].value
    if len(sums) == 1:
        return _rate(plain, sums[0])
    return _added(plain, sums)


def refund_set_apart(words: str) -> bool:
    """Whether the sum is what is left after the refund («除了报的还花了三万», «报完八千»)."""
    return _AFTER_REFUND.search(words) is not None


def _sums(plain: str) -> list[Number]:
    """Numbers that are money: large, or followed by its unit, and counting nothing else."""
    found = []
    for number in find_numbers(plain):
        after = plain[number.end : number.end + 3]
        large = number.scaled or (number.value or 0) >= 100 or re.match(r" ?(?:元|块(?!地|算|儿|过|吃))", after)
        large = large or _PRICE_OF_ONE.search(plain, 0, number.start)
        if number.value is None or not large or re.match(r" ?天", after) or _NOT_MONEY.match(after):
            continue
        found.append(number)
    return found


def _year(plain: str, last: Number, start: int) -> float:
    return (last.value or 0) * (12 if _MONTHLY.search(plain, start) else 1)


def _rate(plain: str, number: Number) -> float | None:
    """One sum and how often it comes; None where that is a matter of a plain month, term or year."""
    value = number.value or 0
    each = _EACH.search(plain)
    if each:
        many = [m for m in re.finditer(rf"{_COUNT}(?:来|多)?{each[1]}", plain) if m.start() != each.start()]
        return value * _count(many[0][1]) * _times_in_year(plain) if len(many) == 1 else None
    if _DAILY.search(plain):
        a_month, days = _DAYS_A_MONTH.search(plain), _DAYS.search(plain)
        months = _MONTHS.search(plain)
        if a_month:
            return value * _count(a_month[1]) * (_count(months[1]) if months else 12)
        return value * _count(days[1]) if days else None
    months = _MONTHS.search(plain)
    if months and _MONTHLY.search(plain):
        return value * _count(months[1]) if 1 < _count(months[1]) <= 12 else None
    if _HALF_YEAR.search(plain) and _OTHER_HALF_IDLE.search(plain):
        return value
    return None


def _times_in_year(plain: str) -> int:
    """How often a year what is bought by the piece is bought («一个月吃四盒», «一个礼拜三次»)."""
    return 12 if _MONTHLY.search(plain) else _WEEKS_A_YEAR if _WEEKLY.search(plain) else 1


def _added(plain: str, sums: list[Number]) -> float | None:
    """Each sum in a piece of its own that says what it is for, and all at the same rate."""
    if len(sums) < 2 or _NOT_ADDED.search(plain):
        return None
    parts = [(piece, here) for piece in _PIECES.split(plain) if (here := _sums(piece))]
    if len(parts) < 2 or any(len(here) > 1 or not _PART.search(piece) for piece, here in parts):
        return None
    rates = {_times_a_year(piece) for piece, _ in parts}
    return sum(here[0].value or 0 for _, here in parts) * rates.pop() if len(rates) == 1 else None


def at_different_rates(words: str) -> bool:
    """Whether parts come at different rates («学费四千五，生活费一个月八百»), which add up to nothing certain."""
    plain = words.translate(FORMAL)
    return len({_times_a_year(piece) for piece in _PIECES.split(plain) if _sums(piece) and _PART.search(piece)}) > 1


def _times_a_year(piece: str) -> int:
    return 12 if _MONTHLY.search(piece) else 2 if re.search(r"学期|一期|半年", piece) else 1


def _count(words: str) -> float:
    found = find_numbers(words)
    return (found[0].value or 0) if found else 0
