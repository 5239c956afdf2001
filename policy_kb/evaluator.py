"""One pack with the figures of one day, compiled: from known facts to verdict, proof and fitting help."""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from policy_kb import formulas
from policy_kb.assessment import Assessment, Barred, Brief, Measure, Outcome, Reason, Remark
from policy_kb.cells import Number, Region
from policy_kb.conditions import Atom, Condition
from policy_kb.formulas import Ratio
from policy_kb.pack import Pack
from policy_kb.parameters import Figure
from policy_kb.program import Known, Program, derive, resolve
from policy_kb.schema import Bar, Exclusion
from policy_kb.truth import UNKNOWN, YES, Truth
from policy_kb.verdict import Open, Verdict
from policy_kb.vocabulary import Vocabulary


def fill(text: str, figures: Mapping[str, Figure]) -> str:
    """The text with `{name}` replaced by the figure of the day and whose it is (`{name:plain}`: the bare number)."""
    pieces: list[str] = []
    for literal, name, spec, _ in string.Formatter().parse(text):
        pieces.append(literal)
        if name:
            figure = figures[name]
            remark = f"（{figure.remark}）" if figure.remark else ""
            pieces.append(f"{figure.value:.10g}" if spec == "plain" else figure.spoken + remark)
    return "".join(pieces)


@dataclass(frozen=True)
class Line:
    """One line of the proof: `node` of `program`, its words, and the facts it reads."""

    node: int
    category: str | None
    clause: str
    text: str
    interpretation: bool
    facts: tuple[str, ...]


class Evaluator:
    """Immutable but for its caches; threads may share one. `verdict`: that of the same categories, if made."""

    def __init__(
        self, pack: Pack, vocabulary: Vocabulary, figures: Mapping[str, Figure], verdict: Verdict | None = None
    ) -> None:
        self.pack, self.vocabulary, self.figures = pack, vocabulary, figures
        self.values: dict[str, Number] = {name: figure.value for name, figure in figures.items()}
        self.verdict = verdict or Verdict(
            {name: self._resolve(c.when) for name, c in pack.categories.items()}, vocabulary, self.values
        )
        self.limits = (*pack.exclusions, *pack.bars)
        side = {entry.id: self._when(entry) for entry in self.limits}
        side |= {f"flag {flag.id}": self._resolve(flag.when) for flag in pack.flags if flag.when}
        self.side = Program(side, vocabulary, self.values)
        help_ = {measure.id: self._resolve(measure.when) for measure in pack.measures if measure.when}
        self.help = Program(help_, vocabulary, self.values)
        self._programs: dict[Condition, Program] = {}
        self.lines = self._category_lines()
        self.side_lines = [self._limit_line(entry) for entry in self.limits]
        self.all_lines = [*self.lines, *self.side_lines]
        self.stale = tuple(sorted(name for name in self._used() if figures[name].stale))
        self.numbers = self._derived_numbers()

    # Compiling ----------------------------------------------------------------------------------------------------

    def _resolve(self, condition: Condition) -> Condition:
        return resolve(condition, self.pack.definitions, self.vocabulary)

    def _when(self, entry: Exclusion) -> Condition:
        return self._resolve(entry.when or Condition("atom", atom=Atom(entry.id, "is")))

    def _line(self, program: Program, node: int, category: str | None, clause: str, text: str, reading: str) -> Line:
        words = fill(text, self.figures)
        remark = bool(reading) and "按我们的理解" not in words
        return Line(
            node,
            category,
            clause,
            f"{words}（按我们的理解）" if remark else words,
            bool(reading),
            program.facts_of(node),
        )

    def _category_lines(self) -> list[Line]:
        program = self.verdict.program
        lines: dict[tuple[int, str], Line] = {}
        for name, category in self.pack.categories.items():
            root = program.roots[name]
            words = f"{category.zh}：{category.text}"
            lines[root, name] = self._line(program, root, name, category.clause, words, category.interpretation)
            for node in program.nodes[root].walk():
                number = program.number(node)
                if node.text and (number, "") not in lines:
                    lines[number, ""] = self._line(program, number, None, node.clause, node.text, node.interpretation)
        return list(lines.values())

    def _limit_line(self, entry: Exclusion) -> Line:
        return self._line(self.side, self.side.roots[entry.id], None, entry.clause, entry.text, entry.interpretation)

    def _used(self) -> set[str]:
        """The parameters that the verdict rests on."""
        atoms = self.verdict.program.atoms
        named = {atom.value for atom in atoms if isinstance(atom.value, str)}
        facts = {name for atom in atoms for name in self.vocabulary.closure(atom.fact)}
        derived = {s for f in facts if (d := self.vocabulary.derivations.get(f)) for s in d.sources}
        return (named | derived) & set(self.figures)

    def _derived_numbers(self) -> dict[str, tuple[tuple[str, ...], Ratio]]:
        """Amounts that follow from others, to be shown in the proof."""
        result = {}
        for fact in self.verdict.program.facts + self.side.facts:
            for name in self.vocabulary.closure(fact):
                derivation = self.vocabulary.expression(name)
                if derivation and derivation.tree is not None and self.vocabulary[name].numeric:
                    result[name] = (derivation.sources, formulas.numeric(derivation.tree, self._look))
        return result

    def _look(self, name: str) -> Ratio:
        return Ratio.fact(name) if name in self.vocabulary else Ratio.number(formulas.exact(self.values[name]))

    # Assessing ----------------------------------------------------------------------------------------------------

    def assess(self, facts: Known, on: date, ask: str, asked: Collection[str]) -> Assessment:
        """The verdict; `facts` were checked before. `ask`: applicant, cadre, department or any."""
        known = derive(dict(facts), self.vocabulary)
        regions = self.verdict.program.regions(known)
        left = self.verdict.open(known, regions)
        side = self.side.truths(known, self.side.regions(known))
        exclusions, unchecked = self._limits(self.pack.exclusions, side)
        brief = _brief(left, exclusions)
        outcome = brief.outcome
        return Assessment(
            pack=self.pack.id,
            date=on,
            outcome=outcome,
            category=brief.category,
            possible=brief.possible,
            exclusions=exclusions,
            unchecked_exclusions=unchecked,
            bars=self._limits(self.pack.bars, side)[0],
            unknown=left.unknown,
            next_question=self._next(left.unknown, ask, asked),
            reasons=self._reasons(known, regions, left.possible, side),
            stale_parameters=self.stale,
            flags=self._flags(outcome, side),
        )

    def brief(self, facts: Known) -> Brief:
        """The same verdict without proof, questions and remarks, many times faster; `facts` were checked before."""
        known = derive(dict(facts), self.vocabulary)
        left = self.verdict.open(known, self.verdict.program.regions(known))
        side = self.side.truths(known, self.side.regions(known))
        return _brief(left, self._limits(self.pack.exclusions, side)[0])

    def _limits(
        self, entries: Collection[Exclusion | Bar], side: list[Truth]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        truths = [(entry.id, side[self.side.roots[entry.id]]) for entry in entries]
        return tuple(i for i, t in truths if t is YES), tuple(i for i, t in truths if t is UNKNOWN)

    def _flags(self, outcome: Outcome, side: list[Truth]) -> tuple[Remark, ...]:
        return tuple(
            Remark(flag.id, flag.clause, fill(flag.text, self.figures), flag.audience)
            for flag in self.pack.flags
            if outcome in flag.outcomes and (flag.when is None or side[self.side.roots[f"flag {flag.id}"]] is YES)
        )

    def _next(self, unknown: tuple[str, ...], ask: str, asked: Collection[str]) -> str | None:
        for fact in unknown:
            if fact not in asked and ask in ("any", self.vocabulary[fact].ask):
                return fact
        return None

    def _reasons(
        self, known: dict[str, object], regions: list[Region], possible: tuple[str | None, ...], side: list[Truth]
    ) -> tuple[Reason, ...]:
        program = self.verdict.program
        truths = program.truths(known, regions)
        shown = self._shown(known, regions)
        settled = [
            truths[line.node].plain if line.category is None else _settled(line.category, possible)
            for line in self.lines
        ]
        settled += [side[line.node].plain for line in self.side_lines]
        return tuple(
            [
                Reason(
                    line.clause,
                    holds,
                    {name: shown[name] for name in line.facts if name in shown},
                    line.text,
                    line.interpretation,
                )
                for line, holds in zip(self.all_lines, settled, strict=True)
            ]
        )

    def shown(self, known: dict[str, object]) -> dict[str, object]:
        """What is known of a household and the amounts that follow from it."""
        return self._shown(known, self.verdict.program.regions(known))

    def _shown(self, known: dict[str, object], regions: list[Region]) -> dict[str, object]:
        """What is known and what follows from it, as the proof shows it (derived amounts to the cent)."""
        shown = dict(known)
        for name, (sources, ratio) in self.numbers.items():
            if name not in shown and all(source in shown or source in self.values for source in sources):
                with suppress(OverflowError):  # a sum beyond every float is compared exactly, and not shown
                    shown[name] = round(_value(ratio.top, shown) / _value(ratio.bottom, shown), 2)
        for atom, (group, bit) in self.verdict.program.places.items():
            if atom.op == "is" and atom.fact not in shown and (truth := regions[group].truths[bit]) is not UNKNOWN:
                shown[atom.fact] = truth.plain
        return shown

    # Help ---------------------------------------------------------------------------------------------------------

    def measures(self, facts: Known, assessment: Assessment) -> tuple[Measure, ...]:
        """Help that certainly fits: its condition holds and it is meant for every category still possible; without
        what a bar takes away."""
        return tuple(measure for measure in self._fitting(facts, assessment) if not self._bars_on(measure, assessment))

    def barred(self, facts: Known, assessment: Assessment) -> tuple[Barred, ...]:
        """Help that would certainly fit and that a bar which certainly holds takes away, with that bar."""
        return tuple(
            Barred(measure, bar.id, bar.clause, fill(bar.text, self.figures))
            for measure in self._fitting(facts, assessment)
            for bar in self._bars_on(measure, assessment)[:1]
        )

    def _bars_on(self, measure: Measure, assessment: Assessment) -> list[Bar]:
        kinds = {measure.kind, "all"}
        return [bar for bar in self.pack.bars if bar.id in assessment.bars and kinds & set(bar.bars)]

    def _fitting(self, facts: Known, assessment: Assessment) -> tuple[Measure, ...]:
        if not assessment.possible:
            return ()
        known = derive(dict(facts), self.vocabulary)
        truths = self.help.truths(known, self.help.regions(known))
        return tuple(
            Measure(m.id, m.clause, m.zh, m.department, m.because, m.kind, m.stage, bool(m.interpretation))
            for m in self.pack.measures
            if (not m.for_ or set(assessment.possible) <= set(m.for_))
            and (m.when is None or truths[self.help.roots[m.id]] is YES)
        )

    def holds(self, condition: Condition, facts: Known) -> bool | None:
        """Whether any condition of the pack holds for a household (True, False, or None when unknown)."""
        program = self._programs.get(condition)
        if program is None:
            program = self._programs[condition] = Program(
                {"it": self._resolve(condition)}, self.vocabulary, self.values
            )
        known = derive(dict(facts), self.vocabulary)
        return program.truths(known, program.regions(known))[program.roots["it"]].plain


def _brief(left: Open, exclusions: tuple[str, ...]) -> Brief:
    possible = tuple(name for name in left.possible if name is not None)
    outcome: Outcome = "undetermined" if len(left.possible) > 1 else "meets" if possible else "not_met"
    if outcome == "meets" and exclusions:
        outcome = "excluded"
    category = possible[0] if outcome in ("meets", "excluded") else None
    return Brief(outcome, category, possible, exclusions, left.unknown)


def _settled(category: str, possible: tuple[str | None, ...]) -> bool | None:
    return False if category not in possible else True if len(possible) == 1 else None


def _value(form: formulas.Linear, known: Mapping[str, object]) -> float:
    total = float(form.constant)
    for name, coefficient in form.terms:
        total += float(coefficient) * known[name]  # type: ignore[operator]
    return total
