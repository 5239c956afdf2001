"""Scoring of readings on labelled messages. Nothing else of the room imports this; it reads without it.

`python -m nlu.evaluation FACTS SET…` is the short loop while a lexicon is edited; `make eval` (bench/accuracy) runs
every set and the comparisons.
"""

from nlu.evaluation.intervals import bootstrap, wilson
from nlu.evaluation.rows import Row, load_rows, types_from_vocabulary
from nlu.evaluation.scoring import Score, Scored, Tally, read_and_score, score

__all__ = [
    "Row",
    "Score",
    "Scored",
    "Tally",
    "bootstrap",
    "load_rows",
    "read_and_score",
    "score",
    "types_from_vocabulary",
    "wilson",
]
