"""The scorer itself, on rows whose counts one can see: a figure is worth what its counting is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlu.evaluation import Score, bootstrap, load_rows, score, scored, wilson
from nlu.evaluation.intervals import f1, precision, recall
from nlu.evaluation.report import figures, markdown, table, worst
from nlu.mentions import Amount, DangerSignal, Extraction, Hardship, PlaceMention, ValueMention

ILL = Hardship("illness", "肺癌", 4, 6, "self_household", "actual")
FLOOD = Hardship("disaster", "淹了", 8, 10, "general", "actual")
SPENT = Amount("medical_self_paid", 50000.0, "五万", 12, 14)
SPENT_AGAIN = Amount("medical_self_paid", 50000.0, "5万", 20, 22)
VAGUE = Amount("debt", None, "几万", 30, 32)


def row(gold: dict, text: str = "一句话") -> dict:
    return {"text": text, "gold": gold}


ILLNESS = {"type": "illness", "subject": "self_household", "status": "actual"}
FIVE = {"role": "medical_self_paid", "value": 50000}


@pytest.mark.parametrize(
    ("gold", "found", "measure", "counts"),
    [
        ({"intent": "complaint"}, Extraction(intent="complaint"), "kind strict", (1, 0, 0)),
        ({"intent": "complaint"}, Extraction(intent="other"), "kind strict", (0, 0, 1)),
        ({"intent": "complaint", "alt_intent": "other"}, Extraction(intent="other"), "kind strict", (0, 0, 1)),
        ({"intent": "complaint", "alt_intent": "other"}, Extraction(intent="other"), "kind lenient", (1, 0, 0)),
        ({"hardships": [ILLNESS]}, Extraction(hardships=(ILL, FLOOD)), "hardship type", (1, 1, 0)),
        ({"hardships": [ILLNESS]}, Extraction(hardships=(ILL, ILL)), "hardship type", (1, 0, 0)),
        ({"hardships": [ILLNESS]}, Extraction(), "hardship type", (0, 0, 1)),
        ({"hardships": []}, Extraction(hardships=(FLOOD,)), "hardship type", (0, 1, 0)),
        (
            {"hardships": [{**ILLNESS, "subject": "general"}]},
            Extraction(hardships=(ILL,)),
            "hardship type+subject",
            (0, 1, 1),
        ),
        (
            {"hardships": [{**ILLNESS, "status": "negated"}]},
            Extraction(hardships=(ILL,)),
            "hardship type+subject",
            (1, 0, 0),
        ),
        (
            {"hardships": [{**ILLNESS, "status": "negated"}]},
            Extraction(hardships=(ILL,)),
            "hardship type+subject+status",
            (0, 1, 1),
        ),
        ({"hardships": [{**ILLNESS, "start": 5, "end": 9}]}, Extraction(hardships=(ILL,)), "hardship span", (1, 0, 0)),
        ({"hardships": [{**ILLNESS, "start": 6, "end": 9}]}, Extraction(hardships=(ILL,)), "hardship span", (0, 1, 1)),
        ({"amounts": [FIVE]}, Extraction(amounts=(SPENT, SPENT_AGAIN)), "amount value", (1, 0, 0)),
        ({"amounts": [FIVE]}, Extraction(amounts=(VAGUE,)), "amount value", (0, 1, 1)),
        ({"amounts": [{"role": "debt", "value": None}]}, Extraction(amounts=(VAGUE,)), "amount value", (1, 0, 0)),
        ({"amounts": [{**FIVE, "role": "debt"}]}, Extraction(amounts=(SPENT,)), "amount value", (1, 0, 0)),
        ({"amounts": [{**FIVE, "role": "debt"}]}, Extraction(amounts=(SPENT,)), "amount value+role", (0, 1, 1)),
        ({"household_size": 4}, Extraction(household_size=4), "household size", (1, 0, 0)),
        ({"household_size": 4}, Extraction(), "household size", (0, 0, 1)),
        ({"household_size": None}, Extraction(household_size=4), "household size (none stated)", (0, 1, 0)),
        ({"household_size": None}, Extraction(), "household size (none stated)", (1, 0, 0)),
        ({"facts": {"disability": True}}, Extraction(facts={"disability": True}), "facts", (1, 0, 0)),
        ({"facts": {"disability": True}}, Extraction(facts={"disability": False}), "facts", (0, 1, 1)),
        ({"facts": {"labour_full": 1}}, Extraction(facts={"labour_full": True}), "facts", (0, 1, 1)),
        ({"facts": {"income_year": 9000}}, Extraction(facts={"income_year": 9000.0}), "facts", (1, 0, 0)),
        ({"hardships": [], "amounts": []}, Extraction(intent="apply_help"), "nothing", (1, 0, 0)),
        ({"hardships": [], "amounts": []}, Extraction(amounts=(VAGUE,)), "nothing", (0, 1, 0)),
        ({"answer": {"disability": None}}, Extraction(), "answer", (1, 0, 0)),
        ({"answer": {"disability": None}}, Extraction(facts={"disability": False}), "answer", (0, 0, 1)),
        ({"answer": {"disability": False}}, Extraction(facts={"disability": False}), "answer", (1, 0, 0)),
        ({"answer": {"labour_full": 0}}, Extraction(facts={"labour_full": False}), "answer", (0, 0, 1)),
        ({"danger": None}, Extraction(danger=DangerSignal("hunger", "饿", 0, 1)), "danger", (0, 0, 1)),
        ({"danger": "hunger"}, Extraction(danger=DangerSignal("hunger", "饿", 0, 1)), "danger", (1, 0, 0)),
        ({"sums": [[40000, 60000]]}, Extraction(amounts=(SPENT,)), "sums", (1, 0, 0)),
        ({"sums": [[40000, 49000]]}, Extraction(amounts=(SPENT,)), "sums", (0, 0, 1)),
        ({"sums": []}, Extraction(amounts=(SPENT,)), "sums", (0, 0, 1)),
        ({"phones": ["1"]}, Extraction(phones=(ValueMention("1", "一", 0, 1),)), "phones", (1, 0, 0)),
        ({"id_numbers": ["1"]}, Extraction(), "id numbers", (0, 0, 1)),
        (
            {"place": {"county": "西吉县", "town": None}},
            Extraction(places=(PlaceMention("西吉", 0, 2, county="西吉县"),)),
            "place",
            (1, 0, 0),
        ),
        ({"place": {"county": "西吉县"}}, Extraction(), "place", (0, 0, 1)),
    ],
)
def test_a_row_is_counted_as_one_would_count_it(gold, found, measure, counts):
    one = scored(row(gold), found)
    assert one.counts[measure] == counts
    if measure.startswith(("kind strict", "amount value+role", "facts", "answer")):
        assert bool(one.notes) == (counts[1:] != (0, 0))


HARD = "hardship type+subject+status"
GENERAL_FLOOD = {"type": "disaster", "subject": "general", "status": "actual"}
AS_DEBT = [{"role": "debt", "value": 50000}]


@pytest.mark.parametrize(
    ("gold", "found", "measure", "counts"),
    [
        # given: no error; left out: none either
        ({"hardships": [], "optional_hardships": [GENERAL_FLOOD]}, Extraction(hardships=(FLOOD,)), HARD, (0, 0, 0)),
        ({"hardships": [], "optional_hardships": [GENERAL_FLOOD]}, Extraction(), HARD, (0, 0, 0)),
        ({"hardships": [], "optional_hardships": [GENERAL_FLOOD]}, Extraction(hardships=(ILL,)), HARD, (0, 1, 0)),
        (
            {"facts": {}, "optional_facts": {"disability": True}},
            Extraction(facts={"disability": True}),
            "facts",
            (0, 0, 0),
        ),
        (
            {"facts": {}, "optional_facts": {"disability": True}},
            Extraction(facts={"disability": False}),
            "facts",
            (0, 1, 0),
        ),
        # another reading of what is labelled counts as that
        (
            {"hardships": [{**GENERAL_FLOOD, "subject": "self_household"}], "optional_hardships": [GENERAL_FLOOD]},
            Extraction(hardships=(FLOOD,)),
            HARD,
            (1, 0, 0),
        ),
        ({"amounts": [FIVE], "optional_amounts": AS_DEBT}, Extraction(), "amount value+role", (0, 0, 1)),
        (
            {"amounts": [FIVE], "optional_amounts": AS_DEBT},
            Extraction(amounts=(Amount("debt", 50000.0, "五万", 0, 2),)),
            "amount value+role",
            (1, 0, 0),
        ),
        (
            {"amounts": [FIVE], "optional_amounts": AS_DEBT},
            Extraction(amounts=(Amount("loss", 50000.0, "五万", 0, 2),)),
            "amount value+role",
            (0, 1, 1),
        ),
        (
            {"household_size": None, "optional_facts": {"household_size": 2}},
            Extraction(household_size=2),
            "household size (none stated)",
            (1, 0, 0),
        ),
        (
            {"complaint_topic": "other", "alt_complaint_topics": ["fund_misuse"]},
            Extraction(complaint_topic="fund_misuse"),
            "complaint topic",
            (1, 0, 0),
        ),
    ],
)
def test_what_is_as_defensible_is_no_error(gold, found, measure, counts):
    assert scored(row(gold), found).counts[measure] == counts


def test_a_message_with_something_that_one_might_see_is_none_with_nothing_in_it():
    gold = {"hardships": [], "amounts": [], "optional_hardships": [GENERAL_FLOOD]}
    assert "nothing" not in scored(row(gold), Extraction()).counts


@pytest.mark.parametrize(
    ("gold", "absent"),
    [
        ({"intent": "other"}, ("hardship type", "amount value", "facts", "nothing", "household size")),
        ({"hardships": [ILLNESS], "amounts": []}, ("nothing", "hardship span")),
        ({"hardships": [], "amounts": [], "household_size": 3}, ("nothing",)),
        ({"household_size": None}, ("household size",)),
        ({"complaint_topic": None}, ("complaint topic",)),
    ],
)
def test_what_the_labels_lack_is_not_scored(gold, absent):
    counts = scored(row(gold), Extraction(hardships=(ILL,), amounts=(SPENT,))).counts
    assert not set(absent) & set(counts)


class _Echo:
    """Gives what the test says; raises for a text that asks for it."""

    def extract(self, text, asks=None):
        if text == "坏":
            raise ValueError("cannot read this")
        return Extraction(intent="other", facts={"household_size": 3} if asks == "household_size" else {})


def test_a_reader_that_raises_has_missed_everything_and_it_is_told():
    result = score("two", [row({"intent": "other"}), row({"intent": "other", "hardships": [ILLNESS]}, "坏")], _Echo())
    found = figures(result)
    assert found["answered"].rate == found["kind strict"].rate == 0.5
    assert found["hardship type"].recall == 0.0
    assert "cannot read this" in result.errors[0][2][0]


def test_the_question_asked_reaches_the_reader():
    rows = [{"text": "仨", "asks": "household_size", "gold": {"answer": {"household_size": 3}}}]
    assert score("one", rows, _Echo()).tallies["answer"].right == 1


def test_precision_recall_and_f1_of_counts():
    counts = (6, 2, 4)
    assert (precision(counts), recall(counts)) == (0.75, 0.6)
    assert f1(counts) == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert (precision((0, 0, 3)), recall((0, 2, 0)), f1((0, 0, 0))) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("rate", "total", "low", "high"),
    [(0.5, 10, 0.237, 0.763), (1.0, 20, 0.839, 1.0), (0.0, 20, 0.0, 0.161), (0.9, 100, 0.826, 0.945), (0.0, 0, 0, 1)],
)
def test_wilsons_interval_is_the_one_of_the_books(rate, total, low, high):
    assert wilson(rate, total) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


def test_the_bootstrap_resamples_messages_and_is_the_same_every_time():
    spread = [(1, 0, 0)] * 80 + [(0, 1, 1)] * 20
    lumped = [(10, 0, 0)] * 8 + [(0, 10, 10)] * 2  # the same mentions in ten messages
    low, high = bootstrap(spread, f1)
    assert (low, high) == bootstrap(spread, f1)
    assert 0.68 < low < 0.76 < 0.8 < 0.84 < high < 0.92
    lumped_low, lumped_high = bootstrap(lumped, f1)
    assert lumped_low < low
    assert lumped_high > high


def test_no_error_in_a_small_sample_is_no_certainty():
    low, high = bootstrap([(1, 0, 0)] * 5, f1)
    assert low < 0.7
    assert high == 1.0


def test_hand_written_rows_are_read_as_their_long_form(tmp_path: Path):
    file = tmp_path / "rows.yml"
    file.write_text(
        "- {text: 甲, gold: {hardships: [illness, housing other negated, debt self past],"
        " amounts: [debt 3e4, other null]}}\n"
        "- {asks: disability, text: 没得, value: false}\n"
        "- {text: 不想活了, kind: suicide}\n"
        "- {words: no message at all}\n"
        "- {text: 我爹得了肺癌, gold: {hardships:"
        " [{type: illness, subject: self_household, status: actual, text: 肺癌}]}}\n",
        encoding="utf-8",
    )
    first, second, third, fourth = load_rows(file)
    assert (fourth["gold"]["hardships"][0]["start"], fourth["gold"]["hardships"][0]["end"]) == (4, 6)
    assert first["gold"]["hardships"] == [
        ILLNESS,
        {"type": "housing", "subject": "other_person", "status": "negated"},
        {"type": "debt", "subject": "self_household", "status": "past_resolved"},
    ]
    assert first["gold"]["amounts"] == [{"role": "debt", "value": 30000.0}, {"role": "other", "value": None}]
    assert second["gold"] == {"answer": {"disability": False}}
    assert third["gold"] == {"danger": "suicide"}


def test_a_table_of_answers_and_the_probes_are_rows(tmp_path: Path):
    answers = tmp_path / "answers.yml"
    answers.write_text("disability: {没有: false, 有: true}\n", encoding="utf-8")
    assert [(r["text"], r["gold"]) for r in load_rows(answers)] == [
        ("没有", {"answer": {"disability": False}}),
        ("有", {"answer": {"disability": True}}),
    ]
    types = tmp_path / "types.yml"
    types.write_text("household_kind: [lifted, general]\ndisability: bool\n", encoding="utf-8")
    assert load_rows(types) == []
    probes = tmp_path / "probes.jsonl"
    lines = [
        {"text": "两三千", "expr": "两三千", "lo": 2000, "hi": 3000, "kind": "range"},
        {"text": "七八成", "expr": "七八成", "lo": 0.7, "hi": 0.8, "kind": "ratio"},
        {"text": "七万和四万", "expr": "", "lo": [70000, 40000], "hi": [70000, 40000], "kind": "multi"},
        {"text": "电话", "phones": ["1"], "ids": ["2"]},
        {"text": "西吉", "province": None, "city": None, "county": "西吉县", "town": None, "village": None},
    ]
    probes.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert [next(iter(r["gold"].values())) for r in load_rows(probes)][:4] == [
        [[2000, 3000]],
        [],
        [[70000, 70000], [40000, 40000]],
        ["1"],
    ]


def test_a_table_shows_rates_intervals_and_the_worst_message_first():
    rows = [
        scored(row({"intent": "other", "facts": {}}, "好"), Extraction()),
        scored(row({"intent": "question", "facts": {"disability": True}}, "坏" * 100), Extraction()),
        scored(row({"intent": "question"}, "次"), Extraction()),
    ]
    result = Score("three", tuple(rows))
    shown = table(result)
    assert "three: 3 messages" in shown
    line = next(line for line in shown.splitlines() if line.startswith("| kind strict"))
    assert [cell.strip() for cell in line.split("|")[2:4]] == ["0.333", "0.06–0.79"]
    assert worst(result, 1).startswith("- 2 in «坏坏")
    assert "…" in worst(result, 1)
    assert len(worst(result).splitlines()) == 2


def test_a_part_of_a_score_is_a_score():
    result = Score("all", tuple(scored({**row({"intent": "other"}), "genre": g}, Extraction()) for g in "aab"))
    assert result.part("a", lambda r: r["genre"] == "a").rows == 2


def test_a_markdown_table_has_its_columns_in_line():
    assert markdown(("a", "bb"), [("ccc", "d")]) == "| a   | bb |\n|-----|----|\n| ccc | d  |"
