"""The operators' workbench as JSON: everything that the pages of calls can do, with the same permissions."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, JsonValue

from actions import call_ending, call_saving, callers, calls
from actions.call_draft import CallInput
from actions.call_sheet import sheet as sheet_of
from actions.callers import Callers
from actions.callrules import call_book
from actions.callviews import CallView, CaseCall, DraftLine, EndedLine, Saved, Sheet
from bot.web import inputs
from bot.web.signin import ApiUser, State

router = APIRouter(prefix="/api/calls", tags=["calls"])
B = TypeVar("B", bound=BaseModel)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BeginIn(Body):
    """`key`: a UUID made by the caller of this API; the same one again is the same call."""

    key: str


class ReadIn(Body):
    call: CallInput


class KeepIn(Body):
    """`version`: the one last seen (409 where somebody kept it since); `window` names the page that keeps, so that a
    page whose answer was lost may go on; `turn` counts its posts, a lower one than the last is a late delivery."""

    call: CallInput
    version: int | None = None
    window: str = ""
    turn: int = 0


class LookUpIn(Body):
    """What is known of the caller; an ID number belongs into a body, not into an address that is logged."""

    phone: str = ""
    name: str = ""
    village: str = ""
    receipt: str = ""
    id_number: str = ""


class DecideIn(Body):
    """One thing heard (its `item` in the view) is accepted, changed to `value`, or refused."""

    item: str
    choice: Literal["accepted", "changed", "refused"]
    value: JsonValue = None
    version: int | None = None


class SaveIn(Body):
    """`callback`: id of an offered time or an ISO 8601 time (Asia/Shanghai without a zone)."""

    version: int | None = None
    callback: str | None = None


class EndIn(SaveIn):
    """`outcome`: a code of `GET /api/calls/outcomes`."""

    outcome: str
    note: str = ""


class OutcomeOut(BaseModel):
    """`needs`: callback or note, where one must be given."""

    code: str
    zh: str
    needs: str | None


class CallbackOut(BaseModel):
    id: str
    zh: str


class OutcomesOut(BaseModel):
    outcomes: list[OutcomeOut]
    callbacks: list[CallbackOut]


class CallsOut(BaseModel):
    """The own unfinished calls and those that ended today."""

    drafts: list[DraftLine]
    ended: list[EndedLine]


@router.get("", response_model=CallsOut)
def overview(state: State, who: ApiUser) -> CallsOut:
    drafts, ended = calls.drafts(state.office, who.user), calls.ended_today(state.office, who.user)
    return CallsOut(drafts=list(drafts), ended=list(ended))


@router.post("", response_model=CallView, status_code=201, openapi_extra=inputs.body_schema(BeginIn))
def begin(body: Annotated[BeginIn, Depends(inputs.json_body(BeginIn))], state: State, who: ApiUser) -> CallView:
    """Begin a call."""
    return calls.begin(state.office, who.user, body.key)


@router.get("/outcomes", response_model=OutcomesOut)
def outcomes(state: State, who: ApiUser) -> OutcomesOut:
    """How a call may end without a case, and the times offered for calling back."""
    return OutcomesOut(
        outcomes=[OutcomeOut(code=o.code, zh=o.zh, needs=o.needs) for o in call_ending.choosable()],
        callbacks=[CallbackOut(id=c.id, zh=c.zh) for c in call_book().callbacks],
    )


@router.post("/callers", response_model=Callers, openapi_extra=inputs.body_schema(LookUpIn))
def look_up(body: Annotated[LookUpIn, Depends(inputs.json_body(LookUpIn))], state: State, who: ApiUser) -> Callers:
    """Households that the caller may belong to; a phone number alone is never certain."""
    return callers.look_up(state.office, who.user, **{k: inputs.clean(v) for k, v in body.model_dump().items()})


@router.get("/cases/{receipt}", response_model=list[CaseCall])
def of_case(receipt: str, state: State, who: ApiUser) -> list[CaseCall]:
    """The calls behind a case, for everybody who may see the case."""
    return list(calls.calls_of_case(state.office, who.user, receipt))


@router.get("/{key}", response_model=CallView)
def look(key: str, state: State, who: ApiUser) -> CallView:
    """The call as it was last kept; a colleague's is not found."""
    return calls.look(state.office, who.user, key)


@router.post("/{key}/read", response_model=CallView, openapi_extra=inputs.body_schema(ReadIn))
def read(key: str, body: Annotated[ReadIn, Depends(inputs.json_body(ReadIn))], state: State, who: ApiUser) -> CallView:
    """What the notes say, with the words it came from (offsets in code points); nothing is stored."""
    return calls.read(state.office, who.user, key, _clean(body.call))


@router.put("/{key}", response_model=CallView, openapi_extra=inputs.body_schema(KeepIn))
def keep(key: str, body: Annotated[KeepIn, Depends(inputs.json_body(KeepIn))], state: State, who: ApiUser) -> CallView:
    """Keep the draft."""
    given = _clean(body.call)
    return calls.keep(state.office, who.user, key, given, body.version, inputs.clean(body.window), body.turn)


@router.post("/{key}/decisions", response_model=CallView, openapi_extra=inputs.body_schema(DecideIn))
def decide(
    key: str, body: Annotated[DecideIn, Depends(inputs.json_body(DecideIn))], state: State, who: ApiUser
) -> CallView:
    """Accept, change or refuse one thing heard; a fact may also be set that nobody heard."""
    return calls.decide_on(
        state.office, who.user, key, inputs.clean(body.item), body.choice, body.value, version=body.version
    )


@router.get("/{key}/sheet", response_model=Sheet)
def sheet(key: str, state: State, who: ApiUser) -> Sheet:
    """What is read aloud before saving."""
    return sheet_of(state.office, who.user, key)


@router.post("/{key}/save", response_model=Saved, openapi_extra=inputs.body_schema(SaveIn))
def save(key: str, body: Annotated[SaveIn, Depends(inputs.json_body(SaveIn))], state: State, who: ApiUser) -> Saved:
    """Make the call a case; saving twice gives the same receipt."""
    return call_saving.save(state.office, who.user, key, version=body.version, callback=body.callback)


@router.post("/{key}/end", response_model=Saved, openapi_extra=inputs.body_schema(EndIn))
def end(key: str, body: Annotated[EndIn, Depends(inputs.json_body(EndIn))], state: State, who: ApiUser) -> Saved:
    """End the call without a case."""
    return call_ending.end(
        state.office, who.user, key, body.outcome,
        callback=body.callback, note=inputs.clean(body.note), version=body.version,
    )  # fmt: skip


def _clean(given: CallInput) -> CallInput:
    """Every text without what nobody typed."""
    values = {name: inputs.clean(v) if isinstance(v, str) else v for name, v in given.model_dump().items()}
    return CallInput.model_validate(values)
