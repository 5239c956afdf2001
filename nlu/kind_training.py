"""Training the tables of kinds and topics from `training_kind/` and the messages of `labelled/`.

Learning starts from the hand weights of `lexicon/kind.yml`: a word added there counts before any example holds it.
`python -m nlu.kind_training` prints rules and model side by side in cross-validation.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from nlu import kind as rules
from nlu.clauses import Clauses
from nlu.hardships import distil, find_hardships
from nlu.kind_model import TOPIC_EVEN, groups, groups_for_kind
from nlu.labelled_rows import labelled
from nlu.learning import Pace, Seen, fit
from nlu.normalise import read
from nlu.scope import Scope
from nlu.table import Grams, Tables, each_weighed
from nlu.terms import lexicon

EXAMPLES = Path(__file__).parent / "training_kind"
PACE = Pace(epochs=7, step=0.3, pull=1e-3, figure_pull=8e-3, counted=0.3, seen=3)
TOPIC_PACE = replace(PACE, figure_pull=2e-2)  # of topics there are few examples: what kind.yml says holds longer
TITLE = " ｜ "  # stands for the line end after a title
SECOND = 0.25  # how much of an example goes to its second reading


@dataclass(frozen=True, slots=True)
class Example:
    """A message with its kind, a second defensible kind, and what a complaint is about."""

    text: str
    kind: str
    alt: str | None = None
    topic: str | None = None


def examples(folder: Path = EXAMPLES) -> list[Example]:
    """The written examples; a file maps «kind[/second kind] [topic]» to messages. ValueError names a wrong heading."""
    found: list[Example] = []
    for path in sorted(folder.glob("*.yml")):
        for heading, texts in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            kinds, _, topic = str(heading).partition(" ")
            kind, _, alt = kinds.partition("/")
            if {kind, alt or kind} - set(rules.KINDS) or (topic and topic not in rules.TOPICS):
                raise ValueError(f"nlu/training_kind/{path.name}: «{heading}» is no kind and topic")
            found.extend(Example(str(t).replace(TITLE, "\n"), kind, alt or None, topic or None) for t in texts)
    return found


def from_messages() -> list[Example]:
    """The messages of `labelled/` whose kind is labelled."""
    return [Example(row.text, row.kind, row.second_kind, row.topic) for row in labelled() if row.kind]


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
        groups_for_kind(copy, title),
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


def train(rows: Sequence[Example] | None = None) -> Tables:
    """The tables for kind and topic."""
    rows = [*examples(), *from_messages()] if rows is None else rows
    return {
        "kind": fit(for_kind(rows), rules.KINDS, rules.hand_weights(), PACE),
        "topic": fit(for_topic(rows), rules.TOPICS, rules.topic_weights(), TOPIC_PACE),
    }


def main() -> int:
    """Rules and model on the examples, the model in cross-validation."""
    rows = [*examples(), *from_messages()]
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
