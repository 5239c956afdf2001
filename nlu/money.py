"""Sums of money: where they stand, what they are worth, and what they are (role), by the words of their clause."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from nlu.clauses import Clause, Clauses, within
from nlu.money_context import money_by_context
from nlu.money_extent import measure_one
from nlu.money_forms import role_by_form
from nlu.money_roles import role_of
from nlu.numerals import FORMAL, Number, find_numbers
from nlu.role_model import judged
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
    formed: bool = False  # a construction, not single words, tells the role


# The letter O typed for a nought: «4OO元».
_ROUND_LETTERS = re.compile(r"(?<=[0-9])[Oo]+(?=[0-9元块万千])")


def find_sums(
    text: str, clauses: Clauses, hits: Hits, taken: list[tuple[int, int]], answering: bool = False
) -> list[Sum]:
    """All sums of money of the reading copy in order.

    taken: ranges (phones, IDs, dates) that are none; answering: the text answers a question, which tells more of a
    bare sum than what messages are like.
    """
    found = sums_by_rule(text, clauses, hits, taken)
    return _settle(found if answering else judged(found, text, hits), text)


def sums_by_rule(text: str, clauses: Clauses, hits: Hits, taken: list[tuple[int, int]]) -> list[Sum]:
    """The sums with the roles that rules give them, also those that are denied or said again."""
    plain = _ROUND_LETTERS.sub(lambda m: "0" * len(m.group()), text.translate(FORMAL))
    numbers = _outside(find_numbers(plain), taken)
    found: list[Sum] = []
    skip_to = -1
    for i, number in enumerate(numbers):
        if number.start < skip_to:
            continue
        start, end, value, exact, money = measure_one(plain, number, numbers[i + 1] if i + 1 < len(numbers) else None)
        if money is None:
            joined = replace(number, value=value, end=end, scaled=number.scaled or end > number.end)
            money = money_by_context(plain, joined, clauses, hits)
        if not money or _OF_GRADES.match(plain, end):
            continue
        skip_to = end
        clause = clauses.at(start)
        edges = (found[-1].end if found else 0, numbers[i + 1].start if i + 1 < len(numbers) else len(plain))
        role, period, per_head = role_of(plain, clauses, clause, start, end, hits, value, edges)
        formed = role_by_form(plain, start, end, role, value, (found[-1].end, found[-1].role) if found else (0, ""))
        found.append(Sum(start, end, value, formed or role, period, per_head, clause, exact, bool(formed)))
    found = [
        replace(s, role="other", formed=True) if s.role in _EVERYDAY and _accused(s, plain, hits) else s for s in found
    ]
    return _repaid_after(found, plain)


_ACCUSED_REACH = 400
_OF_GRADES = re.compile(r"(?:、[一二三四五六七八九])*年级")  # «一、二、三年级»


def _accused(item: Sum, text: str, hits: Hits) -> bool:
    """Whether an accusation is made around the sum: such sums are nobody's price or wage."""
    opens = max(0, item.start - _ACCUSED_REACH)
    opens = max(opens, text.rfind("\n", opens, item.start) + 1)
    near = within(hits.get("mark:misuse", []), opens, item.end + _ACCUSED_REACH // 2)
    return len({h.word for h in near}) >= 2


_WAS_SPENT = re.compile(r"(?:花|用|总)(?:了|掉|去|费)?(?:大概|差不多|将近|快|近|约|有|个|一共|总共)*$")


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


_EVERYDAY = frozenset(
    ("price", "income_year", "income_month", "tuition", "loss", "reimbursed", "medical_total", "debt")
)
_SAID_AGAIN = 6
_DENIED_AFTER = re.compile(r"[，, ]?(?:而|可|并)?(?:不是|没有)")
_DENIED = re.compile(r"(?:不是|没有|哪有|哪里是|没)$")


def _settle(found: list[Sum], text: str) -> list[Sum]:
    """Drop denied sums («不是五万是四万八») and repeats."""
    kept: list[Sum] = []
    seen: set[tuple[str, float | None, str]] = set()
    for i, item in enumerate(found):
        following = found[i + 1] if i + 1 < len(found) else None
        if following and _is_denied(text, item, following):
            found[i + 1] = replace(following, role=item.role if following.role == "other" else following.role)
            if kept and kept[-1].value == item.value and item.start - kept[-1].end <= _SAID_AGAIN:
                first = kept.pop()  # «花了三万不是三万是三万八»
                found[i + 1] = replace(following, role=first.role)
            continue
        if kept and _DENIED_AFTER.fullmatch(text, kept[-1].end, item.start):
            if kept[-1].role == "other":  # «是两万三，不是三万二，自己掏的»
                kept[-1] = replace(kept[-1], role=item.role)
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
    if _DENIED.search(text[max(0, item.start - 3) : item.start]) and re.search(r"是|就|才|顶多|最多|只有", between):
        return True
    return bool(re.search(r"(?:不对|说错了?|错了|记错了?|哦不|啊不|不不|更正|口误)", between))
