"""The shape of a pack's files (explained in packs/README.md): one class per kind of entry, unknown keys refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from policy_kb.conditions import Condition, ConditionFaults, parse_condition

Unit = Literal[
    "CNY", "CNY/year", "CNY/month", "CNY/person/year", "share", "coefficient", "day", "month", "year", "person"
]
Level = Literal["village", "town", "county"]
DayKind = Literal["working", "calendar"]
Kind = Literal[
    "industry", "employment", "protection", "housing", "medical", "schooling", "injury", "insurance", "motivation",
    "elders", "emergency", "social", "other",
]  # fmt: skip


def _condition(raw: Any) -> Condition:
    try:
        return parse_condition(raw)
    except ConditionFaults as error:
        raise PydanticCustomError("condition", "{message}", {"message": str(error), "faults": error.faults}) from error


When = Annotated[Condition, BeforeValidator(_condition), WithJsonSchema({"$comment": "condition"})]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Day = Annotated[str, BeforeValidator(str), StringConstraints(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
Facts = Annotated[dict[str, bool | int | float | str | None], WithJsonSchema({"$comment": "facts"})]


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, strict=False)


class Cited(Entry):
    """Something that stands at a clause. `interpretation` names an entry of `interpretations`."""

    clause: Text
    text: Text
    interpretation: str = ""


class Places(Entry):
    """Which place text picks the pack: province or city names, and full county names; or the national fallback."""

    display: Text = "全国"
    national: bool = False
    province: str = ""
    names: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()


class Income(Entry):
    """Which income the pack looks at, and of which period.

    `window`: previous_year is the calendar year before; rolling_year the twelve months up to the one before discovery.
    """

    word: Text
    period: Text
    clause: Text
    interpretation: str = ""
    window: Literal["previous_year", "rolling_year"] = "previous_year"


class LeftOut(Entry):
    """Clauses that no rule here computes, or (`partly`) of which some words are left out, and why."""

    clauses: tuple[Text, ...] = Field(min_length=1)
    reason: Text


class Category(Cited):
    """One kind of household to be monitored."""

    zh: Text
    when: When


class Exclusion(Cited):
    """A clause that in principle keeps a household out; `id` is the fact naming it, `when` defaults to that fact."""

    id: Id
    when: When | None = None


class Bar(Exclusion):
    """A clause that limits kinds of help (`all`: every kind) and never the verdict."""

    bars: tuple[Kind | Literal["all"], ...] = Field(min_length=1)


class Flag(Cited):
    """A remark beside a verdict, shown when the outcome is one of `outcomes` and `when`, if given, certainly holds."""

    id: Id
    outcomes: tuple[Literal["meets", "excluded", "not_met", "undetermined"], ...] = Field(min_length=1)
    when: When | None = None
    audience: Literal["household", "village", "township", "county"] = "township"


class PackFile(Entry):
    """pack.yml"""

    id: str
    version: int
    title: Text
    document: Text
    number: Text
    date: Day
    places: Places
    clauses: tuple[Text, ...] = Field(min_length=1)
    not_computable: tuple[LeftOut, ...] = ()
    partly: tuple[LeftOut, ...] = ()
    income: Income | None = None
    interpretations: dict[Id, Cited] = Field(default_factory=dict)
    notes: tuple[Cited, ...] = ()
    definitions: dict[Id, When] = Field(default_factory=dict)
    categories: dict[Id, Category] = Field(min_length=1)
    exclusions: tuple[Exclusion, ...] = ()
    bars: tuple[Bar, ...] = ()
    flags: tuple[Flag, ...] = ()


class Period(Entry):
    """A figure and the days on which it holds (both ends included; `to` left out: no end set)."""

    value: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]  # yes and "5000" are no numbers
    start: date = Field(alias="from")
    to: date | None = None
    source: Text
    clause: str = ""
    interpretation: str | bool = ""
    text: str = ""


class Parameter(Entry):
    """A dated figure; its periods follow each other without overlap or gap."""

    zh: Text
    unit: Unit
    values: tuple[Period, ...] = Field(min_length=1)


class Step(Entry):
    """One step of the procedure. `days` None: the document gives none. `after`: the step before (None: the first)."""

    id: Id
    clause: Text
    zh: Text
    level: Level
    actor: Text
    after: Id | None
    days: Annotated[int, Field(ge=1)] | None
    day_kind: DayKind | None
    counted_from: str = ""
    interpretation: str = ""
    farmer_text: Text
    cadre_text: Text
    records_needed: tuple[str, ...] = ()
    skip_when: When | None = None


class Duty(Entry):
    """Recurring work that hangs on no single case."""

    id: Id
    clause: Text
    zh: Text
    level: Level
    actor: Text
    every: Literal["month", "two_months", "quarter", "half_year", "year", "irregular"]
    when: str = ""
    text: Text
    interpretation: str = ""


class Exit(Entry):
    """How a household leaves; no steps: the document gives no procedure."""

    clause: Text
    text: Text
    steps: tuple[Step, ...] = ()


class ProcedureFile(Entry):
    """procedure.yml"""

    steps: tuple[Step, ...] = Field(min_length=1)
    duties: tuple[Duty, ...] = ()
    exit: Exit
    guards: tuple[Cited, ...] = ()


class MeasureSpec(Entry):
    """One kind of help. `department` empty: the document names none. `for_` empty: every category."""

    id: Id
    clause: Text
    zh: Text
    kind: Kind
    department: tuple[str, ...] = ()
    for_: tuple[Id, ...] = Field(default=(), alias="for")
    when: When | None = None
    stage: Literal["now", "plan", "exit"] = "plan"
    because: Text
    interpretation: str = ""


class AnswerSpec(Entry):
    """What the document says about one topic. `kind` silent: it does not say; `ask` names whom to ask.

    `asked`: ways of asking of this pack's own, beside those of `questions.yml`.
    """

    topic: Id
    clauses: tuple[str, ...] = ()
    kind: Literal["document", "interpretation", "silent"]
    interpretation: str = ""
    answer: Text
    ask: str = ""
    asked: tuple[Text, ...] = ()


class NodeExamples(Entry):
    """Households for which one node certainly holds, certainly fails, or stays open."""

    holds: tuple[Facts, ...] = Field(min_length=1)
    fails: tuple[Facts, ...] = Field(min_length=1)
    open: tuple[Facts, ...] = Field(min_length=1)


class HouseholdExample(Entry):
    """A whole household and what is expected of its verdict (only the keys given are compared)."""

    name: Text
    date: date
    facts: Facts
    expect: dict[
        Literal["outcome", "category", "possible", "exclusions", "unchecked_exclusions", "bars", "flags",
                "stale_parameters", "unknown", "measures", "no_measures"], Any]  # fmt: skip


class Equivalent(Entry):
    """A change to the pack that no household can tell apart, as `packs check --mutate` names it, and why it cannot."""

    where: Text
    change: Text
    reason: Text


class ExamplesFile(Entry):
    """examples.yml. `nodes`: categories and nodes with an id; the other parts: entries that have a `when`."""

    nodes: dict[Id, NodeExamples]
    exclusions: dict[Id, NodeExamples] = Field(default_factory=dict)
    bars: dict[Id, NodeExamples] = Field(default_factory=dict)
    flags: dict[Id, NodeExamples] = Field(default_factory=dict)
    measures: dict[Id, NodeExamples] = Field(default_factory=dict)
    steps: dict[Id, NodeExamples] = Field(default_factory=dict)
    households: tuple[HouseholdExample, ...] = Field(min_length=1)
    equivalents: tuple[Equivalent, ...] = ()
