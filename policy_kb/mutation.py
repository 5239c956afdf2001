"""Do the examples of a pack notice every small change to it? If not, the example that is missing is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from policy_kb.conditions import Condition
from policy_kb.errors import Fault
from policy_kb.evaluator import Evaluator
from policy_kb.library import Library
from policy_kb.mutants import Mutant, mutants
from policy_kb.pack import Pack
from policy_kb.parameters import figures
from policy_kb.program import Known, Program, derive, resolve
from policy_kb.trees import Named, named
from policy_kb.trials import Case, cases, differing, example_day
from policy_kb.verdict import Verdict
from policy_kb.witness import Witness, tell_apart


@dataclass(frozen=True)
class Outcome:
    """How many changes were tried, how many of them are marked as equivalent, and what was found wrong."""

    tried: int
    equivalent: int
    faults: tuple[Fault, ...]


def mutate(library: Library, pack: Pack) -> Outcome:
    """Tries every change of a sound pack against its examples; one that none notices is a fault unless it is marked."""
    trials = _Trials(library, pack)
    changes = list(mutants(pack, library.vocabulary))
    unnoticed = [mutant for mutant in changes if not trials.notice(mutant)]
    marked = {(one.where, one.change): number for number, one in enumerate(pack.examples.equivalents)}
    faults = [
        pack.files[mutant.file].fault(mutant.path, trials.sentence(mutant))
        for mutant in unnoticed
        if (mutant.where, mutant.change) not in marked
    ]
    rightly = {(mutant.where, mutant.change): mutant for mutant in unnoticed}
    for key, number in marked.items():
        message = trials.wrongly_marked(rightly[key]) if key in rightly else _UNUSED.format(*key)
        if message:
            faults.append(pack.files["examples.yml"].fault(("equivalents", number), message))
    return Outcome(len(changes), len(marked), tuple(faults))


_UNUSED = "Found «{}: {}», which is no change that goes unnoticed; take this entry out."


@dataclass(frozen=True)
class _Version:
    """A pack's conditions with references filled in, and its figures on the day of the examples."""

    conditions: Mapping[Named, Condition]
    values: tuple[tuple[str, float], ...]


class _Trials:
    """The examples of one pack, to be held against changed versions of it."""

    def __init__(self, library: Library, pack: Pack) -> None:
        self.library, self.pack = library, pack
        self.day = example_day(pack)
        self.cases: dict[Named, list[Case]] = {}
        for case in cases(pack):
            self.cases.setdefault(case.named, []).append(case)
        self.known = {
            id(case): derive(library.check_facts(case.facts), library.vocabulary)
            for some in self.cases.values()
            for case in some
        }
        self.sound = self._version(pack)
        self.verdicts: dict[date, Verdict] = {}
        self.programs: dict[tuple[Condition, tuple[tuple[str, float], ...]], Program] = {}

    def _version(self, pack: Pack) -> _Version:
        conditions = {
            name: resolve(tree, pack.definitions, self.library.vocabulary) for name, tree in named(pack).items()
        }
        return _Version(conditions, tuple(sorted(self._figures(pack, self.day).items())))

    def _figures(self, pack: Pack, day: date) -> dict[str, float]:
        return {name: figure.value for name, figure in figures(pack, self.library.shared, {}, day).items()}

    def notice(self, mutant: Mutant) -> bool:
        """Whether any example comes to something else than it must once the change is made."""
        changed = self._version(mutant.pack)
        return any(self._fails(changed, name) for name in self._touched(changed)) or self._households_notice(mutant)

    def _touched(self, changed: _Version) -> Iterator[Named]:
        """The conditions that the change reaches, the smallest first."""
        other = changed.values != self.sound.values
        names = [n for n, c in changed.conditions.items() if other or c != self.sound.conditions[n]]
        return iter(sorted(names, key=lambda name: sum(1 for _ in changed.conditions[name].walk())))

    def _fails(self, changed: _Version, name: Named) -> bool:
        condition = changed.conditions[name]
        return any(
            self.truth(condition, changed.values, self.known[id(case)]) is not case.wanted
            for case in self.cases.get(name, ())
        )

    def truth(self, condition: Condition, values: tuple[tuple[str, float], ...], known: Known) -> bool | None:
        """What a condition comes to for a household."""
        program = self.programs.get((condition, values))
        if program is None:
            program = Program({"it": condition}, self.library.vocabulary, dict(values))
            self.programs[condition, values] = program
        return program.truths(known, program.regions(known))[program.roots["it"]].plain

    def _households_notice(self, mutant: Mutant) -> bool:
        evaluators: dict[date, Evaluator] = {}
        for example in self.pack.examples.households:
            if example.date not in evaluators:
                evaluators[example.date] = self._evaluator(mutant.pack, example.date)
            if any(True for _ in differing(evaluators[example.date], self.library, example)):
                return True
        return False

    def _evaluator(self, pack: Pack, day: date) -> Evaluator:
        """A version of the pack, compiled; what is costly is taken from the sound one where it is the same."""
        known = figures(pack, self.library.shared, {}, day)
        if day not in self.verdicts:
            sound = figures(self.pack, self.library.shared, {}, day)
            self.verdicts[day] = Evaluator(self.pack, self.library.vocabulary, sound).verdict
        same = all(
            getattr(pack, part) is getattr(self.pack, part) for part in ("definitions", "categories", "parameters")
        )
        return Evaluator(pack, self.library.vocabulary, known, self.verdicts[day] if same else None)

    def wrongly_marked(self, mutant: Mutant) -> str | None:
        """The fault of a change marked as equivalent that some household tells apart; None where none was found."""
        witness = self.witness(mutant)
        return f"This change makes a difference for {witness.facts}; make that an example instead." if witness else None

    # What is missing ----------------------------------------------------------------------------------------------

    def sentence(self, mutant: Mutant) -> str:
        """The fault: which change goes unnoticed, and which example would notice it."""
        told = f"No example notices the change «{mutant.where}: {mutant.change}»; "
        if mutant.path[-1] in ("id", "bars", "outcomes", "for"):
            part = mutant.where.partition(" ")[0]
            return told + f"a household of the examples that it touches, with its {part} expected, would."
        if mutant.path[-1] in ("from", "to"):
            return told + "a household dated on that day or the next, with its stale_parameters, would."
        witness = self.witness(mutant)
        if witness is None:
            return told + "no household found tells the two apart; mark it under `equivalents` with the reason."
        part, name = witness.named
        side = {True: "holds", False: "fails", None: "open"}[witness.wanted]
        return told + f"an example such as {witness.facts} in {part}.{name}.{side} of examples.yml would."

    def witness(self, mutant: Mutant) -> Witness | None:
        """A household for which the pack and the changed pack differ, looked for in the conditions that it reaches."""
        changed = self._version(mutant.pack)
        for name in self._touched(changed):
            found = tell_apart(
                name,
                (self.sound.conditions[name], dict(self.sound.values)),
                (changed.conditions[name], dict(changed.values)),
                self.library.vocabulary,
                [case.facts for case in self.cases.get(name, ())],
            )
            if found is not None:
                return found
        return None
