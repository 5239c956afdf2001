"""Words of a hardship that state no fact of the household where they stand: they tell of something or somebody else."""

from __future__ import annotations

import re

from nlu.dead import LASTING, of_the_dead
from nlu.meant import former, of_a_rule, of_some
from nlu.patterns import worded
from nlu.people import KIN
from nlu.scope import SELF, Scope

_ELSEWHERE = {"living_difficult": worded("facts.not_living"), "compulsory_dropout": worded("facts.grown")}
_JUST_BEFORE = 8  # characters before the clause («转发：|台风…»)
_JUST_AFTER = 3  # characters after the word that may make another of it («意外|险»)
_SAID_OF_ELSE = {  # the clause up to the word's end tells of something else
    "accident": worded("facts.no_accident"),
    "business_failed": worded("facts.no_failure"),
    "business_failed_force_majeure": worded("facts.no_failure"),
    "disability": worded("facts.no_disability"),
    "disaster": worded("facts.no_disaster"),
    "employment_unstable": worded("facts.not_unemployed"),
    "water_at_risk": worded("facts.no_water"),
}
_DEGREES = frozenset(("disability", "severe_disability"))
_NO_DEGREE = re.compile(r"(?:没有?|没得|冇得?|莫得|无)(?:人|谁)?(?:是|有)?[一二三四1-4、]+$")  # «没有一、二级残疾»
_ILL = frozenset(("serious_illness", "chronic_illness"))
_DIED_BEFORE = worded("facts.died_before")
_DIED_AFTER = re.compile(r"[^，。,；; 花]{0,4}(?:走了|走的|去世|过世|没了|死了|死的|病逝|病故|不在了)")
_EFFECT = worded("facts.epidemic_effect")
_NO_ILLNESS = worded("facts.no_illness")
_ILL_IN_GENERAL = worded("facts.ill_in_general")
_CURED = re.compile(r"[^，。,；;]{0,4}(?:早就?|早已|已经?|都|现在)(?:好了|好利索|治好|痊愈|康复)")
_FOUND_UNTRUE = re.compile(r"[^。；;]{0,8}(?:搞错|弄错|登记错|误诊)")
_WERE_IT_SO = re.compile(r"(?:要是|如果|万一|假如|以后|将来|怕|担心|否则|不然)[^，。,]{0,8}$")
_DISABLED_IN_GENERAL = worded("facts.disabled_in_general")
_OF_AGE = frozenset(("拄拐杖", "拄双拐", "拄着双拐", "耳背", "驼背", "背驼", "驼得", "耳聋", "耳朵聋", "聋了"))
_ACUTE = frozenset(("眼底出血", "肾结石", "尿路结石", "胆囊炎", "腰伤", "鼻炎"))
EVENTS = frozenset(("accident", "disaster", "business_failed", "business_failed_force_majeure"))
_TIED = worded("facts.tied_to_home")
_TIED_WITHIN = 30  # characters before and after what keeps somebody from work
_OVER = worded("facts.over")  # «摔断腿，今年也能干活了», «压塌过一回»
_OVER_WITHIN = 14
_GOES_ON = re.compile(r"[^。；;]{0,16}不(?:耽误|影响)(?:吃|喝|用)")
_AROUND = 4  # characters about a word that may make another of it («致|癌», «土|地贫|瘠»)


def told_of_else(fact: str, text: str, scope: Scope, start: int, end: int) -> bool:
    """«办事太困难» is no hard living, a parent who left school early is no child out of school, and «小时候住土坯房»
    tells of no house of today; an ailment of childhood lasts."""
    clause = scope.clauses.at(start)
    if of_a_rule(text, clause, start, end) or of_some(text, clause, start):
        return True
    if fact in LASTING and of_the_dead(text, scope, start, end):
        return True
    if fact in _DEGREES and (_NO_DEGREE.search(text, clause.start, start) or _not_disabled(text, scope, start, end)):
        return True
    if fact not in LASTING and former(text, clause, start):
        return True
    if fact in _ILL and _not_ill(text, scope, start, end):
        return True
    if fact == "employment_unstable" and _TIED.search(text, max(0, start - _TIED_WITHIN), end + _TIED_WITHIN):
        return True
    if fact in EVENTS and _OVER.search(text, start, end + _OVER_WITHIN):
        return True
    if fact == "water_at_risk" and _GOES_ON.match(text, end):
        return True
    if fact == "epidemic_affected" and not _EFFECT.search(text, max(0, start - 20), end + 30):
        return True
    within = _SAID_OF_ELSE.get(fact)
    if within is not None and within.search(text, max(0, clause.start - _JUST_BEFORE), end + _JUST_AFTER):
        return True
    elsewhere = _ELSEWHERE.get(fact)
    return elsewhere is not None and bool(elsewhere.search(text[clause.start : start]))


def _not_ill(text: str, scope: Scope, start: int, end: int) -> bool:
    """He died of it, was cured, never had it, or it is no illness of anybody («致癌», «慢病老人要跑县城»)."""
    first = scope.clauses.at(start).start
    return text[start:end] in _ACUTE or bool(
        _DIED_BEFORE.search(text[max(0, first - 12) : start])
        or _DIED_AFTER.match(text, end)
        or _CURED.match(text, end)
        or _FOUND_UNTRUE.match(text, end)
        or _WERE_IT_SO.search(text[max(0, start - 12) : start])
        or _NO_ILLNESS.search(text, max(0, start - _AROUND), end + _AROUND)
        or (_ILL_IN_GENERAL.match(text, end) and not _own_in(scope, first, start))
    )


def _not_disabled(text: str, scope: Scope, start: int, end: int) -> bool:
    """What is told of the disabled as a class, what might be, and what old age brings."""
    if _WERE_IT_SO.search(text[max(0, start - 12) : start]):
        return True
    if text[start:end] in _OF_AGE and scope.of_elder(start, end):
        return True
    return bool(_DISABLED_IN_GENERAL.search(text)) and not scope.names_own() and not _own_in(scope, 0, end)


def _own_in(scope: Scope, start: int, end: int) -> bool:
    return any(p.subject in (SELF, KIN) for p in scope.people_between(start, end))
