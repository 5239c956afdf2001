"""The chat as JSON (contract): POST a message, GET what was said later."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse

from actions.chat import ChatAnswer, ForeignConversation
from actions.transcript import channel_of
from bot.web import inputs
from bot.web.origin import sender
from bot.web.problems import Problem
from bot.web.state import Web, web

OWN_CHANNELS = (None, "web")  # None: not begun yet

router = APIRouter(prefix="/api", tags=["chat"])


class MessageIn(BaseModel):
    """One message of a person. A choice is sent back by its `value` as `text`."""

    model_config = ConfigDict(strict=True)
    text: str
    message_id: str | None = None


class ChoiceOut(BaseModel):
    title: str
    value: str


class DetailOut(BaseModel):
    title: str
    text: str


class ReplyOut(BaseModel):
    text: str
    choices: list[ChoiceOut]
    details: list[DetailOut]
    seq: int
    author: str


class AnswerOut(BaseModel):
    """`asks`: what the last reply waits for; `seq`: the number of the last reply, for the next `after`."""

    replies: list[ReplyOut]
    asks: str | None
    stage: str
    receipt: str | None
    seq: int


@router.post("/chat/{conversation}", response_model=AnswerOut, openapi_extra=inputs.body_schema(MessageIn))
async def say(
    conversation: str,
    request: Request,
    message: Annotated[MessageIn, Depends(inputs.json_body(MessageIn))],
    state: Annotated[Web, Depends(web)],
) -> AnswerOut:
    """Say something and get the replies; the same `message_id` again gives the same replies and no second effect."""
    text = inputs.message_text(message.text)
    key = inputs.message_id(message.message_id)
    own = inputs.conversation_id(conversation)
    try:
        return answer_out(await state.chat.converse(own, text, key, origin=sender(request), own_only=True))
    except ForeignConversation:
        raise Problem(422, "conversation_id") from None  # those of other channels look like bad ids


@router.get("/chat/{conversation}", response_model=AnswerOut)
def later(conversation: str, state: Annotated[Web, Depends(web)], after: str | None = None) -> AnswerOut:
    """Replies after number `after`: late answers, a member of staff, reminders."""
    return answer_out(state.chat.later(_own(state, conversation), inputs.sequence(after)))


@router.get("/health", tags=["health"])
def health(request: Request, state: Annotated[Web, Depends(web)]) -> JSONResponse:
    """200 when every part works; 503 naming the part that is down."""
    parts = dict(state.health())
    down = sorted(name for name, word in parts.items() if word != "ok")
    if not down:
        return JSONResponse({"status": "ok"} | parts)
    return JSONResponse({"status": "down", "down": down} | parts, 503)


def _own(state: Web, conversation: str) -> str:
    """The id, if a web client may speak in that conversation; those of other channels look like bad ids."""
    checked = inputs.conversation_id(conversation)
    if channel_of(state.office, checked) not in OWN_CHANNELS:
        raise Problem(422, "conversation_id")
    return checked


def answer_out(answer: ChatAnswer) -> AnswerOut:
    return AnswerOut(
        replies=[
            ReplyOut(
                text=r.text,
                choices=[ChoiceOut(title=c.title, value=c.value) for c in r.choices],
                details=[DetailOut(title=d.get("title", ""), text=d.get("text", "")) for d in r.details],
                seq=r.seq,
                author=r.author,
            )
            for r in answer.replies
        ],
        asks=answer.asks,
        stage=answer.stage,
        receipt=answer.receipt,
        seq=answer.seq,
    )
