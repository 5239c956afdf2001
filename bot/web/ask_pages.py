"""A question about policy in the browser: the answer with its clauses, and a button that hands it to a person."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import policy_desk
from actions.accounts import SignedIn
from actions.refusals import Refusal
from bot.web import inputs
from bot.web.signin import Form, PageUser, State
from bot.web.staff_pages import staff_page
from bot.web.state import Web

router = APIRouter(prefix="/office/ask", include_in_schema=False)


@router.get("")
def page(request: Request, state: State, who: PageUser, text: str = "", place: str = "") -> HTMLResponse:
    """The question is in the address, so that an answer can be kept as a link and read without scripts."""
    return _page(request, state, who, text, place)


@router.post("/person")
def hand_on(request: Request, state: State, post: Form) -> Response:
    """Make a task of the question and go to it."""
    text, place = post.form.get("text", ""), post.form.get("place", "")
    nonce = inputs.message_id(post.form.get("nonce")) or ""
    try:
        task = policy_desk.hand_on(state.office, post.who.user, text, place, nonce=nonce)
    except Refusal as refusal:
        return _page(request, state, post.who, text, place, refusal)
    return RedirectResponse(f"/office/tasks/{task.id}?said=handed_on", 303)


def _page(
    request: Request, state: Web, who: SignedIn, text: str, place: str, refusal: Refusal | None = None
) -> HTMLResponse:
    reply = None
    if refusal is None and text.strip():
        try:
            reply = policy_desk.ask(state.office, text, place)
        except Refusal as found:
            refusal = found
    return staff_page(
        request, state, who, "ask", "office/ask.html", status=refusal.status if refusal else 200,
        problem=refusal.message if refusal else None, reply=reply, text=text[: policy_desk.LONGEST],
        place=place[: policy_desk.LONGEST], longest=policy_desk.LONGEST, nonce=secrets.token_hex(8),
    )  # fmt: skip
