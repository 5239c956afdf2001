"""Scoring of readings on labelled messages. Nothing else of the room imports this; it reads without it.

`python -m nlu.evaluation FACTS SET…` is the short loop while a lexicon is edited; `make eval` (bench/accuracy) runs
every set and the comparisons.
"""

from nlu.evaluation.intervals import bootstrap, wilson
from nlu.evaluation.rows import Row, load_rows, types_from_vocabulary
from nlu.evaluation.scores import Reader, Score, Scored, Tally
from nlu.evaluation.scoring import read_and_score, score, scored

__all__ = [
    "Reader",
    "Row",
    "Score",
    "Scored",
    "Tally",
    "bootstrap",
    "load_rows",
    "read_and_score",
    "score",
    "scored",
    "types_from_vocabulary",
    "wilson",
]
