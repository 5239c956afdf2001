"""Facts that must be read wholly right, theme by theme."""

from __future__ import annotations

import pytest

from nlu.evaluation import load_rows
from tests.nlu.conftest import HERE

FILES = (
    "facts_students.yml",
    "facts_of_nobody.yml",
    "facts_by_theme.yml",
    "facts_asked_guessed.yml",
    "facts_in_letters.yml",
)
ROWS = [row for file in FILES for row in load_rows(HERE / "data" / file)]


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:60] for row in ROWS])
def test_facts_are_read_wholly_right(extractor, row):
    assert extractor.extract(row["text"], row.get("asks")).facts == row["gold"]["facts"]
