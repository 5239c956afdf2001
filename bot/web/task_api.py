"""The queue as JSON: everything the task pages can do, with the same permissions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict

from actions import desk
from actions.desk import Helps, TaskLine, TaskQueue
from actions.transcript import Line, staff_view
from bot.web import inputs
from bot.web.problems import Problem
from bot.web.signin import ApiUser, State

router = APIRouter(prefix="/api/tasks", tags=["queue"])
TaskId = Annotated[int, Path(ge=1, le=inputs.MAX_SEQ)]


class Body(BaseModel):
    """`version`: the version of the task that was looked at; an older one is refused (409) unless it is one's own."""

    model_config = ConfigDict(extra="forbid")
    version: int | None = None


class OutcomeIn(Body):
    outcome: str


class AnswerIn(BaseModel):
    """`message_id`: the same again says it once; `hand_back`: the assistant goes on afterwards."""

    model_config = ConfigDict(extra="forbid")
    text: str
    message_id: str | None = None
    hand_back: bool = False


class CallIn(Body):
    """`outcome`: an id of GET /api/tasks/helps; `again`: when to try again (ISO 8601 with a zone)."""

    outcome: str
    note: str = ""
    again: AwareDatetime | None = None


class TransferIn(Body):
    """`to`: a colleague's name, or an area's code, path or name."""

    to: str
    note: str = ""


@router.get("", response_model=list[TaskLine])
def tasks(state: State, who: ApiUser, show: str = "all") -> list[TaskLine]:
    """The queue: urgent first, then by due time or age. `show`: mine, open, appointments or all."""
    return list(_queue(state, who, show).lines)


@router.get("/queue", response_model=TaskQueue)
def queue(state: State, who: ApiUser, show: str = "all") -> TaskQueue:
    """The queue with the number of lines of every filter."""
    return _queue(state, who, show)


@router.get("/helps", response_model=Helps)
def helps(state: State, who: ApiUser) -> Helps:
    """What lies ready: how calls end, times to try again, sentences to send."""
    return desk.helps(state.office)


@router.get("/{number}", response_model=TaskLine)
def task(number: TaskId, state: State, who: ApiUser) -> TaskLine:
    """One task, done ones included."""
    return desk.task_for(state.office, who.user, number)


@router.get("/{number}/conversation", response_model=list[Line])
def conversation(number: TaskId, state: State, who: ApiUser) -> list[Line]:
    """What was said in the conversation that the task came from; empty where there is none for these eyes."""
    found = desk.task_for(state.office, who.user, number)
    return staff_view(state.office, who.user, found.conversation, f"task:{number}") if found.conversation else []


@router.post("/{number}/take", response_model=TaskLine, openapi_extra=inputs.body_schema(Body))
def take(
    number: TaskId, body: Annotated[Body, Depends(inputs.json_body(Body))], state: State, who: ApiUser
) -> TaskLine:
    """Take the task, or renew it; 409 with the holder's name where a colleague has it."""
    return desk.take_task(state.office, who.user, number)


@router.post("/{number}/renew", response_model=TaskLine)
def renew(number: TaskId, state: State, who: ApiUser) -> TaskLine:
    """A sign of life: task and conversation stay in these hands."""
    return desk.renew_task(state.office, who.user, number)


@router.post("/{number}/release", response_model=TaskLine, openapi_extra=inputs.body_schema(Body))
def release(
    number: TaskId, body: Annotated[Body, Depends(inputs.json_body(Body))], state: State, who: ApiUser
) -> TaskLine:
    """Back to the queue."""
    return desk.release_task(state.office, who.user, number, version=body.version)


@router.post("/{number}/finish", response_model=TaskLine, openapi_extra=inputs.body_schema(OutcomeIn))
def finish(
    number: TaskId, body: Annotated[OutcomeIn, Depends(inputs.json_body(OutcomeIn))], state: State, who: ApiUser
) -> TaskLine:
    """Close the task with what came of it; a conversation still held goes back to the assistant."""
    return desk.finish_task(state.office, who.user, number, inputs.clean(body.outcome), version=body.version)


@router.post("/{number}/join", response_model=TaskLine)
def join(number: TaskId, state: State, who: ApiUser) -> TaskLine:
    """Take over the conversation: the assistant keeps quiet."""
    return desk.join_conversation(state.office, who.user, number)


@router.post("/{number}/hand-back", response_model=TaskLine)
def hand_back(number: TaskId, state: State, who: ApiUser) -> TaskLine:
    """The assistant goes on with the question that was pending."""
    return desk.hand_back(state.office, who.user, number)


@router.post("/{number}/answer", status_code=204, openapi_extra=inputs.body_schema(AnswerIn))
def answer(
    number: TaskId, body: Annotated[AnswerIn, Depends(inputs.json_body(AnswerIn))], state: State, who: ApiUser
) -> None:
    """Say something to the person in their conversation, which is then in one's hands."""
    desk.answer_task(
        state.office,
        who.user,
        number,
        inputs.clean(body.text),
        nonce=inputs.message_id(body.message_id) or "",
        hand_back=body.hand_back,
    )


@router.post("/{number}/call", response_model=TaskLine, openapi_extra=inputs.body_schema(CallIn))
def call(
    number: TaskId, body: Annotated[CallIn, Depends(inputs.json_body(CallIn))], state: State, who: ApiUser
) -> TaskLine:
    """Write down how a call ended; one that tries again becomes an appointment."""
    again: datetime | None = body.again
    note = inputs.clean(body.note)
    return desk.log_call(state.office, who.user, number, body.outcome, note, again, version=body.version)


@router.post("/{number}/transfer", status_code=204, openapi_extra=inputs.body_schema(TransferIn))
def transfer(
    number: TaskId, body: Annotated[TransferIn, Depends(inputs.json_body(TransferIn))], state: State, who: ApiUser
) -> None:
    """Give the task to a colleague or to the people of an area."""
    note = inputs.clean(body.note)
    desk.transfer_task(state.office, who.user, number, inputs.clean(body.to), note, version=body.version)


def _queue(state: State, who: ApiUser, show: str) -> TaskQueue:
    if show not in desk.SHOWN:
        raise Problem(422, "fields", fields="show")
    return desk.queue_for(state.office, who.user, show)
