"""A run as one JSON object: figures with intervals by set, genre, tag and way of reading."""

from __future__ import annotations

from typing import Any

from bench.accuracy.measure import OURS, Run, by_genre, by_tag
from bench.accuracy.sets import absent
from nlu.evaluation import Score
from nlu.evaluation.report import ORDER, WORST, figures


def as_json(run: Run, commit: str, day: str, worst_count: int = WORST) -> dict[str, Any]:
    """Texts with errors are given for sets of the repository alone."""
    return {
        "date": day,
        "commit": commit,
        "sets": [
            {
                "name": one.name,
                "group": one.group,
                **_score(run.scores[one.name]),
                "worst": _worst(run.scores[one.name], worst_count) if one.ours else None,
            }
            for one in run.sets
        ],
        "groups": [
            {
                "name": group.name,
                "rows": group.rows,
                "genres": {name: _score(part) for name, part in by_genre(group.scores[OURS]).items()},
                "tags": {name: _score(part) for name, part in by_tag(group.scores[OURS]).items()},
                "compared": {way: _figures(score, _given(run, way)) for way, score in group.scores.items()},
            }
            for group in run.groups
        ],
        "not_run": run.unable,
        "not_here": absent(),
        "seconds": {way: round(seconds, 2) for way, seconds in run.seconds.items()},
    }


def _given(run: Run, way: str) -> list[str]:
    return [m for m in ORDER if way == OURS or m in run.ways[way].measures]


def _score(score: Score) -> dict[str, Any]:
    return {"rows": score.rows, "measures": _figures(score, list(ORDER))}


def _figures(score: Score, measures: list[str]) -> dict[str, Any]:
    return {
        measure: {
            "rate": round(f.rate, 4),
            "low": round(f.low, 4),
            "high": round(f.high, 4),
            "n": f.total,
            "precision": None if f.precision is None else round(f.precision, 4),
            "recall": None if f.recall is None else round(f.recall, 4),
        }
        for measure, f in figures(score, measures).items()
    }


def _worst(score: Score, count: int) -> list[dict[str, Any]]:
    return [{"errors": number, "text": text, "wrong": wrong} for number, text, wrong in score.errors[:count]]
