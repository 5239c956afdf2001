"""How many questions a verdict takes, for each pack: our order, every fact in the order of the table, and by chance.

Households are made up: every fact that the pack reads has a value, yes and no alike, sums and counts spread evenly
over what is usual. Nobody is asked what can no longer change the verdict, save in the table's order.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from bot import parts
from policy_kb import Assessment, FactSpec, Library

HOUSEHOLDS = 5000
SEED = 20200601
DAY = date(2020, 6, 1)
AIM, AGAINST_CHANCE = 0.45, 0.80
Facts = dict[str, object]
Pick = Callable[[Assessment], str]


@dataclass(frozen=True)
class Count:
    """Mean questions until nothing that is unknown can change the verdict; `facts`: how many the pack reads."""

    ours: float
    in_order: float
    by_chance: float
    facts: int

    def __str__(self) -> str:
        share, against = self.ours / self.facts, self.ours / self.by_chance
        return (
            f"{self.ours:.1f} of {self.facts} facts ({share:.0%}, aim {AIM:.0%}); in order of the table "
            f"{self.in_order:.1f}, by chance {self.by_chance:.1f} ({against:.2f} ×, aim {AGAINST_CHANCE:.2f} ×)"
        )


def measure(households: int = HOUSEHOLDS) -> Iterator[str]:
    library = parts.build_library()
    counts = []
    for pack in library.packs:
        counts.append(count(library, pack, households))
        yield f"{pack:18} {counts[-1]}"
    share = fmean(one.ours / one.facts for one in counts)
    yield f"on average of the packs {share:.0%} of the facts (aim {AIM:.0%})"


def count(library: Library, pack: str, households: int) -> Count:
    """The three ways over the same households."""
    facts = facts_of(library, pack)
    chance = random.Random(SEED)
    everybody = [household(library, facts, chance) for _ in range(households)]
    table = [fact for fact in library.vocabulary if fact in facts]
    return Count(
        fmean(_asked(library, pack, one, _first) for one in everybody),
        fmean(_in_order(library, pack, one, table) for one in everybody),
        fmean(_asked(library, pack, one, lambda verdict: chance.choice(verdict.unknown)) for one in everybody),
        len(facts),
    )


def facts_of(library: Library, pack: str) -> list[str]:
    """Every fact that can come up in an interview by this pack."""
    return list(library.assess(pack, {}, DAY, ask="any").unknown)


def _asked(library: Library, pack: str, household: Facts, pick: Pick) -> int:
    known: Facts = {}
    while (verdict := library.assess(pack, known, DAY, ask="any")).unknown:
        fact = pick(verdict)
        known[fact] = household[fact]
    return len(known)


def _in_order(library: Library, pack: str, household: Facts, table: list[str]) -> int:
    """How many of the table's facts must be told, from the top, until the verdict is known (found by halving)."""
    least, most = 0, len(table)
    while least < most:
        middle = (least + most) // 2
        known = {fact: household[fact] for fact in table[:middle]}
        if library.assess(pack, known, DAY, ask="any").unknown:
            least = middle + 1
        else:
            most = middle
    return least


def _first(verdict: Assessment) -> str:
    return verdict.unknown[0]


def household(library: Library, facts: list[str], chance: random.Random) -> Facts:
    return {fact: _value(library.vocabulary[fact], chance) for fact in facts}


def _value(spec: FactSpec, chance: random.Random) -> object:
    if not spec.numeric:
        return chance.choice(spec.values or (True, False))
    if spec.id == "household_size":
        return chance.randint(1, 7)
    if spec.unit == "0..1":
        return round(chance.random(), 2)
    highest = 60_000 if spec.id == "income_year" else 30_000
    return chance.randrange(0, highest, 500) if spec.kind == "number" else chance.randint(0, 3)
