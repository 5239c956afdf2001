"""Three values, strong Kleene: the whole table."""

from __future__ import annotations

import pytest

from policy_kb.truth import NO, UNKNOWN, YES, Truth, at_least, every, some

AND = {
    (YES, YES): YES, (YES, UNKNOWN): UNKNOWN, (YES, NO): NO,
    (UNKNOWN, YES): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN, (UNKNOWN, NO): NO,
    (NO, YES): NO, (NO, UNKNOWN): NO, (NO, NO): NO,
}  # fmt: skip


@pytest.mark.parametrize(("pair", "wanted"), AND.items())
def test_and(pair: tuple[Truth, Truth], wanted: Truth) -> None:
    assert pair[0] & pair[1] is wanted
    assert every(pair) is wanted


@pytest.mark.parametrize(("pair", "wanted"), AND.items())
def test_or_is_and_seen_from_the_other_side(pair: tuple[Truth, Truth], wanted: Truth) -> None:
    assert ~pair[0] | ~pair[1] is ~wanted
    assert some(~one for one in pair) is ~wanted


@pytest.mark.parametrize(("truth", "opposite"), [(YES, NO), (NO, YES), (UNKNOWN, UNKNOWN)])
def test_not(truth: Truth, opposite: Truth) -> None:
    assert ~truth is opposite


@pytest.mark.parametrize(
    ("truths", "wanted"),
    [
        ([YES, YES, NO], YES),
        ([YES, UNKNOWN, NO], UNKNOWN),
        ([YES, NO, NO], NO),
        ([UNKNOWN, UNKNOWN], UNKNOWN),
        ([], NO),
    ],
)
def test_at_least_two(truths: list[Truth], wanted: Truth) -> None:
    assert at_least(2, truths) is wanted


@pytest.mark.parametrize("truth", list(Truth))
def test_nobody_can_mistake_unknown_for_no(truth: Truth) -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(truth)
