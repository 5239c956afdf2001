"""What every page of the staff shares: the frame, the numbers in the menu, what was just done."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from actions import desk
from actions.accounts import SignedIn, Staff
from actions.office import Office
from bot.web.render import render
from bot.web.state import Web
from bot.web.texts import TEXTS

SAID: dict[str, str] = TEXTS["said"]


def staff_page(
    request: Request, state: Web, who: SignedIn, here: str, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page in the frame. `here` names the menu entry; `?said=KEY` of texts/said.yml is shown as done."""
    shared = {
        "me": who.user,
        "csrf": who.csrf,
        "here": here,
        "path": request.url.path,
        "counts": counts(state.office, who.user),
        "notice": SAID.get(request.query_params.get("said", "")),
        "problem": None,
        "today": state.office.clock.today(),
    }
    return render(template, status=status, **(shared | values))


def counts(office: Office, user: Staff) -> dict[str, int]:
    """The numbers in the menu."""
    return asdict(desk.counts_for(office, user))


def may_place(office: Office, user: Staff) -> bool:
    """Whether to offer moving a case to another area: administrators, and staff from the county upwards."""
    with office.db.read() as uow:
        area = uow.areas.get(user.area_id) if user.area_id else None
    return user.role == "admin" or (user.role == "cadre" and area is not None and area.level not in ("town", "village"))


def area_of(office: Office, user: Staff) -> str:
    """The path of the user's area, "" for none."""
    with office.db.read() as uow:
        area = uow.areas.get(user.area_id) if user.area_id else None
        return area.path if area else ""
