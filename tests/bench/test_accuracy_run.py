"""A whole run on small sets: tables, JSON, the documents, and what is never written."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from bench.accuracy import __main__ as command
from bench.accuracy import documents, learned, measure, output, readers, sets, tables
from bench.accuracy.workers import WorkerFailed
from nlu.mentions import Extraction

SECRET = "这一句只在屏幕上"
OWN_TEXT = "我们自己写的一句"
DAY = date(2026, 11, 28)


class _Nothing:
    def extract(self, text, asks=None):
        return Extraction(intent="complaint")


@contextmanager
def _reads_nothing():
    yield _Nothing()


@contextmanager
def _absent():
    raise WorkerFailed("not compared: it is not here")
    yield


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three own sets and one from elsewhere, six rows each; one comparison that runs, one learned, one absent."""
    own, shared = tmp_path / "own", tmp_path / "shared"
    (own / "heldout").mkdir(parents=True)
    shared.mkdir()
    rows = [{"text": OWN_TEXT, "gold": {"intent": "complaint", "facts": {"disability": True}}, "tags": ["mine"]}] * 6
    (tmp_path / "labelled").mkdir()
    for file in (own / "chat.yml", own / "heldout" / "new.yml", tmp_path / "labelled" / "messages.yml"):
        file.write_text(json.dumps(rows), encoding="utf-8")
    real = {"text": SECRET, "gold": {"intent": "question", "alt_intent": "complaint", "hardships": [], "amounts": []}}
    (shared / "dev_labelled.jsonl").write_text((json.dumps(real) + "\n") * 6, encoding="utf-8")
    monkeypatch.setattr(sets, "OWN", own)
    monkeypatch.setattr(sets, "SHARED", shared)
    monkeypatch.setattr(sets, "LABELLED", tmp_path / "labelled")
    ways = (
        readers.Way("nothing", frozenset({"kind strict"}), _reads_nothing, "reads nothing"),
        readers.Way("Rasa stock", readers.RASA, _reads_nothing, "is trained"),
        readers.Way("absent", readers.MONEY, _absent, "is not here"),
    )
    monkeypatch.setattr(readers, "WAYS", ways)
    return tmp_path


def run(only_ours: bool = False) -> measure.Run:
    without = frozenset(way.name for way in readers.WAYS) if only_ours else frozenset()
    return measure.run(list(sets.every_set()), without, lambda line: None)


def test_every_way_is_scored_on_the_same_rows(small: Path) -> None:
    groups = {group.name: group for group in run().groups}
    assert {name: set(group.scores) for name, group in groups.items()} == {
        "tuned": {"ours", "nothing", "Rasa stock"},
        "learned": {"ours", "nothing"},  # not the one that is trained on them
        "held out": {"ours", "nothing", "Rasa stock"},
        "petitions": {"ours", "nothing", "Rasa stock"},
    }
    assert all(score.rows == 6 for group in groups.values() for score in group.scores.values())


def test_the_tables_say_who_could_not_run_and_what_was_tuned_on(small: Path) -> None:
    text = "\n\n".join(tables.report(run()))
    assert "## chat (sets of the repository that the reading was tuned on" in text
    assert "not run" in text
    assert "- absent: not compared: it is not here." in text
    assert "(trained on these)" in text
    assert "probes_money.jsonl" in text.splitlines()[-2] + text.splitlines()[-1]
    kind = next(line for line in text.splitlines() if line.startswith("| kind strict") and "not run" in line)
    assert "1.00 [0.61–1.00]" in kind
    assert "by genre" in text
    assert "| mine " in text
    assert SECRET in text  # on screen it may stand


def test_without_comparisons_there_is_no_table_of_them(small: Path) -> None:
    assert "compared" not in "\n".join(tables.report(run(only_ours=True)))


def test_json_holds_figures_and_quotes_the_texts_of_the_repository_alone(small: Path) -> None:
    content = output.as_json(run(), "abc", "2026-11-28")
    text = json.dumps(content, ensure_ascii=False)
    assert SECRET not in text
    assert OWN_TEXT in text
    by_name = {one["name"]: one for one in content["sets"]}
    assert by_name["petitions"]["worst"] is None
    facts = by_name["chat"]["measures"]["facts recall"]
    assert (facts["rate"], facts["n"]) == (0.0, 6)
    assert content["not_run"] == {"absent": "not compared: it is not here"}
    held_out = next(group for group in content["groups"] if group["name"] == "held out")
    assert set(held_out["compared"]) == {"ours", "nothing", "Rasa stock"}
    assert set(held_out["compared"]["nothing"]) == {"kind strict"}
    assert held_out["tags"]["mine"]["rows"] == 6


def test_the_comparison_is_written_between_its_markers_and_nothing_else_changes(small: Path) -> None:
    begin, end = documents.COMPARISON
    file = small / "README.md"
    file.write_text(f"before\n{begin}\nold\n{end}\nafter\n", encoding="utf-8")
    for _ in range(2):
        documents.write_comparison(run(), "abc", DAY, (file,))
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{begin}\n\n**Held-out sets of the repository: 6 messages**")
    assert text.endswith(f"{end}\nafter\n")
    assert "old" not in text
    assert text.count("Real petition-board messages") == 1
    assert SECRET not in text
    assert OWN_TEXT not in text
    assert "tuned" not in text.split("- nothing")[0]


def test_a_document_without_markers_is_left_alone(small: Path) -> None:
    file = small / "README.md"
    file.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(documents.NoMarkers, match=r"README\.md"):
        documents.write_comparison(run(), "abc", DAY, (file,))
    assert file.read_text(encoding="utf-8") == "nothing here\n"


def test_a_release_leaves_one_line_of_history_however_often_it_is_recorded(small: Path) -> None:
    begin, end = documents.HISTORY
    file = small / "accuracy.md"
    file.write_text(f"{begin}\n{end}\n", encoding="utf-8")
    for name, commit in (("0.1.0", "aaa"), ("0.2.0", "bbb"), ("0.2.0", "ccc")):
        documents.record(run(), name, commit, DAY, file)
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert lines[0].startswith("| date | release | commit | sets (messages) | kind strict | hardship type |")
    assert [line.split(" | ")[1:3] for line in lines[2:]] == [["0.1.0", "aaa"], ["0.2.0", "ccc"]]
    assert "held out (6) / petitions (6)" in lines[-1]
    assert lines[-1].count("|") == lines[0].count("|")


def test_the_documents_of_this_repository_have_their_markers() -> None:
    for file, markers in (
        (documents.README, documents.COMPARISON),
        (documents.ACCURACY, documents.COMPARISON),
        (documents.ACCURACY, documents.HISTORY),
    ):
        assert all(marker in file.read_text(encoding="utf-8") for marker in markers)


def test_the_command_prints_json_and_refuses_a_set_that_is_none(small: Path, capsys) -> None:
    assert command.main(["held out", "--only-ours", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in content["sets"]] == ["heldout/new"]
    assert command.main(["nonsense"]) == 2
    assert "heldout/new" in capsys.readouterr().err


def kinds_out_of_fold(rows: list[dict], folds: int) -> list[str]:
    return ["complaint"] * len(rows)


def whole_out_of_fold(rows: list[dict], folds: int) -> list[Extraction]:
    return [Extraction(intent="other")] * len(rows)


def test_what_is_learned_is_scored_on_rows_it_did_not_see() -> None:
    rows = [{"text": "甲", "gold": {"intent": kind, "facts": {}}} for kind in ("complaint", "other", "other")]
    rows.append({"text": "乙", "gold": {"facts": {}}})
    kinds = learned.cross_validated(f"{__name__}:kinds_out_of_fold", rows)
    assert (kinds.rows, kinds.tallies["kind strict"].right, "facts" in kinds.tallies) == (3, 1, False)
    whole = learned.cross_validated(f"{__name__}:whole_out_of_fold", rows)
    assert (whole.tallies["kind strict"].right, "facts" in whole.tallies) == (2, True)
