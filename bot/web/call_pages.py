"""The operators' pages: list of calls, workbench, read-back sheet, end. Plain forms; `call.js` makes them live.

A post with the header `X-Fragment` (our script) is answered with the parts of the page that changed.
"""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import call_ending, call_saving, callers, calls
from actions.accounts import SignedIn
from actions.call_sheet import sheet as sheet_of
from actions.callrules import call_book
from actions.callviews import CallView
from actions.refusals import NotAllowed, NotFound, Refusal, Stale
from bot.web.call_form import Page, number, own_of, read_page, shown
from bot.web.callmarks import pieces
from bot.web.problems import Problem
from bot.web.render import render
from bot.web.signin import Form, PageUser, Posted, State
from bot.web.staff_pages import staff_page
from bot.web.state import Web

router = APIRouter(prefix="/office/calls", include_in_schema=False)


@router.get("")
def overview(request: Request, state: State, who: PageUser) -> HTMLResponse:
    """The own unfinished calls and those that ended today."""
    office, user = state.office, who.user
    return staff_page(
        request, state, who, "calls", "office/calls.html",
        drafts=calls.drafts(office, user), ended=calls.ended_today(office, user),
    )  # fmt: skip


@router.get("/new")
def new(state: State, who: PageUser) -> Response:
    """A fresh page; the call begins when something is kept, so a reload or a prefetch begins nothing."""
    calls.drafts(state.office, who.user)  # only for those who take calls
    return RedirectResponse(f"/office/calls/{uuid.uuid4()}", 303)


@router.get("/{key}")
def call(key: str, request: Request, state: State, who: PageUser, edit: str = "") -> HTMLResponse:
    """The workbench of an unfinished call; of a finished one, what the caller was told."""
    view = calls.look(state.office, who.user, key)
    if view.status != "draft":
        done = call_saving.saved(state.office, who.user, key)
        return staff_page(request, state, who, "calls", "office/call_done.html", call=view, done=done)
    return _workbench(request, state, who, view, own_of(view.input), edit=edit)


@router.get("/{key}/sheet")
def sheet(key: str, request: Request, state: State, who: PageUser) -> Response:
    return _sheet(key, request, state, who)


@router.get("/{key}/end")
def ending(key: str, request: Request, state: State, who: PageUser) -> Response:
    return _ending(key, request, state, who)


@router.post("/{key}/{action}")
def act(key: str, action: str, request: Request, state: State, post: Form) -> Response:
    """read, keep, decide and callers for the workbench; sheet and end leave it; save and finish close the call."""
    match action:
        case "read" | "keep" | "decide" | "sheet" | "end":
            return _work(key, action, request, state, post)
        case "callers":
            return _callers(state, post)
        case "save":
            return _save(key, request, state, post)
        case "finish":
            return _finish(key, request, state, post)
    raise Problem(404, "not_found")


# -- the workbench ---------------------------------------------------------------------------------------------------


def _work(key: str, action: str, request: Request, state: Web, post: Posted) -> Response:
    page = read_page(post.form)
    live = "x-fragment" in request.headers
    try:
        view = _do(key, action, state, post, page)
    except (NotFound, NotAllowed):
        raise
    except Stale as refusal:
        return _clash(key, request, state, post, page, refusal, live)
    except Refusal as refusal:
        if live:
            raise
        view = calls.read(state.office, post.who.user, key, page.given)
        return _workbench(request, state, post.who, view, page.own, status=refusal.status, problem=refusal.message)
    if live:
        return render("office/_call_answer.html", **_parts(view, page.own))
    if action in ("sheet", "end"):
        return RedirectResponse(f"/office/calls/{quote(view.key)}/{action}", 303)
    return RedirectResponse(f"/office/calls/{quote(view.key)}", 303)


def _do(key: str, action: str, state: Web, post: Posted, page: Page) -> CallView:
    office, user = state.office, post.who.user
    if action == "read":
        return calls.read(office, user, key, page.given)
    if action == "decide":
        choice, _, item = post.form.get("decide", "").partition(":")
        return calls.decide_on(
            office, user, key, item, choice, post.form.get("value", ""),
            given=page.given, version=page.version, window=page.window, turn=page.turn,
        )  # fmt: skip
    return calls.keep(office, user, key, page.given, page.version, page.window, page.turn)


def _workbench(
    request: Request, state: Web, who: SignedIn, view: CallView, own: tuple[str, ...], **values: Any
) -> HTMLResponse:
    shared: dict[str, Any] = {
        **_parts(view, own),
        "elapsed": _elapsed(state, view),
        "topics": state.office.texts.get("complaint.topics"),
        "clash": None,
    }
    return staff_page(request, state, who, "calls", "office/call.html", **(shared | values))


def _elapsed(state: Web, view: CallView) -> int:
    """Seconds since the call began."""
    return max(0, int((state.office.clock.now() - view.started_at).total_seconds()))


def _parts(view: CallView, own: tuple[str, ...]) -> dict[str, Any]:
    fields = shown(view)
    return {
        "call": view,
        "fields": fields,
        "fields_json": json.dumps(fields, ensure_ascii=False),
        "own": " ".join(own),
        "pieces": pieces(view.input.notes, view.marks),
        "edit": "",
    }


def _clash(
    key: str, request: Request, state: Web, post: Posted, page: Page, refusal: Stale, live: bool
) -> HTMLResponse:
    """Two pages on one call: both texts are shown, the operator says which holds; nothing is overwritten unseen."""
    theirs = calls.look(state.office, post.who.user, key)
    if live:
        return render("office/_call_clash.html", status=409, clash=theirs)
    view = calls.read(state.office, post.who.user, key, page.given)
    return _workbench(request, state, post.who, view, page.own, status=409, problem=refusal.message, clash=theirs)


def _callers(state: Web, post: Posted) -> HTMLResponse:
    form = post.form
    found = callers.look_up(
        state.office,
        post.who.user,
        phone=form.get("phone", ""),
        name=form.get("name", ""),
        village=form.get("place", ""),
        receipt=form.get("receipt", ""),
        id_number=form.get("id_number", ""),
    )
    return render("office/_call_people.html", found=found)


# -- leaving it ------------------------------------------------------------------------------------------------------


def _sheet(key: str, request: Request, state: Web, who: SignedIn, **values: Any) -> Response:
    if calls.look(state.office, who.user, key).status != "draft":
        return RedirectResponse(f"/office/calls/{quote(key, safe='')}", 303)
    read = sheet_of(state.office, who.user, key)
    shared: dict[str, Any] = {"sheet": read, "callbacks": call_book().callbacks}
    return staff_page(request, state, who, "calls", "office/call_sheet.html", **(shared | values))


def _ending(key: str, request: Request, state: Web, who: SignedIn, **values: Any) -> Response:
    view = calls.look(state.office, who.user, key)
    if view.status != "draft":
        return RedirectResponse(f"/office/calls/{quote(view.key)}", 303)
    shared: dict[str, Any] = {
        "call": view, "outcomes": call_ending.choosable(), "callbacks": call_book().callbacks, "typed": {},
    }  # fmt: skip
    return staff_page(request, state, who, "calls", "office/call_end.html", **(shared | values))


def _save(key: str, request: Request, state: Web, post: Posted) -> Response:
    try:
        done = call_saving.save(
            state.office, post.who.user, key, version=number(post.form, "version"), callback=_callback(post.form)
        )
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _sheet(key, request, state, post.who, status=refusal.status, problem=refusal.message)
    return RedirectResponse(f"/office/calls/{quote(done.key)}", 303)


def _finish(key: str, request: Request, state: Web, post: Posted) -> Response:
    form = post.form
    try:
        call_ending.end(
            state.office, post.who.user, key, form.get("outcome", ""),
            callback=_callback(form), note=form.get("note", ""), version=number(form, "version"),
        )  # fmt: skip
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _ending(key, request, state, post.who, status=refusal.status, problem=refusal.message, typed=form)
    return RedirectResponse("/office/calls?said=call_ended", 303)


def _callback(form: dict[str, str]) -> str | None:
    """An offered time, or the one that was written."""
    chosen = form.get("callback", "")
    return form.get("callback_at", "") if chosen == "other" else chosen or None
