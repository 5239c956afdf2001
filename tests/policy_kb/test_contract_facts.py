"""The fact table is the contract's: same ids, types, units, askers and derivations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_kb import FactSpec, Library

CONTRACT = Path(__file__).parents[2].parent / "shared" / "contract" / "facts.yaml"


@pytest.fixture(scope="module")
def contract() -> dict[str, dict[str, Any]]:
    if not CONTRACT.is_file():
        pytest.skip("the contract is not beside this checkout")
    found: dict[str, dict[str, Any]] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return found


def _type(spec: FactSpec) -> str:
    return f"enum[{', '.join(spec.values)}]" if spec.kind == "enum" else spec.kind


def test_no_fact_is_missing_or_added(library: Library, contract: dict[str, dict[str, Any]]) -> None:
    assert set(library.vocabulary) == set(contract)


def test_every_fact_is_what_the_contract_says(library: Library, contract: dict[str, dict[str, Any]]) -> None:
    share = library.shared["burden_share"].values[0].value
    for fact, wanted in contract.items():
        spec = library.vocabulary[fact]
        derive = spec.derive.replace("burden_share", f"{share:.2f}")
        assert _type(spec) == wanted["type"], fact
        assert spec.unit == wanted.get("unit", ""), fact
        assert spec.ask == wanted.get("ask"), fact
        assert derive == wanted.get("derive", ""), fact
