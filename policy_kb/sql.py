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
WHOLE = 2**31  # a list whose amounts are all whole and not above this is `whole`
CLOSE = "1e-9"  # a difference this small beside its parts is left to exact arithmetic
Column = Callable[[str], str]


@dataclass(frozen=True)
class ListShape:
    """What is known of a list before it is judged, so that its statement can be shorter.

    `absent`: facts that it has no column for; `whole`: facts whose values are all whole numbers of at most `WHOLE`.
    """

    absent: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


ANY_LIST = ListShape()


@dataclass(frozen=True)
class PackSql:
    """`categories`, `exclusions`: id → expression; `facts`: every column they read, in the order of the table;
    `verdict_facts`: the ones that categories read."""

    categories: Mapping[str, str]
    exclusions: Mapping[str, str]
    facts: tuple[str, ...]
    verdict_facts: tuple[str, ...]


def pack_sql(evaluator: Evaluator, shape: ListShape = ANY_LIST) -> PackSql:
    """The expressions of a pack with the figures of its day, for any list or for lists of one shape."""
    verdict, side = evaluator.verdict.program, evaluator.side
    categories, exclusions = _Writer(verdict, shape), _Writer(side, shape)
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

    def __init__(self, program: Program, shape: ListShape) -> None:
        self.program, self.shape = program, shape
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
        stated = [name for name in derived if name not in self.shape.absent]
        return self._cases(atom, group, tuple(stated), {})

    def _cases(self, atom: Atom, group: Group, derived: tuple[str, ...], known: dict[str, object]) -> str:
        if not derived:
            return self._formula(group.formula(atom, known, known))
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

    def _formula(self, formula: Formula) -> str:
        if formula.op == "const":
            return "TRUE" if formula.value else "FALSE"
        if formula.test is not None:
            return self._test(formula.test.form, formula.test.op)
        parts = [self._formula(part) for part in formula.parts]
        return f"(NOT {parts[0]})" if formula.op == "not" else "(" + f" {formula.op.upper()} ".join(parts) + ")"

    def _test(self, form: Linear, op: str) -> str:
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
        return self._sum_test(form, sign)

    def _sum_test(self, form: Linear, sign: str) -> str:
        scale = lcm(form.constant.denominator, *(factor.denominator for _, factor in form.terms))
        factors = [(name, factor * scale) for name, factor in form.terms]
        parts = [name if factor == 1 else f"({_number(factor)} * {name})" for name, factor in factors]
        rest = form.constant * scale
        constant = [_number(rest)] if rest else []
        total = " + ".join([*parts, *constant])
        if self._adds_up_exactly(factors, rest):
            return f"({total} {sign} 0)"
        size = " + ".join([*(f"ABS({part})" for part in parts), *([_number(abs(rest))] if rest else [])])
        whole = " AND ".join(f"{name} = FLOOR({name})" for name, _ in form.terms)
        sure = f"ABS({total}) > {CLOSE} * ({size}) OR ({whole} AND {size} < {EXACT})"
        return f"(CASE WHEN {sure} THEN {total} {sign} 0 END)"

    def _adds_up_exactly(self, factors: Sequence[tuple[str, Fraction]], rest: Fraction) -> bool:
        if not self.shape.whole.issuperset(name for name, _ in factors):
            return False
        return sum(abs(factor) for _, factor in factors) * WHOLE + abs(rest) < EXACT


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


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
