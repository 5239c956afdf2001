"""A village's poster: the QR code that opens the chat with the place already known, ready to print."""

from __future__ import annotations

import io

import segno
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from actions.accounts import Staff
from actions.office import Office
from bot.web.problems import Problem
from bot.web.render import render
from bot.web.signin import PageUser, State
from bot.web.staff_pages import staff_page

router = APIRouter(prefix="/office/posters", include_in_schema=False)


@router.get("")
def posters(request: Request, state: State, who: PageUser) -> HTMLResponse:
    """The villages of one's own area; an administrator sees all."""
    return staff_page(request, state, who, "me", "office/posters.html", villages=_villages(state.office, who.user))


@router.get("/{code}")
def poster(code: str, request: Request, state: State, who: PageUser) -> HTMLResponse:
    name = _village(state.office, who.user, code)
    return render("office/poster.html", code=code, name=name, address=_address(request, code))


@router.get("/{code}/qr.png")
def qr(code: str, request: Request, state: State, who: PageUser) -> Response:
    _village(state.office, who.user, code)
    drawn = io.BytesIO()
    segno.make(_address(request, code), error="m").save(drawn, kind="png", scale=12, border=2)
    return Response(drawn.getvalue(), media_type="image/png")


def _address(request: Request, code: str) -> str:
    return str(request.url.replace(path=f"/v/{code}", query=""))


def _villages(office: Office, user: Staff) -> list[tuple[str, str]]:
    """(code, full name) of every village in the user's area."""
    with office.db.read() as uow:
        if user.role == "admin" and user.area_id is None:
            areas = uow.areas.all()
        else:
            areas = uow.areas.descendants(user.area_id) if user.area_id else []
        return [(a.code, a.path.replace("/", " › ")) for a in areas if a.level == "village"]


def _village(office: Office, user: Staff, code: str) -> str:
    for known, name in _villages(office, user):
        if known == code:
            return name.rpartition(" › ")[2]
    raise Problem(404, "village")
