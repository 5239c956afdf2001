"""Who makes this request: a bearer token for the API, a cookie for the pages, a CSRF token for every form."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from actions import accounts
from actions.accounts import SignedIn
from actions.refusals import NotAllowed
from bot.web import inputs
from bot.web.origin import require_own_origin
from bot.web.problems import Problem
from bot.web.state import Web, web
from bot.web.texts import TEXTS

COOKIE = "sw_office"
State = Annotated[Web, Depends(web)]


class SignInNeeded(Exception):
    """A page of the staff was asked for without a session; the door sends the browser to the sign-in page."""


@dataclass(frozen=True)
class Posted:
    """A form post of a signed-in person, its CSRF token already checked."""

    who: SignedIn
    form: dict[str, str]
    file: bytes = b""


def bearer_token(request: Request) -> str:
    """The token of `Authorization: Bearer …`, "" where there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def api_user(request: Request, state: State) -> SignedIn:
    """For API routes. A cookie does not sign in here, so that no other site's page can use it."""
    token = bearer_token(request)
    who = accounts.session(state.office, token) if token else None
    if who is None:
        raise Problem(401, "sign_in")
    return who


def page_user(request: Request, state: State) -> SignedIn:
    """For pages: the session of the cookie."""
    token = request.cookies.get(COOKIE, "")
    who = accounts.session(state.office, token) if token else None
    if who is None:
        raise SignInNeeded
    return who


async def posted(request: Request, state: State) -> Posted:
    """For form posts of pages: own origin, signed in, and the session's CSRF token among the fields."""
    require_own_origin(request)
    who = await run_in_threadpool(page_user, request, state)
    return _checked(who, await inputs.form_fields(request))


async def posted_file(request: Request, state: State) -> Posted:
    """The same for a form with one file, `file`."""
    require_own_origin(request)
    who = await run_in_threadpool(page_user, request, state)
    form, content = await inputs.form_with_file(request, "file")
    return replace(_checked(who, form), file=content)


def _checked(who: SignedIn, form: dict[str, str]) -> Posted:
    if not secrets.compare_digest(form.pop("csrf", "").encode(), who.csrf.encode()):
        raise Problem(403, "csrf")
    return Posted(who, form)


def require_admin(who: SignedIn) -> None:
    if who.user.role != "admin":
        raise NotAllowed(TEXTS["errors"]["forbidden"])


def keep_session(response: Response, state: Web, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=accounts.SESSION_HOURS * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=state.secure_cookies,
    )


ApiUser = Annotated[SignedIn, Depends(api_user)]
PageUser = Annotated[SignedIn, Depends(page_user)]
Form = Annotated[Posted, Depends(posted)]
FileForm = Annotated[Posted, Depends(posted_file)]
