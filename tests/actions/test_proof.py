"""The proof as a tree, and what would have to be different, as the card and the conversation say them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from actions import desk, differing
from actions.proof import ProofLine
from tests.actions.bureau import Bureau

HIT = {"household_kind": "general", "income_year": 12000, "household_size": 3, "disaster": True, "accident": True}
HIT |= {"serious_illness": True, "living_difficult": True}
RICHER = {**HIT, "income_year": 60000}


def walk(lines: tuple[ProofLine, ...]) -> Iterator[ProofLine]:
    for line in lines:
        yield line
        yield from walk(line.lines)


def test_every_known_fact_in_the_proof_tells_who_said_it(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=HIT)
    desk.set_fact(bureau.office, bureau.user("wang"), receipt, "disaster", True)
    card = desk.case_card(bureau.office, bureau.user("wang"), receipt)
    assert card.verdict is not None
    facts = {fact for line in walk(card.verdict.proof) for fact in line.facts}
    assert "家庭年纯收入（或可支配收入）：1.2万元（本人说的）" in facts
    assert "年人均收入：4000元（算出来的）" in facts
    assert any(fact.startswith("重大灾害：是（") and "本人说的" not in fact for fact in facts)
    assert any(fact.endswith("：还不知道") for fact in facts)


def test_the_proof_is_a_tree_with_a_clause_on_every_point(bureau: Bureau) -> None:
    card = desk.case_card(bureau.office, bureau.user("wang"), bureau.apply(facts=HIT))
    assert card.verdict is not None
    top = {line.text.partition("：")[0]: line.holds for line in card.verdict.proof}
    assert top["脱贫不稳定户"] is False
    assert top["边缘易致贫户"] is True
    for line in walk(card.verdict.proof):
        assert line.clause
        assert bool(line.joins) == bool(line.lines)
        assert line.text or line.lines


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (HIT, "要是家庭年纯收入（或可支配收入）有1.5万元或者更多（现在记的是1.2万元），就对不上这一类了。"),
        (RICHER, "要是家庭年纯收入（或可支配收入）不到1.5万元（现在记的是6万元），就可能对上："),
        ({"household_kind": "general"}, ""),
    ],
)
def test_the_card_says_what_would_have_to_be_different(bureau: Bureau, facts: dict[str, object], said: str) -> None:
    card = desk.case_card(bureau.office, bureau.user("wang"), bureau.apply(facts=facts))
    assert card.verdict is not None
    lines = card.verdict.differences
    assert any(line.startswith(said) for line in lines) if said else lines == ()


def test_a_fact_that_is_no_number_is_said_as_a_plain_sentence(bureau: Bureau) -> None:
    found = bureau.office.library.differences("ningxia-2020-8", HIT, date(2026, 11, 23))
    lines = differing.sentences(bureau.office, "meets", found)
    assert "要是眼下的日子还过得去，就对不上这一类了。" in lines or any(
        "眼下" in line or "日子" in line for line in lines
    )
    assert all("None" not in line and "{" not in line for line in lines)
