"""Two households that may be one: the list, both side by side, and a person's decision with its reason."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import duplicates
from actions.refusals import NotFound, Refusal
from bot.web import inputs
from bot.web.problems import Problem
from bot.web.signin import Form, PageUser, State
from bot.web.staff_pages import staff_page

router = APIRouter(prefix="/office/duplicates", include_in_schema=False)
MatchId = Annotated[int, Path(ge=1, le=inputs.MAX_SEQ)]
DECISIONS = {"merge": duplicates.merge, "different": duplicates.refuse, "undo": duplicates.undo}


@router.get("")
def listed(request: Request, state: State, who: PageUser, show: str = "waiting") -> HTMLResponse:
    """Suggestions of the own area that wait, or (`show=decided`) those decided."""
    decided = show == "decided"
    lines = duplicates.duplicates_for(state.office, who.user, decided=decided)
    return staff_page(request, state, who, "duplicates", "office/duplicates.html", lines=lines, decided=decided)


@router.get("/{number}")
def compare(number: MatchId, request: Request, state: State, who: PageUser) -> HTMLResponse:
    """Both side by side."""
    found = duplicates.compare(state.office, who.user, number)
    return staff_page(request, state, who, "duplicates", "office/duplicate.html", found=found, typed={})


@router.post("/{number}/{decision}")
def decide(number: MatchId, decision: str, request: Request, state: State, post: Form) -> Response:
    """merge, different or undo; a refusal shows the page again with the sentence and what was typed."""
    if decision not in DECISIONS:
        raise Problem(404, "not_found")
    form = post.form
    try:
        DECISIONS[decision](
            state.office, post.who.user, number, form.get("reason", ""), version=_version(form.get("version", ""))
        )
    except NotFound:
        raise
    except Refusal as refusal:
        found = duplicates.compare(state.office, post.who.user, number)
        shown: dict[str, Any] = {"found": found, "typed": form, "problem": refusal.message}
        return staff_page(
            request, state, post.who, "duplicates", "office/duplicate.html", status=refusal.status, **shown
        )
    return RedirectResponse(f"/office/duplicates/{number}?said=household_{decision}", 303)


def _version(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None
