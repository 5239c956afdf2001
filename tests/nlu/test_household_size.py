"""How many people share the budget, as people say it; a size that nobody stated is not given."""

from __future__ import annotations

import pytest
import yaml

from tests.nlu.conftest import HERE

ROWS = yaml.safe_load((HERE / "data" / "sizes.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:24])
def test_the_size_of_a_household_is_what_was_said(extractor, row):
    assert extractor.extract(row["text"]).household_size == row["size"]
