"""Telegram with everything real but Telegram: the whole command, the real Rasa, and a Bot API of our own beside them.

An application from the first words to the receipt by pressing buttons; and kill -9 of the core, again and again, while
messages come: none is lost, none has two effects.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.system import Core, SharedRasa
from tests.support.telegram_api import TOKEN, Sent, Someone, TelegramApi

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]
RECEIPT = re.compile(r"单号是：?\s*(\d{6}-\d{3}-\d{3})")
STORY = "俺爹去年查出肺癌，报完自己还掏了五万多，家里五口人就靠我打零工一年两万来块"
CONSENT = "您同意吗"
KILL_SECONDS, LEAST_KILLS = 30.0, 3


@pytest.fixture(scope="module")
def api() -> Iterator[TelegramApi]:
    running = TelegramApi().start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def core(shared_rasa: SharedRasa, tmp_path_factory: pytest.TempPathFactory, api: TelegramApi) -> Iterator[Core]:
    """A running system that polls our Bot API."""
    environment = {"SHOUWANG_TELEGRAM_TOKEN": TOKEN, "SHOUWANG_TELEGRAM_API": api.url}
    with shared_rasa.core(tmp_path_factory.mktemp("core"), **environment) as running:
        yield running


class Applicant:
    """Somebody who applies: presses where there are buttons, types where there are none."""

    TYPED = (("家在哪儿", "山东省龙口市石良镇"), ("电话", "13800001234"), ("怎么称呼", "王秀英"), ("姓名", "王秀英"))
    PRESSED = ("同意", "对，没错", "交上去", "不知道")

    def __init__(self, person: Someone) -> None:
        self.person = person
        self.read = 0
        self.pressed: list[str] = []

    def answer(self) -> list[Sent]:
        """What came since we last looked, once nothing more comes."""
        self.person.api.wait_for(lambda: len(self.person.heard) > self.read, 90, "an answer")
        while True:
            before = len(self.person.heard)
            time.sleep(1.3)  # a second message of the same turn follows a second later
            if len(self.person.heard) == before:
                break
        news = self.person.heard[self.read :]
        self.read = len(self.person.heard)
        return news

    def react(self, news: list[Sent]) -> None:
        last = news[-1]
        for words, answer in self.TYPED:
            if words in last.text and not any(title in last.titles for title in self.PRESSED[:3]):
                self.person.say(answer)
                return
        for title in self.PRESSED:
            if title in last.titles:
                self.pressed.append(title)
                self.person.press(title, last)
                return
        if last.titles:
            self.person.press(last.titles[0], last)
        else:
            self.person.say("不知道")


def test_a_whole_application_from_the_first_words_to_the_receipt_by_pressing_buttons(
    core: Core, api: TelegramApi
) -> None:
    applicant = Applicant(api.person(4001, "王秀英"))
    applicant.person.say("/start")
    news = applicant.answer()
    assert CONSENT in news[-1].text
    applicant.react(news)
    applicant.answer()
    applicant.person.say(STORY)
    for _ in range(30):
        news = applicant.answer()
        found = next((match for one in news if (match := RECEIPT.search(one.text))), None)
        if found:
            break
        applicant.react(news)
    else:
        raise AssertionError([one.text for one in applicant.person.heard])
    assert {"同意", "交上去"} <= set(applicant.pressed)
    case = core.command("case", found[1])
    assert case.returncode == 0, case.stderr
    assert '"pack": "longkou-2021-1"' in case.stdout
    assert '"serious_illness"' in case.stdout
    log = core.log_text()
    assert TOKEN not in log
    assert not re.search(r"Traceback|肺癌|王秀英|13800001234", log)


def test_scenario_01_killed_again_and_again_while_polling_nothing_is_lost_and_nothing_answered_twice(
    core: Core, api: TelegramApi
) -> None:
    """People write while the core is killed as often as fits into half a minute, three times at least; each of them is
    asked for consent once, twice only where a kill fell between Telegram's yes and our mark."""
    chance, people, kills = random.Random(1), [], 0
    until = time.monotonic() + KILL_SECONDS
    while kills < LEAST_KILLS or time.monotonic() < until:
        for _ in range(4):
            person = api.person(20_000 + len(people))
            people.append(person)
            person.say("您好")
        time.sleep(chance.uniform(0.0, 1.2))
        core.kill9()
        kills += 1
        polls = api.calls.count("GetUpdates")
        core.start(wait=False)
        api.wait_for(lambda polls=polls: api.calls.count("GetUpdates") > polls, 120, "the next poll")
    core.wait_ready()
    for person in people:
        person.wait(CONSENT, 120)
    asked = Counter(sum(CONSENT in one.text for one in person.heard) for person in people)
    doubled = sum(count - 1 for count in asked.elements() if count > 1)
    assert doubled <= kills
    print(f"{kills} kills, {len(people)} people, {doubled} messages twice")
    with core.database() as db:

        def settled() -> bool:
            with db.read() as uow:
                return set(uow.updates.counts("telegram")) == {"done"} and not uow.inbox.backlog()

        # What was held by a process that was killed is held for up to half a minute, and tried again after pauses.
        api.wait_for(settled, 120, "every update worked on and every message answered")
