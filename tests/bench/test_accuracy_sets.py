"""Which sets are found, and what genre and tags their rows get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.accuracy import sets

ROW = "- {text: 家里4口人, gold: {household_size: 4}}\n"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own, shared = tmp_path / "own", tmp_path / "shared"
    (own / "heldout").mkdir(parents=True)
    shared.mkdir()
    monkeypatch.setattr(sets, "OWN", own)
    monkeypatch.setattr(sets, "SHARED", shared)
    (own / "chat.yml").write_text(ROW, encoding="utf-8")
    (own / "fact_types.yml").write_text("disability: bool\n", encoding="utf-8")
    return tmp_path


def test_every_file_of_the_held_out_folder_is_a_set(folders: Path) -> None:
    for name in ("a", "b"):
        (folders / "own" / "heldout" / f"{name}.yml").write_text(ROW, encoding="utf-8")
    assert [(one.name, one.group, one.ours) for one in sets.every_set()] == [
        ("chat", "tuned", True),
        ("heldout/a", "held out", True),
        ("heldout/b", "held out", True),
    ]


def test_real_messages_are_measured_where_they_are_and_told_where_not(folders: Path) -> None:
    assert "dev_labelled.jsonl" in sets.absent()
    line = json.dumps(
        {"text": "关于低保\n盼回复", "gold": {"intent": "question"}, "tags": ["heldout", "tipdm_fj4", "hard"]}
    )
    (folders / "shared" / "dev_labelled.jsonl").write_text(line + "\n", encoding="utf-8")
    assert "dev_labelled.jsonl" not in sets.absent()
    one = list(sets.every_set())[-1]
    assert (one.name, one.group, one.ours, one.rows[0]["genre"]) == ("petitions", "petitions", False, "petition")
    assert one.rows[0]["tags"] == ["hard"]


def test_sets_are_chosen_by_name_group_or_file(folders: Path) -> None:
    (folders / "own" / "heldout" / "a.yml").write_text(ROW, encoding="utf-8")
    file = folders / "mine.yml"
    file.write_text(ROW, encoding="utf-8")
    chosen = sets.chosen(["a", "tuned", str(file), "heldout/a"])
    assert [(one.name, one.group, one.ours) for one in chosen] == [
        ("heldout/a", "held out", True),
        ("chat", "tuned", True),
        ("mine.yml", "given", False),
    ]
    with pytest.raises(sets.UnknownSet, match="chat, heldout/a"):
        sets.chosen(["nonsense"])


@pytest.mark.parametrize(
    ("row", "genre", "tags"),
    [
        ({"text": "没得", "asks": "disability", "value": False}, "answer", {"dialect", "negation"}),
        ({"text": "俺娘病了", "gold": {}}, "chat", {"dialect"}),
        ({"text": "申请底保", "gold": {}, "genre": "operator", "tags": ["mine"]}, "operator", {"typo", "mine"}),
        ({"text": "怎么办", "gold": {}, "genre": "kind"}, "chat", {"kind"}),
        ({"text": "来电人称总费8.6w", "gold": {}}, "chat", {"proxy", "shorthand", "digits"}),
        ({"text": "喂" * 30, "gold": {}, "genre": "voice"}, "voice", {"no punctuation"}),
        ({"text": "他病了", "gold": {"hardships": ["illness other"]}}, "chat", {"other person"}),
        ({"text": "没病", "gold": {"hardships": ["illness self negated"]}}, "chat", {"negation"}),
        ({"text": "好", "gold": {"amounts": ["debt null", "debt 3"]}}, "chat", {"vague sum", "several sums"}),
        ({"text": "好", "gold": {}, "genre": "answers"}, "answer", set()),
    ],
)
def test_a_row_has_a_genre_and_the_tags_seen_in_it(folders: Path, row: dict, genre: str, tags: set[str]) -> None:
    (folders / "own" / "chat.yml").write_text(json.dumps([row]), encoding="utf-8")
    (found,) = next(iter(sets.every_set())).rows
    assert (found["genre"], set(found["tags"])) == (genre, tags)
