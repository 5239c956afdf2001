"""The office's figures and areas as JSON, for administrators."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from actions import areas, figures, figureviews
from actions.areas import AreaLine, AreaPlan
from actions.figureviews import Overview
from bot.web import inputs
from bot.web.signin import ApiUser, State, require_admin

router = APIRouter(prefix="/api", tags=["administration"])


class ContactIn(BaseModel):
    """`name`: police, ambulance, fire, crisis_line, hotline, office_phone or office_hours; from today without a day."""

    model_config = ConfigDict(extra="forbid")
    name: str
    value: str
    valid_from: date | None = None


class FigureIn(BaseModel):
    """A line or threshold of a document; `source` is the paper it rests on."""

    model_config = ConfigDict(extra="forbid")
    pack: str
    name: str
    value: float
    valid_from: date
    valid_to: date | None = None
    source: str


class StepDaysIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    pack: str
    step: str
    days: int
    kind: Literal["working", "calendar"]


@router.get("/office/figures", response_model=Overview)
def overview(state: State, who: ApiUser) -> Overview:
    """Numbers, lines and days as they stand today, and every entry of the office."""
    return figureviews.overview(state.office, who.user)


@router.post("/office/contacts", status_code=204, openapi_extra=inputs.body_schema(ContactIn))
def contact(body: Annotated[ContactIn, Depends(inputs.json_body(ContactIn))], state: State, who: ApiUser) -> None:
    figures.set_contact(state.office, who.user, body.name, body.value, valid_from=body.valid_from)


@router.post("/office/figures", status_code=204, openapi_extra=inputs.body_schema(FigureIn))
def figure(body: Annotated[FigureIn, Depends(inputs.json_body(FigureIn))], state: State, who: ApiUser) -> None:
    figures.set_figure(
        state.office, who.user, body.pack, body.name, body.value,
        valid_from=body.valid_from, valid_to=body.valid_to, source=body.source,
    )  # fmt: skip


@router.post("/office/step-days", status_code=204, openapi_extra=inputs.body_schema(StepDaysIn))
def step_days(body: Annotated[StepDaysIn, Depends(inputs.json_body(StepDaysIn))], state: State, who: ApiUser) -> None:
    figures.set_step_days(state.office, who.user, body.pack, body.step, body.days, body.kind)


@router.delete("/office/settings/{number}", status_code=204)
def end(number: int, state: State, who: ApiUser) -> None:
    """Take an entry back; the office file and the document count again."""
    figures.end_entry(state.office, who.user, number)


@router.get("/areas", response_model=list[AreaLine])
def areas_list(state: State, who: ApiUser, q: str = "") -> list[AreaLine]:
    """Areas whose full name holds every word of `q`; the first 200."""
    require_admin(who)
    return list(areas.find(state.office, q))


@router.post("/areas/import", response_model=AreaPlan)
async def import_areas(request: Request, state: State, who: ApiUser, dry_run: bool = False) -> AreaPlan:
    """The body is the CSV file itself (code,name,level,parent_code; UTF-8, GBK, UTF-16). `dry_run`: only check."""
    require_admin(who)
    data = await request.body()
    return await run_in_threadpool(areas.take_in, state.office, who.user, data, dry_run)
