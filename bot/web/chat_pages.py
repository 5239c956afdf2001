"""The farmer's page: server-rendered, whole without JavaScript, one small script on top.

The conversation's id lives in an HttpOnly cookie and never in a page or an address. A post with the header
`X-Fragment` (our script) is answered with the new bubbles only; without it, with a redirect to the page.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions.chat import ChatAnswer
from actions.contacts import Contacts
from actions.entrance import area_label, enter
from actions.refusals import DatabaseUnavailable
from actions.transcript import Line, Transcript, transcript
from bot.web import inputs
from bot.web.guards import where
from bot.web.origin import require_own_origin, sender
from bot.web.problems import SENTENCES, Problem
from bot.web.render import render, render_text
from bot.web.state import Web, web
from bot.web.texts import TEXTS

CONVERSATION, AREA, SIZE = "sw_chat", "sw_area", "sw_size"
DAYS = 24 * 3600
KEEP = {CONVERSATION: 60 * DAYS, AREA: 60 * DAYS, SIZE: 365 * DAYS}  # seconds; people come back days later and go on
SIZES = ("0", "1", "2")  # 20, 24 and 30 px

log = logging.getLogger("shouwang.web")
router = APIRouter(include_in_schema=False)
State = Annotated[Web, Depends(web)]


@router.get("/")
def page(request: Request, state: State) -> Response:
    """The page, with the conversation's id given beforehand: were it given with the first answer, and that answer
    lost on the way, the retry would begin a second conversation and tell the story twice."""
    response = _page(request, state)
    _keep(response, state, CONVERSATION, _conversation(request) or secrets.token_urlsafe(24))
    return response


@router.get("/v/{code}")
def village(code: str, state: State) -> Response:
    """The address in a village's QR code: the place is known from the start, and can be corrected in the chat."""
    if area_label(state.office, code) is None:
        raise Problem(404, "village")
    response = _go("/")
    _keep(response, state, AREA, code)
    return response


@router.post("/chat")
async def say(request: Request, state: State) -> Response:
    require_own_origin(request)
    form = await inputs.form_fields(request)
    own = _conversation(request) or secrets.token_urlsafe(24)
    raw = form.get("text", "")
    try:
        text = inputs.message_text(raw)
        await run_in_threadpool(
            enter, state.office, own, request.cookies.get(AREA), secure=came_over_tls(request, state)
        )
        answer = await state.chat.converse(own, text, _message_id(form, text), origin=sender(request))
    except Problem as problem:
        if "x-fragment" in request.headers:
            raise
        return await run_in_threadpool(_page, request, state, problem=problem, draft=raw[: inputs.MAX_TEXT])
    except Exception as error:
        if "x-fragment" in request.headers:
            raise
        return _keep_words(request, error, raw[: inputs.MAX_TEXT])
    response = await _said(request, state, form, own, answer)
    _keep(response, state, CONVERSATION, own)
    return response


async def _said(request: Request, state: Web, form: dict[str, str], own: str, answer: ChatAnswer) -> Response:
    """To the script everything after what it has shown: a late answer to an earlier message may have come between."""
    if "x-fragment" not in request.headers:
        return _go("/#now")
    if answer.stage == "opening":  # consent was refused: what was said is deleted and must leave the screen as well
        return Response(status_code=205)
    if "after" not in form:
        return _fragment(answer)
    return _fragment(await run_in_threadpool(state.chat.later, own, inputs.sequence(form["after"])))


@router.get("/chat/later")
def later(request: Request, state: State, after: str | None = None) -> Response:
    """The script's poll: 204 when nothing new was said."""
    own = _conversation(request)
    number = inputs.sequence(after)
    answer = state.chat.later(own, number) if own else None
    return _fragment(answer) if answer and answer.replies else Response(status_code=204)


@router.post("/size")
async def size(request: Request, state: State) -> Response:
    require_own_origin(request)
    wanted = (await inputs.form_fields(request)).get("size", "0")
    response: Response = Response(status_code=204) if "x-fragment" in request.headers else _go("/#now")
    _keep(response, state, SIZE, wanted if wanted in SIZES else "0")
    return response


@router.get("/leave")
def ask_leave(request: Request, state: State) -> Response:
    own = _conversation(request)
    talk = transcript(state.office, own) if own else Transcript()
    return render("chat/leave.html", size=_size(request), receipt=talk.receipt)


@router.post("/leave")
def leave(request: Request, state: State) -> Response:
    """Forget the conversation on this phone only; the office keeps what was handed in."""
    require_own_origin(request)
    response = _go("/?left=1")
    response.delete_cookie(CONVERSATION, path="/")
    response.headers["clear-site-data"] = '"cache"'
    return response


# -- inside ---------------------------------------------------------------------------------------------------


def _page(request: Request, state: Web, problem: Problem | None = None, draft: str = "") -> HTMLResponse:
    own = _conversation(request)
    talk = transcript(state.office, own) if own else Transcript()
    code = request.cookies.get(AREA)
    return render(
        "chat/page.html",
        status=problem.status if problem else 200,
        lines=talk.lines,
        now=_last_word(talk.lines),
        waiting=talk.waiting and (not talk.lines or talk.lines[-1].author == "person"),
        after=talk.last_seq,
        size=_size(request),
        place=area_label(state.office, code) if code and not talk.lines else None,
        nonce=secrets.token_hex(8),
        notice=TEXTS["chat"]["left"] if "left" in request.query_params and not talk.lines else None,
        problem=problem.sentence if problem else None,
        draft=draft,
        calls=calls(state.office.contacts),
    )


def _keep_words(request: Request, error: Exception, draft: str) -> HTMLResponse:
    """Something inside failed: one sentence, and the words typed, ready to be sent again."""
    request_id = request.scope["state"]["request_id"]
    log.error("request %s failed: %s", request_id, where(error))
    status, key = (503, "unavailable") if isinstance(error, DatabaseUnavailable) else (500, "broken")
    return render("error.html", status=status, sentence=SENTENCES[key], request_id=request_id, home="/", draft=draft)


def calls(contacts: Contacts) -> list[dict[str, str]]:
    """Whom to call when there is danger; a number the office has not set is left out."""
    texts = TEXTS["chat"]
    numbers = {
        "call_police": contacts.police,
        "call_ambulance": contacts.ambulance,
        "call_fire": contacts.fire,
        "call_crisis": contacts.crisis_line,
        "call_office": contacts.office_phone,
    }
    return [{"title": texts[key].format(number=n), "number": n} for key, n in numbers.items() if n]


def _fragment(answer: ChatAnswer) -> HTMLResponse:
    lines = [
        Line(
            author=r.author,
            text=r.text,
            at=None,
            seq=r.seq,
            choices=[{"title": c.title, "value": c.value} for c in r.choices],
            details=r.details,
        )
        for r in answer.replies
    ]
    return HTMLResponse(render_text("chat/_lines.html", lines=lines, now=None, nonce=secrets.token_hex(8)))


def _last_word(lines: list[Line]) -> int | None:
    """The place of what the person said last: there the page opens, with the answer below it."""
    return max((i for i, line in enumerate(lines) if line.author == "person"), default=None)


def _message_id(form: dict[str, str], text: str) -> str | None:
    """The script's own id, or, of a plain form, the page's nonce with the words: pressing twice is one message,
    going back and writing something else is another."""
    given = inputs.message_id(form.get("message_id"))
    if given is not None:
        return given
    nonce = inputs.message_id(form.get("nonce"))
    return None if nonce is None else f"{nonce[:40]}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _conversation(request: Request) -> str | None:
    raw = request.cookies.get(CONVERSATION, "")
    return raw if len(raw) >= 32 and inputs.CONVERSATION.fullmatch(raw) else None


def came_over_tls(request: Request, state: Web) -> bool:
    """The office says so (`secure_cookies`), or the scheme does, which behind a proxy that uvicorn trusts is the one
    the browser used."""
    return state.secure_cookies or request.url.scheme == "https"


def _size(request: Request) -> int:
    raw = request.cookies.get(SIZE, "0")
    return int(raw) if raw in SIZES else 0


def _go(where: str) -> RedirectResponse:
    return RedirectResponse(where, 303)


def _keep(response: Response, state: Web, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=KEEP[name], path="/", httponly=True, samesite="lax", secure=state.secure_cookies
    )
