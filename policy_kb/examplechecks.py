"""Has every condition its examples, do they name what is there, and do they say possible things of a household?"""

from __future__ import annotations

from collections.abc import Iterator

from policy_kb.factchecks import value_fault
from policy_kb.hints import nearest
from policy_kb.namechecks import Found
from policy_kb.pack import Pack
from policy_kb.schema import Facts
from policy_kb.trees import SECTIONS, named, section
from policy_kb.vocabulary import Vocabulary
from policy_kb.yamlfile import Path_

SIDES = ("holds", "fails", "open")
# How one entry of a section is called in a sentence.
WORDS = {
    "nodes": "node",
    "exclusions": "exclusion",
    "bars": "bar",
    "flags": "flag",
    "measures": "measure",
    "steps": "step",
}


def check_examples(pack: Pack, vocabulary: Vocabulary) -> Iterator[Found]:
    """Nodes without examples, examples of nodes that are not there, and facts that cannot be."""
    yield from _missing(pack, ("nodes",))
    yield from _strangers(pack, ("nodes",))
    for path, facts in _all_facts(pack):
        for fact, value in facts.items():
            message = None if value is None and fact in vocabulary else value_fault(vocabulary, fact, value)
            if message:
                yield "examples.yml", (*path, fact), message


def check_other_examples(pack: Pack) -> Iterator[Found]:
    """The same of the conditions outside the categories (`when` of a measure, `skip_when` of a step …)."""
    yield from _missing(pack, SECTIONS[1:])
    yield from _strangers(pack, SECTIONS[1:])


def _strangers(pack: Pack, parts: tuple[str, ...]) -> Iterator[Found]:
    there = named(pack)
    for part in parts:
        names = [name for where, name in there if where == part]
        for name in sorted(set(section(pack.examples, part)) - set(names)):
            if name not in pack.lost:
                near = nearest(name, names)
                hint = f"did you mean {near!r}?" if near else "correct the name or take it out."
                what = "" if part == "nodes" else " with a condition of its own"
                yield "examples.yml", (part, name), f"There is no {WORDS[part]} {name!r}{what}; {hint}"


def _missing(pack: Pack, parts: tuple[str, ...]) -> Iterator[Found]:
    for part, name in sorted(named(pack)):
        if part in parts and name not in section(pack.examples, part) and name not in pack.lost:
            message = f"The {WORDS[part]} {name!r} has no examples; add holds, fails and open."
            yield "examples.yml", (part,), message if part == "nodes" else f"{message[:-1]} under `{part}`."


def _all_facts(pack: Pack) -> Iterator[tuple[Path_, Facts]]:
    for number, household in enumerate(pack.examples.households):
        yield ("households", number, "facts"), household.facts
    for part in SECTIONS:
        for name, examples in section(pack.examples, part).items():
            for side in SIDES:
                for number, facts in enumerate(getattr(examples, side)):
                    yield (part, name, side, number), facts
