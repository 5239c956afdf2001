"""The role of a sum is told by table and rules together; without the table the rules answer."""

from __future__ import annotations

import pytest

from nlu import learned, role_training
from nlu.evaluation import load_rows
from nlu.labelled_rows import LABELLED, labelled, row_of
from nlu.role_model import ROLE, ROLES, voice_of_rules
from nlu.role_training import examples, fitted, right_of

STRANGERS = ("thirteenth_chat", "thirteenth_operator", "thirteenth_voice", "fourteenth_voice_chat")


def roles(extractor, text):
    return [amount.role for amount in extractor.extract(text).amounts]


def test_the_table_tells_more_than_the_rules_of_messages_it_has_not_seen():
    """Rules were made before these messages were written; the table is learned here from others alone."""
    rows = [row_of(row) for name in STRANGERS for row in load_rows(LABELLED / f"{name}.yml")]
    texts, unseen = {row.text for row in rows}, examples(rows)
    table = fitted(examples([row for row in labelled() if row.text not in texts]))
    counts = {way: sum(right_of(table, one)[way] for one in unseen) for way in ("rules", "both")}
    assert len(unseen) > 150
    assert counts["both"] > counts["rules"]
    assert counts["both"] >= 0.8 * len(unseen)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("一只羊羔八百多，没本钱买", ["price"]),
        ("我在镇上扫街，一个月一千三", ["income_month"]),
        ("水滴筹筹了两万六", ["other"]),
        ("大棚塌了，少说三万块没了", ["loss"]),
        ("娃上高中一学期三千二", ["tuition"]),
    ],
)
def test_what_no_single_word_tells(extractor, text, said):
    assert roles(extractor, text) == said


def test_of_petitions_the_rules_are_heard_more_and_a_construction_most():
    message, petition, construction = (
        voice_of_rules("debt", formed, length)["debt"] for formed, length in ((False, 40), (False, 400), (True, 40))
    )
    assert message < petition < construction


def test_every_role_is_learned_from_many_sums():
    counts = {role: sum(one.role == role for one in examples()) for role in ROLES}
    assert min(counts.values()) >= 60, counts


def test_an_answer_keeps_what_its_question_asks_for(extractor):
    found = extractor.extract("大概八千块", "schooling_cost_year")
    assert [(a.role, a.value) for a in found.amounts] == [("tuition", 8000)]


def test_without_the_table_the_rules_answer(extractor, monkeypatch, caplog, tmp_path):
    def broken():
        raise RuntimeError("no")

    monkeypatch.setattr(role_training, "train", broken)
    monkeypatch.setattr(learned, "MODELS", tmp_path)
    ROLE.forget()
    try:
        assert roles(extractor, "住院花了三万") == ["medical_total"]
        assert "the rules of money alone" in caplog.text
    finally:
        ROLE.forget()
