"""Arithmetic of derivations: sums and shares of numeric facts as exact linear forms, and tests of them.

A derivation such as `income_year / household_size` is kept as numerator and denominator; comparing it with a
figure multiplies the (positive) denominator out, so every test ends as `linear form  op  0`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

COMPARATORS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=", ast.NotEq: "!=",
}  # fmt: skip
HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
}


class FormulaFault(ValueError):
    """A derivation that cannot be read or is not linear."""


def exact(value: float) -> Fraction:
    """The decimal a person wrote, without the binary rounding of a float (0.1 is a tenth)."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(float(value)))


@dataclass(frozen=True)
class Linear:
    """constant + sum of coefficient x fact; `terms` is sorted by fact and holds no zero."""

    constant: Fraction
    terms: tuple[tuple[str, Fraction], ...] = ()

    @staticmethod
    def of(constant: Fraction, terms: dict[str, Fraction]) -> Linear:
        return Linear(constant, tuple(sorted((name, c) for name, c in terms.items() if c)))

    def plus(self, other: Linear, factor: Fraction = Fraction(1)) -> Linear:
        terms = dict(self.terms)
        for name, coefficient in other.terms:
            terms[name] = terms.get(name, Fraction(0)) + factor * coefficient
        return Linear.of(self.constant + factor * other.constant, terms)

    def times(self, factor: Fraction) -> Linear:
        return Linear.of(self.constant * factor, {name: c * factor for name, c in self.terms})

    def coefficient(self, name: str) -> Fraction:
        return next((c for n, c in self.terms if n == name), Fraction(0))

    def put(self, values: dict[str, Fraction]) -> Linear:
        """The form with these facts replaced by their values."""
        constant, rest = self.constant, {}
        for name, coefficient in self.terms:
            if name in values:
                constant += coefficient * values[name]
            else:
                rest[name] = coefficient
        return Linear.of(constant, rest)

    def sign_at(self, values: Mapping[str, Fraction]) -> int:
        """The sign where all its facts have these values."""
        total = self.constant
        for name, coefficient in self.terms:
            total += coefficient * values[name]
        return (total > 0) - (total < 0)

    @property
    def sign(self) -> int:
        """The sign of a form without terms."""
        return (self.constant > 0) - (self.constant < 0)

    def normal(self) -> Linear:
        """The same form up to a positive factor, so that equal questions look equal."""
        lead = abs(self.terms[0][1]) if self.terms else abs(self.constant)
        return self.times(1 / lead) if lead else self


@dataclass(frozen=True)
class Ratio:
    """numerator / denominator, the denominator positive."""

    top: Linear
    bottom: Linear

    @staticmethod
    def number(value: Fraction) -> Ratio:
        return Ratio(Linear(value), Linear(Fraction(1)))

    @staticmethod
    def fact(name: str) -> Ratio:
        return Ratio(Linear(Fraction(0), ((name, Fraction(1)),)), Linear(Fraction(1)))


@dataclass(frozen=True)
class Test:
    """`form op 0`."""

    form: Linear
    op: str


@dataclass(frozen=True)
class Formula:
    """A test, or and / or / not over formulas, or a constant. `op`: test | and | or | not | const."""

    op: str
    parts: tuple[Formula, ...] = ()
    test: Test | None = None
    value: bool = False


def const(value: bool) -> Formula:
    return Formula("const", value=value)


def compare(left: Ratio, op: str, right: Ratio) -> Formula:
    """left op right as one test of a linear form."""
    return Formula(
        "test", test=Test(_product(left.top, right.bottom).plus(_product(right.top, left.bottom), Fraction(-1)), op)
    )


def _product(one: Linear, two: Linear) -> Linear:
    if not one.terms:
        return two.times(one.constant)
    if not two.terms:
        return one.times(two.constant)
    raise FormulaFault("a product of two facts is not linear")


Lookup = Callable[[str], "Ratio | Formula"]


def parse(text: str) -> ast.expr:
    """The expression as a syntax tree; raises `FormulaFault`."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise FormulaFault(f"{text!r} is not an expression") from error


def names(tree: ast.expr) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)))


def numeric(tree: ast.expr, look: Lookup) -> Ratio:
    """Reads an amount; `look` tells what a name stands for."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float) and not isinstance(tree.value, bool):
        return Ratio.number(exact(tree.value))
    if isinstance(tree, ast.Name):
        found = look(tree.id)
        if isinstance(found, Ratio):
            return found
        raise FormulaFault(f"{tree.id} is not a number")
    if isinstance(tree, ast.BinOp):
        return _arithmetic(tree.op, numeric(tree.left, look), numeric(tree.right, look))
    raise FormulaFault(f"{ast.unparse(tree)!r} is not an amount")


def _arithmetic(op: ast.operator, left: Ratio, right: Ratio) -> Ratio:
    if isinstance(op, ast.Add | ast.Sub):
        factor = Fraction(1 if isinstance(op, ast.Add) else -1)
        if left.bottom == right.bottom:
            return Ratio(left.top.plus(right.top, factor), left.bottom)
        top = _product(left.top, right.bottom).plus(_product(right.top, left.bottom), factor)
        return Ratio(top, _product(left.bottom, right.bottom))
    if isinstance(op, ast.Mult):
        return Ratio(_product(left.top, right.top), _product(left.bottom, right.bottom))
    if isinstance(op, ast.Div):
        return Ratio(_product(left.top, right.bottom), _product(left.bottom, right.top))
    raise FormulaFault("only + - * / are known")


def boolean(tree: ast.expr, look: Lookup) -> Formula:
    """Reads a yes/no expression."""
    if isinstance(tree, ast.BoolOp):
        op = "and" if isinstance(tree.op, ast.And) else "or"
        return Formula(op, tuple(boolean(value, look) for value in tree.values))
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return Formula("not", (boolean(tree.operand, look),))
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and type(tree.ops[0]) in COMPARATORS:
        op = COMPARATORS[type(tree.ops[0])]
        return compare(numeric(tree.left, look), op, numeric(tree.comparators[0], look))
    if isinstance(tree, ast.Name):
        found = look(tree.id)
        if isinstance(found, Formula):
            return found
    raise FormulaFault(f"{ast.unparse(tree)!r} is not a yes/no expression")


def is_boolean(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BoolOp | ast.Compare) or (
        isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)
    )


def tests(formula: Formula) -> list[Test]:
    """Every test in the formula, in order."""
    if formula.test is not None:
        return [formula.test]
    return [test for part in formula.parts for test in tests(part)]


def holds(formula: Formula, signs: dict[Linear, int]) -> bool:
    """The truth of the formula once the sign of each of its forms is known."""
    if formula.op == "test":
        assert formula.test is not None
        return HOLDS[formula.test.op](signs[formula.test.form])
    if formula.op == "const":
        return formula.value
    if formula.op == "not":
        return not holds(formula.parts[0], signs)
    results = (holds(part, signs) for part in formula.parts)
    return all(results) if formula.op == "and" else any(results)
