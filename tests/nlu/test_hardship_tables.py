"""Clauses tell hardships that no word of the lexicons holds; words of a trouble used for something else tell none."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from nlu import hardship_choice
from nlu.clauses import Clauses
from nlu.hardship_choice import judged
from nlu.hardship_model import HARDSHIP, NONE, TYPES, groups_about, groups_of_piece, weighed, weighed_about
from nlu.hardships import find_hardships
from nlu.normalise import read
from nlu.plain_clauses import plain
from nlu.scope import Scope
from nlu.sparse_learning import Case, Effort, fit_large
from nlu.table import Said
from nlu.terms import lexicon


def by_words(text):
    hits = lexicon().index.find(text)
    clauses = Clauses(text, hits)
    scope = Scope(text, clauses, hits, False)
    return find_hardships(text, clauses, hits, scope, lexicon()), scope


def by_both(text, kind="complaint"):
    found, scope = by_words(text)
    return judged(found, (), scope, read(text), kind, 0).found


def types(found):
    return {one.type for one in found}


GIVEN = {
    "水龙头一天滴不满一桶": "water",
    "厂里就没去了": "job_loss",
    "娃的书本钱还没着落": "schooling",
    "阿婆洗澡要人抱": "elderly_care",
}
NOTHING = ("我儿子在外面打工，日子过得去", "电话费欠了，手机停机了", "我家的病历复印在哪里办", "残疾证在哪里换")


@pytest.mark.parametrize("text", GIVEN)
def test_a_clause_tells_what_no_word_does(text):
    assert GIVEN[text] not in types(by_words(text)[0]), "a word of the lexicons tells it by now; take other words"
    assert GIVEN[text] in types(by_both(text))


def test_it_is_given_with_the_words_exactly_as_they_stand(extractor):
    text = "您好啊，\u3000厂里就没去了，给申请个补贴吧！"
    (only,) = [h for h in extractor.extract(text).hardships if h.type == "job_loss"]
    assert text[only.start : only.end] == only.text == "厂里就没去了"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("喂饭喂水都靠我", "喂饭喂水都靠我"),
        ("喂，井水干了", "井水干了"),
        ("这个月没开工", "这个月没开工"),
        ("还有口气", "还有口气"),
    ],
)
def test_only_what_says_nothing_is_taken_for_a_filler(text, said):
    assert plain(text).text == said


def test_a_fire_that_took_two_houses_is_told_of_both(extractor):
    found = extractor.extract("我邻居家着火把我家也烧了，三间房没了").hardships
    assert {h.subject for h in found if h.type == "disaster"} == {"self_household", "other_person"}


def test_what_a_neighbour_applies_for_is_that_households_own(extractor):
    (told,) = extractor.extract("我替隔壁邻居申请，她家男人没了，她不识字").hardships
    assert (told.type, told.subject) == ("death_in_family", "self_household")


@pytest.mark.parametrize("text", NOTHING)
def test_a_word_of_a_trouble_in_something_else_tells_none(extractor, text):
    assert not extractor.extract(text).hardships


def test_a_word_that_the_clause_speaks_against_is_dropped():
    text = "残疾证在哪里换"
    assert "disability" in types(by_words(text)[0]), "the lexicon does not take the word any more; take another"
    assert not by_both(text)


def test_a_long_text_is_left_to_the_words():
    assert types(by_both("残疾证在哪里换。" + "阿婆洗澡要人抱。" * 40)) == {"disability"}


def test_without_tables_the_words_alone_answer(monkeypatch, extractor):
    monkeypatch.setattr(hardship_choice, "HARDSHIP", replace(HARDSHIP, _ready=[None]))
    assert [h.type for h in extractor.extract("我爹得了肺癌").hardships] == ["illness"]
    assert not extractor.extract("阿婆洗澡要人抱").hardships


def test_a_long_clause_is_looked_at_through_windows_that_leave_nothing_out():
    text = "他家四个人啊我是他邻居帮他打这个电话他老伴儿在炕上瘫了三年了"
    seen = {at for start, end in plain(text).pieces() for at in range(start, end)}
    assert seen == set(range(len(text)))


def test_every_type_and_none_is_weighed():
    table = HARDSHIP.tables()["type"]
    assert table.choices == (*TYPES, NONE)
    assert all(len(piece.likely) == len(TYPES) for piece in weighed(plain("水没了，房也塌了"), table))


def test_what_examples_share_is_learned_and_rare_groups_are_not():
    cases = [Case([Said("c", 1.0, {word, "both"})], {goal: 1.0}) for word, goal in (("a", "x"), ("b", "y"))] * 3
    rare = Case([Said("c", 1.0, {"rare"})], {"x": 1.0})
    table = fit_large([*cases, rare], ("x", "y"), Effort(epochs=20))
    assert table.choose({}, [Said("c", 1.0, {"a"})]) == "x"
    assert table.choose({}, [Said("c", 1.0, {"b"})]) == "y"
    assert table.sums({}, [Said("c", 1.0, {"rare"})]) == [0.0, 0.0]


@pytest.mark.parametrize(
    "text",
    [
        "病",
        "我爹瘫了，嗯家里五口人；水也没了。\n地淹了三亩！房子裂了、漏雨",
        "他家四个人啊我是他邻居帮他打这个电话他老伴儿在炕上瘫了三年了三年了三年了",
    ],
)
def test_what_is_summed_along_the_text_is_the_sum_of_each_pieces_groups(text):
    table, said = HARDSHIP.tables()["type"], plain(text)
    for piece, (start, end) in zip(weighed(said, table), said.pieces(), strict=True):
        sums = table.sums({"bias": 1.0}, groups_of_piece(said.text, start, end))
        assert piece.likely.index(max(piece.likely)) == max(range(len(TYPES)), key=sums.__getitem__)
        shares = [math.exp(one - max(sums)) for one in sums]
        expected = [math.log(one / (sum(shares) - one)) for one in shares[:-1]]
        for given, wanted in zip(piece.likely, expected, strict=True):
            assert (
                given == pytest.approx(wanted, abs=1e-3, rel=1e-2) or max(given, wanted) < -15
            )  # there rounding tells


def test_clauses_part_at_every_mark_and_fillers_go():
    assert (
        plain("我爹，嗯那个得了癌。花了5.2万；家里、三口人\n就是说 没钱").text
        == "我爹，得了癌，花了0万，家里，三口人\n没钱"
    )


def test_the_pieces_about_a_place_are_weighed_as_in_the_whole_text():
    table, said = HARDSHIP.tables()["type"], plain("我爸脑梗住院，房子漏雨，地里淹了")
    (one,) = weighed_about(said, table, [(8, 9)])
    whole = weighed(said, table)[1]
    assert (one.start, one.end) == (whole.start, whole.end)
    assert one.likely == pytest.approx(whole.likely)


def test_what_a_line_came_to_is_not_taken_for_that_of_another_line():
    table = HARDSHIP.tables()["status"]
    lines = ["我爸前年脑梗", "我爸要是脑梗了咋办", "我爸前年脑梗"]
    about = [groups_about(line, line.index("脑梗"), len(line), "illness") for line in lines]
    first, other, again = (table.sums({}, one) for one in about)
    assert first == again != other


def test_a_table_learned_several_times_is_the_mean_and_hangs_less_on_the_order():
    words = ["ab", "bc", "cd", "da", "ac", "bd"] * 4
    cases = [Case([Said("c", 1.0, {*word})], {"x" if n % 3 else "y": 1.0}) for n, word in enumerate(words)]
    asked = [Said("c", 1.0, {"a", "c"})]

    def told(times, rows):
        return fit_large(rows, ("x", "y"), Effort(epochs=8, averaged=1, times=times)).sums({"bias": 1.0}, asked)[0]

    orders = [cases[at:] + cases[:at] for at in range(8)]
    once, often = ([told(times, rows) for rows in orders] for times in (1, 24))
    assert max(often) - min(often) < (max(once) - min(once)) / 2
