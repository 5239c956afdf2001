"""Pages about being told: one's own settings on the page "me", and for administrators how messages leave."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import deliveries, linking, preferences
from actions.accounts import SignedIn
from actions.preferences import Wishes
from actions.refusals import Invalid, Refusal
from bot.web import inputs
from bot.web.signin import Form, PageUser, State, require_admin
from bot.web.staff_pages import area_of, staff_page
from bot.web.state import Web

router = APIRouter(prefix="/office", include_in_schema=False)
MessageId = Annotated[int, Path(ge=1, le=inputs.MAX_SEQ)]
TIMES = ("digest_at", "quiet_from", "quiet_to")


def me_page(request: Request, state: Web, who: SignedIn, status: int = 200, **values: Any) -> HTMLResponse:
    """One's own page; `telling`: what was typed into the settings, where that could not be kept."""
    shared: dict[str, Any] = {
        "area": area_of(state.office, who.user),
        "telling": _shown(preferences.wishes_of(state.office, who.user)),
        "reach": preferences.reach_of(state.office, who.user),
        "outside": state.channels,
        "code": None,
        "minutes": linking.MINUTES,
    }
    return staff_page(request, state, who, "me", "office/me.html", status=status, **(shared | values))


@router.post("/me/telling")
def save(request: Request, state: State, post: Form) -> Response:
    """Keep the settings; a refusal shows the sentence and what was typed."""
    form = post.form
    try:
        preferences.save(state.office, post.who.user, _wishes(state, form), state.channels)
    except Refusal as refusal:
        typed = {**dict.fromkeys((*TIMES, "phone"), ""), "telegram": False, "webhook": False, "digest": False, **form}
        return me_page(request, state, post.who, refusal.status, problem=refusal.message, telling=typed)
    return RedirectResponse("/office/me?said=telling", 303)


@router.get("/deliveries")
def overview(request: Request, state: State, who: PageUser) -> HTMLResponse:
    require_admin(who)
    found = deliveries.overview(state.office, who.user)
    return staff_page(request, state, who, "deliveries", "office/deliveries.html", found=found)


@router.post("/deliveries/all")
def try_all_again(state: State, post: Form) -> Response:
    deliveries.try_all_again(state.office, post.who.user, post.form.get("channel", ""))
    return RedirectResponse("/office/deliveries?said=retried", 303)


@router.post("/deliveries/{number}")
def try_again(number: MessageId, state: State, post: Form) -> Response:
    deliveries.try_again(state.office, post.who.user, number)
    return RedirectResponse("/office/deliveries?said=retried", 303)


def _wishes(state: Web, form: dict[str, str]) -> Wishes:
    digest_at, quiet_from, quiet_to = (_time(state, form.get(name, "")) for name in TIMES)
    return Wishes(
        telegram="telegram" in form,
        webhook="webhook" in form,
        digest="digest" in form,
        digest_at=digest_at,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        phone=form.get("phone", ""),
    )


def _time(state: Web, raw: str) -> time | None:
    if not raw.strip():
        return None
    try:
        read = time.fromisoformat(raw.strip())
    except ValueError:
        raise Invalid(state.office.texts.say("preferences.time")) from None
    return read.replace(second=0, microsecond=0, tzinfo=None)


def _shown(wishes: Wishes) -> dict[str, Any]:
    """As the form's fields hold it."""
    times = {name: at.strftime("%H:%M") if (at := getattr(wishes, name)) is not None else "" for name in TIMES}
    flags = {"telegram": wishes.telegram, "webhook": wishes.webhook, "digest": wishes.digest}
    return {**flags, "phone": wishes.phone, **times}
