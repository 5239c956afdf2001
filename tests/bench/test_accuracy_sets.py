"""Which sets are found, and what genre and tags their rows get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.accuracy import sets
from bench.accuracy.ours import our_types
from nlu import FactType
from nlu.kind import KINDS, TOPICS
from nlu.lexicon_files import hardship_files

HARDSHIPS = {Path(name).stem for name in hardship_files()}
SUBJECTS = {"self_household", "other_person", "general"}
STATUSES = {"actual", "negated", "hypothetical", "past_resolved"}
ROLES = {"medical_total", "medical_self_paid", "reimbursed", "tuition", "income_year", "income_month", "benefit"}
ROLES |= {"debt", "loss", "price", "other"}
ROW = "- {text: 家里4口人, gold: {household_size: 4}}\n"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own, shared = tmp_path / "own", tmp_path / "shared"
    (own / "heldout").mkdir(parents=True)
    shared.mkdir()
    monkeypatch.setattr(sets, "OWN", own)
    monkeypatch.setattr(sets, "SHARED", shared)
    monkeypatch.setattr(sets, "LABELLED", tmp_path / "labelled")
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


def test_messages_that_tables_learn_from_are_sets_of_their_own(folders: Path) -> None:
    (folders / "labelled").mkdir()
    (folders / "labelled" / "a.yml").write_text(ROW, encoding="utf-8")
    assert [(one.name, one.group) for one in sets.every_set()] == [("chat", "tuned"), ("learned/a", "learned")]


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


def test_labels_that_stand_apart_are_joined_with_their_texts_where_those_are(folders: Path, monkeypatch) -> None:
    monkeypatch.setattr(sets, "APART", folders / "labels")
    (folders / "labels").mkdir()
    gold = {"intent": "question", "hardships": [{"type": "illness", "start": 1, "end": 2}]}
    for file in ("read", "held_out"):
        rows = [{"id": file, "gold": gold}, {"id": "gone", "gold": gold}]
        (folders / "labels" / f"{file}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert sets.TEXTS in sets.absent()
    assert [one.name for one in sets.every_set()] == ["chat"]
    texts = [{"id": "read", "text": "他病了", "original_label": None}, {"id": "held_out", "text": "我病了吗"}]
    (folders / "shared" / sets.TEXTS).write_text("\n".join(map(json.dumps, texts)), encoding="utf-8")
    assert [(one.name, one.group, one.ours, [row["text"] for row in one.rows]) for one in sets.every_set()][1:] == [
        ("petitions/read", "petitions", False, ["他病了"]),
        ("petitions/held_out", "petitions held out", False, ["我病了吗"]),
    ]


@pytest.mark.parametrize("file", ["read.jsonl", "held_out.jsonl"])
def test_labels_that_stand_apart_hold_no_word_of_the_texts(file: str) -> None:
    rows = [json.loads(line) for line in (sets.APART / file).read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 300
    assert not re.search("[\u4e00-\u9fff]", json.dumps(rows, ensure_ascii=False))
    for gold in (row["gold"] for row in rows):
        assert {gold["intent"], gold["alt_intent"] or gold["intent"]} <= set(KINDS)
        assert (gold["complaint_topic"] is None) or gold["complaint_topic"] in TOPICS
        for told in gold["hardships"] + gold.get("optional_hardships", []):
            assert (told["type"] in HARDSHIPS, told["subject"] in SUBJECTS, told["status"] in STATUSES) == (True,) * 3
        assert {told["role"] for told in gold["amounts"] + gold.get("optional_amounts", [])} <= ROLES
        assert set(gold["facts"]) | set(gold.get("optional_facts", {})) <= set(our_types())


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


@pytest.mark.parametrize("one", [s for s in sets.every_set() if s.ours], ids=lambda s: s.name)
def test_every_label_of_the_repository_is_one_that_can_be_right(one: sets.LabelledSet) -> None:
    wrong = [f"{row['text'][:20]}: {fault}" for row in one.rows for fault in _faults(row)]
    assert not wrong


def _faults(row: dict) -> Iterator[str]:
    gold, types = row["gold"], our_types()
    for key in ("intent", "alt_intent"):
        if gold.get(key) is not None and gold[key] not in KINDS:
            yield f"{key} {gold[key]}"
    topics = [gold.get("complaint_topic"), *gold.get("alt_complaint_topics", [])]
    yield from (f"topic {topic}" for topic in topics if topic is not None and topic not in TOPICS)
    for item in [*gold.get("hardships", []), *gold.get("optional_hardships", [])]:
        if item["type"] not in HARDSHIPS or item["subject"] not in SUBJECTS or item["status"] not in STATUSES:
            yield f"hardship {item}"
    for item in [*gold.get("amounts", []), *gold.get("optional_amounts", [])]:
        if item["role"] not in ROLES:
            yield f"amount {item}"
    facts = [*gold.get("facts", {}).items(), *gold.get("optional_facts", {}).items(), *gold.get("answer", {}).items()]
    for fact, value in facts:
        if value is not None and not _fits(types.get(fact), value):  # null: a question whose answer tells nothing
            yield f"fact {fact}: {value}"


def _fits(kind: FactType | None, value: object) -> bool:
    if kind is None or isinstance(value, bool) != (kind.kind == "bool"):
        return False
    return kind.kind != "enum" or value in kind.values
