"""Training the table of what is real from the texts of `real/` and the labelled messages.

`real/*.yml`: rows `{text, parts: real | unreal | mixed}`; of a mixed text what is unreal stands in ⟦…⟧.
`python -m nlu.unreal_training` prints for some thresholds how many clauses of either sort the table holds unreal, in
cross-validation by messages.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from nlu import unreal_model as model
from nlu.kind_training import examples as of_kinds
from nlu.labelled_rows import Labelled, labelled
from nlu.learning import Pace, Seen, fit
from nlu.normalise import read
from nlu.table import Table, Tables, each_weighed

FOLDER = Path(__file__).parent / "real"
PACE = Pace(epochs=5, seen=3, kept=40_000)
_MARKED = re.compile("⟦([^⟦⟧]*)⟧")
_THRESHOLDS = (model.CLINGS, 0.5, model.SURE, 1.3, model.SURER)
_FOLDS = 4
_OWN, _OWN_TIMES = "own.yml", 3  # rows by which an error is mended, and how often each is learned from
_PLEAS = ("apply_help", "complaint")
_ONE_OF = {"labelled": 2, "by kind": 4}  # of how many clauses one is learned from


@dataclass(frozen=True, slots=True)
class Told:
    """A message and where it is unreal; source: how it was labelled; times: how often it is learned from."""

    text: str
    unreal: tuple[tuple[int, int], ...]
    source: str
    times: int = 1


def examples() -> list[Told]:
    """All texts that are learned from; ValueError names the file and row that is none."""
    return [*_of_folder(), *filter(None, map(_of_labelled, labelled())), *_of_kinds()]


def _of_folder() -> Iterator[Told]:
    for path in sorted(FOLDER.glob("*.yml")):
        for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            try:
                yield replace(of_row(row), times=_OWN_TIMES if path.name == _OWN else 1)
            except (KeyError, ValueError, TypeError) as error:
                raise ValueError(
                    f"nlu/real/{path.name}: row {number} is not marked ({error!r}); "
                    "write {text, parts: real | unreal | mixed} and ⟦…⟧ around what is unreal of a mixed text"
                ) from error


def of_row(row: dict[str, Any]) -> Told:
    """A row of `real/`; KeyError or ValueError where it is none."""
    parts, marked = row["parts"], row["text"]
    text = _MARKED.sub(r"\1", marked)
    spans, before = [], 0
    for match in _MARKED.finditer(marked):
        spans.append((match.start() - before, match.end() - before - 2))
        before += 2
    if parts not in ("real", "unreal", "mixed") or bool(spans) != (parts == "mixed") or re.search("[⟦⟧]", text):
        raise ValueError(f"{parts!r} with {len(spans)} marks")
    return Told(text, ((0, len(text)),) if parts == "unreal" else tuple(spans), parts)


def _of_labelled(row: Labelled) -> Told | None:
    """A labelled message that is surely one or the other: a plea or a complaint, or hostile with nothing in it."""
    if row.asks or row.kind is None:
        return None
    if row.genre == "hostile":
        nothing = row.kind == "other" and not row.facts
        return Told(row.text, ((0, len(row.text)),), "hostile") if nothing else None
    return Told(row.text, (), "labelled") if row.facts or row.kind in _PLEAS else None


def _of_kinds() -> list[Told]:
    """The messages by kind that plead or complain and nothing else."""
    return [Told(e.text, (), "by kind") for e in of_kinds() if e.kind in _PLEAS and not e.alt]


def cases(rows: Sequence[Told]) -> list[Seen]:
    """Their clauses as the table sees them; of messages of which there are most, some."""
    return [one for row in rows for one in [*_of_text(row)] * row.times]


def _of_text(row: Told) -> Iterator[Seen]:
    copy = read(row.text).text
    if len(copy) != len(row.text):  # marks would stand elsewhere
        return
    for first, last in model.lines(copy):
        line = copy[first:last]
        around = each_weighed(model.of_line(line))
        for at, (start, end) in enumerate(model.pieces(line)):
            if not (at + len(copy)) % _ONE_OF.get(row.source, 1):
                said = {**around, **each_weighed(model.of_piece(line, start, end))}
                yield Seen({"bias": 1.0}, said, {_is(row, first + start): 1.0})


def _is(row: Told, at: int) -> str:
    return model.UNREAL if any(start <= at < end for start, end in row.unreal) else model.REAL


def fitted(rows: Sequence[Told]) -> Table:
    """The table learned from these messages."""
    return fit(cases(rows), model.CHOICES, {}, PACE)


def train() -> Tables:
    """The table of what is real."""
    return {"tale": fitted(examples())}


def main() -> int:
    """What share of clauses is held unreal, by how the message was labelled and what the clause is."""
    rows = examples()
    random.Random(5).shuffle(rows)
    found = Counter[tuple[str, str, float]]()
    for fold in range(_FOLDS):
        table = fitted([row for n, row in enumerate(rows) if n % _FOLDS != fold])
        for row in rows[fold::_FOLDS]:
            for piece in model.weighed(read(row.text).text, table):
                group = (row.source, _is(row, piece.start))
                found[*group, 99.0] += 1
                found.update((*group, least) for least in _THRESHOLDS if piece.odds > least)
    for source, sort in sorted({key[:2] for key in found}):
        shares = [f"{found[source, sort, least] / found[source, sort, 99.0]:.3f}" for least in _THRESHOLDS]
        sys.stdout.write(f"{source:9s} {sort:7s} {' '.join(shares)}  n={found[source, sort, 99.0]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
