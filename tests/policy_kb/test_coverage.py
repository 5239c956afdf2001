"""Every clause of every document is encoded somewhere, or is said not to be computable, and why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policy_kb import Library
from policy_kb.coverage import Use, coverage

NUMERALS = "一二三四五六七八九十"
# How the originals are numbered: sections under each part, points under a section, counted by hand.
PARTS = {
    "guokaifa-2020-6": (0, 0, 3, 5, 3),
    "ningxia-2020-8": (0, 0, 2, 3, 8, 3),
    "longkou-2021-1": (0, 3, 4, 5, 0, 2, 3),
    "luan-2019-15": (0, 2, 4, 3),
    "ganzhou-2020-4": (4, 2, 7, 4),
}
POINTS = {
    "guokaifa-2020-6": (),
    "ningxia-2020-8": (
        *(f"三(一){mark}" for mark in "①②③④⑤⑥"),
        *(f"三(二){mark}" for mark in "①②③④⑤"),
        "三(二)负面清单",
        *(f"三(二)负面清单{mark}" for mark in "①②③④⑤"),
        "文末",
    ),
    "longkou-2021-1": ("二(二)1", "二(二)2", *(f"二(二)不纳入{n}" for n in range(1, 6))),
    "luan-2019-15": tuple(f"二(一){n}" for n in range(1, 5)),
    "ganzhou-2020-4": (
        *(f"二(一){n}" for n in range(1, 4)),
        *(f"二(一)1({n})" for n in range(1, 11)),
        *("二(二)1", "二(二)2", "三(一)1", "三(一)2", "三(一)3"),
    ),
}


def addresses(pack: str) -> Iterator[str]:
    yield "前言"
    for part, sections in zip(NUMERALS, PARTS[pack], strict=False):
        yield part
        yield from (f"{part}({NUMERALS[n]})" for n in range(sections))
    yield from POINTS[pack]


@pytest.mark.parametrize("pack", PARTS)
def test_every_clause_of_the_document_is_listed(library: Library, pack: str) -> None:
    assert sorted(library.pack(pack).clauses) == sorted(addresses(pack))


@pytest.mark.parametrize("pack", PARTS)
def test_every_clause_is_encoded_or_has_its_reason(library: Library, pack: str) -> None:
    for one in coverage(library.pack(pack)):
        assert one.encoded or len(one.reason) >= 10, one.clause


@pytest.mark.parametrize(
    ("pack", "clause", "use"),
    [
        ("longkou-2021-1", "二(二)", Use("parameter", "monitoring_line")),
        ("longkou-2021-1", "二(二)", Use("derivation", "income_year")),
        ("longkou-2021-1", "二(二)1", Use("condition", "spending_over")),
        ("longkou-2021-1", "二(二)不纳入2", Use("exclusion", "urban_flat_bought")),
        ("longkou-2021-1", "四(一)", Use("step", "household_check")),
        ("longkou-2021-1", "三(三)", Use("duty", "data_screening")),
        ("longkou-2021-1", "六(二)", Use("exit", "exit_notice")),
        ("ningxia-2020-8", "五(八)", Use("bar", "false_declaration")),
        ("ningxia-2020-8", "三(二)", Use("condition", "below_line")),  # cited together with 三(一)
        ("luan-2019-15", "二(一)1", Use("flag", "yellow_signs")),
        ("luan-2019-15", "二(一)1", Use("category", "risk_level_2")),
        ("ganzhou-2020-4", "三(二)", Use("measure", "medical")),
    ],
)
def test_where_a_clause_is_encoded_is_found_by_who_cites_it(library: Library, pack: str, clause: str, use: Use) -> None:
    (found,) = (one for one in coverage(library.pack(pack)) if one.clause == clause)
    assert use in found.uses


def test_a_note_or_an_answer_encodes_nothing(library: Library) -> None:
    pack = library.pack("longkou-2021-1")
    assert any(note.clause == "二(三)" for note in pack.notes)
    assert any("三(一)" in answer.clauses for answer in pack.answers)
    found = {one.clause: one for one in coverage(pack)}
    assert not found["二(三)"].encoded
    assert not found["三(一)"].encoded


def test_a_clause_of_which_words_are_left_out_is_both(library: Library) -> None:
    found = {one.clause: one for one in coverage(library.pack("guokaifa-2020-6"))}
    assert found["三(二)"].partly
    assert found["四(一)"].encoded
    assert not found["四(一)"].partly
    assert not found["一"].partly
