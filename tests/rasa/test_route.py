"""The action route takes calls from Rasa alone, and runs the turn for the message that a call names."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from actions import dialogue
from actions.office import Office
from bot.rasa_link import ACTION_PATH, action_router, route

TOKEN = "a-token-of-this-test"
GUARD = {"x-shouwang-token": TOKEN}


class Turns:
    """Stands in for the turn and keeps what it was called with."""

    def __init__(self) -> None:
        self.ran: list[tuple[int, str, float]] = []
        self.error: Exception | None = None
        self.slow = 0.0

    def run(self, office: Office, inbound_id: int, act: str, confidence: float) -> None:
        time.sleep(self.slow)
        if self.error:
            raise self.error
        self.ran.append((inbound_id, act, confidence))


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    stand_in = Turns()
    monkeypatch.setattr(dialogue, "run_turn", stand_in.run)
    return stand_in


@pytest.fixture
def http(turns: Turns) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(action_router(cast("Office", SimpleNamespace()), TOKEN))
    with TestClient(app) as client:
        yield client


def call(inbound: Any = 5, action: str = "action_turn", act: str = "inform") -> dict[str, Any]:
    """An action call as Rasa 3.6.21 sends it, shortened to what is read."""
    message = {"intent": {"name": act, "confidence": 0.91}, "text": "三口人", "metadata": {"inbound": inbound}}
    tracker = {"sender_id": "m5", "slots": {}, "latest_message": message, "events": [], "paused": False}
    return {"next_action": action, "sender_id": "m5", "tracker": tracker, "version": "3.6.21"}


def test_a_call_from_rasa_runs_the_turn_and_says_which_message_is_answered(http: TestClient, turns: Turns) -> None:
    answer = http.post(ACTION_PATH, json=call(inbound=12, act="dont_know"), headers=GUARD)
    assert answer.json() == {"events": [], "responses": [{"custom": {"answered": 12}}]}
    assert turns.ran == [(12, "dont_know", 0.91)]


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-shouwang-token": ""}, {"x-shouwang-token": "wrong"}, {"x-shouwang-token": TOKEN + "x"}],
)
def test_a_forged_call_runs_nothing(http: TestClient, turns: Turns, headers: dict[str, str]) -> None:
    forged = http.post(ACTION_PATH, json=call(act="affirm"), headers=headers)
    assert forged.status_code == 401
    assert turns.ran == []


def test_a_token_in_the_address_does_not_help_a_forger(http: TestClient, turns: Turns) -> None:
    assert http.post(f"{ACTION_PATH}?token={TOKEN}", json=call()).status_code == 401
    assert turns.ran == []


@pytest.mark.parametrize("inbound", [None, "5", 1.5, True, [], {"id": 5}])
def test_a_call_that_names_no_message_is_refused(http: TestClient, turns: Turns, inbound: Any) -> None:
    assert http.post(ACTION_PATH, json=call(inbound=inbound), headers=GUARD).status_code == 400
    assert turns.ran == []


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'"text"', b"{}", b'{"tracker": 5}', b"\xff\xfe"])
def test_a_broken_body_is_refused_without_a_traceback(http: TestClient, turns: Turns, body: bytes) -> None:
    assert http.post(ACTION_PATH, content=body, headers=GUARD).status_code == 400
    assert turns.ran == []


def test_no_other_action_can_be_called(http: TestClient, turns: Turns) -> None:
    answer = http.post(ACTION_PATH, json=call(action="action_restart"), headers=GUARD)
    assert answer.status_code == 404
    assert turns.ran == []


def test_a_body_larger_than_any_message_is_refused(http: TestClient, turns: Turns) -> None:
    assert http.post(ACTION_PATH, content=b"x" * (route.MAX_BODY + 1), headers=GUARD).status_code == 413


def test_a_warm_up_goes_the_whole_way_but_runs_no_turn(http: TestClient, turns: Turns) -> None:
    answer = http.post(ACTION_PATH, json=call(inbound=route.WARM_UP), headers=GUARD)
    assert answer.json()["responses"] == [{"custom": {"answered": 0}}]
    assert turns.ran == []


def test_a_turn_that_fails_is_told_as_failed_and_what_was_said_stays_out_of_the_log(
    http: TestClient, turns: Turns, caplog: pytest.LogCaptureFixture
) -> None:
    turns.error = RuntimeError("could not read «俺爹得了肺癌»")
    with caplog.at_level(logging.DEBUG):
        answer = http.post(ACTION_PATH, json=call(), headers=GUARD)
    assert answer.status_code == 500
    assert "RuntimeError" in caplog.text
    assert "肺癌" not in caplog.text + answer.text


def test_a_turn_that_takes_too_long_is_told_before_rasa_gives_up(
    http: TestClient, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "ACTION_SECONDS", 0.2)
    turns.slow = 1.0
    started = time.monotonic()
    assert http.post(ACTION_PATH, json=call(), headers=GUARD).status_code == 504
    assert time.monotonic() - started < 0.9


def test_turns_of_different_conversations_run_beside_each_other(http: TestClient, turns: Turns) -> None:
    turns.slow = 0.3
    started = time.monotonic()
    threads = [
        threading.Thread(target=http.post, args=(ACTION_PATH,), kwargs={"json": call(inbound=n), "headers": GUARD})
        for n in range(1, 5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(turns.ran) == 4
    assert time.monotonic() - started < 0.9
