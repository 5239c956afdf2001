"""A suggestion is decided by a person: merged with a reason, refused for good, and taken back exactly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import desk, duplicates
from actions.cases import Person
from actions.identity import find_households
from actions.refusals import Invalid, NotAllowed, NotFound, Stale
from storage import models
from tests.actions.bureau import STAFF, Bureau

XIUYING = Person(name="赵秀英", phone="13800001234")
SOUNDS_ALIKE = Person(name="赵绣瑛", phone="13900005678")
ID = "11010519491231002X"


@pytest.fixture
def pair(bureau: Bureau) -> tuple[str, str]:
    """Receipts of two households of one village whose names sound alike."""
    return bureau.apply(person=XIUYING, conversation="one"), bureau.apply(person=SOUNDS_ALIKE, conversation="two")


def only_match(bureau: Bureau) -> models.HouseholdMatch:
    with bureau.office.db.read() as uow:
        (match,) = uow.find(models.HouseholdMatch)
        return match


def state(bureau: Bureau) -> dict[str, Any]:
    """Who belongs to whom, without the counters of versions."""
    with bureau.office.db.read() as uow:
        return {
            "cases": {c.id: (c.household_id, c.status, c.details, c.area_id) for c in uow.find(models.Case)},
            "talks": {t.id: t.household_id for t in uow.find(models.Conversation)},
            "homes": {h.id: (h.head_name, h.area_id, h.merged_into) for h in uow.find(models.Household)},
            "keys": {k.id: (k.household_id, k.kind, k.key_index, k.case_id) for k in uow.find(models.HouseholdKey)},
        }


def test_a_merge_brings_the_applications_together_and_is_told_in_both(bureau: Bureau, pair: tuple[str, str]) -> None:
    one, two = pair
    done = duplicates.merge(bureau.office, bureau.user("wang"), only_match(bureau).id, "入户看过，是同一家")
    assert (done.line.status, done.may_decide, done.may_undo) == ("merged", False, True)
    assert bureau.case(one).household_id == bureau.case(two).household_id
    assert f"和单号 {two} 定为同一家：入户看过，是同一家" in bureau.history(one)
    assert f"和单号 {one} 定为同一家：入户看过，是同一家" in bureau.history(two)
    assert desk.case_card(bureau.office, bureau.user("wang"), one).same_household == (two,)
    with bureau.office.db.read() as uow:
        (hit,) = find_households(bureau.office, uow, phone=SOUNDS_ALIKE.phone, user=bureau.user("wang"))
        assert set(hit.open_receipts) == {one, two}
        entries = [e for e in uow.audit.of_subject(f"match:{only_match(bureau).id}") if e.action == "household.merge"]
        assert [e.actor for e in entries] == [f"user:{bureau.user('wang').id}"]
        assert "入户" not in str(entries[0].detail), "the reason is in the sealed history, not in the audit log"


def test_a_merge_and_its_undo_leave_everything_as_it_was(bureau: Bureau, pair: tuple[str, str]) -> None:
    before, match = state(bureau), only_match(bureau)
    duplicates.merge(bureau.office, bureau.user("wang"), match.id, "看着像")
    assert state(bureau) != before
    done = duplicates.undo(bureau.office, bureau.user("wang"), match.id, "弄错了，是两姐妹")
    assert state(bureau) == before
    assert done.line.status == "undone"
    assert "撤销“同一家”，各归各：弄错了，是两姐妹" in bureau.history(pair[1])


def test_what_came_after_a_merge_stays_where_it_came(bureau: Bureau, pair: tuple[str, str]) -> None:
    match = only_match(bureau)
    duplicates.merge(bureau.office, bureau.user("wang"), match.id, "看着像")
    later = bureau.apply(person=SOUNDS_ALIKE, pack="guokaifa-2020-6")
    duplicates.undo(bureau.office, bureau.user("wang"), match.id, "弄错了")
    assert bureau.case(later).household_id == bureau.case(pair[0]).household_id
    assert bureau.case(pair[1]).household_id != bureau.case(pair[0]).household_id


def test_a_later_merge_is_undone_before_an_earlier_one(bureau: Bureau, pair: tuple[str, str]) -> None:
    office, wang = bureau.office, bureau.user("wang")
    bureau.apply(person=Person(name="赵修英", phone="13700009999"))
    (first,) = [line for line in duplicates.duplicates_for(office, wang) if set(line.names) == {"赵秀英", "赵绣瑛"}]
    before = state(bureau)
    with office.db.read() as uow:
        chain = [m.id for m in uow.find(models.HouseholdMatch) if m.id != first.id]
    # 赵绣瑛 (2) and 赵修英 (3) first, then 赵秀英 (1) takes both
    later = next(n for n in chain if set(duplicates.compare(office, wang, n).line.names) == {"赵绣瑛", "赵修英"})
    duplicates.merge(office, wang, later, "一家")
    duplicates.merge(office, wang, first.id, "也是一家")
    assert desk.counts_for(office, wang).duplicates == 0, "what became one by way of a third is not asked any more"
    with pytest.raises(Invalid, match="先撤销后面那次"):
        duplicates.undo(office, wang, later, "弄错了")
    duplicates.undo(office, wang, first.id, "弄错了")
    duplicates.undo(office, wang, later, "弄错了")
    assert state(bureau) == before


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from(["赵秀英", "赵绣瑛", "赵修英", "马建国", None]),
            st.sampled_from(["13800001234", "13900005678", None]),
            st.sampled_from(["0101", "0102", None]),
            st.sampled_from([ID, None, None]),
        ),
        min_size=2,
        max_size=5,
    ),
    choice=st.randoms(use_true_random=False),
)
def test_any_merges_taken_back_in_reverse_are_the_identity(
    tmp_path_factory: pytest.TempPathFactory, people: list[tuple[str | None, ...]], choice: Any
) -> None:
    bureau = Bureau(tmp_path_factory.mktemp("office"))
    for number, (name, phone, village, id_number) in enumerate(people):
        pack = ["ningxia-2020-8", "guokaifa-2020-6"][number % 2]
        bureau.apply(village, pack=pack, person=Person(name=name, phone=phone, id_number=id_number))
    root, before = bureau.user("root"), state(bureau)
    merged: list[int] = []
    while waiting := duplicates.duplicates_for(bureau.office, root):
        merged.append(choice.choice(waiting).id)
        duplicates.merge(bureau.office, root, merged[-1], "试一试")
    for match_id in reversed(merged):
        duplicates.undo(bureau.office, root, match_id, "撤")
    assert state(bureau) == before
    bureau.office.db.close()


# -- refused --------------------------------------------------------------------------------------------------


def test_what_was_refused_never_comes_back_for_the_same_keys(bureau: Bureau, pair: tuple[str, str]) -> None:
    office, wang = bureau.office, bureau.user("wang")
    duplicates.refuse(office, wang, only_match(bureau).id)
    assert duplicates.duplicates_for(office, wang) == ()
    bureau.apply(person=SOUNDS_ALIKE, pack="guokaifa-2020-6")
    bureau.apply(person=XIUYING, pack="guokaifa-2020-6")
    assert duplicates.duplicates_for(office, wang) == ()
    (told,) = duplicates.duplicates_for(office, wang, decided=True)
    assert told.status == "different"


def test_a_new_key_is_a_new_reason_to_ask(bureau: Bureau) -> None:
    office, wang = bureau.office, bureau.user("wang")
    bureau.apply(person=Person("赵秀英", "13800001234", id_number=ID))
    bureau.apply(person=SOUNDS_ALIKE)
    duplicates.refuse(office, wang, only_match(bureau).id)
    bureau.apply(person=Person("赵秀英", SOUNDS_ALIKE.phone), pack="guokaifa-2020-6")
    names = [set(line.names) for line in duplicates.duplicates_for(office, wang)]
    assert names, "the phone of one with the name of the other was not there before"


def test_an_undone_merge_is_not_suggested_again_either(bureau: Bureau, pair: tuple[str, str]) -> None:
    office, wang, match = bureau.office, bureau.user("wang"), only_match(bureau)
    duplicates.merge(office, wang, match.id, "看着像")
    duplicates.undo(office, wang, match.id, "弄错了")
    bureau.apply(person=SOUNDS_ALIKE, pack="guokaifa-2020-6")
    assert duplicates.duplicates_for(office, wang) == ()


def test_a_refusal_can_be_taken_back(bureau: Bureau, pair: tuple[str, str]) -> None:
    office, wang, match = bureau.office, bureau.user("wang"), only_match(bureau)
    duplicates.refuse(office, wang, match.id, "两姐妹")
    assert duplicates.undo(office, wang, match.id, "看错了").line.status == "suggested"
    assert desk.counts_for(office, wang).duplicates == 1


# -- who may ----------------------------------------------------------------------------------------------------

REACH = {"wang": True, "li": False, "xinglong": True, "xiji": True, "hotline": True, "zhanwang": False,
         "dongjiang": False, "longkou": False, "root": True}  # fmt: skip


@pytest.mark.parametrize("who", REACH)
def test_only_who_may_see_both_households_sees_the_suggestion(bureau: Bureau, pair: tuple[str, str], who: str) -> None:
    user, match = bureau.user(who), only_match(bureau)
    assert bool(duplicates.duplicates_for(bureau.office, user)) is REACH[who]
    assert desk.counts_for(bureau.office, user).duplicates == REACH[who]
    if not REACH[who]:
        for act in (duplicates.merge, duplicates.refuse, duplicates.undo):
            with pytest.raises(NotFound if user.role != "operator" else NotAllowed):
                act(bureau.office, user, match.id, "看看")
        with pytest.raises(NotFound):
            duplicates.compare(bureau.office, user, match.id)
    assert only_match(bureau).status == "suggested"


def test_a_pair_across_two_villages_is_for_the_town(bureau: Bureau) -> None:
    bureau.apply("0101", person=XIUYING)
    bureau.apply("0102", person=XIUYING)
    sees = {name for name, *_ in STAFF if duplicates.duplicates_for(bureau.office, bureau.user(name))}
    assert sees == {"xinglong", "xiji", "hotline", "root"}
    for who in ("wang", "li"):
        with pytest.raises(NotFound):
            duplicates.compare(bureau.office, bureau.user(who), only_match(bureau).id)


def test_operators_compare_with_masked_names_and_decide_nothing(bureau: Bureau, pair: tuple[str, str]) -> None:
    user, match = bureau.user("hotline"), only_match(bureau)
    found = duplicates.compare(bureau.office, user, match.id)
    assert found.line.names == ("赵**", "赵**")
    assert not found.may_decide
    with pytest.raises(NotAllowed):
        duplicates.merge(bureau.office, user, match.id, "看着像")


def test_numbers_are_masked_side_by_side(bureau: Bureau) -> None:
    bureau.apply(person=Person("赵秀英", "13800001234", id_number=ID))
    bureau.apply(person=SOUNDS_ALIKE)
    found = duplicates.compare(bureau.office, bureau.user("root"), only_match(bureau).id)
    assert "13800001234" not in str(found)
    assert ID not in str(found)
    assert found.sides[0].cases[0].id_number == "110*************2X"


@pytest.mark.parametrize("number", [0, -1, 999, 2**31, 2**63])
def test_a_number_that_is_none_is_not_found(bureau: Bureau, number: int) -> None:
    with pytest.raises(NotFound):
        duplicates.compare(bureau.office, bureau.user("root"), number)


def test_a_merge_wants_a_reason(bureau: Bureau, pair: tuple[str, str]) -> None:
    with pytest.raises(Invalid, match="凭什么"):
        duplicates.merge(bureau.office, bureau.user("wang"), only_match(bureau).id, "  ")


def test_of_two_who_decide_the_second_is_told(bureau: Bureau, pair: tuple[str, str]) -> None:
    match = only_match(bureau)
    duplicates.merge(bureau.office, bureau.user("wang"), match.id, "一家", version=match.version)
    with pytest.raises(Stale):
        duplicates.refuse(bureau.office, bureau.user("xinglong"), match.id, version=match.version)
    with pytest.raises(Invalid, match="同一家"):
        duplicates.refuse(bureau.office, bureau.user("xinglong"), match.id)


def test_a_complaint_of_the_same_person_shows_nowhere(bureau: Bureau, pair: tuple[str, str]) -> None:
    told = bureau.complain("town", "0101", person=XIUYING)
    match = only_match(bureau)
    duplicates.merge(bureau.office, bureau.user("wang"), match.id, "一家")
    assert told not in str(duplicates.compare(bureau.office, bureau.user("root"), match.id))
    assert bureau.case(told).household_id is None


def test_of_two_who_press_at_once_one_decides(contested: Bureau) -> None:
    contested.apply(person=XIUYING)
    contested.apply(person=SOUNDS_ALIKE)
    match = only_match(contested)

    def press(who: str) -> str:
        act = duplicates.merge if who == "wang" else duplicates.refuse
        try:
            return act(contested.office, contested.user(who), match.id, "看过了", version=match.version).line.status
        except Stale:
            return "stale"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, ["wang", "xinglong"]))
    assert sorted(said) in (["merged", "stale"], ["different", "stale"])
    assert only_match(contested).status in said
