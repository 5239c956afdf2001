"""The workbench as JSON: everything the pages of the staff can do, with the same permissions."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, JsonValue

from actions import accounts, desk
from actions.cardviews import CaseCard
from actions.desk import CaseList, NotificationLine
from bot.web import inputs
from bot.web.problems import Problem
from bot.web.signin import ApiUser, State

router = APIRouter(prefix="/api", tags=["workbench"])
Page = Annotated[int, Query(ge=1, le=100_000)]


class Body(BaseModel):
    """`version`: the version of the card that was looked at; an older one than the present is refused (409)."""

    model_config = ConfigDict(extra="forbid")
    version: int | None = None


class StepIn(Body):
    """A step is done (or left out, where the document allows it); `facts` found on the way are kept as verified."""

    note: str = ""
    done_on: date | None = None
    leave_out: bool = False
    facts: dict[str, JsonValue] = {}


class ReturnIn(Body):
    reason: str


class FactIn(Body):
    fact: str
    value: JsonValue
    words: str = ""


class PlaceIn(Body):
    """`area`: an area's code, path or name."""

    area: str


class TextIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str


class ReasonIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str


class ReadIn(BaseModel):
    """The lines to mark as read; all when absent."""

    model_config = ConfigDict(extra="forbid")
    ids: list[int] | None = None


class CountOut(BaseModel):
    changed: int


@router.get("/cases", response_model=CaseList)
def cases(state: State, who: ApiUser, show: str = "all", page: Page = 1) -> CaseList:
    """Cases of the own area and below, most pressing first. `show`: all, new, soon, overdue, complaint or done."""
    if show not in desk.FILTERS:
        raise Problem(422, "fields", fields="show")
    return desk.cases_for(state.office, who.user, show, page)


@router.get("/cases/{receipt}", response_model=CaseCard)
def case(receipt: str, state: State, who: ApiUser) -> CaseCard:
    """The card; another area's case is not found."""
    return desk.case_card(state.office, who.user, receipt)


@router.post("/cases/{receipt}/reveal", response_model=CaseCard, openapi_extra=inputs.body_schema(ReasonIn))
def reveal(
    receipt: str, body: Annotated[ReasonIn, Depends(inputs.json_body(ReasonIn))], state: State, who: ApiUser
) -> CaseCard:
    """The card with whole numbers; the look and its reason are in the audit log."""
    if not body.reason.strip():
        raise Problem(422, "reason")
    return desk.case_card(state.office, who.user, receipt, reveal=True, reason=inputs.clean(body.reason))


@router.post("/cases/{receipt}/steps/{step}", response_model=CaseCard, openapi_extra=inputs.body_schema(StepIn))
def record_step(
    receipt: str, step: str, body: Annotated[StepIn, Depends(inputs.json_body(StepIn))], state: State, who: ApiUser
) -> CaseCard:
    """Record a running step; the next begins and the household hears of it."""
    return desk.record_step(
        state.office,
        who.user,
        receipt,
        step,
        version=body.version,
        note=inputs.clean(body.note),
        facts=body.facts,
        done_on=body.done_on,
        leave_out=body.leave_out,
    )


@router.post("/cases/{receipt}/return", response_model=CaseCard, openapi_extra=inputs.body_schema(ReturnIn))
def return_case(
    receipt: str, body: Annotated[ReturnIn, Depends(inputs.json_body(ReturnIn))], state: State, who: ApiUser
) -> CaseCard:
    """Ask the household for more, with the reason that it reads in its chat."""
    return desk.return_case(state.office, who.user, receipt, inputs.clean(body.reason), version=body.version)


@router.post("/cases/{receipt}/facts", response_model=CaseCard, openapi_extra=inputs.body_schema(FactIn))
def set_fact(
    receipt: str, body: Annotated[FactIn, Depends(inputs.json_body(FactIn))], state: State, who: ApiUser
) -> CaseCard:
    """Keep a fact as verified and assess anew."""
    words = inputs.clean(body.words)
    return desk.set_fact(state.office, who.user, receipt, body.fact, body.value, version=body.version, words=words)


@router.post("/cases/{receipt}/message", status_code=204, openapi_extra=inputs.body_schema(TextIn))
def message(
    receipt: str, body: Annotated[TextIn, Depends(inputs.json_body(TextIn))], state: State, who: ApiUser
) -> None:
    """Write into the household's conversation."""
    desk.say_to_household(state.office, who.user, receipt, inputs.clean(body.text))


@router.post("/cases/{receipt}/place", response_model=CaseCard, openapi_extra=inputs.body_schema(PlaceIn))
def place(
    receipt: str, body: Annotated[PlaceIn, Depends(inputs.json_body(PlaceIn))], state: State, who: ApiUser
) -> CaseCard:
    """Give a case its area (administrators and the county)."""
    area = accounts.find_area(state.office, body.area)
    return desk.place_case(state.office, who.user, receipt, area, version=body.version)


@router.get("/notifications", response_model=list[NotificationLine])
def notifications(state: State, who: ApiUser, unread_only: bool = False) -> list[NotificationLine]:
    return list(desk.notifications_for(state.office, who.user, unread_only))


@router.post("/notifications/read", response_model=CountOut, openapi_extra=inputs.body_schema(ReadIn))
def read(body: Annotated[ReadIn, Depends(inputs.json_body(ReadIn))], state: State, who: ApiUser) -> CountOut:
    ids = tuple(body.ids) if body.ids is not None else None
    changed = desk.mark_read(state.office, who.user, ids)
    state.live.nudge(who.user.id)
    return CountOut(changed=changed)
