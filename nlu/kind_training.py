"""Training the table of kinds and topics from `training_kind/`: multinomial logistic regression in plain Python.

It starts from the hand weights of `lexicon/kind.yml`, and for groups of characters from a share of what their counts
alone tell (naive Bayes), and is pulled back to both: a word added there counts before any example holds it.
`python -m nlu.kind_training` prints rules and model side by side in cross-validation.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import add
from pathlib import Path

import yaml

from nlu import kind as rules
from nlu.clauses import Clauses
from nlu.hardships import distil, find_hardships
from nlu.kind_model import TOPIC_EVEN, Grams, Table, Tables, each_weighed, groups
from nlu.normalise import read
from nlu.scope import Scope
from nlu.terms import lexicon

EXAMPLES = Path(__file__).parent / "training_kind"
TITLE = " ｜ "  # stands for the line end after a title
EPOCHS, STEP, PULL = 14, 0.3, 1e-3
FIGURE_PULL = 8e-3  # the hand weights are trusted more than what is learned of them
SEEN = 2  # messages that must hold a group
COUNTED = 0.3  # how much of what its counts tell a group begins with
SECOND = 0.25  # how much of an example goes to its second reading


@dataclass(frozen=True, slots=True)
class Example:
    """A message with its kind, a second defensible kind, and what a complaint is about."""

    text: str
    kind: str
    alt: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An example as the table sees it."""

    figures: Mapping[str, float]
    grams: Mapping[str, float]
    goal: Mapping[str, float]


def examples(folder: Path = EXAMPLES) -> list[Example]:
    """All examples; a file maps «kind[/second kind] [topic]» to messages. ValueError names a wrong heading."""
    found: list[Example] = []
    for path in sorted(folder.glob("*.yml")):
        for heading, texts in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            kinds, _, topic = str(heading).partition(" ")
            kind, _, alt = kinds.partition("/")
            if {kind, alt or kind} - set(rules.KINDS) or (topic and topic not in rules.TOPICS):
                raise ValueError(f"nlu/training_kind/{path.name}: «{heading}» is no kind and topic")
            found.extend(Example(str(t).replace(TITLE, "\n"), kind, alt or None, topic or None) for t in texts)
    return found


@cache
def _looked_at(text: str) -> tuple[dict[str, float], Grams, dict[str, float], Grams]:
    """Figures and groups for the kind, figures and groups for the topic."""
    copy = read(text).text
    hits = lexicon().index.find(copy)
    clauses = Clauses(copy, hits)
    title = rules.title_end(copy)
    found = distil(
        find_hardships(copy, clauses, hits, Scope(copy, clauses, hits, bool(hits.get("proxy"))), lexicon()),
        title,
        len(copy),
    )
    return (
        rules.features(copy, hits, found, title),
        groups(copy, title),
        rules.topic_figures(copy, hits, title),
        groups(copy, title, TOPIC_EVEN),
    )


def for_kind(rows: Iterable[Example]) -> list[Seen]:
    """Examples as seen for the choice of the kind."""
    made = []
    for row in rows:
        figures, grams, _, _ = _looked_at(row.text)
        goal = {row.kind: 1.0 - SECOND, row.alt: SECOND} if row.alt else {row.kind: 1.0}
        made.append(Seen(figures, each_weighed(grams), goal))
    return made


def for_topic(rows: Iterable[Example]) -> list[Seen]:
    """Complaints as seen for the choice of the topic."""
    made = []
    for row in rows:
        if row.topic:
            _, _, figures, grams = _looked_at(row.text)
            made.append(Seen(figures, each_weighed(grams), {row.topic: 1.0}))
    return made


def fit(rows: Sequence[Seen], choices: Sequence[str], start: Mapping[str, Mapping[str, float]]) -> Table:
    """Weights learned from the rows, beginning with those of `start` (choice -> figure -> weight)."""
    held = Counter(g for row in rows for g in row.grams)
    names = sorted({n for row in rows for n in row.figures}) + sorted(g for g, n in held.items() if n >= SEEN)
    place = {name: at for at, name in enumerate(names)}
    figures = {n for row in rows for n in row.figures}
    counted = _by_count(rows, choices, [name for name in names if name not in figures])
    weights = [counted.get(name) or [start.get(c, {}).get(name, 0.0) for c in choices] for name in names]
    first = [tuple(row) for row in weights]
    pull = [FIGURE_PULL if name in figures else PULL for name in names]
    steps = [[1.0] * len(choices) for _ in names]
    made = [
        (
            [(place[n], v) for n, v in row.figures.items() if v]
            + [(place[g], v) for g, v in sorted(row.grams.items()) if g in place],
            [row.goal.get(c, 0.0) for c in choices],
        )
        for row in rows
    ]
    shuffle = random.Random(7)
    for _ in range(EPOCHS):
        shuffle.shuffle(made)
        for parts, goal in made:
            _learn(parts, goal, weights, steps, first, pull)
    rounded = {name: tuple(round(w, 4) for w in weights[at]) for name, at in place.items()}
    return Table(
        choices,
        {n: r for n, r in rounded.items() if n in figures},
        {n: r for n, r in rounded.items() if n not in figures},
    )


def _by_count(rows: Sequence[Seen], choices: Sequence[str], names: Sequence[str]) -> dict[str, list[float]]:
    """Where each group begins: how much likelier than in the mean it is in each choice, one message added to each."""
    goals = {c: sum(row.goal.get(c, 0.0) for row in rows) for c in choices}
    total = sum(goals.values())
    said = {name: [0.0] * len(choices) for name in names}
    for row in rows:
        shares = [row.goal.get(c, 0.0) for c in choices]
        for name in row.grams.keys() & said.keys():
            said[name] = list(map(add, said[name], shares))
    begin = {}
    for name, counts in said.items():
        tells = [math.log(n / max(goals[c], 1.0) + 1 / total) for n, c in zip(counts, choices, strict=True)]
        mean = sum(tells) / len(tells)
        begin[name] = [COUNTED * (t - mean) for t in tells]
    return begin


def _learn(
    parts: Sequence[tuple[int, float]],
    goal: Sequence[float],
    weights: list[list[float]],
    steps: list[list[float]],
    first: Sequence[tuple[float, ...]],
    pull: Sequence[float],
) -> None:
    """One step of AdaGrad for one message."""
    sums = [0.0] * len(goal)
    for at, value in parts:
        for k, weight in enumerate(weights[at]):
            sums[k] += weight * value
    top = max(sums)
    powers = [math.exp(s - top) for s in sums]
    total = sum(powers)
    off = [p / total - g for p, g in zip(powers, goal, strict=True)]
    for at, value in parts:
        row, step, begin, back = weights[at], steps[at], first[at], pull[at]
        for k, miss in enumerate(off):
            slope = miss * value + back * (row[k] - begin[k])
            step[k] += slope * slope
            row[k] -= STEP * slope / math.sqrt(step[k])


def train(rows: Sequence[Example] | None = None) -> Tables:
    """The tables for kind and topic."""
    rows = examples() if rows is None else rows
    return {
        "kind": fit(for_kind(rows), rules.KINDS, rules.hand_weights()),
        "topic": fit(for_topic(rows), rules.TOPICS, rules.topic_weights()),
    }


def main() -> int:
    """Rules and model on the examples, the model in cross-validation."""
    rows = examples()
    folds = 5
    order = list(range(len(rows)))
    random.Random(11).shuffle(order)
    right: Counter[str] = Counter()
    for fold in range(folds):
        held = [rows[at] for at in order[fold::folds]]
        made = train([rows[at] for n, at in enumerate(order) if n % folds != fold])
        for row in held:
            figures, grams, topics, topic_grams = _looked_at(row.text)
            size = "titled" if "\n" in row.text else "plain"
            for name, said in (
                ("rules", rules.kind_by_hand(figures)),
                ("model", made["kind"].choose(figures, grams)),
            ):
                right[f"kind {size} {name} strict"] += said == row.kind
                right[f"kind {size} {name} lenient"] += said in (row.kind, row.alt)
            right[f"kind {size} n"] += 1
            if row.topic:
                right["topic rules"] += rules.topic_by_hand(topics) == row.topic
                right["topic model"] += made["topic"].choose(topics, topic_grams) == row.topic
                right["topic n"] += 1
    for name in sorted(n for n in right if not n.endswith(" n")):
        total = right["topic n" if name.startswith("topic") else " ".join(name.split()[:2]) + " n"]
        sys.stdout.write(f"{name:32s} {right[name] / total:.3f}  n={total}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
