"""The proof of a verdict for people: the points as a tree, each with its clause, what is known and who said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from actions import rulebook
from actions.office import Office
from actions.wording import shown_value
from policy_kb import Explanation, ProofStep
from storage.models import Fact


@dataclass(frozen=True)
class ProofLine:
    """One point. `joins`: how the lines below it belong together; `facts`: what is known, with who said it."""

    clause: str
    text: str
    holds: bool | None
    interpretation: bool
    joins: str
    facts: tuple[str, ...]
    lines: tuple[ProofLine, ...]


def proof(office: Office, explanation: Explanation, facts: Mapping[str, Fact]) -> tuple[ProofLine, ...]:
    """Every category of the pack, then the limits that hold; `facts` are the case's rows by id."""
    limits = [step for step in explanation.limits.values() if step.holds]
    return tuple(_line(office, step, facts) for step in (*explanation.categories.values(), *limits))


def _line(office: Office, step: ProofStep, facts: Mapping[str, Fact]) -> ProofLine:
    joins = rulebook.say(f"proof.{step.op}", count=step.count) if step.steps else ""
    return ProofLine(
        clause=step.clause,
        text=step.text,
        holds=step.holds,
        interpretation=step.interpretation,
        joins=joins,
        facts=tuple(_known(office, name, value, facts.get(name)) for name, value in (step.facts or {}).items()),
        lines=tuple(_line(office, below, facts) for below in step.steps),
    )


def _known(office: Office, name: str, value: object, row: Fact | None) -> str:
    spec = office.library.vocabulary[name]
    if value is None:
        return rulebook.say("proof.unknown", fact=spec.zh)
    source = rulebook.say(f"sources.{row.source}") if row is not None else rulebook.say("proof.derived")
    return rulebook.say("proof.known", fact=spec.zh, value=shown_value(spec, value), source=source)
