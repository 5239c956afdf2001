"""Puts the web application together: routes, guards, error sentences, static files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from actions.chat import ChatDesk
from actions.office import Office
from bot.web import (
    account_api,
    admin_api,
    area_pages,
    ask_api,
    ask_pages,
    call_api,
    call_pages,
    chat_api,
    chat_pages,
    duplicate_api,
    duplicate_pages,
    figure_pages,
    kept_pages,
    live_routes,
    office_pages,
    problems,
    qr_pages,
    staff_api,
    task_api,
    task_pages,
    telling_api,
    telling_pages,
    user_pages,
)
from bot.web.guards import BodyLimit, Shield
from bot.web.live import Hub
from bot.web.render import STATIC
from bot.web.signin import SignInNeeded
from bot.web.state import Web

INTERNAL = ("/internal/",)  # the dialogue-act server's own endpoint: guarded by its token, bodies of its own size

# fmt: off
ROUTERS = (
    *(
        part.router
        for part in (
            chat_api,
            account_api,
            staff_api,
            task_api,
            admin_api,
            call_api,
            duplicate_api,
            ask_api,
            telling_api,
            chat_pages,
            area_pages,
            figure_pages,
            office_pages,
            task_pages,
            call_pages,
            ask_pages,
            duplicate_pages,
            user_pages,
            telling_pages,
            qr_pages,
            kept_pages,
        )
    ),
    live_routes.api,
    live_routes.pages,
)
# fmt: on


class Assets(StaticFiles):
    """Static files, addressed with their content's hash and therefore kept for a year."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create_app(
    office: Office,
    chat: ChatDesk,
    health: Callable[[], Mapping[str, str]],
    secure_cookies: bool,
    internal: Collection[str] = INTERNAL,
    channels: tuple[str, ...] = (),
) -> FastAPI:
    """The application with pages and API. `health()` gives part → "ok" or what is wrong.

    `internal`: path prefixes that the wiring mounts later and that the body limit leaves alone. `channels`: the
    providers outside that are switched on.
    """
    app = FastAPI(
        title="守望 Shouwang",
        openapi_url="/api/openapi.json",
        docs_url=None,  # the stock page loads its script from another host
        redoc_url=None,
    )
    app.state.web = Web(office, chat, health, secure_cookies, Hub(office), channels)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", GZipMiddleware(Assets(directory=STATIC), minimum_size=600))
    problems.install(app)
    _send_to_sign_in(app)
    app.add_middleware(BodyLimit, problem=problems.problem_response, exempt=internal, larger=area_pages.LIMITS)
    app.add_middleware(Shield, problem=problems.problem_response, secure=secure_cookies)
    return app


def _send_to_sign_in(app: FastAPI) -> None:
    @app.exception_handler(SignInNeeded)
    async def sign_in(request: Request, _: SignInNeeded) -> Response:
        if "hx-request" in request.headers:  # a part of a page: let the whole page go
            return Response(status_code=401, headers={"hx-redirect": "/office/login"})
        return RedirectResponse("/office/login", 303)
