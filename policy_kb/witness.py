"""A household that tells two conditions apart: what an example must say so that a change is noticed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from policy_kb.boundaries import fact_step
from policy_kb.conditions import Condition
from policy_kb.formulas import exact
from policy_kb.program import Program, derive
from policy_kb.trees import Named
from policy_kb.vocabulary import Vocabulary

TRIES = 4000
BASE = 20_000  # an income with which a share of it is a round sum
Side = tuple[Condition, Mapping[str, float]]  # a condition with its references filled in, and the figures


@dataclass(frozen=True)
class Witness:
    """Few facts for which the condition `named` comes to `wanted`, and to something else after the change."""

    named: Named
    facts: dict[str, object]
    wanted: bool | None


def tell_apart(
    named: Named, sound: Side, changed: Side, vocabulary: Vocabulary, seeds: Sequence[Mapping[str, object]] = ()
) -> Witness | None:
    """Tries households on and beside every boundary; None when none of them comes to two different things.

    `seeds`: households to begin some of the tries with, such as the examples that there are.
    """
    pair = [Program({"it": condition}, vocabulary, figures) for condition, figures in (sound, changed)]
    choices = _choices((sound, changed), vocabulary)
    dice = random.Random(0)  # the same report every time

    def outcomes(facts: dict[str, object]) -> list[bool | None]:
        known = derive(dict(facts), vocabulary)
        return [one.truths(known, one.regions(known))[one.roots["it"]].plain for one in pair]

    found: dict[str, object] | None = None
    for _ in range(TRIES):
        often = dice.choice((0.1, 0.4, 0.8))
        facts = dict(dice.choice(seeds)) if seeds and dice.random() < 0.5 else {}
        facts |= {fact: dice.choice(values) for fact, values in choices.items() if dice.random() < often}
        before, after = outcomes(facts)
        if before is not after and (found is None or before is not None):
            found = facts
            if before is not None:
                break
    if found is None:
        return None
    wanted, _ = outcomes(found)
    return Witness(named, _fewest(found, wanted, outcomes), wanted)


def _fewest(
    facts: dict[str, object], wanted: bool | None, outcomes: Callable[[dict[str, object]], list[bool | None]]
) -> dict[str, object]:
    """Without the facts that are not needed for the difference."""
    for fact in list(facts):
        fewer = {name: value for name, value in facts.items() if name != fact}
        before, after = outcomes(fewer)
        if before is wanted and before is not after:
            facts = fewer
    return facts


def _choices(sides: tuple[Side, Side], vocabulary: Vocabulary) -> dict[str, list[object]]:
    """Per fact that the conditions read the values worth trying."""
    found: dict[str, list[object]] = {}
    for condition, figures in sides:
        shares = [Fraction(repr(float(value))) for value in figures.values() if 0 < value < 1]
        for node in condition.walk():
            if node.atom is None:
                continue
            limit = figures[node.atom.value] if isinstance(node.atom.value, str) else node.atom.value
            for fact in vocabulary.closure(node.atom.fact):
                spec = vocabulary[fact]
                values = found.setdefault(fact, [])
                if spec.kind == "bool":
                    new: list[object] = [True, False]
                elif spec.kind == "enum":
                    new = list(spec.values)
                elif fact == node.atom.fact and isinstance(limit, int | float):
                    step = fact_step(spec)
                    near = (exact(limit) + n * step for n in (-1, 0, 1))
                    new = [_number(value, spec.kind) for value in near if value >= spec.lowest]
                elif spec.kind == "int":
                    new = [int(spec.lowest), int(spec.lowest) + 1, int(spec.lowest) + 2]
                else:
                    new = [0, BASE, *(_number(share * BASE + n, "number") for share in shares for n in (-1, 0, 1))]
                values += [value for value in new if value not in values]
    return found


def _number(value: Fraction, kind: str) -> int | float:
    return int(value) if kind == "int" or value == int(value) else float(value)
