"""What a person sent beside words, for whoever has the task: a list, and each file as its channel still holds it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from actions import keepsakes
from actions.keepsakes import Kept
from bot.web.problems import Problem
from bot.web.signin import ApiUser, PageUser, State
from bot.web.staff_pages import staff_page

router = APIRouter()
SHOWN = {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4"}  # never by what the sender called it
PLACES = frozenset({"location", "contact"})  # kept whole, nothing to fetch


@router.get("/office/tasks/{number}/kept", include_in_schema=False)
def listed(number: int, request: Request, state: State, who: PageUser) -> HTMLResponse:
    found = keepsakes.kept_for(state.office, who.user, number)
    return staff_page(request, state, who, "tasks", "office/kept.html", number=number, kept=found, shown=PLACES)


@router.get("/office/tasks/{number}/kept/{kept_id}", include_in_schema=False)
async def fetched(number: int, kept_id: int, state: State, who: PageUser) -> Response:
    return await _file(state, await run_in_threadpool(keepsakes.one_of, state.office, who.user, number, kept_id))


@router.get("/api/tasks/{number}/kept", tags=["tasks"])
def listed_for_api(number: int, state: State, who: ApiUser) -> list[dict[str, object]]:
    """Photos, voice and the like of the task's conversation: `id`, `kind`, `at`."""
    found = keepsakes.kept_for(state.office, who.user, number)
    return [{"id": kept.id, "kind": kept.kind, "at": kept.at.isoformat()} for kept in found]


@router.get("/api/tasks/{number}/kept/{kept_id}", tags=["tasks"], response_class=Response)
async def fetched_for_api(number: int, kept_id: int, state: State, who: ApiUser) -> Response:
    """The file itself; 503 while its channel cannot give it."""
    return await _file(state, await run_in_threadpool(keepsakes.one_of, state.office, who.user, number, kept_id))


async def _file(state: State, kept: Kept) -> Response:
    content = await state.files(kept.reference) if state.files is not None else None
    if content is None:
        raise Problem(503, "file_gone")
    kind = SHOWN.get(kept.kind, "application/octet-stream")
    how = "inline" if kept.kind in SHOWN else f'attachment; filename="{kept.id}"'
    return Response(content, media_type=kind, headers={"content-disposition": how})
