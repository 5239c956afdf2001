"""The verdict of one pack as a decision diagram: what is still possible, and exactly which facts still matter."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from policy_kb.building import small
from policy_kb.cells import Group, Region
from policy_kb.conditions import Condition
from policy_kb.diagram import Node
from policy_kb.program import Known, Program
from policy_kb.ranking import Asked, Ranking
from policy_kb.vocabulary import Vocabulary

NODES = 300_000  # memory kept for what was worked out before; about 100 MB


@dataclass(frozen=True)
class Open:
    """What is left open: verdicts still possible (a category, or None for not met) and facts that still matter."""

    possible: tuple[str | None, ...]
    unknown: tuple[str, ...]


class Verdict:
    """Categories of a pack in order; they exclude one another (`checks.py` says so where they do not)."""

    def __init__(
        self, categories: Mapping[str, Condition], vocabulary: Vocabulary, figures: Mapping[str, int | float]
    ) -> None:
        self.program = Program(categories, vocabulary, figures)
        self.names: tuple[str | None, ...] = (None, *categories)
        self.built = small(self.program, categories)
        self.diagram, self._root, self._facts = self.built.diagram, self.built.root, self.built.facts
        self.diagram.keep()
        self._ranking = Ranking(self.diagram, vocabulary)
        # How to ask: a plain fact alone, a numeric group through some of its inputs (filled as they come up).
        self._plain = {name: (Asked(n, None, (name,)),) for n, name in enumerate(self._facts) if isinstance(name, str)}
        self._numeric: dict[tuple[int, tuple[str, ...]], tuple[Asked, ...]] = {}
        # The diagram grows while it answers; requests come from several threads.
        self._lock = Lock()
        self._answers: dict[Hashable, Open] = {}
        self._groups: dict[Node, tuple[int, ...]] = {}  # the numeric groups on which an open verdict still rests

    def open(self, known: Known, regions: Sequence[Region]) -> Open:
        """What is left open for a household; `regions` are those of `self.program`."""
        allowed = self.built.allowed(known, regions)
        with self._lock:
            return self._open(allowed, regions)

    def _open(self, allowed: list[tuple[int, ...]], regions: Sequence[Region]) -> Open:
        if len(self.diagram.variable) > NODES:
            self.diagram.forget()
            self._ranking.forget()
            self._answers.clear()
            self._groups.clear()
        rest = self.diagram.restrict(self._root, allowed)
        if rest < self.diagram.terminals:
            return Open((self.names[rest],), ())
        groups = self._groups.get(rest)
        if groups is not None:
            found = self._answers.get((rest, *[id(regions[group]) for group in groups]))
            if found is not None:
                return found
        levels, ends = self.diagram.levels(rest)
        groups = self._groups[rest] = tuple([group for variable, group in self.built.groups if variable in levels])
        key = (rest, *[id(regions[group]) for group in groups])
        found = self._answers[key] = self._explore(levels, ends, regions)
        return found

    def _explore(self, levels: Mapping[int, list[Node]], ends: Sequence[Node], regions: Sequence[Region]) -> Open:
        asked: list[Asked] = []
        for variable, level in levels.items():
            name = self._facts[variable]
            asked += self._plain[name] if isinstance(name, str) else self._asked(variable, name, level, regions[name])
        return Open(tuple([self.names[end] for end in ends]), self._ranking.rank(levels, asked))

    def _asked(self, variable: int, group: int, nodes: list[Node], region: Region) -> tuple[Asked, ...]:
        """How the facts behind a numeric group can be asked: through the inputs that can still change something."""
        ways = [dict(zip(self.diagram.values[node], self.diagram.children[node], strict=True)) for node in nodes]
        inputs = tuple(name for name, lines in region.lines.items() if any(_moves(way, lines) for way in ways))
        key = (group, inputs)
        if key not in self._numeric:
            self._numeric[key] = _through(inputs, variable, self.program.groups[group])
        return self._numeric[key]


def _moves(way: Mapping[int, Node], lines: tuple[frozenset[int], ...]) -> bool:
    """Whether two outcomes on one line lead to different places."""
    return any(len({way[vector] for vector in line}) > 1 for line in lines if len(line) > 1)


def _through(inputs: tuple[str, ...], variable: int, group: Group) -> tuple[Asked, ...]:
    """The tests of a group that these inputs settle together; an input of no test stands for the whole group."""
    tests = [(bit, tuple(name for name in names if name in inputs)) for bit, names in enumerate(group.atom_inputs)]
    asked = [Asked(variable, bit, wanted) for bit, wanted in tests if wanted]
    left = tuple(name for name in inputs if not any(name in test.facts for test in asked))
    return (*asked, Asked(variable, None, left)) if left else tuple(asked)
