"""The queue of tasks and the desk of one task, the person's conversation beside it. Plain forms; htmx refreshes."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import desk
from actions.accounts import SignedIn
from actions.clock import SHANGHAI
from actions.desk import TaskLine
from actions.refusals import NotFound, Refusal
from actions.transcript import staff_view
from bot.web import inputs, views
from bot.web.problems import Problem
from bot.web.render import render
from bot.web.signin import Form, PageUser, State
from bot.web.staff_pages import staff_page
from bot.web.state import Web

router = APIRouter(prefix="/office/tasks", include_in_schema=False)
TaskId = Annotated[int, Path(ge=1, le=inputs.MAX_SEQ)]
SAID = {  # what was done -> key of texts/said.yml; the page shown afterwards is the task's own
    "take": "task_taken",
    "join": "joined",
    "hand_back": "handed_back",
    "answer": "answered",
    "renew": "renewed",
}
LEAVES = {"finish": "task_done", "release": "released", "transfer": "transferred"}  # … is the queue
DONE = "done"


@router.get("")
def tasks(request: Request, state: State, who: PageUser, show: str = "all") -> HTMLResponse:
    """The queue: urgent first, then by due time or age."""
    shown = show if show in desk.SHOWN else "all"
    found = desk.queue_for(state.office, who.user, shown)
    return staff_page(request, state, who, "tasks", "office/tasks.html", queue=found, show=shown)


@router.get("/{number}")
def task(number: TaskId, request: Request, state: State, who: PageUser) -> HTMLResponse:
    """One task with the conversation it came from."""
    return _task(request, state, who, number)


@router.get("/{number}/talk")
def talk(number: TaskId, state: State, who: PageUser) -> Response:
    """The conversation alone, for the page that asks every few seconds; 286 stops it where the task is done."""
    found = desk.task_for(state.office, who.user, number)
    lines = _lines(state, who, found, after=1)
    status = 286 if found.status == DONE else 200
    return render("office/_task_talk.html", status=status, task=found, lines=lines)


@router.post("/{number}/{action}")
def work(number: TaskId, action: str, request: Request, state: State, post: Form) -> Response:
    """take, renew, release, join, answer, hand_back, call, transfer or finish."""
    try:
        found = _act(state, post.who, number, action, post.form)
    except NotFound:
        raise
    except Refusal as refusal:
        if "hx-request" in request.headers:
            return Response(status_code=refusal.status)
        return _task(
            request, state, post.who, number,
            status=refusal.status, problem=refusal.message, typed=post.form, open_form=action,
        )  # fmt: skip
    if action == "renew" and "hx-request" in request.headers:
        return Response(status_code=204)
    return _after(number, action, found)


# -- inside ---------------------------------------------------------------------------------------------------


def _act(state: Web, who: SignedIn, number: int, action: str, form: dict[str, str]) -> TaskLine:
    office, user, version = state.office, who.user, _version(form)
    match action:
        case "take":
            return desk.take_task(office, user, number)
        case "renew":
            return desk.renew_task(office, user, number)
        case "release":
            return desk.release_task(office, user, number, version=version)
        case "join":
            return desk.join_conversation(office, user, number)
        case "hand_back":
            return desk.hand_back(office, user, number)
        case "answer":
            nonce = inputs.message_id(form.get("nonce")) or ""
            back = "hand_back" in form
            return desk.answer_task(office, user, number, form.get("text", ""), nonce=nonce, hand_back=back)
        case "call":
            again = _moment(form.get("again_other") or form.get("again", ""))
            note = form.get("note", "")
            return desk.log_call(office, user, number, form.get("outcome", ""), note, again, version=version)
        case "transfer":
            note = form.get("note", "")
            return desk.transfer_task(office, user, number, form.get("to", ""), note, version=version)
        case "finish":
            return desk.finish_task(office, user, number, form.get("outcome", ""), version=version)
    raise Problem(404, "not_found")


def _after(number: int, action: str, found: TaskLine) -> RedirectResponse:
    if action == "call":
        said = "call_done" if found.status == DONE else "call_again" if not found.mine else "call_noted"
        return _go(f"/office/tasks/{number}" if found.mine else "/office/tasks", said)
    if action in LEAVES:
        return _go("/office/tasks", LEAVES[action])
    return _go(f"/office/tasks/{number}", SAID[action])


def _go(path: str, said: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?said={said}", 303)


def _task(request: Request, state: Web, who: SignedIn, number: int, **values: Any) -> HTMLResponse:
    found = desk.task_for(state.office, who.user, number)
    if found.status == DONE and "status" not in values:
        raise Problem(404, "task")
    shared: dict[str, Any] = {
        "task": found,
        "lines": _lines(state, who, found),
        "helps": desk.helps(state.office),
        "typed": {},
        "open_form": "",
        "nonce": secrets.token_hex(8),
        "earliest": state.office.clock.now(),
    }
    return staff_page(request, state, who, "tasks", "office/task.html", **(shared | values))


def _lines(state: Web, who: SignedIn, task: TaskLine, after: int = 0) -> list[views.TalkLine]:
    if task.conversation is None:
        return []
    return views.talk(staff_view(state.office, who.user, task.conversation, f"task:{task.id}", after=after))


def _version(form: dict[str, str]) -> int | None:
    raw = form.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


def _moment(raw: str) -> datetime | None:
    """A moment as the form gives it: «2026-11-28T14:30», Asia/Shanghai unless it names its zone."""
    if not raw:
        return None
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise Problem(422, "moment") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI)
