"""Danger told as present (Chinese: 危险信号): words and forms of danger.yml, less figures of speech and the past."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlu.clauses import Clause, Clauses, within
from nlu.lexicon_files import LexiconError, read_yaml
from nlu.needles import pieces
from nlu.sieve import Sieve
from nlu.terms import Hit, Hits, covered

KINDS = ("suicide", "violence", "fire", "flood", "hunger", "collapse", "other")  # the gravest first
_CHAT, _STORY, _PETITION = 60, 250, 400  # lengths up to which a word is less and less surely of here and now


@dataclass(frozen=True, slots=True)
class Danger:
    kind: str
    hit: Hit


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    """The compiled forms of `harmless` and of the signs that set the time and the teller."""
    names = [name for name in read_yaml("danger.yml")["forms"] if name != "parts" and name not in KINDS]
    return {name: re.compile("|".join(f"(?:{row.pattern})" for row in _rows(name))) for name in names}


@cache
def _alternatives(kind: str) -> tuple[list[re.Pattern[str]], Sieve]:
    """The forms of one kind one by one, and which of them are worth trying."""
    rows = _rows(kind)
    return rows, Sieve(rows)


def _rows(name: str) -> list[re.Pattern[str]]:
    data = read_yaml("danger.yml")["forms"]
    rows = []
    for row in data[name]:
        for part, meaning in data["parts"].items():
            row = row.replace(f"<{part}>", f"(?:{meaning})")
        try:
            rows.append(re.compile(row))
        except re.error as error:
            raise LexiconError(f"nlu/lexicon/danger.yml: a form of {name} is no valid pattern: {error}") from error
    return rows


@cache
def _weak() -> frozenset[str]:
    return frozenset(read_yaml("danger.yml")["weak"].split())


def find_danger(text: str, clauses: Clauses, hits: Hits) -> Danger | None:
    """The gravest danger that is told as present; figures of speech, reports and the past are none."""
    best: Danger | None = None
    harmless: list[Hit] | None = None
    for hit in _candidates(text, hits):
        if best is not None and KINDS.index(hit.data) >= KINDS.index(best.kind):
            continue
        if harmless is None:
            spans = [Hit(m.start(), m.end(), "", None) for m in _forms()["harmless"].finditer(text)]
            harmless = sorted(spans + hits.get("danger_not", []), key=lambda h: h.start)
        if not covered(hit, harmless) and _is_real(text, clauses, hits, hit):
            best = Danger(hit.data, hit)
    return best


def _candidates(text: str, hits: Hits) -> Iterator[Hit]:
    yield from hits.get("danger", [])
    for kind in KINDS if len(text) <= _STORY else KINDS[:1]:  # in a story only a wish to die is of here and now
        rows, sieve = _alternatives(kind)
        found = sorted(m.span() for number in sieve.worth_trying(pieces(text)) for m in rows[number].finditer(text))
        yield from (Hit(start, end, "", kind) for start, end in found)


def _is_real(text: str, clauses: Clauses, hits: Hits, hit: Hit) -> bool:
    forms = _forms()
    clause = clauses.at(hit.start)
    before = text[clause.start : hit.start]
    words = text[hit.start : hit.end]
    if forms["denied_before"].search(before) and not words.startswith(("不", "没")):
        return False
    if forms["denied_after"].match(text, hit.end):
        return False
    sentence = text[_sentence_start(clauses, clause) : hit.start]
    if forms["hearsay"].search(sentence):
        return False
    if not forms["wish"].search(words) and _is_past(text, clause, hit, sentence):
        return False
    if hit.data != "suicide" and (forms["hypothetical"].search(before) or _asks_policy(text)):
        return False
    return _is_present(text, clause, hits, hit)


def _sentence_start(clauses: Clauses, clause: Clause) -> int:
    """Where what belongs to `clause` starts: its sentence, but no more than two clauses back."""
    first = clause
    for before in reversed(clauses.items[max(0, clause.index - 2) : clause.index]):
        if before.sentence != clause.sentence:
            break
        first = before
    return first.start


def _is_past(text: str, clause: Clause, hit: Hit, sentence: str) -> bool:
    """Whether it is told as over: a past time before it, and nothing of now in the same breath."""
    forms = _forms()
    if forms["now"].search(text[clause.start : hit.end + 12]):
        return False
    first = text[clause.start : hit.start] if hit.data in ("suicide", "violence") else sentence
    return bool(forms["past"].search(first + text[hit.start : hit.end]) or forms["over"].match(text, hit.end))


def _asks_policy(text: str) -> bool:
    """A question of policy that names nobody («家暴了可以申请救助吗»)."""
    forms = _forms()
    return len(text) <= _CHAT and bool(forms["policy"].search(text)) and not forms["somebody"].search(text)


def _is_present(text: str, clause: Clause, hits: Hits, hit: Hit) -> bool:
    """A weak word needs a sign of here and now, or a short message; in a long petition it is mostly a report."""
    if hit.word and hit.word not in _weak():
        return len(text) < _PETITION or hit.data in ("suicide", "hunger")
    if len(text) <= (_CHAT if hit.word else 2 * _CHAT):
        return True
    if len(text) > _STORY and not _forms()["wish"].search(text[hit.start : hit.end]):
        return False
    return bool(within(hits.get("danger_now", []), clause.start, clause.end))
