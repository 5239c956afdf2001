"""Training the table of roles from the sums of `labelled/`.

`python -m nlu.role_training` prints how often table, rules and both together are right, in cross-validation.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu import role_model as model
from nlu.clauses import Clauses
from nlu.digits import find_digits
from nlu.labelled_rows import Labelled, labelled, row_of
from nlu.learning import Pace, Seen, fit
from nlu.lexicon_files import read_yaml
from nlu.money import sums_by_rule
from nlu.money_forms import FILES
from nlu.normalise import read
from nlu.table import Grams, Table, Tables, each_weighed
from nlu.terms import lexicon

PACE = Pace(kept=30_000)


@dataclass(frozen=True, slots=True)
class Example:
    """A sum of a text of `length` characters as the table sees it, what the rules say of it, and what it is."""

    figures: dict[str, float]
    grams: Grams
    rule: str
    formed: bool
    length: int
    role: str


def examples(rows: Sequence[Labelled] | None = None) -> list[Example]:
    """The sums of the rows (all that are labelled, by default) whose value is labelled with one role."""
    rows = [*labelled(), *_of_forms()] if rows is None else rows
    return [one for row in rows if row.sums for one in _of_row(row)]


def _of_forms() -> list[Labelled]:
    """The examples that stand beside the constructions of money."""
    return [row_of({**one, "gold": one}) for file in FILES for form in read_yaml(file) for one in form["examples"]]


def _of_row(row: Labelled) -> Iterator[Example]:
    copy = read(row.text).text
    hits = lexicon().index.find(copy)
    taken = [(d.start, d.end) for d in find_digits(copy)]
    left = list(row.sums or ())
    for item in sums_by_rule(copy, Clauses(copy, hits), hits, taken):
        right = next((one for one in left if one[1] == item.value), None)
        if right:
            left.remove(right)
            yield Example(
                model.figures(item, hits), model.groups(copy, item), item.role, item.formed, len(copy), right[0]
            )


def fitted(rows: Sequence[Example]) -> Table:
    """The table learned from these sums."""
    seen = [Seen(row.figures, each_weighed(row.grams), {row.role: 1.0}) for row in rows]
    return fit(seen, model.ROLES, {}, PACE)


def train() -> Tables:
    """The table of roles."""
    return {"role": fitted(examples())}


def right_of(table: Table, row: Example) -> dict[str, bool]:
    """Which way of telling the role is right of a sum."""
    favour = model.voice_of_rules(row.rule, row.formed, row.length)
    return {
        "rules": row.rule == row.role,
        "table": table.choose(row.figures, row.grams) == row.role,
        "both": table.choose(row.figures, row.grams, favour) == row.role,
    }


def main() -> int:
    """Rules, table and both in cross-validation by messages."""
    rows = [[*_of_row(row)] for row in labelled() if row.sums]
    random.Random(11).shuffle(rows)
    folds, counts = 5, Counter[str]()
    for fold in range(folds):
        table = fitted([one for n, row in enumerate(rows) if n % folds != fold for one in row])
        for one in (one for row in rows[fold::folds] for one in row):
            counts.update(name for name, right in right_of(table, one).items() if right)
            counts["n"] += 1
    for name in ("rules", "table", "both"):
        sys.stdout.write(f"{name:6s} {counts[name] / counts['n']:.3f}  n={counts['n']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
