"""Whole statements of a fact, form by form («挣的还不够看病的», «系统里没有我家»), by nlu/lexicon/statements.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu.clauses import Clause, Clauses
from nlu.lexicon_files import LexiconError, read_yaml
from nlu.mentions import Value
from nlu.needles import Sieve, needles, pieces
from nlu.numerals import find_numbers, parse
from nlu.scope import HYPOTHETICAL, NEGATED, SELF, Scope

# Statements are looked for in what a person says at the counter or in a letter's opening, not in page after page.
LONGEST = 4000
_SHORT_QUESTION = 20
_GAP = r"[^，。,；;！!？? \n]{0,8}"
_END = r"[，。,；;：: \n]{0,2}"
_ASKS = re.compile(
    r"[?？]|吗(?![啡])|(?<!没)(?<!没得)有(?:什么|啥|哪些)(?:补|救|帮|待遇|好处|说法|政策|优惠)|(?<!没)怎么(?!也|都)|怎样|(?<!没)咋(?!影响|样都|花|受)|如何|(?<!不了)(?<!不到)(?<!不上)(?<!没有)(?<!没)多少|什么(?:政策|条件|标准|意思|时候)|啥(?:政策|条件|标准|意思|时候)|"
    r"哪里|哪个部门|找谁|能不能|有没有(?:$|补|政|人管)|行不行|是不是|谁来|(?:报|给|能|管|算|批|发|办)不(?:报|给|能|管|算|批|发|办)"
)
_OWN = re.compile(
    r"我家|俺家|我们家|咱家|我屋|我的|我(?=一个人|老两口|们老两口)|[跟靠由]着?[我俺]|[我俺](?=带着?|养着?|抚养)"
)
_OTHERS = re.compile(
    r"(?:人家|别人|有的人|有些人|那些|支书|书记|主任|村主任|村长|会计|干部|村干部|有钱人)(?!说|讲|认|给|来|帮|要|让|不)"
)


@dataclass(frozen=True, slots=True)
class Form:
    fact: str
    says: Any  # the value, or {number|money|tenths: group}
    past: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Statement:
    fact: str
    value: Value
    start: int
    end: int


@cache
def _forms() -> tuple[Form, ...]:
    data = read_yaml("statements.yml")
    parts: dict[str, str] = {}
    for name, words in data["parts"].items():
        parts[name] = _filled(words, parts)
    forms: list[Form] = []
    for fact, rows in data["facts"].items():
        for row in rows:
            for form in row["forms"]:
                words = _filled(form, parts).replace("~", _GAP).replace("_", _END)
                try:
                    forms.append(Form(fact, row["says"], bool(row.get("past")), re.compile(words)))
                except re.error as error:
                    raise LexiconError(
                        f"nlu/lexicon/statements.yml: a form of {fact} is no valid pattern: {error}"
                    ) from error
    return tuple(forms)


@cache
def _sieve() -> Sieve:
    return Sieve([needles(form.pattern) for form in _forms()])


def _filled(words: str, parts: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda m: parts[m[1]] if m[1] in parts else m[0], words)


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, read_yaml("statements.yml")[name].split())))


def statements(text: str, clauses: Clauses, scope: Scope) -> Iterator[Statement]:
    """What is stated outright of the own household, one per fact: the first form of its list that holds."""
    text = text[:LONGEST]
    told: set[str] = set()
    forms = _forms()
    for number in _sieve().worth_trying(pieces(text)):
        form = forms[number]
        if form.fact in told:
            continue
        for match in form.pattern.finditer(text):
            value = _value(form.says, match)
            if value is not None and _holds(text, clauses, scope, match, form):
                told.add(form.fact)
                yield Statement(form.fact, value, match.start(), match.end())
                break


def _value(says: Any, match: re.Match[str]) -> Value | None:
    if not isinstance(says, dict):
        value: Value = says
        return value
    ((kind, group),) = says.items()
    words = {"俩": "两", "仨": "三"}.get(match[group], match[group])
    number = parse(words)[0] if kind != "money" else _money(words)
    if number is None:
        return None
    return number / 10 if kind == "tenths" else number


def _money(words: str) -> float | None:
    numbers = find_numbers(words)
    return numbers[0].value if numbers else None


def _holds(text: str, clauses: Clauses, scope: Scope, match: re.Match[str], form: Form) -> bool:
    """Own household, meant as so: no condition, no question, no guess, and not of former times."""
    start, end = match.start(), match.end()
    first, last = clauses.at(start), clauses.at(max(start, end - 1))
    if not _OWN.search(match.group()) and (scope.subject(start, end)[0] != SELF or of_others(text, first, start, end)):
        return False
    status = scope.status(start, end)
    if status == HYPOTHETICAL or (status == NEGATED and form.says is not False):
        return False
    around = text[first.start : last.end]
    if _ASKS.search(around) or (last.question and text[last.end - 1 : last.end] == "吗"):
        return False
    return not guessed(text, first, start) and (form.past or not former(text, first, start))


def asks_only(text: str) -> bool:
    """Whether a short message is nothing but a question («D级危房补多少钱», «猪瘟来了怎么防»)."""
    return len(text) <= _SHORT_QUESTION and bool(_ASKS.search(text))


def of_others(text: str, clause: Clause, start: int, end: int) -> bool:
    """Whether the clause opens with somebody else («人家村主任在城里…») and nobody of the household comes after."""
    opening = _OTHERS.match(text, clause.start, end)
    return opening is not None and not _OWN.search(text, opening.end(), end)


def guessed(text: str, clause: Clause, start: int) -> bool:
    """Whether the words before `start` in its clause only guess («可能», «好像», «听说»)."""
    return bool(_words("hedges").search(text[clause.start : start]))


def former(text: str, clause: Clause, start: int) -> bool:
    """Whether the clause opens with words of former times («以前», «从小»)."""
    return bool(re.match(r"[^，。, ]{0,6}(?:" + _words("former").pattern + ")", text[clause.start : start]))
