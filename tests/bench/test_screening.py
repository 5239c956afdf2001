"""What the measurement of whole counties compares is the rules themselves."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.openfisca.rules import Tree, rules_of
from bench.screening import DAY, Columns, households, ours_of
from policy_kb import Library, load_library

PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")
ROWS = 400


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def said(library: Library, pack: str, columns: Columns) -> Counter[str]:
    """How many of the households `assess` finds in each category."""
    found: Counter[str] = Counter()
    for place in range(ROWS):
        known = {name: values[place].item() for name, values in columns.items()}
        words = {n: library.vocabulary[n].values[v] for n, v in known.items() if library.vocabulary[n].values}
        verdict = library.assess(pack, {**known, **words}, DAY, "any")
        if verdict.category:
            found[verdict.category] += 1
    return found


@pytest.mark.parametrize("pack", PACKS)
def test_what_is_measured_is_what_assess_says(library: Library, pack: str) -> None:
    columns = households(library, pack, ROWS)
    _, counts = ours_of(library, pack, columns)
    assert Counter(counts) == Counter(dict.fromkeys(counts, 0)) + said(library, pack, columns)


def leaves(tree: Tree) -> list[Tree]:
    if tree[0] in ("is", "in", "compare"):
        return [tree]
    return [leaf for part in tree[1:] if isinstance(part, list) for leaf in leaves(part)]


@pytest.mark.parametrize("pack", PACKS)
def test_the_other_program_gets_every_fact_it_reads(library: Library, pack: str) -> None:
    before = str(library.assess(pack, {}, DAY, "any"))
    rules = rules_of(library.evaluator(pack, DAY, None))
    tests = [leaf for tree in rules["categories"].values() for leaf in leaves(tree)]
    assert tests
    for test in tests:
        assert test[1] in rules["facts"] or test[1] in rules["derived"]
        if test[0] == "compare" and isinstance(test[3], str):
            assert test[3] in rules["parameters"]
    assert str(library.assess(pack, {}, DAY, "any")) == before
