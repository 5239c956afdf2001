"""Facts of the own household, only as stated: what is said is so, what is plainly denied is false, the rest absent."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from nlu.clauses import Clauses
from nlu.hardships import Found
from nlu.household import Size
from nlu.lexicon_files import read_yaml
from nlu.mentions import FactType, Value
from nlu.money import Sum
from nlu.numerals import parse
from nlu.patterns import worded
from nlu.scope import ACTUAL, NEGATED, SELF, Scope
from nlu.statements import asks_only, guessed, of_others, statements
from nlu.terms import Hit, Hits, TermIndex, touched


@dataclass(slots=True)
class Stated:
    """Facts with the range of the reading copy that states them."""

    values: dict[str, Value] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    def state(self, fact: str, value: Value, start: int, end: int, over: bool = False) -> None:
        """Record a fact; a plain "yes" outlives a "no", and the first number stands."""
        old = self.values.get(fact)
        if old is None or over or (old is False and value is True):
            self.values[fact] = value
            self.spans[fact] = (start, end)


@cache
def _index() -> TermIndex:
    data = read_yaml("facts.yml")
    index = TermIndex()
    for row in data["facts"]:
        for word in row["words"].split():
            index.add("said:" + row["fact"] + str(row["when"]), word, (row["fact"], row["when"], row.get("unless")))
    for part in ("counts", "single"):
        for fact, words in data[part].items():
            for word in words.split():
                index.add(f"{part}:{fact}", word, fact)
    for word in data["single_not"].split():
        index.add("single_not", word)
    index.freeze()
    return index


def facts_of(
    text: str, clauses: Clauses, scope: Scope, found: list[Found], sums: list[Sum], size: Size | None, asking: bool
) -> Stated:
    """Everything stated about the own household; `asking`: a question of policy, which states nothing unless it names
    somebody of the household."""
    stated = Stated()
    asking = (asking or bool(_DEFINES.search(text)) or asks_only(text)) and not scope.names_own()
    if not asking:
        _from_hardships(stated, text, clauses, found)
    hits = _index().find(text)
    _from_words(stated, text, hits, scope, clauses, asking)
    if asking:
        _from_statements(stated, text, clauses, scope)
        return stated
    _from_counts(stated, text, hits, scope, clauses)
    if size:
        stated.state("household_size", size.value, size.start, size.end)
    _from_sums(stated, text, sums, scope)
    _from_statements(stated, text, clauses, scope)
    return stated


def _from_statements(stated: Stated, text: str, clauses: Clauses, scope: Scope) -> None:
    """A whole statement knows better than a word inside it; a plain yes elsewhere in the text stands."""
    for said in statements(text, clauses, scope):
        old = stated.spans.get(said.fact)
        inside = old is not None and old[0] < said.end and said.start < old[1]
        stated.state(said.fact, said.value, said.start, said.end, over=inside)
    university, other = (stated.values.get(f, 0) for f in ("university_students", "noncompulsory_students"))
    if isinstance(university, int | float) and isinstance(other, int | float) and university > other:
        stated.state("noncompulsory_students", university, *stated.spans["university_students"], over=True)


def _from_hardships(stated: Stated, text: str, clauses: Clauses, found: list[Found]) -> None:
    found = [item for item in found if not guessed(text, clauses.at(item.start), item.start)]
    for item in found:
        if item.subject != SELF:
            continue
        if item.status == ACTUAL:
            for fact, value in item.term.facts:
                stated.state(fact, value, item.start, item.end)
        elif item.status == NEGATED and item.relation == "":
            for fact, value in item.term.denies:
                stated.state(fact, value, item.start, item.end)
    struck = {clauses.at(i.start).sentence for i in found if _mine(i) and i.type == "disaster"}
    for item in found:
        if item.type == "business_loss" and _mine(item) and clauses.at(item.start).sentence in struck:
            stated.state("business_failed_force_majeure", True, item.start, item.end)
    for item in found:
        if (
            item.type == "death_in_family"
            and item.subject == SELF
            and item.status == ACTUAL
            and item.relation == "husband"
        ):
            stated.state("upheaval", True, item.start, item.end)


def _mine(item: Found) -> bool:
    return item.subject == SELF and item.status == ACTUAL


def _from_words(stated: Stated, text: str, hits: Hits, scope: Scope, clauses: Clauses, asking: bool) -> None:
    for name, words in hits.items():
        if not name.startswith("said:"):
            continue
        for hit in words:
            fact, value, unless = hit.data
            if asking and hit.word[0] not in "想没缺":
                continue
            subject, _ = scope.subject(hit.start, hit.end)
            clause = clauses.at(hit.start)
            if subject != SELF or of_others(text, clause, hit.start, hit.end) or guessed(text, clause, hit.start):
                continue
            status = scope.status(hit.start, hit.end)
            if hit.start and text[hit.start - 1] in "不没冇未" and hit.word[0] in "是有吃想愿开办享受领拿报买享":
                status = NEGATED
            if status == ACTUAL and not _asked_or_wished(text, hit):
                stated.state(fact, value, hit.start, hit.end)
            elif status == NEGATED and unless is not None:
                stated.state(fact, unless, hit.start, hit.end)


_WISH = worded("facts.wish")


def _asked_or_wished(text: str, hit: Hit) -> bool:
    if hit.word[0] in "想没无缺":
        return False
    return bool(_WISH.search(text[max(0, hit.start - 8) : hit.start])) or bool(
        re.match(
            r"(?:的?(?:条件|标准|政策|名额|指标|资格|评定|申请|待遇|怎么|如何|吗|要))", text[hit.end : hit.end + 5]
        )
    )


_ANOTHER_CHILD = re.compile(r"老[二三四]|小的|儿子|女儿|闺女|妹|弟|二娃|小儿|小女|另一个|还有一个")


def _same_child(between: str) -> bool:
    """«在读大学，大三»: two words for one child, unless another one is named between them."""
    return len(between) < 6 and not _ANOTHER_CHILD.search(between)


_ONE_MORE = re.compile(r"一个(?:在|正在|刚)?$")
_DEFINES = re.compile(r"啥叫|什么叫|什么是|啥是|啥意思|什么意思|怎么算|咋算|算不算")
_COUNT = worded("facts.count")


def _from_counts(stated: Stated, text: str, hits: Hits, scope: Scope, clauses: Clauses) -> None:
    totals: dict[str, tuple[int, int, int]] = {}
    told_one_by_one: dict[str, int] = {}  # «俩孩子读大学，一个大二一个大四»: two, and then each of them
    stop = hits.get("single_not", [])
    for part in ("counts", "single"):
        for fact in ("university_students", "noncompulsory_students", "labour_full", "labour_partial"):
            known = list(hits.get(f"counts:{fact}", [])) if part == "single" else []
            if known and fact in totals and totals[fact][0] > 1:
                continue
            for hit in hits.get(f"{part}:{fact}", []):
                if touched(hit, stop) or touched(hit, known):
                    continue
                if known and fact in totals and not _ONE_MORE.search(text[max(0, hit.start - 4) : hit.start]):
                    continue
                if fact in totals and not known and hit.start < totals[fact][2]:
                    continue
                if fact in totals and part == "single" and _same_child(text[totals[fact][2] : hit.start]):
                    continue
                if scope.subject(hit.start, hit.end)[0] != SELF or scope.status(hit.start, hit.end) != ACTUAL:
                    continue
                if _asked_or_wished(text, hit):
                    continue
                count = _count_before(text, clauses.at(hit.start).start, hit, part)
                if count == 1 and told_one_by_one.get(fact, 0) > 0:
                    told_one_by_one[fact] -= 1
                    continue
                if count:
                    if count > 1 and part == "single":
                        told_one_by_one[fact] = count
                    start, total = hit.start, count
                    if fact in totals:
                        total += totals[fact][0]
                        start = totals[fact][1]
                    totals[fact] = (total, start, hit.end)
    university = totals.get("university_students")
    other = totals.get("noncompulsory_students")
    if university or other:
        both = (university[0] if university else 0) + (other[0] if other else 0)
        where = university or other
        assert where is not None
        stated.state("noncompulsory_students", both, where[1], (other or where)[2])
        if university:
            stated.state("university_students", *university)
    if {"labour_full", "labour_partial"} <= totals.keys() and re.search(r"其中|还是", text):
        totals["labour_full"] = (totals["labour_full"][0] - totals["labour_partial"][0], *totals["labour_full"][1:])
    for fact in ("labour_full", "labour_partial"):
        if fact in totals:
            stated.state(fact, *totals[fact])


def _count_before(text: str, first: int, hit: Hit, part: str) -> int | None:
    before = text[max(first, hit.start - 8) : hit.start]
    match = _COUNT.search(before)
    if match and re.search(r"没有?$|没得$|冇$", before[: match.start()]):
        return None
    if match and before[: match.start()].endswith(("老", "第", "初", "高", "大")):
        return 1 if part == "single" else None  # «老二读高中» is one child
    if match and match.group().startswith(("二娃", "二儿", "二女", "二闺女", "二姑娘", "二小子")):
        return 1 if part == "single" else None  # the second child, not two of them
    if match:
        value = {"俩": 2, "仨": 3}.get(match[1]) or parse(match[1])[0]
        return int(value) if value else None
    return 1 if part == "single" else None


_SEVERAL_YEARS = re.compile(r"[几两三四五六七八十多]年(?:来|下来|里|间|了|花|看病|治)|前前后后|这些年|多年|历年|几年")
_TIMES = worded("facts.times")
_EACH = re.compile(r"各|每人|每个|一人|一个人|人均|分别都是")
_SHARE = worded("facts.share")
_REPAID_SHARE = worded("facts.repaid_share")


def _from_sums(stated: Stated, text: str, sums: list[Sum], scope: Scope) -> None:
    own = [
        s
        for s in sums
        if s.value is not None and scope.subject(s.start, s.end)[0] == SELF and scope.status(s.start, s.end) == ACTUAL
    ]
    _income(stated, text, own)
    _medical(stated, text, own)
    _schooling(stated, text, own)


def _yearly(item: Sum) -> float:
    assert item.value is not None
    return item.value * {"month": 12, "half_year": 2}.get(item.period, 1)


def _income(stated: Stated, text: str, own: list[Sum]) -> None:
    for item in own:
        if item.role == "other" and item.period == "day":
            times = _TIMES.search(text, item.end, item.end + 20)
            if times and item.value:
                count = parse(times[1])[0] or 0
                days = count * (1 if times[2] == "天" else 26)
                if times[2] == "天":
                    stated.state("income_year", item.value * days, item.start, times.end())
    earned = [s for s in own if s.role in ("income_year", "income_month")]
    whole = [s for s in earned if not s.per_head and s.period != "half_year"]
    heads = [s for s in earned if s.per_head and s.role == "income_year"]
    if heads:
        stated.state("income_per_capita", float(heads[0].value or 0), heads[0].start, heads[0].end)
    if not whole:
        return
    named = [s for s in whole if re.search(r"全家|家里|家庭|一家|总收入|年收入|家中", text[s.clause.start : s.start])]
    compared = _compared(stated, text, whole)
    if compared:
        stated.state("income_year", _yearly(compared), compared.start, compared.end)
    elif named:
        stated.state("income_year", _yearly(named[0]), named[0].start, named[0].end)
    else:
        stated.state("income_year", sum(_yearly(s) for s in whole), whole[0].start, whole[-1].end)


_THE_YEAR = re.compile(r"去年|上一?年(?!年)|头年")
_NOW = re.compile(r"今年|现在|如今|眼下|这会儿")
_BEFORE = re.compile(r"往年|以前|过去|原来|原先|从前|前年|早几年|头几年|正常年景")
_FELL_TO = re.compile(r"(?:降|减|掉|跌|缩|少)(?:少|低)?(?:到|成|为|至)了?(?:只有|不到|只剩)?$")
_ONLY = re.compile(r"只|才|就(?!业)|不到|顶多")


def _compared(stated: Stated, text: str, whole: list[Sum]) -> Sum | None:
    """The income that counts where two years are set side by side (last year's, else the latest), never their sum."""
    for earlier, later in itertools.pairwise(whole):
        words = [text[s.clause.start : s.start] for s in (earlier, later)]
        fell = bool(_FELL_TO.search(words[1])) and later.start - earlier.end <= 10
        years = [bool(_BEFORE.search(w) or _THE_YEAR.search(w)) for w in words]
        if not fell and not (any(years) and any(_NOW.search(w) for w in words)):
            continue
        then, now = (later, earlier) if years[1] and not years[0] and not fell else (earlier, later)
        if fell or (_yearly(now) <= _yearly(then) / 2 and _ONLY.search(text[now.clause.start : now.start])):
            stated.state("income_dropped_sharply", True, min(then.start, now.start), max(then.end, now.end))
        last = _THE_YEAR.search(text[then.clause.start : then.start])
        return then if last and not fell else now
    return None


def _medical(stated: Stated, text: str, own: list[Sum]) -> None:
    paid = [
        s
        for s in own
        if s.role == "medical_self_paid"
        and not re.match(r".{0,4}(?:已|都|全)(?:全部|部)?报销", text[s.end : s.end + 12])
    ]
    total = [s for s in own if s.role == "medical_total"]
    repaid = [s for s in own if s.role == "reimbursed"]
    if paid:
        first = paid[0]
        around = text[max(0, first.clause.start - 20) : first.end]
        if not _SEVERAL_YEARS.search(around) or first.period in ("month", "year"):
            stated.state("medical_self_paid_year", _yearly(first), first.start, first.end)
        return
    if len(total) == 1 and len(repaid) == 1 and (total[0].value or 0) > (repaid[0].value or 0):
        value = (total[0].value or 0) - (repaid[0].value or 0)
        stated.state("medical_self_paid_year", round(value, 2), total[0].start, max(total[0].end, repaid[0].end))
        return
    if len(total) == 1 and not repaid:
        share = _share(text)
        if share is not None:
            stated.state(
                "medical_self_paid_year", round((total[0].value or 0) * share, 2), total[0].start, total[0].end
            )


def _share(text: str) -> float | None:
    for pattern, turn in ((_SHARE, False), (_REPAID_SHARE, True)):
        match = pattern.search(text)
        if match:
            percent = parse(match[1])[0] if match[1] else float(match[2]) if match[2] else None
            value = percent / 100 if percent is not None else (parse(match[3])[0] or 0) / 10
            return round(1 - value if turn else value, 4)
    return None


def _schooling(stated: Stated, text: str, own: list[Sum]) -> None:
    costs = [s for s in own if s.role == "tuition"]
    if not costs:
        return
    total = largest = 0.0
    for item in costs:
        words = text[item.clause.start : item.end + 8]
        value = item.value or 0
        if item.period == "month":
            return
        if re.search(r"学期|每期|一期", words):
            value *= 2
        if _EACH.search(text[max(item.clause.start, item.start - 6) : item.start]):
            count = re.search(
                r"([俩仨两二三四2-4])(?:个)?(?:娃|孩子|小孩|学生|大学生|儿子|女儿)",
                text[max(0, item.end - 120) : item.end],
            )
            if count:
                value *= {"俩": 2, "仨": 3}.get(count[1]) or parse(count[1])[0] or 1
        total += value
        largest = max(largest, value)
    if (
        len(costs) > 1
        and largest > total - largest
        and re.search(r"一共|总共|怎么也得|加起来|合计|加生活费|算下来|下来", text)
    ):
        total = largest  # the last one sums the others up
    stated.state("schooling_cost_year", total, costs[0].start, costs[-1].end)


def typed(stated: Stated, types: Mapping[str, FactType]) -> dict[str, Value]:
    """Only the facts of the vocabulary, each in its own type; a value that does not fit is left out."""
    values: dict[str, Value] = {}
    for fact, value in stated.values.items():
        kind = types.get(fact)
        if kind is None:
            continue
        fitted = _fit(kind, value)
        if fitted is not None:
            values[fact] = fitted
    return values


def _fit(kind: FactType, value: Any) -> Value | None:
    if kind.kind == "bool":
        return value if isinstance(value, bool) else None
    if kind.kind == "enum":
        return value if value in kind.values else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if kind.kind == "int":
        return int(value) if float(value).is_integer() else None
    return float(value)
