"""Facts of the own household, only as stated: what is said is so, what is plainly denied is false, the rest absent."""

from __future__ import annotations

import itertools
import re
from functools import cache

from nlu.clauses import Clause, Clauses
from nlu.denials import denials
from nlu.fact_counts import from_counts
from nlu.fact_sums import from_sums
from nlu.fact_words import from_words, said_words
from nlu.hardships import Found
from nlu.household import Size
from nlu.lexicon_files import read_yaml
from nlu.meant import asks_only, former, guessed, of_a_rule
from nlu.mentions import Value
from nlu.money import Sum
from nlu.patterns import worded
from nlu.scope import ACTUAL, NEGATED, SELF, Scope
from nlu.stated import Stated
from nlu.statements import Statement, statements

_YEARS_AGO = re.compile(r"(?:好|有)?(?:几|多|[三四五六七八九十]|[0-9]+)(?:来|多)?年(?!级)")
_HAS_CHILDREN = re.compile(r"有?儿有?女|儿女|子女")  # «有儿有女» counts nobody
_DEGREE = worded("facts.degree")  # «没有重度残疾» denies the degree and not every disability
_ELSEWHERE = {"living_difficult": worded("facts.not_living"), "compulsory_dropout": worded("facts.grown")}
_JUST_BEFORE = 8  # characters before the clause («转发：|台风…»)
_JUST_AFTER = 3  # characters after the word that may make another of it («意外|险»)
_SAID_OF_ELSE = {  # the clause up to the word's end tells of something else
    "accident": worded("facts.no_accident"),
    "business_failed": worded("facts.no_failure"),
    "disability": worded("facts.no_disability"),
    "disaster": worded("facts.no_disaster"),
    "employment_unstable": worded("facts.not_unemployed"),
}
_LABOUR = ("labour_full", "labour_partial")
_BY_NOW = re.compile(r".{0,2}?(?:现在?|如今|眼下|已经?)(?!没)")
_NOT_ONE = re.compile(r"(?:一|半)个")
_DEGREES = frozenset(("disability", "severe_disability"))
_NO_DEGREE = re.compile(r"(?:没有?|没得|冇得?|莫得|无)(?:人|谁)?(?:是|有)?[一二三四1-4、]+$")  # «没有一、二级残疾»
_ILL = frozenset(("serious_illness", "chronic_illness"))
_DIED_BEFORE = re.compile(r"(?:走|去世|过世|病逝|病故|死)(?:的|了)[，, ]{0,2}(?:是|因为|得的?)?[^，。, ]{0,2}$")
_DIED_AFTER = re.compile(r"[^，。,；; 花]{0,4}(?:走了|走的|去世|过世|没了|死了|死的|病逝|病故|不在了)")
_EFFECT = worded("facts.epidemic_effect")
_DENIED_BY_NAME = frozenset(("accident",))
_LASTING = frozenset(("disability", "severe_disability", "chronic_illness", "serious_illness"))
_LONG_GRIEVANCE = 150  # characters
_DEFINES = worded("facts.defines")
_MADE_UP = worded("facts.made_up")


def facts_of(
    text: str, clauses: Clauses, scope: Scope, found: list[Found], sums: list[Sum], size: Size | None, asking: bool
) -> Stated:
    """Everything stated about the own household; `asking`: a question of policy, which states nothing unless it names
    somebody of the household."""
    stated = Stated()
    if len(text) <= _LONG_GRIEVANCE and _MADE_UP.search(text):
        return stated
    asking = (asking or bool(_DEFINES.search(text)) or asks_only(text)) and not scope.names_own()
    if not asking:
        _from_hardships(stated, text, clauses, found)
    hits = said_words().find(text)
    from_words(stated, text, hits, scope, clauses, asking)
    if asking:
        _from_statements(stated, text, clauses, scope)
        return stated
    from_counts(stated, text, hits, scope, clauses)
    if size and not _HAS_CHILDREN.fullmatch(text, size.start, size.end):
        stated.state("household_size", size.value, size.start, size.end)
    from_sums(stated, text, sums, scope)
    _from_statements(stated, text, clauses, scope)
    return stated


def of_a_grievance(facts: dict[str, Value], length: int) -> dict[str, Value]:
    """What a complaint of so many characters may state.

    A long one is about wages, companies and dates, and a wrong fact in an application is worse than a question asked.
    """
    if length <= _LONG_GRIEVANCE:
        return facts
    return {fact: value for fact, value in facts.items() if fact not in _not_from_grievances()}


@cache
def _not_from_grievances() -> frozenset[str]:
    return frozenset(read_yaml("facts.yml")["not_from_grievances"].split())


def _from_statements(stated: Stated, text: str, clauses: Clauses, scope: Scope) -> None:
    """A whole statement knows better than a word inside it; a plain yes elsewhere in the text stands."""
    for said in itertools.chain(statements(text, clauses, scope), denials(text, clauses, scope)):
        old = stated.spans.get(said.fact)
        inside = old is not None and old[0] < said.end and said.start < old[1]
        stated.state(said.fact, said.value, said.start, said.end, over=inside or _now_otherwise(text, said))
    _nobody_can_work(stated, text)
    if stated.values.get("business_failed_force_majeure") is True:
        stated.state("business_failed", True, *stated.spans["business_failed_force_majeure"])
    _labourers_are_no_household(stated)
    university, other = (stated.values.get(f, 0) for f in ("university_students", "noncompulsory_students"))
    if isinstance(university, int | float) and isinstance(other, int | float) and university > other:
        stated.state("noncompulsory_students", university, *stated.spans["university_students"], over=True)


def _now_otherwise(text: str, said: Statement) -> bool:
    """«前报饮水问题已修好，现自来水正常»: what is so by now replaces what was told before."""
    return said.value is False and bool(_BY_NOW.match(text, max(0, said.start - 2), said.end))


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
        stated.values.pop("household_size")
        stated.spans.pop("household_size")


def _from_hardships(stated: Stated, text: str, clauses: Clauses, found: list[Found]) -> None:
    found = [item for item in found if not guessed(text, clauses.at(item.start), item.start)]
    for item in found:
        if item.subject != SELF:
            continue
        if item.status == ACTUAL:
            for fact, value in item.term.facts:
                if not _of_something_else(fact, text, clauses.at(item.start), item.start, item.end):
                    stated.state(fact, value, item.start, item.end)
        elif item.status == NEGATED and item.relation == "":
            for fact, value in item.term.denies:
                if fact in _DENIED_BY_NAME or text[: item.start].endswith("不是"):
                    continue  # «人没伤着», «不是天灾»: no word of whether there was one
                if fact != "disability" or not _DEGREE.search(text, item.start, item.end):
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
            and not _YEARS_AGO.search(text, item.end, item.end + 8)
        ):
            stated.state("upheaval", True, item.start, item.end)


def _of_something_else(fact: str, text: str, clause: Clause, start: int, end: int) -> bool:
    """«办事太困难» is no hard living, a parent who left school early is no child out of school, and «小时候住土坯房»
    tells of no house of today; an ailment of childhood lasts."""
    if of_a_rule(text, clause, start, end):
        return True
    if fact in _DEGREES and _NO_DEGREE.search(text, clause.start, start):
        return True
    if fact not in _LASTING and former(text, clause, start):
        return True
    if fact in _ILL and (
        _DIED_BEFORE.search(text[clause.start - 12 if clause.start > 12 else 0 : start]) or _DIED_AFTER.match(text, end)
    ):
        return True
    if fact == "epidemic_affected" and not _EFFECT.search(text, max(0, start - 20), end + 30):
        return True
    within = _SAID_OF_ELSE.get(fact)
    if within is not None and within.search(text, max(0, clause.start - _JUST_BEFORE), end + _JUST_AFTER):
        return True
    elsewhere = _ELSEWHERE.get(fact)
    return elsewhere is not None and bool(elsewhere.search(text[clause.start : start]))


def _mine(item: Found) -> bool:
    return item.subject == SELF and item.status == ACTUAL
