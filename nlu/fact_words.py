"""Facts that single words state («低保户», «想养牛»), by nlu/lexicon/facts.yml."""

from __future__ import annotations

import re
from functools import cache

from nlu.clauses import Clauses
from nlu.lexicon_files import read_yaml
from nlu.patterns import worded
from nlu.scope import ACTUAL, NEGATED, SELF, Scope
from nlu.stated import Stated
from nlu.statements import former, guessed, of_others
from nlu.terms import Hit, Hits, TermIndex

_OF_THOSE = re.compile(r"[^我俺咱](?:的|的人|的户)(?:都|也|还|在|却|能|照样)*$")  # «有车有房的吃低保»


@cache
def said_words() -> TermIndex:
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


def from_words(stated: Stated, text: str, hits: Hits, scope: Scope, clauses: Clauses, asking: bool) -> None:
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
            if _OF_THOSE.search(text[max(0, hit.start - 6) : hit.start]) and hit.word[0] in "吃领拿享":
                continue
            if fact != "household_kind" and former(text, clause, hit.start):
                continue
            status = scope.status(hit.start, hit.end)
            if hit.start and text[hit.start - 1] in "不没冇未" and hit.word[0] in "是有吃想愿开办享受领拿报买享":
                status = NEGATED
            if status == ACTUAL and not asked_or_wished(text, hit):
                stated.state(fact, value, hit.start, hit.end)
            elif status == NEGATED and unless is not None:
                stated.state(fact, unless, hit.start, hit.end)


_WISH = worded("facts.wish")


def asked_or_wished(text: str, hit: Hit) -> bool:
    if hit.word[0] in "想没无缺":
        return False
    return bool(_WISH.search(text[max(0, hit.start - 8) : hit.start])) or bool(
        re.match(
            r"(?:的?(?:条件|标准|政策|名额|指标|资格|评定|申请|待遇|怎么|如何|吗|要))", text[hit.end : hit.end + 5]
        )
    )
