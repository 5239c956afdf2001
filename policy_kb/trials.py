"""Trying a pack's own examples: does each clause hold, fail and stay open where the pack says so?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from policy_kb.errors import Fault
from policy_kb.evaluator import Evaluator
from policy_kb.hints import nearest
from policy_kb.library import Library
from policy_kb.pack import Pack
from policy_kb.schema import HouseholdExample
from policy_kb.trees import SECTIONS, Named, named, section

SIDES: Mapping[str, bool | None] = {"holds": True, "fails": False, "open": None}


@dataclass(frozen=True)
class Case:
    """One example of a condition: the households named in one line of examples.yml, and what it must come to."""

    named: Named
    path: tuple[str | int, ...]
    facts: Mapping[str, object]
    wanted: bool | None


def cases(pack: Pack) -> Iterator[Case]:
    """Every example of a condition, section by section."""
    for part in SECTIONS:
        for name, examples in section(pack.examples, part).items():
            for side, wanted in SIDES.items():
                for number, facts in enumerate(getattr(examples, side)):
                    yield Case((part, name), (part, name, side, number), facts, wanted)


def example_day(pack: Pack) -> date:
    """A day on which the pack's own figures hold: the first day of its first household example."""
    return pack.examples.households[0].date


def try_examples(library: Library, pack: Pack) -> list[Fault]:
    """Every example whose outcome is not what the file says."""
    tried = [*_cases(library, pack), *_households(library, pack)]
    faults = [pack.files["examples.yml"].fault(path, message) for path, message in tried]
    return faults + [pack.files["answers.yml"].fault(path, message) for path, message in _topics(library, pack)]


def _topics(library: Library, pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    known = set(library.questions.by_id)
    for number, answer in enumerate(pack.answers):
        if answer.topic not in known and not answer.asked:
            near = nearest(answer.topic, known)
            hint = f"did you mean {near!r}?" if near else "add it there or add `asked`."
            yield (number, "topic"), f"Nobody can ask for {answer.topic!r}: it is not in questions.yml; {hint}"


def _cases(library: Library, pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    day, conditions = example_day(pack), named(pack)
    for case in cases(pack):
        if case.named not in conditions:
            continue  # that there is none of this name is told already
        found = library.holds(pack, conditions[case.named], case.facts, on=day)
        if found is not case.wanted:
            facts = dict(case.facts)
            yield case.path, f"Found {found} for {facts}; expected {case.wanted}; correct the pack or the example."


def _households(library: Library, pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for number, example in enumerate(pack.examples.households):
        for key, found in differing(library.evaluator(pack, example.date), library, example):
            yield (
                ("households", number, "expect", key),
                f"Found {found} for «{example.name}»; expected {example.expect[key]}; correct the pack or the example.",
            )


def differing(evaluator: Evaluator, library: Library, example: HouseholdExample) -> Iterator[tuple[Any, object]]:
    """What the verdict says otherwise than the household example: (key of `expect`, what was found)."""
    facts = library.check_facts(example.facts)
    verdict = evaluator.assess(facts, example.date, "any", ())
    found = verdict.to_json()
    found["flags"] = [flag.id for flag in verdict.flags]
    found["measures"] = [measure.id for measure in evaluator.measures(facts, verdict)]
    found["no_measures"] = found["measures"]
    for key, wanted in example.expect.items():
        if not _as_wanted(key, wanted, found[key]):
            yield key, found[key]


def _as_wanted(key: str, wanted: object, found: object) -> bool:
    """`measures`: these are among those found; `no_measures`: none of these; other lists: the same, in any order."""
    if not isinstance(wanted, list) or not isinstance(found, list):
        return found == wanted
    if key == "no_measures":
        return not set(wanted) & set(found)
    return set(wanted) <= set(found) if key == "measures" else set(wanted) == set(found)
