"""Pages of docs are followed word for word: their files are read, and their commands print what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.follow import follow

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.timeout(600)  # passwords are hashed as slowly as ever
@pytest.mark.parametrize(("page", "commands"), [("lists.md", 6), ("replay.md", 11)])
def test_a_page_can_be_followed(tmp_path: Path, page: str, commands: int) -> None:
    ran = list(follow(DOCS / page, tmp_path))
    assert [(one.command, one.printed) for one in ran] == [(one.command, one.page) for one in ran]
    assert len(ran) == commands
