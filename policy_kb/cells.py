"""Numeric facts that share inputs, treated together and exactly.

A *group* is a set of numeric tests (`income_per_capita < 5000`, `medical_burden_heavy` …) whose inputs overlap.
For a household that has told some of the inputs, `region()` says which combinations of outcomes (one bit per test)
are still possible, and which of them lie on one line in the direction of each unknown input, that is: which can be
told apart by that input alone. All tests are linear, so sampling one point per cell of the arrangement, line by line
(cylindrical decomposition), is exact. The result depends only on the signs of the projected forms at the known
values, and is kept under these signs.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from policy_kb import formulas
from policy_kb.conditions import Atom
from policy_kb.formulas import Formula, Linear, Ratio
from policy_kb.truth import NO, UNKNOWN, YES, Truth
from policy_kb.vocabulary import FactSpec, Vocabulary

Number = int | float
FAR = 1000  # an unbounded cell is sampled this many times beyond its edge, so that whole numbers fit into its lines
KEPT = 20_000


@dataclass(frozen=True, eq=False)
class Region:
    """Possible outcomes of a group's tests as bit vectors; per unknown input the sets that lie on one line.

    `truths` says per test whether it is decided already.
    """

    vectors: tuple[int, ...]
    lines: Mapping[str, tuple[frozenset[int], ...]]
    truths: tuple[Truth, ...]

    @property
    def content(self) -> object:
        """What makes two regions equal."""
        return self.vectors, frozenset((name, frozenset(lines)) for name, lines in self.lines.items())

    @staticmethod
    def of(tests: int, vectors: Iterable[int], lines: Mapping[str, tuple[frozenset[int], ...]]) -> Region:
        possible = tuple(sorted(set(vectors)))
        seen = ({vector >> bit & 1 for vector in possible} for bit in range(tests))
        return Region(possible, lines, tuple(UNKNOWN if len(bits) == 2 else YES if 1 in bits else NO for bits in seen))


@dataclass(frozen=True)
class SignTest:
    """A linear form prepared for fast evaluation at known values."""

    form: Linear
    constant: float
    terms: tuple[tuple[str, float], ...]

    @staticmethod
    def of(form: Linear) -> SignTest:
        return SignTest(form, float(form.constant), tuple((name, float(c)) for name, c in form.terms))

    def sign(self, values: Mapping[str, Number]) -> int:
        """The exact sign; floats decide where they are clear, decimals where they are close."""
        try:
            total = size = self.constant
            for name, coefficient in self.terms:
                part = coefficient * values[name]
                total += part
                size += abs(part)
            if abs(total) > 1e-9 * abs(size):
                return 1 if total > 0 else -1
        except OverflowError:
            pass
        return self.form.sign_at({name: formulas.exact(values[name]) for name, _ in self.terms})


class Plan:
    """What has to be computed when exactly these inputs are known and these derived facts are stated."""

    def __init__(
        self,
        parts: Sequence[Formula],
        bounds: Sequence[Linear],
        unknown: Sequence[str],
        whole: set[str],
        regions: dict[object, Region],
    ) -> None:
        self.regions = regions
        self.parts = parts
        self.bounds = bounds
        self.unknown = unknown
        self.whole = whole
        self.forms = list(dict.fromkeys(test.form for part in parts for test in formulas.tests(part)))
        self.known = sorted({name for form in (*self.forms, *bounds) for name, _ in form.terms} - set(unknown))
        self.signs = [SignTest.of(form) for form in self._signature()]
        busy = [name for name in unknown if name in whole and sum(1 for f in self.forms if f.coefficient(name)) > 1]
        self.by_value = bool(busy)
        self.kept: dict[tuple[object, ...], Region] = {}
        self._vectors: dict[tuple[int, ...], int] = {}  # outcomes by the signs of `forms`

    def _signature(self) -> list[Linear]:
        start = [*self.forms, *self.bounds]
        found: dict[Linear, None] = {}
        for order in self._orders() or [()]:
            level = [form.normal() for form in start]
            for name in order:
                level = project(level, name)
            found.update(dict.fromkeys(form for form in level if form.terms))
        return list(found)

    def _orders(self) -> list[tuple[str, ...]]:
        """Per unknown input an order of elimination that begins with it; whole numbers are eliminated last."""
        rest = sorted(self.unknown, key=lambda name: name in self.whole)
        return [(name, *(other for other in rest if other != name)) for name in self.unknown]

    def region(self, values: Mapping[str, Number]) -> Region:
        key: tuple[object, ...]
        key = tuple(values[n] for n in self.known) if self.by_value else tuple(test.sign(values) for test in self.signs)
        region = self.kept.get(key)
        if region is None:
            if len(self.kept) > KEPT:
                self.kept.clear()
            found = self._explore({name: formulas.exact(values[name]) for name in self.known})
            region = self.kept[key] = self.regions.setdefault(found.content, found)
        return region

    def _explore(self, known: dict[str, Fraction]) -> Region:
        forms = [form.put(known) for form in self.forms]
        bounds = [bound.put(known) for bound in self.bounds]
        if not self.unknown:
            return Region.of(len(self.parts), [self._vector(forms, "", Fraction(0))], {})
        lines: dict[str, tuple[frozenset[int], ...]] = {}
        for order in self._orders():
            found: set[frozenset[int]] = set()
            for base, values in self._lines(forms, bounds, order):
                here = [form.put(base) for form in forms]
                found.add(frozenset(self._vector(here, order[0], value) for value in values))
            lines[order[0]] = tuple(line for line in found if not any(line < other for other in found))
        vectors = itertools.chain.from_iterable(itertools.chain.from_iterable(lines.values()))
        return Region.of(len(self.parts), vectors, lines)

    def _vector(self, forms: Sequence[Linear], name: str, value: Fraction) -> int:
        """The outcomes where `name`, the only fact left in `forms`, has this value."""
        signs = tuple([form.sign_at({name: value}) for form in forms])
        vector = self._vectors.get(signs)
        if vector is None:
            by_form = dict(zip(self.forms, signs, strict=True))
            vector = sum(1 << bit for bit, part in enumerate(self.parts) if formulas.holds(part, by_form))
            self._vectors[signs] = vector
        return vector

    def _lines(
        self, forms: Sequence[Linear], bounds: Sequence[Linear], order: tuple[str, ...]
    ) -> Iterator[tuple[dict[str, Fraction], list[Fraction]]]:
        """Lines along the first name of `order`, one per cell of the other unknowns: their values, and its samples."""
        levels = [[form.normal() for form in (*forms, *bounds)]]
        for name in order[:-1]:
            levels.append(project(levels[-1], name))
        bases: list[dict[str, Fraction]] = [{}]
        for name, level in zip(order[:0:-1], levels[:0:-1], strict=True):
            bases = [{**base, name: value} for base in bases for value in self._samples(name, level, base, bounds)]
        for base in bases:
            yield base, self._samples(order[0], levels[0], base, bounds)

    def _samples(
        self, name: str, forms: Sequence[Linear], base: dict[str, Fraction], bounds: Sequence[Linear]
    ) -> list[Fraction]:
        """One value per cell along `name`: every root, one between two roots, one beyond; only values in bounds."""
        here = [form.put(base) for form in forms]
        roots = roots_along(name, here)
        values = _whole(roots) if name in self.whole else _between(roots)
        puts = [bound.put(base) for bound in bounds]
        limits = [put for put in puts if put.coefficient(name) and len(put.terms) == 1]
        return [value for value in values if all(limit.sign_at({name: value}) >= 0 for limit in limits)]


def project(forms: Sequence[Linear], name: str) -> list[Linear]:
    """The forms whose signs decide in which order the roots of `forms` along `name` lie."""
    without = [form for form in forms if not form.coefficient(name)]
    having = [form for form in forms if form.coefficient(name)]
    for one, two in itertools.combinations(having, 2):
        without.append(one.times(two.coefficient(name)).plus(two, -one.coefficient(name)).normal())
    return list(dict.fromkeys(form for form in without if form.terms))


def roots_along(name: str, forms: Iterable[Linear]) -> list[Fraction]:
    """Where forms that hold no fact but `name` change their sign, ascending."""
    return sorted({-form.constant / form.coefficient(name) for form in forms if form.coefficient(name)})


def samples_along(roots: list[Fraction], spec: FactSpec) -> list[Fraction]:
    """Values that the fact can have, ascending, at least one in every cell between these roots."""
    values = _whole(roots) if spec.kind == "int" else _between(roots)
    lowest = formulas.exact(spec.lowest)
    highest = max(values) if spec.highest is None else formulas.exact(spec.highest)
    return sorted({min(max(value, lowest), highest) for value in values})


def _between(roots: list[Fraction]) -> list[Fraction]:
    if not roots:
        return [Fraction(0)]
    middles = [(one + two) / 2 for one, two in itertools.pairwise(roots)]
    return [roots[0] - 1, *roots, *middles, roots[-1] + max(Fraction(1), abs(roots[-1])) * FAR]


def _whole(roots: list[Fraction]) -> list[Fraction]:
    near = {n for root in roots for n in (ceil(root) - 1, ceil(root), floor(root), floor(root) + 1)} or {0}
    far = max(near) + max(1, abs(max(near))) * FAR
    return [Fraction(n) for n in sorted({*near, far})]


class Group:
    """Numeric tests with common inputs; `figures` are the parameters they name."""

    def __init__(self, atoms: Sequence[Atom], vocabulary: Vocabulary, figures: Mapping[str, Number]) -> None:
        self.atoms = tuple(atoms)
        self.vocabulary = vocabulary
        self.figures = figures
        facts = dict.fromkeys(name for atom in atoms for name in vocabulary.closure(atom.fact))
        self.inputs = tuple(name for name in facts if self._is_input(name))
        floors = (vocabulary.derivations[n].sources[0] for n in self.inputs if n in vocabulary.derivations)
        self.facts = tuple(dict.fromkeys((*facts, *floors)))
        self.atom_inputs = tuple(vocabulary.inputs(atom.fact) for atom in atoms)
        self.plans: dict[tuple[object, ...], Plan] = {}
        # Equal regions are one object, so that what follows from them is worked out once.
        self._regions: dict[object, Region] = {}

    def _is_input(self, name: str) -> bool:
        return self.vocabulary[name].ask is not None or self.vocabulary.expression(name) is None

    def region(self, known: Mapping[str, object]) -> Region:
        """Which outcomes are possible for a household of which `known` is known (values checked before)."""
        key = tuple((n, v if isinstance(v, bool) else None) for n in self.facts if (v := known.get(n)) is not None)
        plan = self.plans.get(key)
        if plan is None:
            plan = self.plans[key] = self._plan({name for name, _ in key}, known)
        return plan.region(known)  # type: ignore[arg-type]

    def _plan(self, stated: set[str], known: Mapping[str, object]) -> Plan:
        parts = [self.formula(atom, stated, known) for atom in self.atoms]
        used = {name for part in parts for test in formulas.tests(part) for name, _ in test.form.terms}
        unknown = [name for name in self.inputs if name in used and name not in stated]
        whole = {name for name in unknown if self.vocabulary[name].kind == "int"}
        bounds = [bound for name in unknown for bound in self._bounds(name, stated)]
        return Plan(parts, bounds, unknown, whole, self._regions)

    def _bounds(self, name: str, stated: set[str]) -> Iterator[Linear]:
        """Forms that are >= 0 wherever `name` has a possible value."""
        spec, one = self.vocabulary[name], Fraction(1)
        yield Linear(-formulas.exact(spec.lowest), ((name, one),))
        if spec.highest is not None:
            yield Linear(formulas.exact(spec.highest), ((name, -one),))
        derivation = self.vocabulary.derivations.get(name)
        if derivation and derivation.op == "at_least" and derivation.sources[0] in stated:
            yield Linear.of(Fraction(0), {name: one, derivation.sources[0]: -one})

    def formula(self, atom: Atom, stated: Collection[str], known: Mapping[str, object]) -> Formula:
        """The test over inputs and the `stated` facts; of a stated yes/no fact the value in `known` counts."""
        found = self._look(atom.fact, stated, known)
        if atom.op == "is":
            assert isinstance(found, Formula)
            return found
        assert isinstance(found, Ratio)
        value = self.figures[atom.value] if isinstance(atom.value, str) else atom.value
        assert isinstance(value, int | float)
        return formulas.compare(found, atom.op, Ratio.number(formulas.exact(value)))

    def _look(self, name: str, stated: Collection[str], known: Mapping[str, object]) -> Ratio | Formula:
        if name not in self.vocabulary:
            return Ratio.number(formulas.exact(self.figures[name]))
        boolean = self.vocabulary[name].kind == "bool"
        derivation = self.vocabulary.expression(name)
        if boolean and name in stated:
            return formulas.const(known[name] is True)
        if name in stated or derivation is None or derivation.tree is None:
            return Ratio.fact(name)
        read = formulas.boolean if boolean else formulas.numeric
        return read(derivation.tree, lambda other: self._look(other, stated, known))


def groups_of(atoms: Sequence[Atom], vocabulary: Vocabulary, figures: Mapping[str, Number]) -> list[Group]:
    """Splits numeric tests into groups that share no input."""
    clusters: list[tuple[set[str], list[Atom]]] = []
    for atom in atoms:
        inputs, together = set(vocabulary.inputs(atom.fact)), [atom]
        for cluster in [c for c in clusters if c[0] & inputs]:
            clusters.remove(cluster)
            inputs |= cluster[0]
            together = [*cluster[1], *together]
        clusters.append((inputs, together))
    return [Group(sorted(members, key=list(atoms).index), vocabulary, figures) for _, members in clusters]
