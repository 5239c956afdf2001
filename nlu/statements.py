"""Whole statements of a fact, form by form («挣的还不够看病的», «系统里没有我家»), by nlu/lexicon/statements/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu import meant
from nlu.clauses import Clause, Clauses
from nlu.dead import LASTING, of_the_dead
from nlu.late import Late
from nlu.lexicon_files import LexiconError, read_yaml
from nlu.mentions import Value
from nlu.needles_kept import keeper
from nlu.numerals import find_numbers, parse
from nlu.patterns import worded
from nlu.people import KIN
from nlu.scope import HYPOTHETICAL, NEGATED, SELF, Scope
from nlu.sieve import Sieve

# Statements are looked for in what a person says at the counter or in a letter's opening, not in page after page.
LONGEST = 4000
_FILES = ("register", "health", "people", "work", "schooling", "events", "living", "property", "money")
_GAP = r"[^，。,；;！!？? \n]{0,8}"
_END = r"[，。,；;：: \n]{0,2}"
_CONDITION = re.compile(r"(?:(?<!主)要是|如果|万一|假如|若是|倘若)$")  # a clause broken off right after it
_LONG_CLAUSE, _BEFORE, _AFTER = 40, 4, 10  # characters
_NO_BREADWINNER = frozenset(
    ("wife", "mother", "father", "parents", "grandparent", "grandchild", "child", "daughter", "inlaw", "sibling")
)
_OF_THE_PEOPLE = worded("meant.of_the_people")
_WISHES = frozenset(("wants_industry", "wants_training", "lacks_capital", "can_repair_self", "supporter_can_repair"))


_IN_FRONT = re.compile(r"[0-9零一二两三四五六七八九十百千万.]*$")  # of a numeral that a form has caught by its end


@dataclass(frozen=True, slots=True)
class Form:
    fact: str
    says: Any  # the value, or {number|money|tenths|percent: group}
    past: bool
    who: str  # «breadwinner»: not where it is told of wife, parents or children
    pattern: Late


@dataclass(frozen=True, slots=True)
class Statement:
    fact: str
    value: Value
    start: int
    end: int


@cache
def forms() -> tuple[Form, ...]:
    """Every form of the folder, in the order of its files and groups."""
    parts: dict[str, str] = {}
    for name, words in read_yaml("statements/parts.yml")["parts"].items():
        parts[name] = _filled(words, parts)
    return tuple(form for file in _FILES for form in _forms_of(f"statements/{file}.yml", parts))


def _forms_of(file: str, parts: dict[str, str]) -> Iterator[Form]:
    for fact, groups in read_yaml(file).items():
        for group in groups:
            for form in group["forms"]:
                words = _filled(form, parts).replace("~", _GAP).replace("_", _END)
                try:
                    keeper().told(words)
                except re.error as error:
                    raise LexiconError(f"nlu/lexicon/{file}: a form of {fact} is no valid pattern: {error}") from error
                yield Form(fact, group["says"], bool(group.get("past")), group.get("who", ""), Late(words))


@cache
def _sieve() -> Sieve:
    return Sieve([form.pattern for form in forms()])


def _filled(words: str, parts: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda m: parts[m[1]] if m[1] in parts else m[0], words)


def statements(text: str, clauses: Clauses, scope: Scope) -> Iterator[Statement]:
    """What is stated outright of the own household, one per fact: the first form of its list that holds."""
    text = text[:LONGEST]
    told: set[str] = set()
    known = forms()
    for at in _sieve().likely(text):
        form = known[at]
        if form.fact in told:
            continue
        for match in form.pattern.finditer(text):
            value = _value(form.says, match)
            if value is not None and _holds(text, clauses, scope, match, form):
                told.add(form.fact)
                yield Statement(form.fact, value, match.start(), match.end())
                break


def _around(text: str, first: Clause, last: Clause, span: tuple[int, int]) -> str:
    """The clauses of a statement; of a voice transcript without punctuation only what stands about it."""
    if last.end - first.start <= _LONG_CLAUSE:
        return text[first.start : last.end]
    return text[max(first.start, span[0] - _BEFORE) : min(last.end, span[1] + _AFTER)]


def _value(says: Any, match: re.Match[str]) -> Value | None:
    if not isinstance(says, dict):
        value: Value = says
        return value
    ((kind, group),) = says.items()
    before = _IN_FRONT.search(match.string[: match.start(group)])
    words = {"俩": "两", "仨": "三"}.get(match[group], (before[0] if before else "") + match[group])
    number = parse(words)[0] if kind != "money" else _money(words)
    if number is None:
        return None
    return number / {"tenths": 10, "percent": 100}.get(kind, 1)


def _money(words: str) -> float | None:
    numbers = find_numbers(words)
    return numbers[0].value if numbers else None


def _holds(text: str, clauses: Clauses, scope: Scope, match: re.Match[str], form: Form) -> bool:
    denied = form.says is False
    if form.who and scope.subject(match.start(), match.end())[1] in _NO_BREADWINNER:
        return False
    first = clauses.at(match.start())
    if meant.made_else(form.fact, text, first, match.start(), match.end()):
        return False
    if form.fact in LASTING and of_the_dead(text, scope, match.start(), match.end()):
        return False
    if not is_meant(text, clauses, scope, (match.start(), match.end()), former=form.past, denied=denied):
        return False
    return form.fact in _WISHES or denied or not meant.only_wished(text, first, match.start())


def _of_the_people(text: str, scope: Scope, first: Clause, start: int, end: int) -> bool:
    """Whether the words tell it of a class («自费老百姓负担不起») and the clause names nobody of one's own."""
    told = _OF_THE_PEOPLE.search(text, start, end)
    return told is not None and not any(p.subject in (SELF, KIN) for p in scope.people_between(first.start, end))


def is_meant(
    text: str, clauses: Clauses, scope: Scope, span: tuple[int, int], *, former: bool = False, denied: bool = False
) -> bool:
    """Whether `span` is said of the own household, as so: no condition, question, guess or rule.

    former: what was so in former times counts; denied: a denial before it counts.
    """
    start, end = span
    first, last = clauses.at(start), clauses.at(max(start, end - 1))
    if not meant.names_self(text[start:end]) and (
        scope.subject(start, end)[0] != SELF or meant.of_others(text, first, start, end)
    ):
        return False
    if _CONDITION.search(text[max(0, first.start - 4) : first.start]):
        return False
    status = scope.status(start, end)
    if status == HYPOTHETICAL or (status == NEGATED and not denied):
        return False
    if meant.asks(_around(text, first, last, span)) or (
        last.question and text[last.end - 1 : last.end] in ("吗", "不", "么")
    ):
        return False
    if meant.of_some(text, first, start) or _of_the_people(text, scope, first, start, end):
        return False
    if meant.guessed(text, first, start) or meant.of_a_rule(text, first, start, end):
        return False
    return former or not meant.former(text, first, start)
