"""Receipt and last four digits: a household that mistypes is helped, a machine that guesses gets nowhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from actions.office import Office
from actions.rulebook import lookup_limits
from storage import models
from tests.actions.test_turn import to_receipt
from tests.support.desk import Talking, make_office

MOST = lookup_limits().most_wrong


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture
async def receipt(office: Office) -> str:
    return await to_receipt(Talking(office))  # the phone ends in 8000


async def guess(office: Office, receipt: str, tail: str, address: str | None = None) -> str:
    """What one guess in a conversation of its own brings."""
    stranger = Talking(office, address=address)
    await stranger.say(f"单号{receipt}，后四位{tail}", "check_status")
    return stranger.text


async def test_after_two_slips_the_right_digits_alone_are_enough(office: Office, receipt: str) -> None:
    household = Talking(office)
    await household.say(f"{receipt} 0800", "check_status")
    assert "0800对不上" in household.text
    assert receipt in household.text, "the number as it was given, with its dashes"
    await household.say("哦看错了，是8008", "inform")
    assert "对不上" in household.text
    await household.say("8000", "inform")
    assert "现在在等" in household.text


async def test_in_the_own_conversation_the_own_number_needs_no_digits(office: Office) -> None:
    household = Talking(office)
    receipt = await to_receipt(household)
    await household.say(f"{receipt}到哪一步了", "check_status")
    assert "现在在等" in household.text


async def test_guesses_from_ever_new_conversations_and_addresses_stop_at_the_receipt(
    office: Office, receipt: str
) -> None:
    for number in range(MOST["receipt"]):
        assert "对不上" in await guess(office, receipt, f"{number:04d}", f"192.0.2.{number}")
    assert "人工" in await guess(office, receipt, "8000", "192.0.2.200")
    assert "现在在等" not in await guess(office, receipt, "8000", "192.0.2.201")


async def test_guesses_at_ever_new_receipts_stop_at_the_address(office: Office, receipt: str) -> None:
    for number in range(MOST["address"]):
        assert "对不上" in await guess(office, f"261123-000-{number:03d}", "8000", "192.0.2.7")
    assert "现在在等" not in await guess(office, receipt, "8000", "192.0.2.7")
    assert "现在在等" in await guess(office, receipt, "8000", "192.0.2.8"), "others do not suffer"


async def test_guesses_in_one_conversation_stop_there(office: Office, receipt: str) -> None:
    stranger = Talking(office)
    for number in range(MOST["conversation"]):
        await stranger.say(f"261123-000-{number:03d} 后四位8000", "check_status")
    await stranger.say(f"{receipt} 后四位8000", "check_status")
    assert "次数" in stranger.text


async def test_rightful_look_ups_cost_nothing(office: Office, receipt: str) -> None:
    for _ in range(MOST["receipt"] + 2):
        assert "现在在等" in await guess(office, receipt, "8000", "192.0.2.7")


async def test_the_count_outlives_a_restart_and_ends_with_its_day(tmp_path: Path, office: Office, receipt: str) -> None:
    for number in range(MOST["receipt"]):
        await guess(office, receipt, f"{number:04d}")
    restarted = make_office(tmp_path)
    assert "现在在等" not in await guess(restarted, receipt, "8000")
    next_day = make_office(tmp_path, now=(office.clock.now() + timedelta(hours=25)).isoformat())
    assert "现在在等" in await guess(next_day, receipt, "8000")


async def test_an_address_is_kept_only_until_the_answer_and_never_in_clear(office: Office, receipt: str) -> None:
    await guess(office, receipt, "0000", "192.0.2.7")
    with office.db.read() as uow:
        assert {row.origin_index for row in uow.find(models.InboundMessage)} == {None}
        assert all("192.0.2.7" not in row.key for row in uow.find(models.Allowance, order="key"))
