"""Several requests at once: the same verdicts as one after another, also while memory is being cleared."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from policy_kb import Library, load_library, verdict

DAY = date(2020, 6, 1)


def _households(library: Library, count: int) -> list[dict[str, object]]:
    dice = random.Random(7)
    facts = [f for f in library.assess("luan-2019-15", {}, DAY).unknown if library.vocabulary[f].kind == "bool"]
    return [{fact: dice.random() < 0.5 for fact in facts if dice.random() < 0.3} for _ in range(count)]


def test_many_threads_give_the_same_verdicts_as_one(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    households = _households(library, 400)
    alone = [library.assess("luan-2019-15", household, DAY) for household in households]
    monkeypatch.setattr(verdict, "NODES", 200)
    fresh = load_library()

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda household: fresh.assess("luan-2019-15", household, DAY), households))

    assert together == alone
