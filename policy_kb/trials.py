"""Trying a pack's own examples: does each clause hold, fail and stay open where the pack says so?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from policy_kb.conditions import Condition
from policy_kb.errors import Fault
from policy_kb.hints import nearest
from policy_kb.library import Library
from policy_kb.pack import Pack

SIDES: Mapping[str, bool | None] = {"holds": True, "fails": False, "open": None}


def node_of(pack: Pack, name: str) -> Condition:
    """The condition of a category or of a node with that id."""
    if name in pack.categories:
        return pack.categories[name].when
    trees = [*pack.definitions.values(), *(category.when for category in pack.categories.values())]
    return next(node for tree in trees for node in tree.walk() if node.id == name)


def example_day(pack: Pack) -> date:
    """A day on which the pack's own figures hold: the first day of its first household example."""
    return pack.examples.households[0].date


def try_examples(library: Library, pack: Pack) -> list[Fault]:
    """Every example whose outcome is not what the file says."""
    tried = [*_nodes(library, pack), *_households(library, pack)]
    faults = [pack.files["examples.yml"].fault(path, message) for path, message in tried]
    return faults + [pack.files["answers.yml"].fault(path, message) for path, message in _topics(library, pack)]


def _topics(library: Library, pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    known = set(library.questions.by_id)
    for number, answer in enumerate(pack.answers):
        if answer.topic not in known and not answer.asked:
            near = nearest(answer.topic, known)
            hint = f"did you mean {near!r}?" if near else "add it there or add `asked`."
            yield (number, "topic"), f"Nobody can ask for {answer.topic!r}: it is not in questions.yml; {hint}"


def _nodes(library: Library, pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    day = example_day(pack)
    for name, examples in pack.examples.nodes.items():
        condition = node_of(pack, name)
        for side, wanted in SIDES.items():
            for number, facts in enumerate(getattr(examples, side)):
                found = library.holds(pack, condition, facts, on=day)
                if found is not wanted:
                    yield (
                        ("nodes", name, side, number),
                        f"Found {found} for {dict(facts)}; expected {wanted}; correct the pack or the example.",
                    )


def _households(library: Library, pack: Pack) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for number, example in enumerate(pack.examples.households):
        verdict = library.assess(pack, example.facts, example.date, ask="any")
        found = verdict.to_json()
        found["flags"] = [flag.id for flag in verdict.flags]
        found["measures"] = [measure.id for measure in library.measures_for(pack, example.facts, verdict)]
        for key, wanted in example.expect.items():
            same = found[key] == wanted
            if isinstance(wanted, list):
                same = set(wanted) <= set(found[key]) if key == "measures" else set(wanted) == set(found[key])
            if not same:
                yield (
                    ("households", number, "expect", key),
                    f"Found {found[key]} for «{example.name}»; expected {wanted}; correct the pack or the example.",
                )
