"""What the contract says of messages, sentence by sentence: every row is read wholly right."""

from __future__ import annotations

import pytest

from nlu.evaluation import load_rows, score
from tests.nlu.conftest import HERE

ROWS = load_rows(HERE / "data" / "ninth.yml")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.get('asks', '')}: {row['text'][:40]}" for row in ROWS])
def test_a_message_is_read_wholly_right(extractor, row):
    result = score("one", [row], extractor)
    assert [notes for _, _, notes in result.errors] == []
    tallies = result.tallies.values()
    assert all(tally.extra == tally.missed == 0 for tally in tallies)
