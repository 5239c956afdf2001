"""Cross-validation of whatever is learned: `--cross-validate MODULE:FUNCTION`.

The function is the learned part's own, `(rows, folds) -> list of Extraction or kind`, one for each row in order, each
read by a model that was trained without the row's fold. A kind alone is scored as a kind alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nlu.evaluation import Row, Score, scored
from nlu.mentions import Extraction

FOLDS = 5


def cross_validated(function: str, rows: list[Row], folds: int = FOLDS) -> Score:
    """Score what `function` says of rows that its model did not see."""
    module, _, name = function.partition(":")
    labelled = [row for row in rows if "intent" in row["gold"]]
    said: list[Any] = list(getattr(import_module(module), name)(labelled, folds))
    results = []
    for row, one in zip(labelled, said, strict=True):
        if isinstance(one, str):
            kinds = {key: row["gold"][key] for key in ("intent", "alt_intent") if key in row["gold"]}
            results.append(scored({**row, "gold": kinds}, Extraction(intent=one)))
        else:
            results.append(scored(row, one))
    return Score(f"{name}, {folds} folds", tuple(results))
