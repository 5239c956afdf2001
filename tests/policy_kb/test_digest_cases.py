"""Whole households worked out by hand from the five documents: facts in, the verdict that the clauses demand out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_kb import Library, load_library

CASES = Path(__file__).parent / "digest_cases"
AS_SETS = {
    "possible": "possible",
    "unknown": "unknown",
    "exclusions": "exclusions",
    "bars": "bars",
    "unchecked": "unchecked_exclusions",
    "stale": "stale_parameters",
}


def _cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yml")):
        sheet = yaml.safe_load(file.read_text(encoding="utf-8"))
        for case in sheet["cases"]:
            yield pytest.param(file.stem, case.get("date", sheet["date"]), case, id=f"{file.stem}: {case['name']}")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.mark.parametrize(("pack_id", "on", "case"), list(_cases()))
def test_the_verdict_is_what_the_clauses_demand(library: Library, pack_id: str, on: date, case: dict[str, Any]) -> None:
    verdict = library.assess(library.pack(pack_id), case["facts"], on)

    assert (verdict.outcome, verdict.category) == (case["outcome"], case.get("category"))
    for key, attribute in AS_SETS.items():
        if key in case:
            assert set(getattr(verdict, attribute)) == set(case[key]), attribute
    if verdict.outcome in ("meets", "excluded"):
        assert list(verdict.possible) == [case["category"]]


def test_every_document_has_at_least_twenty_five_households() -> None:
    counts = {file.stem: len(yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]) for file in CASES.glob("*.yml")}

    assert len(counts) == 5
    assert min(counts.values()) >= 25, counts
