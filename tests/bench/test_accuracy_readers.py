"""The ways of reading that ours is compared with: keywords, and programs in another Python behind JSON lines."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bench.accuracy import jio_money, rasa_data, rasa_stock, readers
from bench.accuracy.keywords import KeywordReader
from bench.accuracy.workers import WorkerFailed, running
from nlu.mentions import Amount, Extraction, Hardship

# Greets, then answers as the test wants it: the text itself says how.
FAKE = """
import json, sys, time
print("# a greeting that is no JSON")
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    text = json.loads(line)["text"]
    if text == "end":
        sys.exit("no more of this")
    if text == "error":
        print(json.dumps({"error": "ValueError: no"}), flush=True)
    elif text == "silence":
        time.sleep(30)
    else:
        print("noise")
        print(json.dumps({"sums": [{"span": [1, 3], "num": ["2000.00", "3000.00"]}],
                          "intent": "complaint",
                          "entities": [{"entity": "illness", "role": None, "start": 0, "end": 2},
                                       {"entity": "amount", "role": "debt", "start": 2, "end": 5}]}), flush=True)
"""


@contextmanager
def fake(patience: float = 20):
    with running("fake", [sys.executable, "-c", FAKE], patience=patience) as worker:
        yield worker


@pytest.mark.parametrize(
    ("text", "kind", "types", "sums", "size"),
    [
        ("我爹得了肺癌，想申请低保", "apply_help", {"illness"}, [], None),
        ("我家没有人得肺癌", None, {"illness"}, [], None),  # no scope: that is what it is
        ("举报村支书贪污", "complaint", set(), [], None),
        ("请问低保标准是什么", "question", set(), [], None),
        ("今天天晴", "other", set(), [], None),
        ("花了3.5万元，报了8000块，家5口", None, set(), [35000, 8000], 5),
        ("两口子花了三万", None, set(), [], 2),
    ],
)
def test_the_keyword_matcher_takes_words_at_face_value(text, kind, types, sums, size):
    found = KeywordReader().extract(text)
    assert {h.type for h in found.hardships} >= types
    assert all((h.subject, h.status) == ("self_household", "actual") for h in found.hardships)
    assert all(text[h.start : h.end] == h.text for h in found.hardships)
    assert [a.value for a in found.amounts] == sums
    assert found.household_size == size
    if kind:
        assert found.intent == kind


def test_the_keyword_matcher_gives_the_role_named_nearest_before_the_sum():
    amounts = KeywordReader().extract("学费5000元，欠款2万元").amounts
    assert [(a.role, a.value) for a in amounts] == [("tuition", 5000.0), ("debt", 20000.0)]


def test_a_worker_answers_line_by_line_and_its_noise_is_passed_over():
    with fake() as worker:
        assert worker.ask({"text": "好"})["intent"] == "complaint"
        with pytest.raises(WorkerFailed, match="ValueError: no"):
            worker.ask({"text": "error"})
        assert worker.ask({"text": "好"})["intent"] == "complaint"


def test_a_worker_that_ends_or_is_silent_is_told():
    with fake() as worker:
        for _ in range(2):
            with pytest.raises(WorkerFailed, match="has ended"):
                worker.ask({"text": "end"})
    with fake() as worker, pytest.raises(WorkerFailed, match="status 1: no more of this"):
        worker.ask({"text": "end"})
    with fake(patience=1) as worker, pytest.raises(WorkerFailed, match="did not answer within 1 s"):
        worker.ask({"text": "silence"})
    with pytest.raises(WorkerFailed, match="cannot be started"), running("none", ["/no/such/program"]):
        pass


def test_jionlps_sums_become_amounts_with_the_centre_of_a_range():
    with fake() as worker:
        assert jio_money.JioReader(worker).extract("约两三千块").amounts == (Amount("other", 2500.0, "两三", 1, 3),)


class _Numerals:
    def extract(self, text, asks=None):
        return Extraction(amounts=(Amount("other", 30000.0, text, 0, len(text)),) if text == "欠三万" else ())


def test_rasas_entities_become_hardships_and_amounts():
    with fake() as worker:
        found = rasa_stock.RasaReader(worker, _Numerals()).extract("肺癌欠三万")
    assert found.intent == "complaint"
    assert found.hardships == (Hardship("illness", "肺癌", 0, 2, "self_household", "actual"),)
    assert found.amounts == (Amount("debt", 30000.0, "欠三万", 2, 5),)


@pytest.mark.parametrize("way", [jio_money, rasa_stock])
def test_without_its_environment_a_comparison_is_told_as_not_made(tmp_path: Path, way):
    with pytest.raises(WorkerFailed, match="not compared"), way.opened(tmp_path / "python"):
        pass


def test_a_way_that_cannot_run_does_not_stop_the_others(monkeypatch):
    @contextmanager
    def broken():
        raise WorkerFailed("it is not here")
        yield

    able = readers.WAYS[0]
    monkeypatch.setattr(readers, "WAYS", (able, readers.Way("broken", frozenset(), broken, "")))
    with ExitStack() as stack:
        found, unable = readers.open_all(stack, frozenset())
        assert list(found) == [able.name]
        assert unable == {"broken": "it is not here"}
        assert readers.open_all(stack, frozenset({able.name, "broken"})) == ({}, {})


class _Ours:
    def extract(self, text, asks=None):
        return Extraction(
            intent="apply_help",
            hardships=(Hardship("illness", "肺癌", 0, 2, "self_household", "actual"),),
            amounts=(Amount("medical_total", 30000.0, "欠三万", 2, 5),),
        )


_ILL = ("illness", None, "肺癌")


@pytest.mark.parametrize(
    ("gold", "intent", "entities"),
    [
        (
            {"intent": "complaint", "hardships": [{"type": "illness"}], "amounts": [{"role": "debt", "value": 30000}]},
            "complaint",
            [_ILL, ("amount", "debt", "欠三万")],
        ),
        ({"intent": "complaint", "hardships": [], "amounts": []}, "complaint", []),
        ({"hardships": [{"type": "illness"}]}, "apply_help", [_ILL, ("amount", "medical_total", "欠三万")]),
        (
            {"hardships": [{"type": "debt", "start": 2, "end": 5}], "amounts": []},
            "apply_help",
            [("debt", None, "欠三万")],
        ),
        (
            {"hardships": [{"type": "debt", "start": 1, "end": 3}, {"type": "illness"}], "amounts": []},
            "apply_help",
            [_ILL],
        ),
    ],
)
def test_training_data_marks_what_the_labels_say_where_it_stands(gold, intent, entities):
    data = rasa_data.training_data([{"text": "肺癌欠三万", "gold": gold}], _Ours())
    (example,) = data["rasa_nlu_data"]["common_examples"]
    assert example["intent"] == intent
    assert [(e["entity"], e.get("role"), e["value"]) for e in example["entities"]] == entities


@pytest.mark.parametrize(
    "row",
    [
        {"text": "肺癌", "gold": {"hardships": [{"type": "housing"}]}},  # cannot be located
        {"text": "肺癌", "gold": {"amounts": [{"role": "debt", "value": 7}]}},
        {"text": "没有", "asks": "disability", "gold": {"intent": "other"}},  # needs its question
        {"text": "没有", "gold": {"facts": {}}},
        {"text": "没" * 91, "gold": {"intent": "other"}},  # pads a whole batch
    ],
)
def test_a_row_that_would_teach_something_wrong_is_left_out(row):
    assert rasa_data.training_data([row], _Ours())["rasa_nlu_data"]["common_examples"] == []
