"""Training the tables of hardships from `labelled/` and the lexicons.

`python -m nlu.hardship_training [GLOB]` prints how well words alone, and words and tables together, tell the types of
hardships in cross-validation by messages, of the files of `labelled/` that GLOB matches (by default those that no rule
was tuned on).
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence

import yaml

from nlu import hardship_model as model
from nlu.clauses import Clauses
from nlu.hardship_choice import chosen
from nlu.hardship_examples import (
    hardships_of,
    hardships_of_examples,
    of_examples,
    of_messages,
    of_statuses,
    of_subjects,
    of_words,
)
from nlu.hardships import LONG, find_hardships
from nlu.labelled_rows import LABELLED, Labelled, labelled
from nlu.normalise import read
from nlu.plain_clauses import plain
from nlu.scope import Scope
from nlu.sparse_learning import Effort, fit_large
from nlu.status import STATUSES
from nlu.table import Tables
from nlu.terms import lexicon

OF_TYPES = Effort(epochs=12, averaged=8, seen=3, kept=64_000, times=3)
OF_SUBJECTS = Effort(kept=6_000, times=3)
OF_STATUSES = Effort(kept=8_000, times=3)
_STRANGERS = "*teenth_*.yml"
_FOLDS = 3


def train(rows: Sequence[Labelled] | None = None) -> Tables:
    """The tables of types, subjects and statuses, by default from all labelled messages."""
    rows = labelled() if rows is None else rows
    cases = [*of_messages(rows), *of_examples(), *of_words()]
    told = [*hardships_of(rows), *hardships_of_examples()]
    return {
        "type": fit_large(cases, (*model.TYPES, model.NONE), OF_TYPES),
        "subject": fit_large(list(of_subjects(told)), model.SUBJECTS, OF_SUBJECTS),
        "status": fit_large(list(of_statuses(told)), STATUSES, OF_STATUSES),
    }


def main(pattern: str = _STRANGERS) -> int:
    """Precision, recall and F1 of the types of hardships by words, and by words and tables."""
    files = sorted(LABELLED.glob(pattern))
    asked = {str(row["text"]) for file in files for row in yaml.safe_load(file.read_text(encoding="utf-8"))}
    rows = [row for row in labelled() if row.hardships is not None]
    random.Random(11).shuffle(rows)
    counts = Counter[str]()
    for fold in range(_FOLDS):
        tables = train([row for n, row in enumerate(rows) if n % _FOLDS != fold])
        for row in rows[fold::_FOLDS]:
            if row.text in asked and len(row.text) <= LONG and not row.asks:
                _count(counts, row, tables)
    for way in ("words", "both"):
        right, extra, missed = (counts[f"{way} {one}"] for one in ("right", "extra", "missed"))
        precision, recall = right / max(1, right + extra), right / max(1, right + missed)
        f1 = 2 * right / max(1, 2 * right + extra + missed)
        sys.stdout.write(f"{way:6s} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}\n")
    return 0


def _count(counts: Counter[str], row: Labelled, tables: Tables) -> None:
    reading = read(row.text)
    copy = reading.text
    hits = lexicon().index.find(copy)
    clauses = Clauses(copy, hits)
    scope = Scope(copy, clauses, hits, any(hit.data != "caller" for hit in hits.get("proxy", [])))
    found = find_hardships(copy, clauses, hits, scope, lexicon())
    told = {one.type for one in row.hardships or () if not one.optional}
    free = {one.type for one in row.hardships or () if one.optional}
    both = chosen(found, scope, model.weighed(plain(copy, reading), tables["type"]), row.kind or "")
    for way, said in (("words", found), ("both", both)):
        kinds = {one.type for one in said}
        counts[f"{way} right"] += len(kinds & told)
        counts[f"{way} extra"] += len(kinds - told - free)
        counts[f"{way} missed"] += len(told - kinds)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
