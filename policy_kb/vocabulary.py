"""The table of facts: what each fact means, how it is asked, and what it derives from (format: facts/README.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from policy_kb import formulas
from policy_kb.conditions import Atom, parse_atom

Who = Literal["applicant", "cadre", "department"]
Kind = Literal["bool", "int", "number", "enum"]
TYPE = re.compile(r"^enum\[([A-Za-z0-9_]+(?:,\s*[A-Za-z0-9_]+)*)\]$")
TRUE_WHEN = re.compile(r"^true when ([a-z_]+) is (.+)$")
AT_LEAST = re.compile(r"^at least ([a-z_]+)$")


@dataclass(frozen=True)
class Derivation:
    """How a fact follows from others. `op`: expression | true_when | at_least."""

    op: str
    sources: tuple[str, ...]
    tree: ast.expr | None = None
    atom: Atom | None = None


def parse_derivation(text: str) -> Derivation:
    """Reads `derive` as the contract writes it; raises `formulas.FormulaFault`."""
    if match := AT_LEAST.match(text):
        return Derivation("at_least", (match[1],))
    if match := TRUE_WHEN.match(text):
        words = tuple(word.strip() for word in match[2].split(" or "))
        atom = Atom(match[1], "is") if words == ("true",) else Atom(match[1], "in", words)
        return Derivation("true_when", (match[1],), atom=atom)
    tree = formulas.parse(text)
    return Derivation("expression", formulas.names(tree), tree=tree)


@dataclass(frozen=True)
class FactType:
    """bool | int | number | enum; an enum has `values`, mildest first."""

    kind: Kind
    values: tuple[str, ...] = ()


def _as_type(value: Any) -> Any:
    if value in ("bool", "int", "number"):
        return FactType(value)
    match = TYPE.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("expected bool, int, number or enum[a, b, …]")
    return FactType("enum", tuple(word.strip() for word in match[1].split(",")))


def _as_sentence(value: Any) -> Any:
    """`{true_when: x}` and `{at_least: x}` in the words of the contract."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    word, rest = next(iter(value.items()))
    if word == "at_least":
        return f"at least {rest}"
    parsed = parse_atom(str(rest)) if word == "true_when" else None
    if parsed is None or parsed.atom is None or parsed.atom.op not in ("is", "in"):
        raise ValueError("expected an expression, {true_when: atom} or {at_least: fact}")
    words = parsed.atom.value if isinstance(parsed.atom.value, tuple) else ("true",)
    return f"true when {parsed.atom.fact} is {' or '.join(words)}"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Button(Frozen):
    """One answer to tap. `also` states further facts that this answer settles."""

    title: str
    value: bool | int | float | str
    also: dict[str, bool | int | float | str] = Field(default_factory=dict)


class SubQuestion(Frozen):
    """One plain part of a fact that nobody answers in one breath."""

    id: str
    question: str
    help: str = ""
    buttons: tuple[Button, ...] = Field(min_length=2)


class ValueExample(Frozen):
    """A sentence and the value it states."""

    text: str
    value: bool | int | float | str


class FactExamples(Frozen):
    """Sentences that state the fact, deny it, give a value, or stand near it and state nothing."""

    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    values: tuple[ValueExample, ...] = ()


class FactSpec(Frozen):
    """One fact of the table. Amounts are CNY, counts are persons, shares are 0..1."""

    id: str
    zh: str
    type: Annotated[FactType, BeforeValidator(_as_type)]
    unit: str = ""
    min: float | None = None
    max: float | None = None
    ask: Who | None = None
    cost: int = Field(default=2, ge=1, le=5)
    fixed: bool = False  # says who a household is; the last thing that one would call different
    derive: Annotated[str, BeforeValidator(_as_sentence)] = ""
    question: str = ""
    cadre_question: str = ""
    why: str = ""
    help: str = ""
    buttons: tuple[Button, ...] = ()
    sub_questions: tuple[SubQuestion, ...] = ()
    examples: FactExamples = FactExamples()
    note: str = ""

    @field_validator("derive")
    @classmethod
    def _readable_derivation(cls, value: str) -> str:
        if value:
            parse_derivation(value)
        return value

    @cached_property
    def kind(self) -> Kind:
        return self.type.kind

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The values of an enum, mildest first; empty for other kinds."""
        return self.type.values

    @property
    def numeric(self) -> bool:
        return self.kind in ("int", "number")

    @cached_property
    def lowest(self) -> float:
        """The least possible value of a number: 0, or what `min` says (household_size: 1)."""
        if self.min is not None:
            return self.min
        return 1 if self.id == "household_size" else 0

    @cached_property
    def highest(self) -> float | None:
        if self.max is not None:
            return self.max
        return 1 if self.unit == "0..1" else None

    @property
    def derivation(self) -> Derivation | None:
        return parse_derivation(self.derive) if self.derive else None


class Vocabulary(Mapping[str, FactSpec]):
    """All facts by id, in the order of the table; knows what each one is derived from."""

    def __init__(self, specs: Mapping[str, FactSpec]) -> None:
        self._specs = dict(specs)
        self.derivations = {id_: d for id_, spec in self._specs.items() if (d := spec.derivation) is not None}

    def __getitem__(self, key: str) -> FactSpec:
        return self._specs[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self._specs.get(key, default)

    def __iter__(self) -> Any:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def expression(self, fact: str) -> Derivation | None:
        """The arithmetic derivation of a fact that is itself never asked."""
        derivation = self.derivations.get(fact)
        return derivation if derivation and derivation.op == "expression" else None

    def inputs(self, fact: str) -> tuple[str, ...]:
        """The facts that stand for an unknown `fact`: itself when it can be asked, else what it derives from."""
        spec, derivation = self[fact], self.derivations.get(fact)
        if spec.ask or derivation is None:
            return (fact,)
        found = dict.fromkeys(name for source in derivation.sources if source in self for name in self.inputs(source))
        return tuple(found)

    def closure(self, fact: str) -> tuple[str, ...]:
        """`fact` and every fact it derives from, nearest first."""
        derivation = self.derivations.get(fact)
        below = [
            name
            for source in (derivation.sources if derivation else ())
            if source in self
            for name in self.closure(source)
        ]
        return tuple(dict.fromkeys((fact, *below)))
