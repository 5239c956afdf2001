"""What becomes of every clause of a document: encoded, and where, or not computable, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policy_kb.errors import Fault
from policy_kb.pack import Pack
from policy_kb.schema import LeftOut
from policy_kb.trees import owned
from policy_kb.yamlfile import Path_


@dataclass(frozen=True)
class Use:
    """One place that carries out a clause. `kind`: category, condition, exclusion, bar, flag, derivation (which income
    counts), parameter, step, duty, exit or measure; `name`: its id, or the text of a condition without one."""

    kind: str
    name: str


@dataclass(frozen=True)
class Covered:
    """One clause: where it is encoded; `reason`: why it is not, or (`partly`) what of it is left out."""

    clause: str
    uses: tuple[Use, ...]
    reason: str = ""

    @property
    def encoded(self) -> bool:
        return bool(self.uses)

    @property
    def partly(self) -> bool:
        """Encoded, and something in it is not."""
        return self.encoded and bool(self.reason)


def coverage(pack: Pack) -> tuple[Covered, ...]:
    """Every clause of the document in its order. Notes, answers and readings encode nothing."""
    uses: dict[str, dict[Use, None]] = {}
    for cited, use in _uses(pack):
        for clause in cited.split("、"):
            uses.setdefault(clause, {})[use] = None
    reasons = {clause: entry.reason for entry in (*pack.not_computable, *pack.partly) for clause in entry.clauses}
    return tuple(Covered(clause, tuple(uses.get(clause, ())), reasons.get(clause, "")) for clause in pack.clauses)


def _uses(pack: Pack) -> Iterator[tuple[str, Use]]:
    """Every citation by something that computes: (clauses as written, what cites them)."""
    for name, category in pack.categories.items():
        yield category.clause, Use("category", name)
    for one in owned(pack):
        for node in one.tree.walk():
            if node.clause:
                yield node.clause, Use("condition", node.id or node.text or one.name)
    for kind, entries in (("exclusion", pack.exclusions), ("bar", pack.bars), ("flag", pack.flags)):
        yield from ((entry.clause, Use(kind, entry.id)) for entry in entries)
    if pack.income is not None:
        yield pack.income.clause, Use("derivation", "income_year")
    for name, parameter in pack.parameters.items():
        yield from ((period.clause, Use("parameter", name)) for period in parameter.values)
    yield from ((step.clause, Use("step", step.id)) for step in pack.procedure)
    yield from ((duty.clause, Use("duty", duty.id)) for duty in pack.duties)
    yield pack.exit.clause, Use("exit", "exit")
    yield from ((step.clause, Use("exit", step.id)) for step in pack.exit.steps)
    yield from ((measure.clause, Use("measure", measure.id)) for measure in pack.measures)


def coverage_faults(pack: Pack) -> list[Fault]:
    """Clauses of which nothing is said, or two things that cannot both be."""
    if pack.lost:  # what an unreadable entry cites is not known
        return []
    return [pack.files["pack.yml"].fault(path, message) for path, message in _faults(pack)]


def _faults(pack: Pack) -> Iterator[tuple[Path_, str]]:
    encoded = {one.clause: one.uses for one in coverage(pack)}
    told: dict[str, Path_] = {}
    for part, entries in (("not_computable", pack.not_computable), ("partly", pack.partly)):
        for path, clause in _listed(part, entries):
            if clause not in encoded:
                continue  # an address that the document does not have is told by namechecks
            uses = encoded[clause]
            if clause in told:
                yield path, f"{clause!r} stands here a second time; keep one reason for it."
            elif part == "not_computable" and uses:
                yield (
                    path,
                    f"{clause!r} is said to be not computable, and {uses[0].kind} {uses[0].name!r} encodes it; "
                    "take it out here, or move it to `partly` and say what is left out.",
                )
            elif part == "partly" and not uses:
                yield path, f"{clause!r} is said to be partly encoded, and nothing encodes it; use `not_computable`."
            told[clause] = path
    for number, clause in enumerate(pack.clauses):
        if not encoded[clause] and clause not in told:
            yield (
                ("clauses", number),
                f"Nothing encodes the clause {clause!r}; expected a condition, exclusion, parameter, step, duty or "
                "measure that cites it, or its reason under `not_computable`; add one.",
            )


def _listed(part: str, entries: tuple[LeftOut, ...]) -> Iterator[tuple[Path_, str]]:
    for number, entry in enumerate(entries):
        for place, clause in enumerate(entry.clauses):
            yield (part, number, "clauses", place), clause
