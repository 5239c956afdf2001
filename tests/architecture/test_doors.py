"""Every route is either open to everybody on purpose or asks who is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from actions.chat import ChatDesk
from actions.office import Office
from bot.web import signin
from bot.web.app import create_app

GUARDS = {signin.api_user, signin.page_user, signin.posted, signin.posted_file}
OPEN_ON_PURPOSE = {
    "/api/chat/{conversation}": "the household's own conversation; who knows its id may read it",
    "/api/login": "signing in",
    "/api/health": "for the machine that watches; names parts, no data",
    "/office/login": "signing in",
}
HOUSEHOLD_PAGES = "chat_pages"  # the module of the pages that a household uses without an account


def _routes() -> list[APIRoute]:
    app = create_app(cast(Office, None), cast(ChatDesk, None), dict, secure_cookies=False)
    return list(_flat(app.routes))


def _flat(routes: Iterable[object]) -> Iterator[APIRoute]:
    """Every route with the routers that are included taken apart."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from _flat(included.routes)


def _needs(dependant: Dependant) -> Iterator[object]:
    for needed in dependant.dependencies:
        yield needed.call
        yield from _needs(needed)


def test_there_are_routes_to_look_at() -> None:
    assert len(_routes()) > 20


def test_every_route_of_the_staff_asks_who_is_there() -> None:
    unguarded = {
        f"{sorted(route.methods)} {route.path}"
        for route in _routes()
        if route.path not in OPEN_ON_PURPOSE
        and not route.endpoint.__module__.endswith(HOUSEHOLD_PAGES)
        and not GUARDS & set(_needs(route.dependant))
    }
    assert not unguarded


def test_no_page_of_the_staff_hides_among_the_open_ones() -> None:
    household = [route.path for route in _routes() if route.endpoint.__module__.endswith(HOUSEHOLD_PAGES)]
    assert household
    assert not [path for path in household if path.startswith(("/office", "/api"))]


def test_every_way_into_the_api_is_described() -> None:
    assert not [route.path for route in _routes() if route.path.startswith("/api/") and not route.include_in_schema]
