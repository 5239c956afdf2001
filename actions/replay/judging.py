"""One household under two editions of the rules: does the verdict change, which way, and which clause makes it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from policy_kb import Assessment, Brief, Library, Pack, PolicyError, Reason
from policy_kb.comparing import edition
from policy_kb.evaluator import Evaluator

Way = Literal["better", "worse", "other"]
RANK = {"meets": 3, "undetermined": 2, "excluded": 1, "not_met": 0}  # how near a household is to being helped
SHOWN_CAUSES = 5
COMPILED = 64


class Rules:
    """A pack with the figures of one day: what `--from` and `--to` name."""

    def __init__(self, library: Library, pack: Pack, day: date) -> None:
        self.library, self.pack, self.day = library, pack, day
        self._compiled: dict[tuple[object, ...], Evaluator] = {}

    @classmethod
    def read(cls, library: Library, text: str, today: date) -> Rules:
        """From ID, a folder, or either with @YYYY-MM-DD (without: today); raises PolicyError."""
        found = edition(text, library)
        return cls(library, found.pack, found.day or today)

    @property
    def name(self) -> str:
        return f"{self.pack.title}（{self.pack.id}，{self.day}）"

    def evaluator(self, place: str | None = None) -> Evaluator:
        """The pack compiled with the figures of the day and the place; the pack need not be installed."""
        figures = self.library.figures(self.pack, self.day, place if self.library.office.places else None)
        key = tuple(figures.values())
        if key not in self._compiled:
            if len(self._compiled) >= COMPILED:
                self._compiled.clear()
            self._compiled[key] = Evaluator(self.pack, self.library.vocabulary, figures)
        return self._compiled[key]

    def figures_hash(self) -> str:
        """Changes whenever a figure that the pack may use on the day is another one, the office's own included."""
        places = [None, *(entry for entry in self.library.office.places)]
        values = [
            {name: figure.value for name, figure in self.library.figures(self.pack, self.day, place).items()}
            for place in places
        ]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def label(self, outcome: str, category: str | None) -> str:
        """The name of a category, for people."""
        named = self.pack.categories.get(category or "")
        return named.zh if named is not None else category or ""


@dataclass(frozen=True)
class Cause:
    """One test that comes out otherwise. `before`, `after`: True, False, None (unknown); `text` with its figures."""

    clause: str
    text_before: str
    text_after: str
    before: bool | None
    after: bool | None
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Flip:
    """A verdict that changes, (outcome, category) before and after, and what makes it change."""

    before: tuple[str, str | None]
    after: tuple[str, str | None]
    way: Way
    causes: tuple[Cause, ...]


class Comparison:
    """Two editions of the rules, ready for many households."""

    def __init__(self, before: Rules, after: Rules) -> None:
        self.before, self.after = before, after

    def brief(self, facts: Mapping[str, object], place: str | None = None) -> tuple[Brief, Brief]:
        """Both verdicts alone; `facts` were checked before."""
        return self.before.evaluator(place).brief(facts), self.after.evaluator(place).brief(facts)

    def flip(self, facts: Mapping[str, object], place: str | None = None) -> Flip | None:
        """What changes for a household, None where nothing does; `facts` were checked before."""
        one, two = self.brief(facts, place)
        if (one.outcome, one.category) == (two.outcome, two.category):
            return None
        way, causes = way_of(one.outcome, two.outcome), self._causes(facts, place, two.outcome)
        return Flip((one.outcome, one.category), (two.outcome, two.category), way, causes)

    def _causes(self, facts: Mapping[str, object], place: str | None, outcome: str) -> tuple[Cause, ...]:
        old = _lines(self.before.evaluator(place), facts, self.before.day)
        new = _lines(self.after.evaluator(place), facts, self.after.day)
        both = [key for key in old if key in new]
        alone = [key for key, (_, line) in new.items() if key not in old and line.holds is (outcome != "not_met")]
        gone = [key for key, (_, line) in old.items() if key not in new and line.holds]
        keys = (*both, *alone, *gone)
        found = [cause for key in keys if (cause := _cause(old.get(key), new.get(key))) is not None]
        # a whole category says less than the tests in it; it stands alone only where no single test changed
        single = [cause for category, cause in found if not category]
        return tuple((single or [cause for _, cause in found])[:SHOWN_CAUSES])


def way_of(before: str, after: str) -> Way:
    """Whether a household comes nearer to help or further from it."""
    step = RANK[after] - RANK[before]
    return "better" if step > 0 else "worse" if step < 0 else "other"


Key = tuple[str, str | None, int]


def _lines(evaluator: Evaluator, facts: Mapping[str, object], on: date) -> dict[Key, tuple[bool, Reason]]:
    """The proof by clause, category and place among those of one clause: (is it a whole category, the line)."""
    said: Assessment = evaluator.assess(facts, on, "any", ())
    seen: Counter[tuple[str, str | None]] = Counter()
    found: dict[Key, tuple[bool, Reason]] = {}
    for line, reason in zip(evaluator.all_lines, said.reasons, strict=True):
        kind = (line.clause, line.category)
        seen[kind] += 1
        found[*kind, seen[kind]] = (line.category is not None, reason)
    return found


def _cause(old: tuple[bool, Reason] | None, new: tuple[bool, Reason] | None) -> tuple[bool, Cause] | None:
    """Whether the line is a whole category, and the line itself; None where it comes out as it did."""
    one, two = old[1] if old else None, new[1] if new else None
    before, after = one.holds if one else None, two.holds if two else None
    if before is after:
        return None
    some = two or one
    assert some is not None
    category = bool((new or old or (False,))[0])
    facts = {**(one.facts if one else {}), **(two.facts if two else {})}
    return category, Cause(some.clause, one.text if one else "", two.text if two else "", before, after, facts)


def check_in_force(rules: Rules, today: date) -> None:
    """Raise PolicyError unless this is what the office goes by today: only that can be applied to cases."""
    installed = rules.library.packs.get(rules.pack.id)
    if installed is None or installed.hash != rules.pack.hash:
        raise PolicyError(
            f"{rules.pack.id} is not installed as it was given; put it under policy_kb/packs first, then apply."
        )
    if rules.figures_hash() != Rules(rules.library, installed, today).figures_hash():
        raise PolicyError(
            f"The figures of {rules.day} are not those of today ({today}); only what is in force today can be applied."
        )
