"""The verdict on merged households, and who is at risk (风险): what the document says, and what the lists ask for.

A household that the document certainly means is at risk, and so is one that it leaves open while a list asks for a
visit. Nothing happens to any other: no list and no machine rejects anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from actions.lists.kinds import register_rules
from actions.lists.merging import MergedHome
from actions.lists.statements import facts_of
from policy_kb import Brief, Library

Risk = Literal["meets", "check", "none"]


@dataclass(frozen=True)
class Judged:
    """A household with its verdict. `risk`: meets (the document means it), check (open, a visit is asked for), none."""

    merged: MergedHome
    facts: dict[str, object]
    verdict: Brief
    risk: Risk


def judge(library: Library, pack: str, day: date, homes: Iterable[MergedHome]) -> list[Judged]:
    """The verdict of `pack` on each household on the day; raises NoSuchPack."""
    spared = register_rules().no_case.get(pack, ())
    found = []
    for merged in homes:
        facts = library.check_facts(facts_of(merged.agreed))
        verdict = library.evaluator(pack, day, merged.home.place or None).brief(facts)
        found.append(Judged(merged, facts, verdict, _risk(verdict, bool(merged.alerts), spared)))
    return found


def _risk(verdict: Brief, alerted: bool, spared: tuple[str, ...]) -> Risk:
    if verdict.outcome in ("meets", "excluded"):
        return "none" if verdict.category in spared else "meets"
    needy = [name for name in verdict.possible if name not in spared]
    return "check" if verdict.outcome == "undetermined" and alerted and needy else "none"
