"""Hand-over with everything real: a person writes in the web chat, a member of staff answers over the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.system import Answer, Core, fresh

pytestmark = pytest.mark.rasa
PASSWORD = "korn-blume-7"
EVENING = "2026-11-23T20:00:00+08:00"


class Operator:
    """A member of staff who works over the API."""

    def __init__(self, core: Core, name: str) -> None:
        added = core.command("users", "add", name, "--role", "admin", SHOUWANG_PASSWORD=PASSWORD)
        assert added.returncode == 0, added.stderr
        self._http = httpx.Client(base_url=core.base_url, timeout=30, trust_env=False)
        token = self._http.post("/api/login", json={"name": name, "password": PASSWORD}).json()["token"]
        self._http.headers["authorization"] = f"Bearer {token}"

    def tasks(self, kind: str = "person") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get("/api/tasks").json()
        return [task for task in found if task["kind"] == kind]

    def task_of(self, conversation: str, kind: str = "person") -> int:
        (task,) = [task for task in self.tasks(kind) if task["conversation"] == conversation]
        return int(task["id"])

    def read(self, number: int) -> list[str]:
        lines = self._http.get(f"/api/tasks/{number}/conversation").json()
        return [line["text"] for line in lines if line["author"] == "person"]

    def do(self, number: int, what: str, status: int = 200, **body: object) -> Any:
        sent = self._http.post(f"/api/tasks/{number}/{what}", json=body)
        assert sent.status_code == status, sent.text
        return sent.json() if sent.content else None


@pytest.fixture(scope="module")
def operator(core: Core) -> Operator:
    return Operator(core, "operator")


def interviewed(core: Core) -> tuple[str, Answer]:
    """A conversation in which a fact about the household is asked."""
    conversation = fresh("handover")
    core.say(conversation, "您好")
    core.say(conversation, "同意")
    core.say(conversation, "老伴得了肝硬化，一年自己掏三万多")
    return conversation, core.say(conversation, "宁夏西吉县")


def test_a_person_is_wanted_answers_and_gives_back_at_the_same_question(core: Core, operator: Operator) -> None:
    conversation, waiting = interviewed(core)
    core.say(conversation, "找人工")
    noted = core.say(conversation, "13512340010")
    number = operator.task_of(conversation)
    operator.do(number, "take")
    operator.do(number, "answer", 204, text="您好，我是镇上的周敏", message_id="m1")
    operator.do(number, "answer", 204, text="您好，我是镇上的周敏", message_id="m1")
    heard = core.later(conversation, noted.seq)
    assert [(reply["author"], reply["text"]) for reply in heard.replies] == [("staff", "您好，我是镇上的周敏")]
    first, second = core.say(conversation, "能管不能管"), core.say(conversation, "我家五口人")
    assert "已经转给工作人员" in first.text
    assert second.replies == []
    assert operator.read(number)[-2:] == ["能管不能管", "我家五口人"]
    operator.do(number, "hand-back")
    onward = core.later(conversation, first.seq)
    assert "我们接着说" in onward.replies[0]["text"]
    assert onward.replies[-1]["text"] == waiting.replies[-1]["text"]
    assert (onward.asks, onward.stage) == (waiting.asks, waiting.stage)
    answered = core.say(conversation, "不知道")
    assert answered.asks not in {None, waiting.asks}
    operator.do(number, "finish", outcome="说清楚了")
    assert operator.tasks() == []


def test_what_staff_say_between_two_messages_of_the_person_is_not_passed_over(core: Core, operator: Operator) -> None:
    """The `seq` of an unanswered message never runs ahead of what staff have said meanwhile."""
    conversation, _ = interviewed(core)
    core.say(conversation, "找人工")
    core.say(conversation, "13512340010")
    number = operator.task_of(conversation)
    operator.do(number, "answer", 204, text="第一句")
    last = core.say(conversation, "在")
    operator.do(number, "answer", 204, text="第二句")
    quiet = core.say(conversation, "听着呢")
    assert [reply["text"] for reply in core.later(conversation, quiet.seq).replies] == ["第二句"]
    assert quiet.seq == last.seq
    operator.do(number, "finish", outcome="完")


def test_a_core_killed_while_a_person_speaks_goes_on_with_that_person(core: Core, operator: Operator) -> None:
    conversation, waiting = interviewed(core)
    core.say(conversation, "找人工")
    core.say(conversation, "没有电话")
    number = operator.task_of(conversation)
    operator.do(number, "answer", 204, text="我在")
    core.say(conversation, "好")
    core.kill9()
    core.start()
    assert core.say(conversation, "您还在吗").replies == []
    assert operator.read(number)[-1] == "您还在吗"
    operator.do(number, "finish", outcome="说完了")
    again = core.later(conversation)
    assert (again.asks, again.stage) == (waiting.asks, waiting.stage)


@pytest.fixture
def night(core: Core) -> Iterator[Core]:
    """The same office on an evening, its clock standing still."""
    core.stop()
    link = {name: value for name, value in core._environment.items() if name.startswith("SHOUWANG_")}
    late = Core(core.home, core.port, {**link, "SHOUWANG_NOW": EVENING})
    late.start()
    yield late
    late.stop()
    core.start()


def test_out_of_hours_the_answer_is_honest_and_a_time_is_chosen(night: Core) -> None:
    operator = Operator(night, "night-watch")
    conversation, waiting = interviewed(night)
    asked = night.say(conversation, "找人工")
    assert "现在下班了，明天上午8点半以后给您回电话" in asked.text
    assert asked.asks == "phone"
    offered = night.say(conversation, "13512340010")
    assert offered.choices[:2] == ["明天上午8点半到12点", "明天下午2点到5点半"]
    chosen = night.say(conversation, offered.choices[1])
    assert "明天下午2点到5点半给您打电话" in chosen.text
    assert (chosen.asks, chosen.stage) == (waiting.asks, waiting.stage)
    (task,) = [task for task in operator.tasks() if task["conversation"] == conversation]
    assert task["due_at"].startswith("2026-11-24T06:00:00")
    danger = night.say(fresh("danger"), "我不想活了")
    assert "先打上面的电话" in danger.text
    assert [task["urgent"] for task in operator.tasks("danger")] == [True]
