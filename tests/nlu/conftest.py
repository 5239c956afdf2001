"""One extractor for the tests of this room; fact types come from the vocabulary's own files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nlu import Extractor, FactType

HERE = Path(__file__).parent
SHARED = HERE.parents[1].parent / "shared" / "data"  # beside the checkout on machines that have it


def table(name: str) -> list[dict]:
    return yaml.safe_load((HERE / "data" / name).read_text(encoding="utf-8"))


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine (expected in ../shared/data)")
    return path


@pytest.fixture(scope="session")
def fact_types() -> dict[str, FactType]:
    kinds = table("fact_types.yml")
    return {
        fact: FactType("enum", tuple(kind)) if isinstance(kind, list) else FactType(kind)
        for fact, kind in kinds.items()
    }


@pytest.fixture(scope="session")
def extractor(fact_types: dict[str, FactType]) -> Extractor:
    return Extractor(fact_types)
