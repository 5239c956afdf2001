"""The cadre's pages: list of cases, case card, notifications. Plain forms; htmx only refreshes."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import accounts, desk
from actions.accounts import SignedIn
from actions.cardviews import CaseCard
from actions.cases import read_receipt
from actions.refusals import NotFound, Refusal
from bot.web import views
from bot.web.problems import Problem
from bot.web.signin import Form, PageUser, State
from bot.web.staff_pages import may_place, staff_page
from bot.web.state import Web
from bot.web.texts import TEXTS

router = APIRouter(prefix="/office", include_in_schema=False)


@router.get("")
def cases(request: Request, state: State, who: PageUser, show: str = "all", page: str = "1") -> HTMLResponse:
    """Cases of the own area and below; most pressing first."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    shown = show if show in desk.FILTERS else "all"
    found = desk.cases_for(state.office, who.user, shown, number)
    return staff_page(request, state, who, "cases", "office/cases.html", show=shown, found=found)


@router.get("/find")
def find(request: Request, state: State, who: PageUser, receipt: str = "") -> Response:
    number = read_receipt(receipt[:60])
    if number is None:
        found = desk.cases_for(state.office, who.user)
        problem = Problem(422, "receipt").sentence
        return staff_page(
            request, state, who, "cases", "office/cases.html", status=422, show="all", found=found, problem=problem
        )
    return _to_case(number)


@router.get("/cases/{receipt}")
def case(receipt: str, request: Request, state: State, who: PageUser) -> HTMLResponse:
    return _card(request, state, who, desk.case_card(state.office, who.user, receipt))


@router.get("/cases/{receipt}/letter")
def letter(receipt: str, request: Request, state: State, who: PageUser) -> HTMLResponse:
    """The result for the household on paper: verdict, clauses, what was noted and by whom, what would change it."""
    reason = str(TEXTS["office"]["letter"]["reason"])
    card = desk.case_card(state.office, who.user, receipt, reveal=True, reason=reason)
    return staff_page(request, state, who, "cases", "office/letter.html", card=card)


@router.post("/cases/{receipt}/reveal")
def reveal(receipt: str, request: Request, state: State, post: Form) -> HTMLResponse:
    """The card with whole numbers, shown once; who looked and why is in the audit log."""
    reason = post.form.get("reason", "").strip()
    if not reason:
        raise Problem(422, "reason")
    card = desk.case_card(state.office, post.who.user, receipt, reveal=True, reason=reason)
    return _card(request, state, post.who, card)


@router.post("/cases/{receipt}/{action}")
def act(receipt: str, action: str, request: Request, state: State, post: Form) -> Response:
    """return, facts, message or place; a refusal shows the card again with the sentence and what was typed."""
    office, user, form = state.office, post.who.user, post.form
    version = _version(form)
    try:
        match action:
            case "return":
                desk.return_case(office, user, receipt, form.get("reason", ""), version=version)
            case "facts":
                desk.set_fact(office, user, receipt, form.get("fact", ""), form.get("value", ""), version=version)
            case "message":
                desk.say_to_household(office, user, receipt, form.get("text", ""))
            case "place":
                area = accounts.find_area(office, form.get("area", ""))
                desk.place_case(office, user, receipt, area, version=version)
            case _:
                raise Problem(404, "not_found")
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, state, post.who, receipt, action, refusal, form)
    return _to_case(receipt, said=action)


@router.post("/cases/{receipt}/steps/{step}")
def record(receipt: str, step: str, request: Request, state: State, post: Form) -> Response:
    """A step is done, or left out where the document allows it."""
    try:
        desk.record_step(
            state.office,
            post.who.user,
            receipt,
            step,
            version=_version(post.form),
            note=post.form.get("note", ""),
            done_on=_day(post.form.get("done_on", "")),
            leave_out="leave_out" in post.form,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, state, post.who, receipt, "step", refusal, post.form)
    return _to_case(receipt, said="step")


@router.get("/notifications")
def notifications(request: Request, state: State, who: PageUser) -> HTMLResponse:
    lines = desk.notifications_for(state.office, who.user)
    return staff_page(request, state, who, "notifications", "office/notifications.html", lines=lines)


@router.post("/notifications/read")
def read(state: State, post: Form) -> Response:
    desk.mark_read(state.office, post.who.user)
    state.live.nudge(post.who.user.id)
    return RedirectResponse("/office/notifications?said=read", 303)


# -- inside ---------------------------------------------------------------------------------------------------


def _card(request: Request, state: Web, who: SignedIn, card: CaseCard, **values: Any) -> HTMLResponse:
    shared: dict[str, Any] = {
        "card": card,
        "own_words": views.marked_words(card.own_words, card.facts),
        "lines": views.talk(card.lines, card.facts),
        "may_place": may_place(state.office, who.user),
        "typed": {},
        "open_form": "",
    }
    return staff_page(request, state, who, "cases", "office/case.html", **(shared | values))


def _refused(
    request: Request, state: Web, who: SignedIn, receipt: str, form: str, refusal: Refusal, typed: dict[str, str]
) -> HTMLResponse:
    """The card as it is now, the sentence, and the form opened again with what was typed: nothing typed is lost."""
    card = desk.case_card(state.office, who.user, receipt)
    return _card(request, state, who, card, status=refusal.status, problem=refusal.message, typed=typed, open_form=form)


def _to_case(receipt: str, said: str = "") -> RedirectResponse:
    return RedirectResponse(f"/office/cases/{quote(receipt, safe='')}" + (f"?said={said}" if said else ""), 303)


def _version(form: dict[str, str]) -> int | None:
    raw = form.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


def _day(raw: str) -> date | None:
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Problem(422, "day") from None
