"""Hardships (困难) with span, whose they are and whether they are so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.clauses import Clauses
from nlu.community import of_community, of_many, of_own_house, told_by_others
from nlu.hardship_words import candidates
from nlu.patterns import worded
from nlu.people import KIN
from nlu.scope import ACTUAL, GENERAL, HYPOTHETICAL, NEGATED, OTHER, PAST, SELF, Scope
from nlu.terms import Hits, Lexicon, Term


@dataclass(frozen=True, slots=True)
class Found:
    """One mention in the offsets of the reading copy."""

    type: str
    start: int
    end: int
    word: str
    term: Term
    subject: str
    relation: str
    status: str


_THEN_DIED = worded("hardships.then_died")
_SPARED = worded("hardships.spared")
_BEASTS = worded("hardships.beasts")
_A_BEAST = worded("hardships.a_beast")
_BEASTS_COUNTED = worded("hardships.beasts_counted")
_FICTION = worded("hardships.fiction")
_ALMOST = worded("hardships.almost")
_PREVENTED = worded("hardships.prevented")
_FIRMS = worded("hardships.firms")
_LENDERS = worded("hardships.lenders")
_MANY_BEFORE = worded("hardships.many_before")
_MANY_AFTER = worded("hardships.many_after")
_TO_BE_PAID = worded("hardships.to_be_paid")
_WAGES_OWED = worded("hardships.wages_owed")
_IT_WAS = worded("hardships.it_was")
_DISOWNED = worded("hardships.disowned")
_DISOWNED_WITHIN = 30
_NAMED_NEXT = 6  # characters after «的是» within which it is said who
_ASKS = re.compile(r"[?？]|多少|吗|怎么|咋|如何|有没有|能不能|可以|是不是|啥|什么|哪")
_WISHED = re.compile(r"(?:想|申请|要|评|办(?!丧|白|红|后|喜|酒|事|葬)|能|符合|够|算|不是|给)[^，。]{0,2}$")

_PASSES = ("death_in_family", "schooling", "disaster", "accident")
_PAID_OUT = re.compile(r"赔了?[^，。]{0,5}[万千wW]")
_LASTING = ("disability", "elderly_care")  # what befell a child and stays
_CLASSES = ("残疾人", "残疾人士", "残疾儿童", "失独者", "失独家庭", "孤寡老人", "空巢老人")
_WE = re.compile(r"我们|[我俺](?![市县省国镇乡村区州])|本人")
_IS_ONE = re.compile(r"[是系为名个级位家我有叔妈爸妻夫子女弟哥兄姐妹儿体力神度娃身属都全也了，：:\s]$|^$")
_TOLD_NEAR = 24  # characters before a hardship within which it is said whom it befell
_ALMOST_REACH = 8
_PREVENTED_REACH = 14
_PLAIN_WORDS = 3  # weight from which on words tell a trouble wherever the writer speaks of himself
LONG = 200  # from here on a text tells a story: denials and conditions in it are asides


def find_hardships(text: str, clauses: Clauses, hits: Hits, scope: Scope, lex: Lexicon) -> list[Found]:
    """Every mention, in order of position; `distil` makes one entry per hardship of them."""
    found: list[Found] = []
    for start, end, word, term, split in candidates(text, clauses, hits, lex):
        if _says_something_else(text, start, end, word, term, scope):
            continue
        subject, relation = _whose(text, start, end, word, term, scope)
        if not _counts(term, subject, scope, start, end):
            continue
        status = _is_so(text, start, end, term, split, scope)
        kind = _kind(text, start, end, term, scope)
        found.append(Found(kind, start, end, word, term, subject, relation, status))
    return sorted(_less_compensation(text, found), key=lambda f: (f.start, f.end))


def _less_compensation(text: str, found: list[Found]) -> list[Found]:
    """Without «赔了六万» where somebody was hurt or died: that was paid to the household and is no loss."""
    harmed = any(f.type in ("accident", "death_in_family") for f in found)
    return [f for f in found if not (harmed and f.type == "business_loss" and _PAID_OUT.match(text, f.start))]


def _says_something_else(text: str, start: int, end: int, word: str, term: Term, scope: Scope) -> bool:
    """An illness told only as the cause of a death, what befell beasts, hearsay, a film, a policy for a class."""
    told = _FICTION.search(text, max(0, start - _TOLD_NEAR), start)
    if told and not any(p.subject == SELF and not p.relation for p in scope.people_between(told.end(), start)):
        return True
    if _ALMOST.search(text[max(0, start - _ALMOST_REACH) : start]):
        return True
    if term.hardship in _PASSES and _PREVENTED.search(text[max(0, start - _PREVENTED_REACH) : start]):
        return True
    if term.hardship == "debt" and _FIRMS.search(text[scope.clauses.at(start).start : start]):
        return True
    if term.hardship == "debt" and _WAGES_OWED.match(text[end : end + 16]):
        return True  # «欠他三万工钱»
    if term.hardship == "business_loss" and text[start] == "赔" and _TO_BE_PAID.search(text[max(0, start - 6) : start]):
        return True  # «占了地说赔四万»
    if term.hardship in ("illness", "accident") and _of_beasts(text, start, end, scope):
        return True
    if term.hardship == "illness" and _THEN_DIED.match(text, end):
        return True
    if term.hardship == "death_in_family" and _BEASTS.search(text[max(0, start - 8) : start]):
        return not _of_beasts(text, start, end, scope)
    if _of_a_class(text, start, word, scope) and len(text) < LONG and not scope.tells_of_self and _ASKS.search(text):
        return True
    return told_by_others(scope, start, end)


def _kind(text: str, start: int, end: int, term: Term, scope: Scope) -> str:
    """The hardship that words are: those of the bedridden depend on whose they are, a death on who died."""
    if term.of_elder and scope.of_elder(start, end):
        return term.of_elder
    if term.hardship == "death_in_family" and (_of_beasts(text, start, end, scope) or _BEASTS_COUNTED.match(text, end)):
        return "business_loss"
    return term.hardship


def _of_beasts(text: str, start: int, end: int, scope: Scope) -> bool:
    """Whether it befell the cattle («羊让漏电的线电死了», «牛得了病，死了三头»)."""
    beast = _A_BEAST.search(text, max(0, start - _TOLD_NEAR), start)
    if beast is None or any(p.subject != OTHER for p in scope.people_between(beast.start(), start)):
        return False
    return "，" not in beast.group() or bool(_BEASTS_COUNTED.match(text, end))


def _of_a_class(text: str, start: int, word: str, scope: Scope) -> bool:
    """Whether the word names a class: nobody is said to be one, nor does a line open with what its writer is."""
    if word not in _CLASSES:
        return False
    opens = not start or text[start - 1] == "\n"
    return not scope.tells_of_self if opens else not _IS_ONE.search(text[max(0, start - 3) : start])


def _whose(text: str, start: int, end: int, word: str, term: Term, scope: Scope) -> tuple[str, str]:
    """(subject, relation), less what a hardship of that kind says by itself of a village or a class."""
    subject, relation = scope.subject(start, end)
    kind = term.hardship
    if _of_a_class(text, start, word, scope) or (kind == "housing" and subject == SELF and of_many(scope, start)):
        return GENERAL, ""
    if subject == SELF and _somebody_elses(text, end, relation, scope):
        return OTHER, ""
    if subject == GENERAL and relation == "community" and of_own_house(scope):
        subject, relation = SELF, ""
    if kind == "business_loss" and subject == SELF and of_many(scope, start):
        return GENERAL, ""
    told_for = scope.proxy and relation == "person"  # one house of the village, and help is asked for it
    if kind in ("water", "disaster") and not told_for and of_community(scope, start, kind == "disaster"):
        return GENERAL, ""
    if scope.is_news or (subject == SELF and not scope.proxy and _of_houses(text, start, end, scope)):
        return GENERAL, ""
    if kind == "debt" and subject == OTHER and scope.begins_with(start) == SELF and _lent_by_others(text, start, scope):
        return SELF, ""
    if kind == "job_loss" and subject == GENERAL and _WE.search(text):
        return SELF, ""  # workers say «农民工» of themselves
    if kind == "death_in_family" and subject == GENERAL and scope.somebody(start):
        return OTHER, ""
    return subject, relation


def _somebody_elses(text: str, end: int, relation: str, scope: Scope) -> bool:
    """Whether what follows says whom it befell («出车祸的是隔壁老孙»), or that a sibling's house is another."""
    if relation == "sibling" and _DISOWNED.search(text[end : end + _DISOWNED_WITHIN]):
        return True
    said = _IT_WAS.match(text[end : end + 12])
    after = scope.people_between(end + said.end(), end + said.end() + _NAMED_NEXT) if said else []
    return bool(after) and after[0].subject == OTHER


def _of_houses(text: str, start: int, end: int, scope: Scope) -> bool:
    """Whether the clause counts those whom it befell («好几户都淹了», «有癌症的两户»), and names nobody of the own."""
    first = scope.clauses.at(start).start
    if any(p.subject in (SELF, KIN) and p.relation != "plural" for p in scope.people_between(first, start)):
        return False
    return bool(_MANY_BEFORE.search(text[first:start]) or _MANY_AFTER.search(text[end : end + 12]))


def _lent_by_others(text: str, start: int, scope: Scope) -> bool:
    """Whether the only other people of the clause are those who lent («亲戚朋友能借的都借遍了»)."""
    others = [p for p in scope.people_between(scope.clauses.at(start).start, start + 1) if p.subject == OTHER]
    return bool(others) and all(_LENDERS.search(text[p.start : p.end]) for p in others)


def _is_so(text: str, start: int, end: int, term: Term, split: tuple[int, int] | None, scope: Scope) -> str:
    """The status by the clause, and by what only this kind of hardship or a pair of words tells."""
    if term.denied or scope.is_so.found_untrue():
        return NEGATED
    status = scope.status(start, end)
    if status != ACTUAL:
        return status
    if term.hardship == "disaster" and _SPARED.match(text, end):
        return NEGATED
    if split and scope.is_so.denied_between(*split):
        return NEGATED
    if term.hardship == "accident" and scope.is_so.harmless(end):
        return NEGATED
    if split and scope.is_so.supposed_between(*split):
        return HYPOTHETICAL
    if (
        term.past
        or (term.hardship not in _LASTING and scope.is_so.in_old_days(start))
        or (term.hardship in _PASSES and scope.is_so.long_past(start, end))
    ):
        return PAST
    return ACTUAL


def _counts(term: Term, subject: str, scope: Scope, start: int, end: int) -> bool:
    story = len(scope.text) > LONG
    if story and subject == SELF and not scope.own_near(start):
        return False  # in a long text somebody of the household stands near what happened to it
    if story and subject == OTHER and term.hardship == "other" and term.weight > 3:
        return False  # a divorce or a prison term of the person complained of is nobody's hardship here
    if story and term.needs == "own" and term.hardship == "elderly_care" and term.weight <= _PLAIN_WORDS:
        return False  # «上有年迈的父母» tells of no need of care where a letter is about something else
    if term.needs == "own" and _WISHED.search(scope.text[max(0, start - 5) : start]):
        return False
    if term.needs == "own" and len(scope.text) < 60 and not scope.names_own() and _asked(term, start, scope):
        return False
    if term.needs == "own":
        return subject == SELF and scope.has_person(start, end)
    if term.needs == "elder":
        return subject != GENERAL and scope.of_elder(start, end)
    if term.needs == "person":
        told = story and subject == SELF and scope.tells_of_self and _is_plain(term, start, end)
        return subject != GENERAL and (told or scope.has_person(start, end))
    return True


def _is_plain(term: Term, start: int, end: int) -> bool:
    return term.weight >= _PLAIN_WORDS and end - start > 1


def _asked(term: Term, start: int, scope: Scope) -> bool:
    """Whether it is asked about; a debt is told, whatever else is asked («欠施工队三万，能不能报»)."""
    words = scope.clauses.words(scope.clauses.at(start)) if term.hardship == "debt" else scope.text
    return bool(_ASKS.search(words))


def distil(found: list[Found], title_end: int, length: int) -> list[Found]:
    """One entry per hardship: the clearest mention of a kind, the body before the title, the own before others'."""
    in_body = {f.type for f in found if f.start >= title_end}
    found = [f for f in found if f.start >= title_end or f.type not in in_body]
    told = {(f.type, f.subject) for f in found if f.status == ACTUAL}
    found = [f for f in found if not any((kind, f.subject) in told for kind in f.term.part_of)]
    best: dict[tuple[str, str, str], Found] = {}
    letter = title_end > 0 or length > LONG
    for item in found:
        key = (item.type, item.subject, item.status)
        if key not in best or _rank(item, letter) > _rank(best[key], letter):
            best[key] = item
    chosen = [f for f in best.values() if _stays(f, best, length)]
    return sorted(chosen, key=lambda f: f.start)


def _stays(item: Found, best: dict[tuple[str, str, str], Found], length: int) -> bool:
    others = {(subject, status) for kind, subject, status in best if kind == item.type}
    if item.status in (HYPOTHETICAL, NEGATED) and ((SELF, ACTUAL) in others or length > LONG):
        return False if (SELF, ACTUAL) in others else item.subject == SELF and item.status == HYPOTHETICAL
    if item.subject == GENERAL and len({s for s, _ in others}) > 1:
        return item.term.weight > _heaviest(item.type, best, SELF, OTHER)
    if item.subject == SELF and item.term.weight < _heaviest(item.type, best, GENERAL) and length > LONG:
        return False  # «我们» of a class of people: what is gravely said of all of them is said of the class
    if item.status == PAST and item.type != "death_in_family" and (item.subject, ACTUAL) in others:
        return False
    return not (item.subject == OTHER and (SELF, ACTUAL) in others and length > LONG and item.type != "death_in_family")


def _heaviest(kind: str, best: dict[tuple[str, str, str], Found], *subjects: str) -> int:
    return max((f.term.weight for (k, s, _), f in best.items() if k == kind and s in subjects), default=0)


def _rank(item: Found, letter: bool) -> tuple[int, int]:
    """The clearest mention is the gravest, of equals the one that says most; a letter only comes back to its first."""
    return item.term.weight, -item.start if letter else item.end - item.start
