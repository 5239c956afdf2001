"""Facts that single words state («低保户», «想养牛»), by nlu/lexicon/facts.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlu.clauses import Clause, Clauses
from nlu.lexicon_files import read_yaml
from nlu.meant import former, guessed, made_else, of_a_rule, of_others, of_some
from nlu.mentions import Value
from nlu.patterns import worded
from nlu.people import KIN
from nlu.scope import ACTUAL, HYPOTHETICAL, NEGATED, SELF, Scope
from nlu.stated import Stated
from nlu.terms import Hit, Hits, TermIndex

_OF_THOSE = re.compile(r"[^我俺咱](?:的|的人|的户)(?:都|也|还|在|却|能|照样)*$")  # «有车有房的吃低保»


_NEAR = 20  # characters around a word within which that must stand which it needs


@dataclass(frozen=True, slots=True)
class Saying:
    """What a word states; `unless`: what its denial does; `near`: what must stand about it."""

    fact: str
    when: Value
    unless: Value | None = None
    near: str = ""


@cache
def said_words() -> TermIndex:
    data = read_yaml("facts.yml")
    index = TermIndex()
    for row in data["facts"]:
        saying = Saying(row["fact"], row["when"], row.get("unless"), row.get("near", ""))
        for word in row["words"].split():
            index.add(f"said:{saying.fact}{saying.when}", word, saying)
    for part in ("counts", "single"):
        for fact, words in data[part].items():
            for word in words.split():
                index.add(f"{part}:{fact}", word, fact)
    for fact, stages in data["stages"].items():
        for child in data["children"].split():
            for stage in stages.split():
                for word in (child + stage, f"{child} {stage}"):
                    index.add(f"single:{fact}", word, fact)
    for word in data["single_not"].split():
        index.add("single_not", word)
    index.freeze()
    return index


def from_words(stated: Stated, text: str, hits: Hits, scope: Scope, clauses: Clauses, asking: bool) -> None:
    """State what single words say of the own household; `asking`: a question of policy, where few words state."""
    for name, words in hits.items():
        if not name.startswith("said:"):
            continue
        for hit in words:
            if (asking and hit.word[0] not in "想没缺") or not _is_own(text, hit, scope, clauses.at(hit.start)):
                continue
            saying: Saying = hit.data
            status = _status(text, hit, scope)
            if status == ACTUAL and not asked_or_wished(text, hit):
                stated.state(saying.fact, saying.when, hit.start, hit.end)
            elif status == NEGATED and saying.unless is not None:
                stated.state(saying.fact, saying.unless, hit.start, hit.end)


def _is_own(text: str, hit: Hit, scope: Scope, clause: Clause) -> bool:
    """Whether the word is said of the own household as it is now, and whatever it needs stands about it."""
    saying: Saying = hit.data
    around = text[max(0, hit.start - _NEAR) : hit.end + _NEAR]
    return (
        scope.subject(hit.start, hit.end)[0] == SELF
        and not of_others(text, clause, hit.start, hit.end)
        and not of_some(text, clause, hit.start)
        and not guessed(text, clause, hit.start)
        and not made_else(saying.fact, text, clause, hit.start, hit.end)
        and not (clause.question and not _own_in(scope, clause, hit.end))
        and not of_a_rule(text, clause, hit.start, hit.end)
        and not (saying.fact == "dibao_recipient" and _others_get(text, clause, hit))
        and not (saying.fact == "urban_flat_bought" and _said_of_me(text, clause, hit))
        and not (hit.word[0] in "吃领拿享" and _OF_THOSE.search(text[max(0, hit.start - 6) : hit.start]))
        and not (saying.fact != "household_kind" and former(text, clause, hit.start))
        and bool(re.search(saying.near, around))
    )


def _own_in(scope: Scope, clause: Clause, end: int) -> bool:
    return any(p.subject in (SELF, KIN) for p in scope.people_between(clause.start, end))


def _others_get(text: str, clause: Clause, hit: Hit) -> bool:
    """«开宝马的还吃低保», «吃低保的净是沾亲的»: told of those who get it."""
    return bool(_GETTERS.match(text, hit.end) or _OTHERS_GET.search(text[clause.start : hit.start]))


def _said_of_me(text: str, clause: Clause, hit: Hit) -> bool:
    """«村里却说我城里有房», «给了在县城有两套房的亲戚»: a charge that is disputed, somebody else's."""
    return bool(_CHARGED.search(text[clause.start : hit.start]) or _WHOSE.match(text, hit.end))


def _status(text: str, hit: Hit, scope: Scope) -> str:
    if hit.start and text[hit.start - 1] in "不没冇未" and hit.word[0] in "是有吃想愿开办享受领拿报买享":
        return HYPOTHETICAL if text.endswith("有没", 0, hit.start) else NEGATED  # «有没有助学贷款» asks
    return scope.status(hit.start, hit.end)


_GETTERS = re.compile(r"的(?:净|都|全|尽|那|人|户|名单|大多|哪)")
_OTHERS_GET = worded("facts.others_get")
_CHARGED = re.compile(r"(?:说|讲|认定)(?:我|俺|他|她)(?:们)?(?:家)?(?:在)?[“\"「]?$")
_WHOSE = re.compile(r"[”\"」]?的(?:亲戚|人|户|家|干部|那)")
_WISH = worded("facts.wish")


def asked_or_wished(text: str, hit: Hit) -> bool:
    if hit.word[0] in "想没无缺":
        return False
    return bool(_WISH.search(text[max(0, hit.start - 8) : hit.start])) or bool(
        re.match(
            r"(?:的?(?:条件|标准|政策|名额|指标|资格|评定|申请|待遇|怎么|如何|吗|要))", text[hit.end : hit.end + 5]
        )
    )
