"""How well the size of a household is read of writers who were not learned from.

Who writes says one thing in one way: messages of a writer whose others were learned from look better read than
anybody's will be. So each writer's are read by a table that was learned from all others'.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from nlu.household_choice import SURE, least, likeliest, weight
from nlu.household_training import Seen, examples, fit, looked_at

_EVERYBODY = "everybody"


def by_writer(rows: Sequence[Seen]) -> Iterator[tuple[Seen, int | None, float]]:
    """Each message, the size that is likeliest for it, and by how much it is over the least that is told."""
    for writer in sorted({row.writer for row in rows}):
        table = fit([row for row in rows if row.writer != writer])
        for row in rows:
            if row.writer != writer:
                continue
            if not row.values:
                yield row, None, 0.0
                continue
            value, sum_of_it = likeliest(row.values, [weight(table, said) for said in row.signs])
            yield row, value, sum_of_it - least(row.length)


def main() -> int:
    """A line for each writer and one for all: right where a size is stated, silent where none is, right when sure."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row, value, over in by_writer([looked_at(row) for row in examples()]):
        told, sure = value if over > 0 else None, over > SURE
        for name in (row.writer, _EVERYBODY):
            count = seen[name]
            kind = "none" if row.size is None else "stated"
            count[kind] += 1
            count[f"{kind} right"] += told == row.size
            count["sure"] += sure
            count["sure right"] += sure and told == row.size
    for name, count in seen.items():
        parts = [f"{kind} {_share(count, kind)}" for kind in ("stated", "none", "sure")]
        sys.stdout.write(f"{name:20s} {'  '.join(parts)}\n")
    return 0


def _share(count: Counter[str], kind: str) -> str:
    return f"{count[f'{kind} right'] / count[kind]:.3f} of {count[kind]:4d}" if count[kind] else "   –        "
