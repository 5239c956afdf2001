"""Questions about policy as JSON: what the page `/office/ask` does, with the same permissions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from actions import policy_desk
from actions.policy_desk import PolicyReply
from actions.taskviews import TaskLine
from bot.web import inputs
from bot.web.signin import ApiUser, State

router = APIRouter(prefix="/api/ask", tags=["policy"])


class QuestionIn(BaseModel):
    """`place`: free text, picks the document; a place named in the question comes first."""

    model_config = ConfigDict(extra="forbid")
    text: str
    place: str = ""


class HandOnIn(QuestionIn):
    """`message_id`: the same again opens no second task."""

    message_id: str


@router.post("", response_model=PolicyReply, openapi_extra=inputs.body_schema(QuestionIn))
def ask(body: Annotated[QuestionIn, Depends(inputs.json_body(QuestionIn))], state: State, who: ApiUser) -> PolicyReply:
    """What the documents say, with the clauses; `answerable` false where they do not, and whom to ask."""
    return policy_desk.ask(state.office, body.text, body.place)


@router.post("/person", response_model=TaskLine, openapi_extra=inputs.body_schema(HandOnIn))
def hand_on(body: Annotated[HandOnIn, Depends(inputs.json_body(HandOnIn))], state: State, who: ApiUser) -> TaskLine:
    """Hand the question to a person: the task that it becomes."""
    nonce = inputs.message_id(body.message_id) or ""
    return policy_desk.hand_on(state.office, who.user, body.text, body.place, nonce=nonce)
