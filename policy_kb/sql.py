"""A pack as SQL expressions: the same three values, with NULL for unknown.

One expression a category and an exclusion, over columns that carry the ids of facts (yes/no as BOOLEAN, amounts and
counts as DOUBLE, words as text; NULL where nothing is known). What an expression answers is what the engine answers;
where it leaves NULL, the engine may still know more (it treats numbers that share inputs together), so a row that SQL
leaves open is for the engine to decide. SQL is written as DuckDB reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from policy_kb.cells import Group
from policy_kb.conditions import Atom, Condition
from policy_kb.evaluator import Evaluator
from policy_kb.formulas import Formula, Linear, exact
from policy_kb.program import Program
from policy_kb.vocabulary import Vocabulary

EXACT = 2**53  # whole numbers below it are added without a rounding
CLOSE = "1e-9"  # a difference this small beside its parts is left to exact arithmetic
Column = Callable[[str], str]


@dataclass(frozen=True)
class PackSql:
    """`categories`, `exclusions`: id → expression; `facts`: every column they read, in the order of the table;
    `verdict_facts`: the ones that categories read."""

    categories: Mapping[str, str]
    exclusions: Mapping[str, str]
    facts: tuple[str, ...]
    verdict_facts: tuple[str, ...]


def pack_sql(evaluator: Evaluator) -> PackSql:
    """The expressions of a pack with the figures of its day."""
    verdict, side = evaluator.verdict.program, evaluator.side
    categories, exclusions = _Writer(verdict), _Writer(side)
    limits = {entry.id: side.roots[entry.id] for entry in evaluator.pack.exclusions}
    read = {name for root in verdict.roots.values() for name in verdict.facts_of(root)}
    verdict_facts = tuple(name for name in evaluator.vocabulary if name in read)
    read |= {name for root in limits.values() for name in side.facts_of(root)}
    return PackSql(
        {name: categories.node(root) for name, root in verdict.roots.items()},
        {name: exclusions.node(root) for name, root in limits.items()},
        tuple(name for name in evaluator.vocabulary if name in read),
        verdict_facts,
    )


class _Writer:
    """Writes nodes of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.vocabulary = program.vocabulary
        self._columns = derived_columns(self.vocabulary)

    def node(self, number: int) -> str:
        return self._condition(self.program.nodes[number])

    def _condition(self, node: Condition) -> str:
        if node.atom is not None:
            return self._atom(node.atom)
        parts = [self._condition(child) for child in node.children]
        if node.op == "not":
            return f"(NOT {parts[0]})"
        if node.op == "at_least":
            return _at_least(node.count, parts)
        return "(" + (" AND " if node.op == "all" else " OR ").join(parts) + ")"

    def _atom(self, atom: Atom) -> str:
        place = self.program.places.get(atom)
        if place is not None:
            return self._numeric(atom, self.program.groups[place[0]])
        column = self._columns[atom.fact]
        if isinstance(atom.value, tuple):
            return f"({column} IN ({', '.join(_text(word) for word in atom.value)}))"
        return column

    def _numeric(self, atom: Atom, group: Group) -> str:
        """A stated value wins over what would follow: one case for each derived fact that may be stated."""
        derived = [name for name in self.vocabulary.closure(atom.fact) if self.vocabulary.expression(name)]
        return self._cases(atom, group, tuple(derived), {})

    def _cases(self, atom: Atom, group: Group, derived: tuple[str, ...], known: dict[str, object]) -> str:
        if not derived:
            return _formula(group.formula(atom, known, known))
        name, rest = derived[0], derived[1:]
        open_ = self._cases(atom, group, rest, known)
        if self.vocabulary[name].kind == "bool":
            yes, no = (self._cases(atom, group, rest, {**known, name: value}) for value in (True, False))
            if (yes, no) == ("TRUE", "FALSE"):
                return f"COALESCE({name}, {open_})"
            stated = f"WHEN {name} THEN {yes} ELSE {no}"
            return open_ if yes == no == open_ else f"(CASE WHEN {name} IS NULL THEN {open_} {stated} END)"
        stated = self._cases(atom, group, rest, {**known, name: None})
        return open_ if stated == open_ else f"(CASE WHEN {name} IS NULL THEN {open_} ELSE {stated} END)"


def derived_columns(vocabulary: Vocabulary) -> dict[str, str]:
    """Every fact as an expression: its column, and where that is NULL what makes it true outright (`true when …`)."""
    columns = {name: name for name in vocabulary}
    for fact, derivation in vocabulary.derivations.items():
        if derivation.op == "true_when" and derivation.atom is not None:
            source, words = columns[derivation.atom.fact], derivation.atom.value
            test = f"{source} IN ({', '.join(_text(word) for word in words)})" if isinstance(words, tuple) else source
            columns[fact] = f"COALESCE({fact}, CASE WHEN {test} THEN TRUE END)"
    return columns


def _at_least(count: int, parts: Sequence[str]) -> str:
    certain = " + ".join(f"(CASE WHEN {part} THEN 1 ELSE 0 END)" for part in parts)
    possible = " + ".join(f"(CASE WHEN NOT {part} THEN 0 ELSE 1 END)" for part in parts)
    return f"(CASE WHEN {certain} >= {count} THEN TRUE WHEN {possible} < {count} THEN FALSE END)"


def _formula(formula: Formula) -> str:
    if formula.op == "const":
        return "TRUE" if formula.value else "FALSE"
    if formula.test is not None:
        return _test(formula.test.form, formula.test.op)
    parts = [_formula(part) for part in formula.parts]
    return f"(NOT {parts[0]})" if formula.op == "not" else "(" + f" {formula.op.upper()} ".join(parts) + ")"


def _test(form: Linear, op: str) -> str:
    """`form op 0` in floating point, and only where that is sure to be what exact arithmetic says."""
    sign = "<>" if op == "!=" else op
    if not form.terms:
        return f"({_number(form.constant)} {sign} 0)"
    if len(form.terms) == 1:
        name, factor = form.terms[0]
        edge = -form.constant / factor
        if exact(float(edge)) == edge:
            turned = sign if factor > 0 else sign.translate(str.maketrans("<>", "><")) if sign != "<>" else sign
            return f"({name} {turned} {_number(edge)})"
    return _sum_test(form, sign)


def _sum_test(form: Linear, sign: str) -> str:
    scale = lcm(form.constant.denominator, *(factor.denominator for _, factor in form.terms))
    parts = [f"({_number(factor * scale)} * {name})" for name, factor in form.terms]
    rest = form.constant * scale
    constant = [_number(rest)] if rest else []
    total = " + ".join([*parts, *constant])
    size = " + ".join([*(f"ABS{part}" for part in parts), *([_number(abs(rest))] if rest else [])])
    whole = " AND ".join(f"{name} = FLOOR({name})" for name, _ in form.terms)
    sure = f"ABS({total}) > {CLOSE} * ({size}) OR ({whole} AND {size} < {EXACT})"
    return f"(CASE WHEN {sure} THEN {total} {sign} 0 END)"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
