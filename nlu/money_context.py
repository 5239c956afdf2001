"""Whether a number without a unit of money is a sum by what stands around it."""

from __future__ import annotations

import re
from functools import cache

from nlu.clauses import Clauses, within
from nlu.lexicon_files import read_yaml
from nlu.money_periods import PER_TIME, PERIODS
from nlu.numerals import Number
from nlu.patterns import worded
from nlu.terms import Hits

_SHORT_NUMBERS = frozenset(
    [
        "12345",
        "12317",
        "110",
        "120",
        "119",
        "12333",
        "12315",
        "12348",
        "12393",
        "12328",
        "95598",
        "10086",
        "10010",
        "114",
    ]
)
_HANDS_OVER = re.compile(r"[每一][户人亩]$|[花掏欠借挣赚付交费贴金钱资薪款价]了?$")
_SURELY_PAID = re.compile(r"[花掏欠借挣赚付交费钱约得资入助贴批罚领薪垫差存投保]了?$")
_PAID_OUT = re.compile(r"(?:未|没|已|还没)(?:发|到账|领|给|付|结)")
_BODY = re.compile(r"(?:血压|血糖|[高低]压|体重|尿酸|血脂|考|心率)[都要飙升涨高到是有了得上达个]{0,6}$")
_IDIOMS = frozenset(("七七八八", "三三两两", "七上八下"))
_FIGURES = frozenset(("千万", "万千", "万万", "上千", "上万", "成千上万", "千千万万", "万一"))
_MONEY_AFTER = worded("money.money_after")
_NOT_SUM_BEFORE = worded("money.not_sum_before")
_NOT_SUM_AFTER = re.compile(r"(?:号|年|月(?!薪|收)|日|：|:|/\d|[A-Za-z]|室|栋|路|型|℃|%|％|[\])〕）]?号)")


@cache
def _measures() -> re.Pattern[str]:
    words = sorted(set(read_yaml("money.yml")["measure"].split()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def money_by_context(text: str, number: Number, clauses: Clauses, hits: Hits) -> bool:
    """A numeral without a unit of money is a sum only where its clause speaks of money and nothing is counted."""
    before, after = text[max(0, number.start - 4) : number.start], text[number.end : number.end + 4]
    if _NOT_SUM_BEFORE.search(before) or _NOT_SUM_AFTER.match(after):
        return False
    if _measures().match(after) and not _MONEY_AFTER.match(after):
        return False
    if number.text in _IDIOMS or (number.value is None and not number.scaled):
        return False
    if not number.scaled and re.match(r"员工|工人|农?民工", after):
        return False
    if number.value is not None and _BODY.search(text, max(0, number.start - 10), number.start):
        return False  # «血压都飙到二百八», «考了五百六»
    in_money = PER_TIME.search(text[: number.start][-8:]) or _HANDS_OVER.search(before)
    if (number.text in _SHORT_NUMBERS and not in_money) or re.match(r"电话|热线|平台|专线", after):
        return False
    if number.value is not None and number.value < 10 and not number.scaled:
        return False
    if number.value is not None and number.value >= 1000 and number.scaled and number.text not in _FIGURES:
        return True
    if PER_TIME.search(text[max(0, number.start - 5) : number.start]) and not re.match(r"[次回趟顿遍个]", after):
        return True
    if (
        not number.scaled
        and number.value is not None
        and re.fullmatch(r"[12][09][0-9]{2}", number.text)
        and not _SURELY_PAID.search(before)
    ):
        return False
    if (
        not number.scaled
        and number.value is not None
        and number.value < 100
        and not re.search(r"[花掏欠借挣赚付交费钱补贴]了?$", before)
    ):
        return False
    if number.value is not None and number.value >= 100 and _PAID_OUT.match(after):
        return True
    clause = clauses.at(number.start)
    if any(number.start - h.end <= 10 for h in within(hits.get("mark:money_context", []), clause.start, number.start)):
        return True
    return any(
        h.start - number.end <= 2
        for mark in PERIODS
        for h in within(hits.get(f"mark:{mark}", []), number.end, clause.end)
    )
