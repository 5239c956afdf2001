"""A household on Telegram: words, buttons and clauses, in the same conversation as on the web."""

from __future__ import annotations

from actions import speaking
from storage import models
from tests.bot.telegram.conftest import Running
from tests.support.telegram_api import Someone

ID_NUMBER = "640422197803151234"
SIGNS = "*房子* _漏_ [雨](x) <b>`墙`</b> & \\ ~裂~ ||!"


async def agree(running: Running, farmer: Someone) -> models.Conversation:
    """Up to the question what the hardship is."""
    farmer.say("您好")
    await running.hears(farmer, "您同意吗")
    farmer.press("同意")
    await running.hears(farmer, "遇到啥难处")
    return conversation(running)


def conversation(running: Running) -> models.Conversation:
    (found,) = running.rows(models.Conversation)
    return found


def words(running: Running) -> list[str]:
    return [message.text for message in running.rows(models.InboundMessage)]


async def test_the_first_words_are_answered_with_the_question_for_consent_and_its_buttons(
    running: Running, farmer: Someone
) -> None:
    farmer.say("您好")
    asked = await running.hears(farmer, "您同意吗")
    assert asked.titles == ["同意", "不同意"]
    farmer.press("同意")
    await running.hears(farmer, "遇到啥难处")
    await running.quiet()
    assert words(running) == ["您好", "同意"]
    assert asked.titles == ["✓ 同意"], "what was chosen stays to be seen, what was not is gone"


async def test_the_conversation_is_named_by_a_hash_and_its_address_is_sealed(running: Running, farmer: Someone) -> None:
    conv = await agree(running, farmer)
    assert conv.id.startswith("telegram:")
    assert (conv.channel, conv.address) == ("telegram", str(farmer.number))
    assert running.office.db.file is not None
    assert str(farmer.number) not in conv.id
    await running.door.stop()
    stored = running.office.db.file.read_bytes()
    assert farmer.name.encode() not in stored
    assert f'"id":{farmer.number}'.encode() not in stored


async def test_every_press_is_answered_so_that_no_phone_shows_it_as_hanging(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    asked, tag = farmer.heard[0], conversation(running).id[9:17]
    for data in (
        "c1:00000000:1:0",
        f"c1:{tag}:999:0",
        "c9:x",
        "s1:a:1:1",
        "汉字",
        "x" * 64,
    ):
        farmer.press_data(data, asked)
    await running.until(lambda: len(running.api.answered) == 7, why="an answer to each of seven presses")
    await running.quiet()
    assert words(running) == ["您好", "同意"]


async def test_scenario_23_a_button_pressed_twice_has_one_effect(running: Running, farmer: Someone) -> None:
    farmer.say("您好")
    asked = await running.hears(farmer, "您同意吗")
    data = asked.data("同意")
    for _ in range(3):
        farmer.press_data(data, asked)
    farmer.press_data(data[:-1] + "1", asked)  # and «不同意» of the same question
    await running.until(lambda: len(running.api.answered) == 4)
    await running.quiet()
    assert words(running) == ["您好", "同意"]
    assert [one.get("text") for one in running.api.answered[1:]] == ["收到了，不用再点。"] * 3


async def test_scenario_23_an_old_button_explains_itself_and_the_present_question_is_shown_again(
    running: Running, farmer: Someone
) -> None:
    farmer.say("您好")
    old = await running.hears(farmer, "您同意吗")
    farmer.say("同意")  # typed, not pressed: the keyboard is still there
    await running.hears(farmer, "遇到啥难处")
    before = len(farmer.heard)
    farmer.press("不同意", old)
    again = await running.hears(farmer, "遇到啥难处", after=before)
    await running.quiet()
    (told,) = running.api.answered
    assert "前面的" in told["text"]
    assert told["show_alert"] == "true"
    assert again is farmer.heard[-1]
    assert words(running) == ["您好", "同意"], "the old button said nothing in the conversation"


async def remind(running: Running, name: str) -> None:
    with running.office.db.begin() as uow:
        row = uow.conversations.get(name)
        assert row is not None
        choice = {"title": "找人工", "value": "找人工"}
        speaking.speak(running.office, uow, row, "有人来过了吗？", [choice], author="reminder")
        uow.commit()


async def test_a_reminders_button_counts_as_long_as_nothing_else_was_talked_about(
    running: Running, farmer: Someone
) -> None:
    conv = await agree(running, farmer)
    await remind(running, conv.id)
    asked = await running.hears(farmer, "有人来过了吗")
    farmer.press("找人工", asked)
    await running.until(lambda: "找人工" in words(running))


async def test_a_reminders_button_is_old_after_the_next_turn(running: Running, farmer: Someone) -> None:
    conv = await agree(running, farmer)
    await remind(running, conv.id)
    asked = await running.hears(farmer, "有人来过了吗")
    farmer.say("家里三口人")
    await running.until(lambda: "家里三口人" in running.acts.order)
    await running.quiet()
    farmer.press("找人工", asked)
    await running.until(lambda: len(running.api.answered) == 2)
    assert "前面的" in running.api.answered[-1]["text"]
    assert "找人工" not in words(running)


async def test_a_clause_is_one_press_away(running: Running, farmer: Someone) -> None:
    conv = await agree(running, farmer)
    with running.office.db.begin() as uow:
        row = uow.conversations.get(conv.id)
        assert row is not None
        detail = {"title": "看出处", "text": "二(二) 监测线每人每年6500元"}
        speaking.speak(running.office, uow, row, "监测线是6500元", [], details=[detail])
        uow.commit()
    said = await running.hears(farmer, "监测线是6500元")
    assert said.titles == ["▸ 看出处"]
    farmer.press("看出处", said)
    await running.hears(farmer, "二(二) 监测线每人每年6500元")
    assert len(running.api.answered) == 2


async def test_scenario_20_signs_of_markup_arrive_as_they_are(running: Running, farmer: Someone) -> None:
    conv = await agree(running, farmer)
    with running.office.db.begin() as uow:
        row = uow.conversations.get(conv.id)
        assert row is not None
        speaking.speak(running.office, uow, row, f"您说的“{SIGNS}”我记下了", [{"title": "a_b*c[", "value": "x"}])
        uow.commit()
    said = await running.hears(farmer, SIGNS)
    assert said.titles == ["a_b*c["]
    assert running.api.refused == []


async def test_a_long_text_comes_in_parts_in_order_with_its_buttons_under_the_last(
    running: Running, farmer: Someone
) -> None:
    conv = await agree(running, farmer)
    text = "\n".join(f"第{number}行：" + "情况" * 40 for number in range(110))
    with running.office.db.begin() as uow:
        row = uow.conversations.get(conv.id)
        assert row is not None
        speaking.speak(running.office, uow, row, text, [{"title": "好", "value": "好"}])
        uow.commit()
    last = await running.hears(farmer, "第109行")
    parts = [one for one in farmer.heard if "情况情况" in one.text]
    assert len(parts) == 3
    assert "\n".join(one.text for one in parts) == text
    assert [one.titles for one in parts] == [[], [], ["好"]]
    assert last is parts[-1]


async def test_an_id_number_is_warned_about_and_never_said_back(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    farmer.say(f"我叫马秀英，身份证{ID_NUMBER}")
    await running.hears(farmer, "身份证号请不要在这里发")
    await running.quiet()
    assert not [one for one in farmer.heard if ID_NUMBER in one.text]


async def test_a_villages_link_sets_the_place_and_start_is_a_greeting(running: Running, farmer: Someone) -> None:
    farmer.say("/start v_0101")
    await running.hears(farmer, "您同意吗")
    conv = conversation(running)
    assert conv.place == "宁夏回族自治区固原市西吉县兴隆镇王家村"
    assert (conv.area_id is not None, conv.pack_id) == (True, "ningxia-2020-8")
    assert words(running) == ["您好"]
    farmer.say("/start v_1101")
    await running.quiet()
    assert conversation(running).place == conv.place, "a place that is known is not changed by a link"


async def test_a_group_gets_one_kind_sentence_and_nothing_of_it_is_worked_on(running: Running, farmer: Someone) -> None:
    group = {"id": -100200300, "type": "supergroup", "title": "王家村"}
    for text in ("@shouwang_bot 我家没钱看病了", "还有我家"):
        running.api.push(message=farmer.message(text=text, chat=group))
    await running.until(lambda: running.api.to(-100200300))
    await running.quiet()
    (said,) = running.api.to(-100200300)
    assert "单独跟我说" in said.text
    assert running.rows(models.InboundMessage) == []
    assert running.rows(models.Conversation) == []


async def test_while_rasa_is_down_the_person_is_told_and_answered_later(running: Running, farmer: Someone) -> None:
    running.acts.down = True
    farmer.say("您好")
    await running.hears(farmer, "过一会儿就回您")
    running.acts.down = False
    assert await running.chat.replay_pending() == 1
    await running.hears(farmer, "您同意吗")


async def test_words_of_danger_are_answered_while_rasa_is_down(running: Running, farmer: Someone) -> None:
    running.acts.down = True
    farmer.say("我不想活了")
    await running.hears(farmer, running.office.contacts.crisis_line)
    assert [task.kind for task in running.rows(models.Task)] == ["danger"]


async def test_a_household_that_writes_again_after_blocking_is_reached_again(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    member = {"user": farmer.identity | {"id": 1, "is_bot": True}, "status": "kicked", "until_date": 0}
    change = {"chat": farmer.chat, "from": farmer.identity, "date": 1, "new_chat_member": member}
    running.api.push(my_chat_member=change | {"old_chat_member": member | {"status": "member"}})
    await running.until(lambda: conversation(running).address is None)
    farmer.say("我又来了")
    await running.until(lambda: conversation(running).address == str(farmer.number))
    await running.quiet()


async def test_scenario_06_after_a_long_silence_of_ours_we_are_sorry_once_for_each_chat(running: Running) -> None:
    people = [running.api.person(6000 + number) for number in range(4)]
    for person in people:
        for text in ("您好", "同意", "家里三口人"):
            running.api.push(message=person.message(text=text, date=1_700_000_000))
    await running.quiet()
    for person in people:
        assert sum("久等" in one.text for one in person.heard) == 1
        assert "久等" in person.heard[0].text
    assert sum("遇到啥难处" in one.text for person in people for one in person.heard) == 4
