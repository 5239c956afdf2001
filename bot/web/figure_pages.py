"""The office's figures in the browser: telephone numbers, lines and days, each with its day and its paper."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import figures, figureviews
from actions.accounts import SignedIn
from actions.refusals import Refusal
from bot.web.problems import Problem
from bot.web.signin import Form, PageUser, State, require_admin
from bot.web.staff_pages import staff_page
from bot.web.state import Web

router = APIRouter(prefix="/office/figures", include_in_schema=False)


@router.get("")
def page(request: Request, state: State, who: PageUser) -> HTMLResponse:
    return _page(request, state, who)


@router.post("/{action}")
def change(action: str, request: Request, state: State, post: Form) -> Response:
    """contact, figure, days or end; a refusal shows the page again with the sentence and what was typed."""
    require_admin(post.who)
    office, user, form = state.office, post.who.user, post.form
    try:
        match action:
            case "contact":
                start = _day(form.get("valid_from", ""))
                figures.set_contact(office, user, form.get("name", ""), form.get("value", ""), valid_from=start)
            case "figure":
                pack, _, name = form.get("figure", "").partition("/")
                start = _day(form.get("valid_from", "")) or office.clock.today()
                end, source = _day(form.get("valid_to", "")), form.get("source", "")
                figures.set_figure(
                    office, user, pack, name, _number(form.get("value", "")),
                    valid_from=start, valid_to=end, source=source,
                )  # fmt: skip
            case "days":
                pack, _, step = form.get("step", "").partition("/")
                days, kind = int(_number(form.get("days", ""))), form.get("kind", "")
                figures.set_step_days(office, user, pack, step, days, kind)
            case "end":
                figures.end_entry(office, user, int(_number(form.get("number", "0"))))
            case _:
                raise Problem(404, "not_found")
    except Refusal as refusal:
        return _page(request, state, post.who, refusal.status, refusal.message, form)
    return RedirectResponse("/office/figures?said=figure", 303)


def _page(
    request: Request, state: Web, who: SignedIn, status: int = 200, problem: str | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    require_admin(who)
    shown = figureviews.overview(state.office, who.user)
    return staff_page(
        request, state, who, "figures", "office/figures.html", status=status, shown=shown, problem=problem,
        typed=typed or {},
    )  # fmt: skip


def _day(raw: str) -> date | None:
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Problem(422, "day") from None


def _number(raw: str) -> float:
    try:
        return float(raw.replace(",", "").replace("，", ""))
    except ValueError:
        raise Problem(422, "number") from None
