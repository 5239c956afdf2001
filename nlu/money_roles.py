"""What a sum of money is (role), by the words of its clause and of the clauses before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlu.clauses import Clause, Clauses, within
from nlu.lexicon_files import read_yaml
from nlu.money_periods import period_of
from nlu.patterns import worded
from nlu.terms import Hit, Hits

_SPENT = re.compile(r"花|用|费|得|要")
_WORKS = worded("money.works")
_RATIO = re.compile(r"了?(?:一半|大半|一小半|[一二两三四五六七八九1-9]成|百分之|[0-9]{1,2} ?[%％])")
_EVERY_YEAR = re.compile(r"年药费|每年|一年|年年|年自付|全年")
_PER_FIELD = re.compile(r"[一每]亩地?$")
_SUBSIDY = re.compile(r"补贴|补助|直补")
_NO_REFUND = re.compile(r"报(?:了?[一二两三四五六七八九十几0-9]*[次回遍]?)?(?:名|价|警|案|表|考|废|告|纸|社)")
_REPAID_SHARE = re.compile(r"报(?:销)?了?(?:百分之|[0-9]{1,2} ?[%％]|[一二三四五六七八九1-9]成|一半)")
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


def role_of(
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
    place = _Place(text, clauses, clause, start, end, hits, edges)
    marks = _marks(place)
    period = period_of(text, clause, start, end, hits)
    per_head = "per_head" in marks
    scores = _scores(place, period, per_head)
    role = max(scores, key=lambda r: scores[r]) if scores else "other"
    role = _weighed_again(role, place, scores)
    ill = "self_paid_beside" in marks and _ill_before(text, hits, start)
    if role in ("other", "price") and ill and _BY_ONESELF.search(text[clause.start : start]):
        return "medical_self_paid", period, per_head
    if "wage_owed" in marks and role in ("income", "debt", "other", "medical") and _of_wages(place):
        return "other", period, per_head
    if not scores and _REPAID_SHARE.search(text[max(0, start - 40) : end + 30]):
        role = "medical_total"  # «报了七成自己掏三成，总共十万»
    unsure = role in ("medical", "reimbursed") or not scores
    if unsure and role in ("other", "medical", "reimbursed") and _SELF_PAID_AFTER.match(text, end):
        return "medical_self_paid", period, per_head
    if not scores and role == "other" and value is not None and value < _MARKET_PRICE:
        role = "price"  # «玉米去年一块一»
    own = text[max(clause.start, edges[0]) : min(clause.end, end + _PERIOD_BEHIND)]
    told = "" if role == "medical" and period == "month" and "月" not in own else period
    if period == "year" and role == "medical" and _EVERY_YEAR.search(text, max(clause.start, edges[0]), end):
        told = "yearly"  # not just «last year»: it goes on
    if role == "price" and period in ("", "year") and _subsidy_per_field(text, start):
        role = "benefit"
    return _refine(role, told, marks, scores, value, bool(_SHARED.search(text, end, end + 40))), period, per_head


def _weighed_again(role: str, at: _Place, scores: dict[str, float]) -> str:
    """The role after a look at what the strongest word alone does not tell."""
    between = at.text[max(at.clause.start, at.edges[0]) : at.start]
    if role in ("tuition", "income") and "benefit" in scores and not _firm(role, at):
        return "benefit"  # «助学金一学期一千五», «补助到手才一千二»
    if role == "benefit" and _OUT_OF_POCKET.search(between) and not _GIVEN.search(between):
        return "medical" if "medical" in scores else "price"  # «政府补两万八，自己还得贴四万»
    if role in ("price", "other") and not _firm(role, at):
        for cause in ("medical", "tuition"):
            if scores.get(cause, 0.0) >= _LEAST_CAUSE:
                return cause  # «住院押金先交了五千», «手术，费用12万», «护工一天一百八»
    paid = _COMPENSATED.search(between)
    if role == "loss" and paid and _PAYER.search(between, 0, paid.start()):
        return "other"  # «损失五六万，保险赔了八千»
    if role == "other" and "benefit" in scores and not _firm(role, at):
        return "benefit"  # «补助说好两万，只给了一万五»
    words = within(at.hits.get("mark:misuse", []), at.clause.start, at.start)
    accused = any(h.word not in ("克扣", "截留") for h in words)  # these are told of the benefit itself
    if accused and role in ("benefit", "income", "price", "medical"):
        return "other"  # «骗取国家补贴几十万»
    if role == "other" and _GOODS.match(at.text, at.end):
        return "price"
    return role


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one sum stands, and what was found around it."""

    text: str
    clauses: Clauses
    clause: Clause
    start: int
    end: int
    hits: Hits
    edges: tuple[int, int]

    def window(self) -> list[tuple[Clause, float]]:
        """The clause of the sum and the two before it in its sentence, each with its share of weight."""
        parts = [(self.clause, 1.0)]
        for back, share in ((1, 0.4), (2, 0.2)):
            if self.clause.index >= back:
                before = self.clauses.items[self.clause.index - back]
                if before.sentence == self.clause.sentence:
                    parts.append((before, share))
        return parts

    def owed_from(self) -> int:
        """Where words of arrears may begin that are told of this sum."""
        before = self.clauses.items[self.clause.index - 1] if self.clause.index else self.clause
        near = before.sentence == self.clause.sentence and self.clause.start - before.start < 20
        return before.start if near else self.clause.start


def _marks(at: _Place) -> set[str]:
    """What the clause says beside the role: per head, owed wages, paid by oneself."""
    clause, hits = at.clause, at.hits
    marks = {m for m in ("per_head", "wage_owed") if within(hits.get(f"mark:{m}", []), clause.start, clause.end)}
    if within(hits.get("mark:wage_owed", []), at.owed_from(), clause.start):
        marks.add("wage_owed")
    opens = max(clause.start, at.edges[0])
    repaid = max((h.end for h in within(hits.get("role", []), opens, at.start) if h.data == "reimbursed"), default=0)
    for mark in ("self_paid", "surely_self_paid"):
        words = hits.get(f"mark:{mark}", [])
        earlier = within(words, opens, at.start)
        after = mark == "surely_self_paid" and within(words, at.end, min(at.end + 4, clause.end))
        next_is_near = clause.start <= at.edges[1] < min(clause.end, at.end + 14)
        if (earlier and earlier[-1].end >= repaid) or (after and not next_is_near):
            marks.add(mark)
            if earlier and at.start - earlier[-1].end <= _BESIDE:
                marks.add("self_paid_beside")
    return marks


def _scores(at: _Place, period: str, per_head: bool) -> dict[str, float]:
    """How strongly the words around a sum speak for each role."""
    scores: dict[str, float] = {}

    def speak(role: str, weight: float) -> None:
        scores[role] = max(scores.get(role, 0.0), weight)

    said = at.text[at.clause.start : at.start]
    works = bool(_WORKS.search(said))
    for part, share in at.window():
        if part is not at.clause and works and period:
            speak("income", 0.6)
        for hit in within(at.hits.get("role", []), part.start, part.end):
            weight = _weight(at, hit)
            if weight:
                speak(hit.data, weight * share)
        if (part is at.clause or part.end >= at.clause.start - 1) and _illness_costs(at, part):
            speak("medical", 0.6 * share)
    said_after = _ALL_FOR.match(at.text, at.end)
    for hit in within(at.hits.get("role", []), said_after.end(), said_after.end() + 5) if said_after else []:
        speak(hit.data, 0.3)  # «顶多一万五，都是药钱»
    if _spent_after_illness(at):
        speak("medical", 0.7)
    if not scores and period in ("month", "year") and _WORKS.search(at.text, at.window()[:2][-1][0].start, at.start):
        speak("income", 0.5)
    if not scores and ((per_head and period == "year") or _TAKES_HOME.search(said)):
        speak("income", 0.5)
    return scores


def _weight(at: _Place, hit: Hit) -> float:
    """The weight of one role word by its distance from the sum; words beyond a neighbouring sum weigh little."""
    distance = at.start - hit.end if hit.end <= at.start else (hit.start - at.end) * 1.3 + 1
    if hit.data == "reimbursed":
        of_the_next = hit.start >= at.end and (distance > 2 or at.edges[1] < hit.end + 10)
        if of_the_next or _NO_REFUND.match(at.text, hit.start) or _RATIO.match(at.text, hit.end):
            return 0.0
    if hit.data == "loss" and hit.word.startswith("赔") and _PAYER.search(at.text, max(0, hit.start - 10), hit.start):
        return 0.0  # paid by somebody else: no loss
    beyond = hit.end <= at.edges[0] or hit.start >= at.edges[1]
    single = len(hit.word) == 1 and hit.data != "debt"
    source = hit.data == "debt" and hit.start >= at.end and _IS.fullmatch(at.text, at.end, hit.start)
    head = 0 <= hit.start - at.end <= 1 and hit.word[-1] in _HEADS and len(hit.word) > 1
    strength = (0.3 if source else 1.0) * (1.6 if head else 1.0)  # «四十万都是借的»; «三千元罚款»
    return (
        strength
        * (0.35 if beyond else 1.0)
        * _ROLE_WEIGHT[hit.data]
        / (1 + max(0.0, distance) / 6)
        * (0.6 if single else 1)
    )


def _illness_costs(at: _Place, part: Clause) -> bool:
    """Whether an illness is told in this part and then something spent."""
    return any(
        hit.data.hardship in ("illness", "accident", "disability")
        and hit.start < at.start
        and bool(_SPENT.search(at.text[max(hit.end, at.edges[0]) : at.start]))
        for hit in within(at.hits.get("hardship", []), part.start, part.end)
    )


def _spent_after_illness(at: _Place) -> bool:
    clause = at.clause
    if any(h.word not in _SPENDING for h in within(at.hits.get("role", []), clause.start, clause.end)):
        return False
    spent = _SPENT.search(at.text[max(clause.start, at.start - 4) : at.start])
    return bool(spent) and _ill_before(at.text, at.hits, at.start)


def _of_wages(at: _Place) -> bool:
    return bool(_WAGES.search(at.text[at.owed_from() : at.clause.end]))


def _subsidy_per_field(text: str, start: int) -> bool:
    per_field = _PER_FIELD.search(text[max(0, start - 4) : start])
    return bool(per_field and _SUBSIDY.search(text[max(0, start - 40) : start]))


_SHARED = re.compile(r"报|剩下|补(?:贴|助|了)?[一二两三四五六七八九0-9]")  # somebody else bears a part
_BESIDE = 4
_PERIOD_BEHIND = 8
_COMPENSATED = re.compile(r"赔(?:了|付|偿|给)?[^，。赔]{0,4}$")
_ALL_FOR = re.compile(r"[，, ]?(?:都|全|全都)是")
_OUT_OF_POCKET = re.compile(r"自己|自个|自家|自掏|自付|自筹")
_LEAST_CAUSE = 0.15
_MARKET_PRICE = 10
_PAYER = worded("money.payer_before")
_SELF_PAID_AFTER = worded("money.self_paid_after")
_GOODS = worded("money.goods_after")
_GIVEN = re.compile(r"领|给|补|拿到|到手|发")
_IS = re.compile(r"(?:基本|几乎)?(?:都|全|也)?是|全靠|全部")
_HEADS = "费款金贴债资补"
_WAGES = re.compile(r"工资|工钱|薪|工人|民工|血汗|老板|工程款|包工头")
_TAKES_HOME = re.compile(r"(?:一个月|每个?月|月月)(?:能|就|只|才|也就)*(?:拿|剩|落)(?:个|到)?(?:大概|差不多|约)?$")
_BY_ONESELF = re.compile(r"自己|自个|自费|自付|自掏|自负|自家|个人|报完|报后|掏")


@cache
def _loose_words() -> frozenset[str]:
    return frozenset(read_yaml("money.yml")["loose"].split())


def _firm(role: str, at: _Place) -> bool:
    """Whether a word stands there that means this role and nothing else."""
    words = within(at.hits.get("role", []), at.window()[-1][0].start, at.clause.end)
    return any(h.data == role and h.word not in _loose_words() for h in words)


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
