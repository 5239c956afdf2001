"""The office's areas in the browser: look them through, take in a CSV file."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from actions import areas
from actions.accounts import SignedIn
from actions.refusals import Refusal
from bot.web.signin import FileForm, PageUser, State, require_admin
from bot.web.staff_pages import staff_page
from bot.web.state import Web

MAX_FILE = 4 * 1024 * 1024  # bytes; a whole province down to its villages is about 1 MB
LIMITS = {"/office/areas/import": MAX_FILE, "/api/areas/import": MAX_FILE}

router = APIRouter(prefix="/office/areas", include_in_schema=False)


@router.get("")
def page(request: Request, state: State, who: PageUser, q: str = "") -> HTMLResponse:
    return _page(request, state, who, q=q)


@router.post("/import")
def take_in(request: Request, state: State, post: FileForm) -> HTMLResponse:
    """Only check, or take in; the page tells what came of it, line by line."""
    require_admin(post.who)
    try:
        plan = areas.take_in(state.office, post.who.user, post.file, dry_run="store" not in post.form)
    except Refusal as refusal:
        return _page(request, state, post.who, status=refusal.status, problem=refusal.message)
    return _page(request, state, post.who, plan=plan)


def _page(
    request: Request, state: Web, who: SignedIn, status: int = 200, q: str = "", **values: Any
) -> HTMLResponse:  # fmt: skip
    require_admin(who)
    shown = {"q": q, "found": areas.find(state.office, q), "levels": areas.levels(state.office), "plan": None}
    return staff_page(request, state, who, "areas", "office/areas.html", status=status, **(shown | values))
