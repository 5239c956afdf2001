"""Every small change of a pack is noticed by one of its examples; one that is not is told with the example it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from policy_kb import Library
from policy_kb.conditions import parse_condition
from policy_kb.loading import read_folder
from policy_kb.mutants import mutants
from policy_kb.mutation import mutate
from policy_kb.trees import SECTIONS, named

NATIONAL = "packs/guokaifa-2020-6"
EXAMPLES = f"{NATIONAL}/examples.yml"
PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")


@pytest.mark.parametrize("pack", PACKS)
def test_no_small_change_of_a_pack_goes_unnoticed(library: Library, pack: str) -> None:
    found = mutate(library, library.pack(pack))
    assert [str(fault) for fault in found.faults] == []
    assert found.tried > 40


@pytest.mark.parametrize("pack", PACKS)
def test_every_mutant_is_another_pack(library: Library, pack: str) -> None:
    sound = library.pack(pack)
    for mutant in mutants(sound, library.vocabulary):
        parts = (
            "definitions",
            "categories",
            "exclusions",
            "bars",
            "flags",
            "measures",
            "procedure",
            "exit",
            "parameters",
        )
        changed = [part for part in parts if getattr(mutant.pack, part) != getattr(sound, part)]
        assert len(changed) == 1, f"{mutant.where}: {mutant.change}"


@pytest.mark.parametrize("pack", PACKS)
def test_every_condition_of_a_pack_holds_fails_and_stays_open_in_some_example(library: Library, pack: str) -> None:
    examples = library.pack(pack).examples
    shown = {(part, name) for part in SECTIONS for name in getattr(examples, part)}
    assert shown == set(named(library.pack(pack)))


@pytest.mark.parametrize(
    ("written", "changes"),
    [
        ("disability", {"disability → not disability"}),
        ("not disability", {"not disability → disability"}),
        (
            "income_per_capita < monitoring_line",
            {
                f"income_per_capita < monitoring_line → income_per_capita {op} monitoring_line"
                for op in ("<=", ">", ">=", "=", "!=")
            },
        ),
        (
            "university_students >= 2",
            {f"university_students >= 2 → university_students {op} 2" for op in ("<", "<=", ">", "=", "!=")}
            | {f"university_students >= 2 → university_students >= {n}" for n in (1, 3)},
        ),
        (
            "household_kind = lifted",
            {
                "household_kind = lifted → household_kind != lifted",
                "household_kind = lifted → household_kind = general",
            },
        ),
        (
            "dwelling_grade in [C, D]",
            {
                f"dwelling_grade in [C, D] → {other}"
                for other in (
                    *("not dwelling_grade in [C, D]", "dwelling_grade in [C]", "dwelling_grade in [D]"),
                    *("dwelling_grade in [C, D, A]", "dwelling_grade in [C, D, B]"),
                )
            },
        ),
        (
            {"all": ["disaster", "accident"]},
            {
                "all[disaster, accident] → any",
                "disaster dropped from all[disaster, accident]",
                "accident dropped from all[disaster, accident]",
                "disaster → not disaster",
                "accident → not accident",
            },
        ),
        (
            {"not": {"any": ["disaster", "accident"]}},
            {
                "not any[disaster, accident] → any[disaster, accident]",
                "any[disaster, accident] → all",
                "disaster dropped from any[disaster, accident]",
                "accident dropped from any[disaster, accident]",
                "disaster → not disaster",
                "accident → not accident",
            },
        ),
        (
            {"at_least": {"count": 2, "of": ["disaster", "accident", "upheaval"]}},
            {"at_least 2 → at_least 1", "at_least 2 → at_least 3"}
            | {f"{fact} dropped from at_least[disaster, accident, upheaval]" for fact in ("disaster", "accident")}
            | {"upheaval dropped from at_least[disaster, accident, upheaval]"}
            | {f"{fact} → not {fact}" for fact in ("disaster", "accident", "upheaval")},
        ),
    ],
    ids=("flag", "denial", "line", "number", "word", "words", "all", "not any", "at least"),
)
def test_what_is_changed_in_a_condition(library: Library, written: object, changes: set[str]) -> None:
    pack = library.pack("guokaifa-2020-6")
    pack = replace(pack, definitions={**pack.definitions, "tried": parse_condition(written)})
    found = [one.change for one in mutants(pack, library.vocabulary) if one.where == "definitions tried"]
    assert sorted(found) == sorted(changes)


def test_what_is_changed_in_a_figure(library: Library) -> None:
    found = {
        mutant.change
        for mutant in mutants(library.pack("longkou-2021-1"), library.vocabulary)
        if mutant.where == "parameters monitoring_line"
    }
    assert found == {
        "6500 from 2021-01-01 → 6500.01",
        "6500 from 2021-01-01 → 6499.99",
        "to 2021-12-31 → 2021-12-30",
        "to 2021-12-31 → 2022-01-01",
    }


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        (
            "{income_per_capita: 4999.99}, ",
            "",
            "parameters.yml:6:14",
            ["→ 4999.99", "{'income_per_capita': 4999.99} in nodes.below_line.holds"],
        ),
        (
            "{disability: true}, {severe_disability: true}",
            "{disability: true}",
            "measures.yml:71:28",
            ["severe_disability dropped", "{'severe_disability': True} in measures.disability_policies.holds"],
        ),
        (
            "industry_training, microcredit, lead_firms, job_training",
            "industry_training, lead_firms, job_training",
            "measures.yml:10:7",
            ["measures microcredit: left out", "with its measures expected"],
        ),
        (
            "date: 2020-12-31",
            "date: 2020-12-01",
            "parameters.yml:8:11",
            ["to 2020-12-31 → 2020-12-30", "dated on that"],
        ),
    ],
    ids=("boundary", "branch", "measure", "last day"),
)
def test_a_change_without_an_example_is_told_with_its_place(
    library: Library, copied: Callable[..., Path], old: str, new: str, at: str, words: list[str]
) -> None:
    pack = read_folder(copied(EXAMPLES, old, new) / NATIONAL, library)
    told = [str(fault) for fault in mutate(library, pack).faults]
    assert any(one.startswith(f"guokaifa-2020-6/{at}: ") and all(w in one for w in words) for one in told), told


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            "{where: measures protection, change: no_labour → not no_labour, reason: 试}",
            "no change that goes unnoticed",
        ),
        ("{where: nowhere, change: a → b, reason: 试}", "no change that goes unnoticed"),
    ],
)
def test_a_change_that_is_noticed_is_no_equivalent(
    library: Library, copied: Callable[..., Path], entry: str, words: str
) -> None:
    root = copied(EXAMPLES, "measures:\n", f"equivalents:\n  - {entry}\nmeasures:\n")
    (fault,) = mutate(library, read_folder(root / NATIONAL, library)).faults
    assert words in fault.message
    assert fault.file == "guokaifa-2020-6/examples.yml"


def test_a_change_that_makes_a_difference_cannot_be_marked_away(library: Library, copied: Callable[..., Path]) -> None:
    change = "severe_disability dropped from any[disability, severe_disability]"
    root = copied(
        EXAMPLES,
        "{disability: true}, {severe_disability: true}",
        "{disability: true}",
    )
    path = root / EXAMPLES
    mark = f"equivalents:\n  - {{where: measures disability_policies, change: '{change}', reason: 试}}\nmeasures:\n"
    path.write_text(path.read_text("utf-8").replace("measures:\n", mark, 1), "utf-8")
    told = [fault.message for fault in mutate(library, read_folder(root / NATIONAL, library)).faults]
    assert any("equivalents.0: This change makes a difference for {'severe_disability': True}" in one for one in told)


@pytest.mark.parametrize(
    ("pack", "where", "changes"),
    [
        ("longkou-2021-1", "exclusions luxury_car", {"left out"}),
        ("ningxia-2020-8", "bars overtreatment", {"left out"}),
        (
            "ganzhou-2020-4",
            "flags already_recorded",
            {
                "left out",
                "meets left out of outcomes",
                "undetermined left out of outcomes",
                "already_in_system → not already_in_system",
            },
        ),
        (
            "longkou-2021-1",
            "measures sector_policies",
            {"left out", "marginal left out of for", "sudden_severe left out of for"},
        ),
    ],
)
def test_what_is_changed_in_a_list(library: Library, pack: str, where: str, changes: set[str]) -> None:
    found = [one.change for one in mutants(library.pack(pack), library.vocabulary) if one.where == where]
    assert sorted(found) == sorted(changes)
