"""The learned choice of a sum's role: the words about it, weighed by a table, beside what the rules say.

Rules of words and constructions (`money_roles.py`, `money_forms.py`) are sure where they were thought of; what people
write beyond that is told better by many weak signs. So a rule has a voice, a construction a louder one, and the table
the rest. The table is learned from the sums of `labelled/` by `nlu/role_training.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nlu.clauses import within
from nlu.groups import placed, runs
from nlu.kind_model import PETITION
from nlu.learned import Learned
from nlu.table import Grams
from nlu.terms import Hits

if TYPE_CHECKING:
    from nlu.money import Sum

ROLES = (
    "medical_total",
    "medical_self_paid",
    "reimbursed",
    "tuition",
    "income_year",
    "income_month",
    "benefit",
    "debt",
    "loss",
    "price",
    "other",
)
ROLE = Learned(
    name="role",
    holds=("role",),
    code=(
        "role_model.py",
        "role_training.py",
        "labelled_rows.py",
        "money.py",
        "money_context.py",
        "money_extent.py",
        "numerals.py",
        "normalise.py",
    ),
    data=("labelled/**/*.yml",),
    training="nlu.role_training",
    what="the roles of sums",
    instead="the rules of money alone are used",
)
# What a rule of words, and a construction, add to their role. In a petition, of which the table learned few sums, the
# rules are heard more.
VOICE, LOUD, VOICE_IN_PETITIONS = 0.5, 3.0, 1.6
_CUT = re.compile(r"[，,。；;！!？?\n\s]|\.(?![0-9])")
_FIGURES = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_BEFORE, _EARLIER, _AFTER, _LATER, _NEAR, _BESIDE = 16, 20, 10, 14, 4, 60  # characters looked at
_WEIGHTS = {"B": 1.0, "P": 0.5, "A": 1.0, "N": 0.4, "l": 1.0, "r": 1.0}
_LONGEST = 3


def judged(found: Sequence[Sum], text: str, hits: Hits) -> list[Sum]:
    """The sums with the roles that table and rules together give them."""
    tables = ROLE.tables() if found else None
    if not tables:
        return list(found)
    table = tables["role"]
    return [
        replace(s, role=table.choose(figures(s, hits), groups(text, s), voice_of_rules(s.role, s.formed, len(text))))
        for s in found
    ]


def voice_of_rules(role: str, formed: bool, length: int) -> dict[str, float]:
    """What the rules add to the role they give a sum of a text of so many characters; formed: by a construction."""
    return {role: LOUD if formed else VOICE_IN_PETITIONS if length > PETITION else VOICE}


def figures(item: Sum, hits: Hits) -> dict[str, float]:
    """What tells beside the words: how large the sum is, per what it is said, which hardships stand about it."""
    told = {"bias": 1.0, f"size {len(str(int(item.value))) if item.value else 0}": 1.0}
    if item.period:
        told[f"per {item.period}"] = 1.0
    if item.per_head:
        told["per head"] = 1.0
    for hit in within(hits.get("hardship", []), max(0, item.start - _BESIDE), item.end + _BESIDE):
        told[f"with {hit.data.hardship}"] = 0.5
    return told


def groups(text: str, item: Sum) -> Grams:
    """Groups of one to three characters: before the sum in its clause (B) and in the one before (P), after it (A) and
    in the next clause (N), and up to four right beside it (l, r); figures are made alike."""
    opens, earlier = _opened(text, item.start)
    ends = _CUT.search(text, item.end, item.end + 3 * _LATER)
    close = ends.start() if ends else min(len(text), item.end + 3 * _LATER)
    before, after = _plain(text[opens : item.start]), _plain(text[item.end : close])
    parts = {
        "B": runs(before[-_BEFORE:], _LONGEST),
        "P": runs(_plain(text[earlier:opens])[-_EARLIER:], _LONGEST),
        "A": runs(after[:_AFTER], _LONGEST),
        "N": runs(_plain(text[close : close + _LATER]), _LONGEST),
    }
    near = _plain(text[max(0, item.start - 2 * _NEAR) : item.start])
    next_to = _plain(text[item.end : item.end + 2 * _NEAR])
    parts["l"] = {near[-n:] for n in range(1, min(_NEAR, len(near)) + 1)}
    parts["r"] = {next_to[:n] for n in range(1, min(_NEAR, len(next_to)) + 1)}
    return placed(_WEIGHTS, parts)


def _opened(text: str, start: int) -> tuple[int, int]:
    """Where the clause of a sum begins, and the one before it."""
    cuts = [m.end() for m in _CUT.finditer(text, max(0, start - 3 * _EARLIER), start)]
    begin = max(0, start - 3 * _EARLIER)
    return (cuts[-1] if cuts else begin), (cuts[-2] if len(cuts) > 1 else begin)


def _plain(words: str) -> str:
    return _FIGURES.sub("0", words)
