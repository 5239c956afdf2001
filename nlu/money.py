"""Sums of money: where they stand, what they are worth, and what they are (role), by the words of their clause."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from functools import cache

from nlu.clauses import Clause, Clauses, within
from nlu.lexicon_files import read_yaml
from nlu.numerals import FORMAL, Number, find_numbers
from nlu.patterns import worded
from nlu.terms import Hits


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum in the offsets of the reading copy; `period` is what it is said per: day, month, half_year, year, ''."""

    start: int
    end: int
    value: float | None
    role: str
    period: str
    per_head: bool
    clause: Clause
    exact: bool


_UNIT = worded("money.unit")
_AFTER_BLOCK = worded("money.after_block")
_JIAO = worded("money.jiao")
_PREFIX = re.compile(r"(?:￥|RMB|rmb|人民币|\$) ?$", re.IGNORECASE)
_RANGE = re.compile(r" ?(?:到|至|-|~|—|－|–|、)+ ?")
_UNIT_RANGE = re.compile(r"(?:万元|元|块)(?:到|至|-|~|—|－|–)+ ?")
_IDIOM = re.compile(r"[一半][分毛]钱|分文")
_NOT_SUM_BEFORE = worded("money.not_sum_before")
_NOT_SUM_AFTER = re.compile(r"(?:号|年|月(?!薪|收)|日|：|:|/\d|[A-Za-z]|室|栋|路|型|℃|%|％|[\])〕）]?号)")


@cache
def _measures() -> re.Pattern[str]:
    words = sorted(set(read_yaml("money.yml")["measure"].split()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def find_sums(text: str, clauses: Clauses, hits: Hits, taken: list[tuple[int, int]]) -> list[Sum]:
    """All sums of money of the reading copy in order; `taken` are ranges (phones, IDs, dates) that are none."""
    plain = text.translate(FORMAL)
    numbers = _outside(find_numbers(plain), taken)
    found: list[Sum] = []
    skip_to = -1
    for i, number in enumerate(numbers):
        if number.start < skip_to:
            continue
        start, end, value, exact, money = _measure_one(plain, number, numbers[i + 1] if i + 1 < len(numbers) else None)
        if money is None:
            joined = replace(number, value=value, end=end, scaled=number.scaled or end > number.end)
            money = _money_by_context(plain, joined, clauses, hits)
        if not money:
            continue
        skip_to = end
        clause = clauses.at(start)
        edges = (found[-1].end if found else 0, numbers[i + 1].start if i + 1 < len(numbers) else len(plain))
        role, period, per_head = _role(plain, clauses, clause, start, end, hits, value, edges)
        found.append(Sum(start, end, value, role, period, per_head, clause, exact))
    if len({h.word for h in hits.get("mark:misuse", [])}) >= 2:  # sums of an accusation are nobody's price or wage
        found = [replace(s, role="other") if s.role in _EVERYDAY else s for s in found]
    return _settle(_repaid_after(found, plain), plain)


_WAS_SPENT = re.compile(r"(?:花|用)(?:了|掉|去|费)?(?:大概|差不多|将近|快|近|约|有|个|一共|总共)*$")


def _repaid_after(found: list[Sum], text: str) -> list[Sum]:
    """«花了两万三，报了一万一»: what was spent and then partly reimbursed is the whole bill."""
    for i, (spent, repaid) in enumerate(itertools.pairwise(found)):
        beside = spent.role == "other" and repaid.role == "reimbursed" and repaid.start - spent.end <= 12
        if beside and _WAS_SPENT.search(text[max(0, spent.start - 8) : spent.start]):
            found[i] = replace(spent, role="medical_total")
    return found


def _outside(numbers: list[Number], taken: list[tuple[int, int]]) -> list[Number]:
    """The numerals that share no character with a phone, an ID or another long number."""
    kept: list[Number] = []
    at = 0
    for number in numbers:
        while at < len(taken) and taken[at][1] <= number.start:
            at += 1
        if at == len(taken) or taken[at][0] >= number.end:
            kept.append(number)
    return kept


def _measure_one(
    text: str, number: Number, following: Number | None
) -> tuple[int, int, float | None, bool, bool | None]:
    """Extent and value of one sum; the last item: certainly money / certainly not / undecided (None)."""
    start, end, value, exact = number.start, number.end, number.value, number.exact
    if _IDIOM.match(text, max(0, start), start + 3):
        return start, end, value, exact, False
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
        digit = jiao[1] or jiao[2]
        tenth = "零一二三四五六七八九".find(digit)
        return start, jiao.end(), round(value + (tenth if tenth >= 0 else int(digit)) / 10, 2), exact, True
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
            certain = None
        return start, unit.end(), value, exact, certain
    if prefix:
        return start, end, value, exact, True
    return start, end, value, exact, None


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
    if "、" in text[low.end : high.start] and not (first < 10 * high.value and second - first <= second / 2):
        return None
    return (first + second) / 2


def _money_by_context(text: str, number: Number, clauses: Clauses, hits: Hits) -> bool:
    """A numeral without a unit of money is a sum only where its clause speaks of money and nothing is counted."""
    before, after = text[max(0, number.start - 4) : number.start], text[number.end : number.end + 4]
    if _NOT_SUM_BEFORE.search(before) or _NOT_SUM_AFTER.match(after):
        return False
    if _measures().match(after) and not re.match(
        r"(?:一|每)(?:年|月|天|个月|亩|斤|头|户|人)|个?月(?:薪|收)|上下|下来|前后", after
    ):
        return False
    if number.value is None and not number.scaled:
        return False
    in_money = _PER_TIME.search(text[: number.start][-8:]) or _HANDS_OVER.search(before)
    if (number.text in _SHORT_NUMBERS and not in_money) or re.match(r"电话|热线|平台|专线", after):
        return False
    if number.value is not None and number.value < 10 and not number.scaled:
        return False
    if number.value is not None and number.value >= 1000 and number.scaled and number.text not in _FIGURES:
        return True
    if _PER_TIME.search(text[max(0, number.start - 5) : number.start]) and not re.match(r"[次回趟顿遍个]", after):
        return True
    if (
        not number.scaled
        and number.value is not None
        and re.fullmatch(r"[12][09][0-9]{2}", number.text)
        and not re.search(r"[花掏欠借挣赚付交费钱约得资入]$", before)
    ):
        return False
    if (
        not number.scaled
        and number.value is not None
        and number.value < 100
        and not re.search(r"[花掏欠借挣赚付交费钱补贴]了?$", before)
    ):
        return False
    clause = clauses.at(number.start)
    if any(number.start - h.end <= 10 for h in within(hits.get("mark:money_context", []), clause.start, number.start)):
        return True
    return any(
        h.start - number.end <= 2
        for mark in _PERIODS
        for h in within(hits.get(f"mark:{mark}", []), number.end, clause.end)
    )


_SPENT = re.compile(r"花|用|费|得|要")
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
_HANDS_OVER = re.compile(r"[花掏欠借挣赚付交费贴金钱资薪款价]了?$")
_FIGURES = frozenset(("千万", "万千", "万万", "上千", "上万", "成千上万", "千千万万", "万一"))
_PER_TIME = worded("money.per_time")
_WORKS = worded("money.works")
_RATIO = re.compile(r"了?(?:一半|大半|一小半|[一二两三四五六七八九1-9]成|百分之|[0-9]{1,2} ?[%％])")
_EVERY_YEAR = re.compile(r"每年|一年|年年|年自付|全年")
_PER_FIELD = re.compile(r"[一每]亩地?$")
_SUBSIDY = re.compile(r"补贴|补助|直补")
_REPAID_SHARE = re.compile(r"报(?:销)?了?(?:百分之|[0-9]{1,2} ?[%％]|[一二三四五六七八九1-9]成|一半)")
_PERIODS = ("month", "year", "day", "half_year")
_ROLE_WEIGHT = {
    "medical": 1.0,
    "reimbursed": 1.6,
    "tuition": 1.3,
    "income": 1.1,
    "benefit": 1.3,
    "debt": 1.4,
    "loss": 1.1,
    "price": 0.8,
    "other": 1.1,
}


def _role(
    text: str,
    clauses: Clauses,
    clause: Clause,
    start: int,
    end: int,
    hits: Hits,
    value: float | None,
    edges: tuple[int, int],
) -> tuple[str, str, bool]:
    """Role, period and per-head mark of one sum; `edges` are the ends of the sums beside it, which keep their words."""
    marks = {m for m in ("per_head", "wage_owed") if within(hits.get(f"mark:{m}", []), clause.start, clause.end)}
    before = clauses.items[clause.index - 1] if clause.index else clause
    owed_from = (
        before.start if before.sentence == clause.sentence and clause.start - before.start < 20 else clause.start
    )
    if within(hits.get("mark:wage_owed", []), owed_from, clause.start):
        marks.add("wage_owed")
    repaid = [h.end for h in within(hits.get("role", []), max(clause.start, edges[0]), start) if h.data == "reimbursed"]
    for mark in ("self_paid", "surely_self_paid"):
        words = hits.get(f"mark:{mark}", [])
        earlier = within(words, max(clause.start, edges[0]), start)
        after = mark == "surely_self_paid" and within(words, end, min(end + 4, clause.end))
        if (earlier and earlier[-1].end >= max(repaid, default=0)) or (
            after and not clause.start <= edges[1] < min(clause.end, end + 14)
        ):
            marks.add(mark)
            if earlier and start - earlier[-1].end <= _BESIDE:
                marks.add("self_paid_beside")
    scores: dict[str, float] = {}
    window = [(clause, 1.0)]
    if clause.index:
        before = clauses.items[clause.index - 1]
        if before.sentence == clause.sentence:
            window.append((before, 0.4))
    if clause.index > 1:
        before = clauses.items[clause.index - 2]
        if before.sentence == clause.sentence:
            window.append((before, 0.2))
    for part, share in window:
        if part is not clause and _WORKS.search(text[clause.start : start]) and _period(text, clause, start, end, hits):
            scores["income"] = max(scores.get("income", 0.0), 0.6)
        for hit in within(hits.get("role", []), part.start, part.end):
            distance = start - hit.end if hit.end <= start else (hit.start - end) * 1.3 + 1
            if (hit.data == "reimbursed" and hit.start >= end and (distance > 2 or edges[1] < hit.end + 10)) or (
                hit.data == "reimbursed" and _RATIO.match(text, hit.end)
            ):
                continue
            beyond = hit.end <= edges[0] or hit.start >= edges[1]
            weight = (
                (0.35 if beyond else 1.0)
                * share
                * _ROLE_WEIGHT[hit.data]
                / (1 + max(0.0, distance) / 6)
                * (0.6 if len(hit.word) == 1 and hit.data != "debt" else 1)
            )
            scores[hit.data] = max(scores.get(hit.data, 0.0), weight)
        if part is clause or part.end >= clause.start - 1:
            for hit in within(hits.get("hardship", []), part.start, part.end):
                if (
                    hit.data.hardship in ("illness", "accident", "disability")
                    and hit.start < start
                    and _SPENT.search(text[max(hit.end, edges[0]) : start])
                ):
                    scores["medical"] = max(scores.get("medical", 0.0), 0.6 * share)
    if (
        not any(h.word not in _SPENDING for h in within(hits.get("role", []), clause.start, clause.end))
        and _SPENT.search(text[max(clause.start, start - 4) : start])
        and _ill_before(text, hits, start)
    ):
        scores["medical"] = max(scores.get("medical", 0.0), 0.7)
    period = _period(text, clause, start, end, hits)
    if not scores and period in ("month", "year") and _WORKS.search(text[clause.start : start]):
        scores["income"] = 0.5
    per_head = "per_head" in marks
    if not scores and ((per_head and period == "year") or _TAKES_HOME.search(text[clause.start : start])):
        scores["income"] = 0.5
    role = max(scores, key=lambda r: scores[r]) if scores else "other"
    if role in ("tuition", "income") and "benefit" in scores and not _firm(role, hits, window[-1][0].start, clause.end):
        role = "benefit"  # «助学金一学期一千五», «补助到手才一千二»
    ill = "self_paid_beside" in marks and _ill_before(text, hits, start)
    if role in ("other", "price") and ill and _BY_ONESELF.search(text[clause.start : start]):
        return "medical_self_paid", period, per_head
    if "wage_owed" in marks and role in ("income", "debt", "other", "medical"):
        near_wage = re.search(r"工资|工钱|薪|工人|民工|血汗|老板|工程款|包工头", text[owed_from : clause.end])
        if near_wage:
            return "other", period, per_head
    if not scores and _REPAID_SHARE.search(text[max(0, start - 40) : end + 30]):
        role = "medical_total"  # «报了七成自己掏三成，总共十万»
    told = period
    if period == "year" and role == "medical" and _EVERY_YEAR.search(text[clause.start : end]):
        told = "yearly"  # not just «last year»: it goes on
    if (
        role == "price"
        and period in ("", "year")
        and _PER_FIELD.search(text[max(0, start - 4) : start])
        and (_SUBSIDY.search(text[max(0, start - 40) : start]))
    ):
        role = "benefit"
    return _refine(role, told, marks, scores, value, "报" in text[end : end + 40]), period, per_head


_BESIDE = 4
_TAKES_HOME = re.compile(r"(?:一个月|每个?月|月月)(?:能|就|只|才|也就)*(?:拿|剩|落)(?:个|到)?(?:大概|差不多|约)?$")
_BY_ONESELF = re.compile(r"自己|自个|自费|自付|自掏|自负|自家|个人|报完|报后|掏")
_LOOSE_WORDS = frozenset(("到手", "一学期", "每学期", "学期", "上学", "读书", "念书", "高中", "指望"))


def _firm(role: str, hits: Hits, start: int, end: int) -> bool:
    """Whether a word stands there that means this role and nothing else."""
    return any(h.data == role and h.word not in _LOOSE_WORDS for h in within(hits.get("role", []), start, end))


_SPENDING = frozenset(("交", "交了", "缴", "要交", "费用", "一次", "收", "修", "装修", "买", "买了"))
_ILL_REACH = 40


def _ill_before(text: str, hits: Hits, start: int) -> bool:
    """Whether an illness or accident is told shortly before; money «spent» after it goes to the doctor."""
    near = within(hits.get("hardship", []), max(0, start - _ILL_REACH), start)
    return any(h.data.hardship in ("illness", "accident") for h in near)


def _refine(
    role: str, period: str, marks: set[str], scores: dict[str, float], value: float | None, repaid: bool
) -> str:
    if "surely_self_paid" in marks and (
        role in ("medical", "other", "reimbursed", "price") or "self_paid_beside" in marks
    ):
        return "medical_self_paid"
    if role == "medical":
        lasting = period == "month" or (period == "yearly" and not repaid)
        return "medical_self_paid" if "self_paid" in marks or lasting else "medical_total"
    if role == "income":
        if period == "day":
            return "other"
        if period in ("year", "half_year") or (period == "" and "per_head" in marks):
            return "income_year"
        return "income_month" if period == "month" or (value or 99999) < 10000 else "income_year"
    if (
        "self_paid" in marks
        and role in ("reimbursed", "other")
        and scores.get("medical", 0) + scores.get("reimbursed", 0) > 0
    ):
        return "medical_self_paid"
    return role


_SPAN_OF_MONTHS = re.compile(r"[半几两三四五六七八九十0-9]")


def _period(text: str, clause: Clause, start: int, end: int, hits: Hits) -> str:
    best, nearest = "", 99
    for mark in _PERIODS:
        for hit in within(hits.get(f"mark:{mark}", []), clause.start, clause.end):
            distance = start - hit.end if hit.end <= start else hit.start - end
            if hit.word == "个月" and _SPAN_OF_MONTHS.search(text[max(0, hit.start - 1) : hit.start]):
                continue  # «住了半个月院»
            if 0 <= distance < nearest:
                best, nearest = mark, distance
    if re.search(r"(?<![0-9个上下本这])月[^，。0-9]{0,4}$", text[max(clause.start, start - 6) : start]):
        return "month"
    return best


_EVERYDAY = frozenset(
    ("price", "income_year", "income_month", "tuition", "loss", "reimbursed", "medical_total", "debt")
)
_DENIED = re.compile(r"(?:不是|没有|哪有|哪里是|没)$")


def _settle(found: list[Sum], text: str) -> list[Sum]:
    """Drop denied sums («不是五万是四万八») and repeats."""
    kept: list[Sum] = []
    seen: set[tuple[str, float | None, str]] = set()
    for i, item in enumerate(found):
        following = found[i + 1] if i + 1 < len(found) else None
        if following and _is_denied(text, item, following):
            found[i + 1] = replace(following, role=item.role if following.role == "other" else following.role)
            continue
        key = (item.role, item.value, text[item.start : item.end] if item.value is None else "")
        if key in seen:
            continue
        seen.add(key)
        kept.append(found[i])
    return kept


def _is_denied(text: str, item: Sum, following: Sum) -> bool:
    if following.start - item.end > 14:
        return False
    between = text[item.end : following.start]
    if _DENIED.search(text[max(0, item.start - 3) : item.start]) and re.search(r"是|就|才", between):
        return True
    return bool(re.search(r"(?:不对|说错了?|错了|记错了?|哦不|啊不|不不|更正|口误)", between))
