"""Facts of the own household, only as stated: what is said is so, what is plainly denied is false, the rest absent."""

from __future__ import annotations

import itertools
import re
from functools import cache

from nlu.clauses import Clauses
from nlu.denials import denials
from nlu.fact_counts import from_counts
from nlu.fact_sums import from_sums
from nlu.fact_words import from_words, said_words
from nlu.hardships import Found
from nlu.household import Size
from nlu.in_letters import LETTER, OfLetter
from nlu.lexicon_files import read_yaml
from nlu.meant import asks_only, guessed
from nlu.mentions import Value
from nlu.money import Sum
from nlu.patterns import worded
from nlu.scope import ACTUAL, NEGATED, SELF, Scope
from nlu.stated import Stated
from nlu.statements import Statement, statements
from nlu.told_of_else import EVENTS, told_of_else

_YEARS_AGO = re.compile(r"(?:好|有)?(?:几|多|[三四五六七八九十]|[0-9]+)(?:来|多)?年(?!级)")
_HAS_CHILDREN = re.compile(r"有?儿有?女|儿女|子女")  # «有儿有女» counts nobody
_DEGREE = worded("facts.degree")  # «没有重度残疾» denies the degree and not every disability
_LABOUR = ("labour_full", "labour_partial")
_BY_NOW = re.compile(r".{0,2}?(?:现在?|如今|眼下|已经?)(?!没)")
_STOPPED = worded("facts.stopped")
_NOT_ONE = re.compile(r"(?:一|半)个")
_BEREFT_OF = frozenset(("husband", "wife", "son", "daughter", "child"))
_LOST = _BEREFT_OF | {"father", "mother", "sibling", "inlaw"}
_HEAD_OF_HOUSE = re.compile(r"户主|顶梁柱")
_VIOLENT = worded("facts.violent_death")
_RECENT = worded("facts.recent")
_LONG_AGO = re.compile(
    r"早就|早年|早[走没死亡逝故已]|多年|已故|先前|年轻时|(?:十[一二三四五六七八九几多来]?|[0-9]{2}|[四五六七八九])多?年前"
)
_DEATH_BEFORE, _DEATH_AFTER = 10, 9  # characters in which the manner or the time of a death stands
_TOLD_ALIKE = EVENTS | {"employment_unstable"}  # by a statement as by a hardship's word
_DENIED_BY_NAME = frozenset(("accident",))
_GRIEVANCES = ("complaint", "other")
_AGED = re.compile("老(?:伴|头|汉|倌)|[七八九]十|[7-9][0-9]岁")
_JUST_NAMED = 14  # characters
_ILL_IN_GENERAL = worded("facts.general_illness")
_DEFINES = worded("facts.defines")


def facts_of(
    text: str,
    clauses: Clauses,
    scope: Scope,
    found: list[Found],
    sums: list[Sum],
    size: Size | None,
    asking: bool,
    *,
    kind: str = "",
    title: int = 0,
) -> Stated:
    """Everything stated about the own household; `asking`: a question of policy, which states nothing unless it names
    somebody of the household."""
    stated = Stated()
    if kind and len(text) >= LETTER:
        stated = OfLetter(scope=scope, title=title, strict=kind != "apply_help")
    asking = (asking or bool(_DEFINES.search(text)) or asks_only(text)) and not scope.names_own()
    if not asking:
        _from_hardships(stated, text, clauses, scope, found)
    hits = said_words().find(text)
    from_words(stated, text, hits, scope, clauses, asking)
    if asking:
        _from_statements(stated, text, clauses, scope)
        return stated
    from_counts(stated, text, hits, scope, clauses)
    if size and size.sure and not _HAS_CHILDREN.fullmatch(text, size.start, size.end):
        stated.state("household_size", size.value, size.start, size.end)
    from_sums(stated, text, sums, scope)
    _from_statements(stated, text, clauses, scope)
    return stated


def by_the_way(facts: dict[str, Value], length: int, kind: str) -> dict[str, Value]:
    """What a letter of so many characters and of that kind may state.

    A long one denies much by the way («没病没灾»), and a grievance is about wages, companies and dates; a wrong fact in
    an application is worse than a question asked.
    """
    if length <= LETTER:
        return facts
    never = _in_letters("not_from_grievances") if kind in _GRIEVANCES else frozenset()
    denied = _in_letters("denied_in_letters")
    return {f: value for f, value in facts.items() if f not in never and (value is not False or f in denied)}


@cache
def _in_letters(rule: str) -> frozenset[str]:
    return frozenset(read_yaml("facts.yml")[rule].split())


def _from_statements(stated: Stated, text: str, clauses: Clauses, scope: Scope) -> None:
    """A whole statement knows better than a word inside it; a plain yes elsewhere in the text stands."""
    for said in itertools.chain(statements(text, clauses, scope), denials(text, clauses, scope)):
        alike = said.value is True and said.fact in _TOLD_ALIKE
        if alike and told_of_else(said.fact, text, scope, said.start, said.end):
            continue
        old = stated.spans.get(said.fact)
        inside = old is not None and old[0] < said.end and said.start < old[1]
        stated.state(said.fact, said.value, said.start, said.end, over=inside or _now_otherwise(text, said, old))
    _nobody_can_work(stated, text)
    if stated.values.get("severe_difficulty") is True:
        stated.state("living_difficult", True, *stated.spans["severe_difficulty"])
    if stated.values.get("business_failed_force_majeure") is True:
        stated.state("business_failed", True, *stated.spans["business_failed_force_majeure"])
    _labourers_are_no_household(stated)
    university, other = (stated.values.get(f, 0) for f in ("university_students", "noncompulsory_students"))
    if isinstance(university, int | float) and isinstance(other, int | float) and university > other:
        stated.state("noncompulsory_students", university, *stated.spans["university_students"], over=True)


def _now_otherwise(text: str, said: Statement, old: tuple[int, int] | None) -> bool:
    """«前报饮水问题已修好，现自来水正常», «吃了三年低保，今年给停了»: what is so by now replaces what was told."""
    if said.value is not False:
        return False
    if said.fact == "dibao_recipient" and old is not None and (old[0] < said.start or "\n" in text[said.end : old[0]]):
        return bool(_STOPPED.search(text, said.start, said.end))
    return bool(_BY_NOW.match(text, max(0, said.start - 2), said.end))


def _nobody_can_work(stated: Stated, text: str) -> None:
    """«一个劳力也没有» counts who can work: nobody."""
    told = stated.spans.get("no_labour")
    if (
        told
        and _NOT_ONE.search(text, max(0, told[0] - 2), told[1] + 2)
        and not any(stated.values.get(f) for f in _LABOUR)
    ):
        for fact in _LABOUR:
            stated.state(fact, 0, *stated.spans["no_labour"])


def _labourers_are_no_household(stated: Stated) -> None:
    """«能下力的就我们两口子» counts who can work, and not who lives there."""
    size = stated.spans.get("household_size")
    labour = stated.spans.get("labour_full")
    if size and labour and labour[0] <= size[0] and size[1] <= labour[1]:
        stated.forget("household_size")


def _from_hardships(stated: Stated, text: str, clauses: Clauses, scope: Scope, found: list[Found]) -> None:
    found = [item for item in found if not guessed(text, clauses.at(item.start), item.start)]
    for item in found:
        if item.subject != SELF:
            continue
        if item.status == ACTUAL:
            for fact, value in item.term.facts:
                if fact == "chronic_illness" and _against_a_grave_one(item, found):
                    continue
                if not told_of_else(fact, text, scope, item.start, item.end):
                    stated.state(fact, value, item.start, item.end)
        elif item.status == NEGATED and item.relation == "":
            for fact, value in item.term.denies:
                if "截肢" in item.word:
                    continue  # «不用截肢»: what is spared is no word of who is disabled
                if fact in _DENIED_BY_NAME or text[: item.start].endswith("不是"):
                    continue  # «人没伤着», «不是天灾»: no word of whether there was one
                if fact != "disability" or not _DEGREE.search(text, item.start, item.end):
                    stated.state(fact, value, item.start, item.end)
    struck = {clauses.at(i.start).sentence for i in found if _mine(i) and i.type == "disaster"}
    for item in found:
        if item.type == "business_loss" and _mine(item) and clauses.at(item.start).sentence in struck:
            stated.state("business_failed_force_majeure", True, item.start, item.end)
    for item in found:
        if item.type == "death_in_family" and item.subject == SELF and _upsets(text, item):
            stated.state("upheaval", True, item.start, item.end)
            if _earned(text, item) and not _AGED.search(text, clauses.at(item.start).start, item.end):
                stated.state("main_labourer_incapacity", "full", item.start, item.end)


def _earned(text: str, item: Found) -> bool:
    """Whether who died is said to be whom the household lived on: the husband, or its head."""
    around = text[max(0, item.start - _DEATH_BEFORE) : item.end + _DEATH_AFTER]
    return item.relation == "husband" or bool(_HEAD_OF_HOUSE.search(around))


def _upsets(text: str, item: Found) -> bool:
    """Whether a death is a blow to the household: a husband's, a recent one of wife or child, a sudden one of the
    nearest; not that of the old, and none of long ago."""
    around = text[max(0, item.start - _DEATH_BEFORE) : item.end + _DEATH_AFTER]
    if _YEARS_AGO.search(text, item.end, item.end + 8) or _LONG_AGO.search(around):
        return False
    if item.status == ACTUAL and item.relation == "husband":
        return True
    head = item.relation == "" and bool(_HEAD_OF_HOUSE.search(around))
    if (item.relation in _LOST or head) and _VIOLENT.search(around):
        return True
    return (item.relation in _BEREFT_OF or head) and item.status == ACTUAL and bool(_RECENT.search(around))


def _against_a_grave_one(item: Found, found: list[Found]) -> bool:
    """«精神病常年服药»: the medicine is for the grave illness just named, and tells of no other."""
    grave = [f for f in found if _mine(f) and ("serious_illness", True) in f.term.facts]
    if "药" in item.word:
        return any(0 <= item.start - other.end <= _JUST_NAMED for other in grave)
    return bool(_ILL_IN_GENERAL.search(item.word)) and any(f.relation == item.relation for f in grave)


def _mine(item: Found) -> bool:
    return item.subject == SELF and item.status == ACTUAL
