"""Accounts in the browser: sign in and out, one's own password, and the administrator's list."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import accounts, linking, preferences, staffing
from actions.fanout import TELEGRAM
from actions.refusals import Refusal
from bot.web import inputs
from bot.web.origin import require_own_origin
from bot.web.render import render
from bot.web.signin import COOKIE, Form, PageUser, State, keep_session, require_admin
from bot.web.staff_pages import staff_page
from bot.web.telling_pages import me_page
from bot.web.texts import TEXTS

router = APIRouter(prefix="/office", include_in_schema=False)
WORDS = TEXTS["office"]


@router.get("/login")
def sign_in_page() -> HTMLResponse:
    return _sign_in()


@router.post("/login")
async def sign_in(request: Request, state: State) -> Response:
    """Always a new session with a new token; one that the browser brought along is worth nothing."""
    require_own_origin(request)
    form = await inputs.form_fields(request)
    name = form.get("name", "")
    try:
        token = await run_in_threadpool(accounts.login, state.office, name, form.get("password", ""))
    except Refusal as refusal:
        return _sign_in(refusal.status, name[:80], refusal.message)
    old = request.cookies.get(COOKIE)
    if old:
        await run_in_threadpool(accounts.logout, state.office, old)
    response = RedirectResponse("/office", 303)
    keep_session(response, state, token)
    return response


@router.post("/logout")
def sign_out(request: Request, state: State, post: Form) -> Response:
    accounts.logout(state.office, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/office/login", 303)
    response.delete_cookie(COOKIE, path="/")
    response.headers["clear-site-data"] = '"cache"'
    return response


@router.get("/me")
def me(request: Request, state: State, who: PageUser) -> HTMLResponse:
    return me_page(request, state, who)


@router.post("/me/telegram")
def link_telegram(request: Request, state: State, post: Form) -> Response:
    """A one-time code, shown on this page alone; or the end of the link."""
    if post.form.get("end"):
        linking.unlink_user(state.office, post.who.user, TELEGRAM)
        return RedirectResponse("/office/me?said=unlinked", 303)
    return me_page(request, state, post.who, code=linking.offer(state.office, post.who.user))


@router.post("/me/password")
def change_password(request: Request, state: State, post: Form) -> Response:
    problem, old, new = None, post.form.get("old", ""), post.form.get("new", "")
    if new != post.form.get("again"):
        problem = WORDS["me"]["not_same"]
    else:
        try:
            token = accounts.change_password(state.office, post.who.user, old, new)
        except Refusal as refusal:
            problem = refusal.message
    if problem is not None:
        return me_page(request, state, post.who, status=422, problem=problem)
    response = RedirectResponse("/office/me?said=changed", 303)
    keep_session(response, state, token)
    return response


@router.get("/users")
def users(request: Request, state: State, who: PageUser) -> HTMLResponse:
    return _users(request, state, who)


@router.post("/users/{action}")
def change_user(action: str, request: Request, state: State, post: Form) -> Response:
    """add, move, reset, phone, disable or enable an account; administrators only."""
    require_admin(post.who)
    form, by = post.form, f"user:{post.who.user.id}"
    name = form.get("name", "")
    try:
        match action:
            case "add":
                area, shown = form.get("area", "").strip() or None, form.get("display_name", "")
                accounts.add_user(state.office, name, form.get("password", ""), form.get("role", ""), area, shown, by)
            case "reset":
                accounts.reset_password(state.office, name, form.get("password", ""), by)
            case "move":
                staffing.move(
                    state.office, post.who.user, name,
                    role=form.get("role"), area=form.get("area", "").strip(), display_name=form.get("display_name"),
                )  # fmt: skip
            case "phone":
                preferences.set_phone(state.office, name, form.get("phone", ""), by)
            case "disable" | "enable":
                accounts.set_disabled(state.office, name, action == "disable", by)
            case _:
                return RedirectResponse("/office/users", 303)
    except Refusal as refusal:
        kept = form if action == "add" else {}
        return _users(request, state, post.who, status=refusal.status, problem=refusal.message, form=kept)
    return RedirectResponse(f"/office/users?said={'moved' if action == 'move' else action}", 303)


def _users(request: Request, state: State, who: PageUser, status: int = 200, **values: Any) -> HTMLResponse:
    require_admin(who)
    now = state.office.clock.now()
    return staff_page(
        request,
        state,
        who,
        "users",
        "office/users.html",
        status=status,
        users=accounts.list_users(state.office),
        locked=lambda user: user.locked_until is not None and user.locked_until > now,
        **({"form": {}} | values),
    )


def _sign_in(status: int = 200, name: str = "", problem: str | None = None) -> HTMLResponse:
    return render("office/login.html", status=status, name=name, problem=problem, notice=None)
