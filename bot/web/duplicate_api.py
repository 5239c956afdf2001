"""Two households that may be one, as JSON, under the same permissions as the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict

from actions import duplicates
from actions.duplicateviews import Comparison, DuplicateLine
from bot.web import inputs
from bot.web.signin import ApiUser, State

router = APIRouter(prefix="/api/duplicates", tags=["workbench"])
MatchId = Annotated[int, Path(ge=1, le=inputs.MAX_SEQ)]


class DecisionIn(BaseModel):
    """`reason`: why (may be left out for `different`); `version`: of the line that was looked at."""

    model_config = ConfigDict(extra="forbid")
    reason: str = ""
    version: int | None = None


Decision = Annotated[DecisionIn, Depends(inputs.json_body(DecisionIn))]


@router.get("", response_model=list[DuplicateLine])
def listed(state: State, who: ApiUser, decided: bool = False) -> list[DuplicateLine]:
    """Suggestions of the own area that wait for a decision, or those decided."""
    return list(duplicates.duplicates_for(state.office, who.user, decided=decided))


@router.get("/{number}", response_model=Comparison)
def compare(number: MatchId, state: State, who: ApiUser) -> Comparison:
    """Both households side by side, numbers masked."""
    return duplicates.compare(state.office, who.user, number)


@router.post("/{number}/merge", response_model=Comparison, openapi_extra=inputs.body_schema(DecisionIn))
def merge(number: MatchId, body: Decision, state: State, who: ApiUser) -> Comparison:
    """They are one household."""
    return duplicates.merge(state.office, who.user, number, inputs.clean(body.reason), version=body.version)


@router.post("/{number}/different", response_model=Comparison, openapi_extra=inputs.body_schema(DecisionIn))
def different(number: MatchId, body: Decision, state: State, who: ApiUser) -> Comparison:
    """They are two; the same keys never suggest it again."""
    return duplicates.refuse(state.office, who.user, number, inputs.clean(body.reason), version=body.version)


@router.post("/{number}/undo", response_model=Comparison, openapi_extra=inputs.body_schema(DecisionIn))
def undo(number: MatchId, body: Decision, state: State, who: ApiUser) -> Comparison:
    """Take the decision back."""
    return duplicates.undo(state.office, who.user, number, inputs.clean(body.reason), version=body.version)
