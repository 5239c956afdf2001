"""Whole conversations with the whole system and the real Rasa, over HTTP; the conversations are data beside this file.

A turn is `say` (what the person writes) with what must come back: `asks`, `stage`, `says` (all in the replies),
`says_not`, `choices` (all offered), `same_question: true` (asks and stage stay as they were). `{receipt}` stands for
the number that was given; `as` names another person, who writes in a conversation of their own. `interview` answers
whatever is asked from `knows` (question → answer; otherwise «不知道») until one of `until` is asked. `case` tells
what the opened case must hold.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.system import Answer, Core, fresh

pytestmark = pytest.mark.rasa
CONVERSATIONS = sorted((Path(__file__).parent / "conversations").glob("*.yml"))
MOST_QUESTIONS = 25
PACKS = {"guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4"}
KEYS = {"as", "say", "asks", "stage", "says", "says_not", "choices", "same_question", "interview"}


class Teller:
    """Plays one conversation and checks every answer."""

    def __init__(self, core: Core, conversation: str) -> None:
        self._core, self._conversation = core, conversation
        self._last: Answer | None = None
        self.receipt: str | None = None
        self.transcript: list[str] = []

    def play(self, turn: dict[str, Any]) -> None:
        assert set(turn) <= KEYS, f"unknown key in {turn}"
        if "interview" in turn:
            self._interview(**turn["interview"])
            return
        before = self._last
        text = str(turn["say"]).replace("{receipt}", self.receipt or "")
        self._expect(turn, self._say(text, turn.get("as")), before)

    def _say(self, text: str, person: str | None = None) -> Answer:
        conversation = self._conversation + (f"-{person.replace(' ', '-')}" if person else "")
        answer = self._core.say(conversation, text)
        self.transcript += [f"> {text}", *(f"< {reply['text']}" for reply in answer.replies)]
        self.transcript.append(f"  [{answer.stage}, waits for {answer.asks}]")
        assert answer.status == 200, self._story(f"status {answer.status}: {answer.body}")
        assert answer.replies, self._story("no reply")
        self.receipt = answer.receipt or self.receipt
        self._last = answer
        return answer

    def _expect(self, turn: dict[str, Any], answer: Answer, before: Answer | None) -> None:
        for key in ("asks", "stage"):
            if key in turn:
                assert getattr(answer, key) == turn[key], self._story(f"{key} is {getattr(answer, key)}: {turn}")
        if turn.get("same_question"):
            assert before is not None
            assert (answer.asks, answer.stage) == (before.asks, before.stage), self._story(f"moved on: {turn}")
        for words in turn.get("says", []):
            assert words in answer.text, self._story(f"«{words}» was not said: {turn}")
        for words in turn.get("says_not", []):
            assert words not in answer.text, self._story(f"«{words}» was said: {turn}")
        for choice in turn.get("choices", []):
            assert choice in answer.choices, self._story(f"{choice} is not offered, only {answer.choices}")

    def _interview(self, until: list[str], knows: dict[str, str] | None = None) -> None:
        done: list[str] = []
        for _ in range(MOST_QUESTIONS):
            assert self._last is not None
            asked = self._last.asks
            if asked in until:
                return
            assert asked is not None, self._story(f"nothing is asked any more, but {until} was to come")
            assert asked not in done[:-1], self._story(f"{asked} is asked again after other questions")
            if not done or done[-1] != asked:
                done.append(asked)
            self._say((knows or {}).get(asked, "不知道"))
        raise AssertionError(self._story(f"{until} was not reached in {MOST_QUESTIONS} questions"))

    def _story(self, fault: str) -> str:
        return fault + "\n" + "\n".join(self.transcript[-24:])


def check_case(core: Core, receipt: str | None, wanted: dict[str, Any]) -> None:
    """The case behind the receipt holds what the conversation said."""
    assert receipt, "no receipt was given"
    shown = core.command("case", receipt)
    assert shown.returncode == 0, shown.stderr
    case = json.loads(shown.stdout)
    facts = {name: fact["value"] for name, fact in case["facts"].items()}
    for key, value in wanted.items():
        if key == "facts":
            assert {name: facts.get(name) for name in value} == value
        else:
            assert case[key] == value, (key, case)
    assert case["steps"] or case["kind"] == "complaint"


@pytest.mark.parametrize("file", CONVERSATIONS, ids=[file.stem for file in CONVERSATIONS])
def test_conversation(core: Core, file: Path) -> None:
    story = yaml.safe_load(file.read_text("utf-8"))
    teller = Teller(core, fresh(file.stem))
    for turn in story["turns"]:
        teller.play(turn)
    if "case" in story:
        check_case(core, teller.receipt, story["case"])


def test_the_conversations_cover_all_five_packs_and_every_kind_of_turn() -> None:
    stories = [yaml.safe_load(file.read_text("utf-8")) for file in CONVERSATIONS]
    assert len(stories) >= 15
    assert {story["case"]["pack"] for story in stories if "pack" in story.get("case", {})} == PACKS
    covered = {name for story in stories for name in story["covers"]}
    wanted = {"interruption", "correction", "dont_know", "complaint", "status", "person", "danger"}
    assert wanted <= covered
