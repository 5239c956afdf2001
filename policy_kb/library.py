"""Everything this room knows, loaded and checked: the one entrance for the rooms above."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Literal

from policy_kb import places, sqltext
from policy_kb.answers import PolicyAnswer, answer
from policy_kb.assessment import Assessment, Barred, Measure
from policy_kb.conditions import Condition
from policy_kb.differences import Difference, Differences
from policy_kb.errors import NoSuchPack, PolicyError
from policy_kb.evaluator import Evaluator
from policy_kb.explanation import Explanation, explain
from policy_kb.facts import check_facts
from policy_kb.incomes import DatedIncome, income_window
from policy_kb.office import OfficeFile, PlaceEntry
from policy_kb.own import OwnDays, OwnFigure, check_days, check_figure
from policy_kb.pack import Pack
from policy_kb.parameters import Figure, figures
from policy_kb.questioning import Questions
from policy_kb.schema import DayKind, Parameter, Step
from policy_kb.sql import pack_sql
from policy_kb.vocabulary import Vocabulary

EVALUATORS = 64


class Library:
    """Packs, vocabulary and the office's own figures. `Library(...)` is made by `load_library`."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        packs: Mapping[str, Pack],
        shared: Mapping[str, Parameter],
        questions: Questions,
        office: OfficeFile,
    ) -> None:
        self.vocabulary = vocabulary
        self.packs = packs
        self.shared = shared
        self.questions = questions
        self._file = office
        self._office = (
            0,
            office,
        )  # with a number that grows at every change of it or of the packs, so that nothing compiled is mixed
        self._compiled = lru_cache(EVALUATORS)(self._compile)
        self._asked = lru_cache(EVALUATORS)(lambda pack_id: questions.with_own(self.packs[pack_id].answers))
        self._recent: dict[tuple[int, str, date, str | None], Evaluator] = {}

    @property
    def office(self) -> OfficeFile:
        """What the office sets for itself."""
        return self._office[1]

    def use_own(self, figures: Collection[OwnFigure], days: Collection[OwnDays]) -> None:
        """Go by these entries on top of the office file from now on; safe while other threads assess.

        Raises PolicyError as `check_own` does, and then nothing changes.
        """
        self.check_own(figures, days)
        self._office = (self._office[0] + 1, self._file.with_own(figures, days))

    def use_packs(self, packs: Mapping[str, Pack]) -> None:
        """Serve these packs, already checked, from now on; safe while other threads assess."""
        self.packs = dict(packs)
        self._office = (self._office[0] + 1, self._office[1])

    def check_own(self, figures: Collection[OwnFigure], days: Collection[OwnDays]) -> None:
        """Raise PolicyError where an entry names what does not exist or has an impossible value."""
        for figure in figures:
            known = {**self.shared, **self.pack(figure.pack).parameters}
            if figure.name not in known:
                raise PolicyError(f"{figure.pack} has no figure {figure.name!r}; it has {', '.join(sorted(known))}.")
            check_figure(figure, known[figure.name].unit)
        for one in days:
            pack = self.pack(one.pack)
            check_days(one, [step.id for step in (*pack.procedure, *pack.exit.steps)])

    # Packs and places ---------------------------------------------------------------------------------------------

    def pack(self, pack_id: str) -> Pack:
        """The pack with this id; raises `NoSuchPack`."""
        try:
            return self.packs[pack_id]
        except KeyError:
            raise NoSuchPack(pack_id, self.packs) from None

    def pack_for_place(self, place: str | None) -> Pack:
        """The pack of a place in free text (宁夏固原市西吉县, 龙口 …); the national one when none fits."""
        return places.pack_for_place(place, self.packs.values())

    def pack_named(self, question: str) -> Pack | None:
        """The pack of a place that a question names itself; None where it names none."""
        return places.pack_named(question, self.packs.values())

    def place_attributes(self, place: str | None) -> PlaceEntry | None:
        """What the office file says of a place (`poverty_county`, `deep_poverty_area` …)."""
        return self.office.place(place)

    def label(self, name: str) -> str:
        """The Chinese name of a fact or category; the id itself when there is none."""
        if name in self.vocabulary:
            return self.vocabulary[name].zh
        return next((pack.categories[name].zh for pack in self.packs.values() if name in pack.categories), name)

    def figures(self, pack: Pack | str, on: date, place: str | None = None) -> dict[str, Figure]:
        """Every parameter of a pack on a day: value, whose it is, whether its last period has ended."""
        pack = self._pack(pack)
        return figures(pack, self.shared, self.office.periods(pack.id, place), on)

    def step_days(
        self, pack: Pack | str, step: Step | str
    ) -> tuple[int | None, DayKind | None, Literal["document", "office"] | None]:
        """Days for a step, their kind, and who set them; (None, None, None) where nobody did."""
        pack = self._pack(pack)
        step = pack.step(step) if isinstance(step, str) else step
        own = self.office.step_days.get(pack.id, {}).get(step.id)
        if own is not None:
            return own.days, own.kind, "office"
        return (step.days, step.day_kind, "document") if step.days is not None else (None, None, None)

    # Verdicts -----------------------------------------------------------------------------------------------------

    def check_facts(self, facts: Mapping[str, object]) -> dict[str, object]:
        """The facts that are there, checked; raises `FactError`."""
        return check_facts(facts, self.vocabulary)

    def assess(
        self,
        pack: Pack | str,
        facts: Mapping[str, object],
        on: date,
        ask: str = "applicant",
        asked: Collection[str] = (),
        place: str | None = None,
        incomes: Sequence[DatedIncome] = (),
    ) -> Assessment:
        """The verdict of `pack` on a household on a day. `ask`: who answers next (applicant, cadre, department, any);
        `asked`: facts asked already; `place`: for an office's own figures; `incomes`: month by month, of which the
        document's own period counts (a stated income_year wins). Raises `FactError`, `NoSuchPack`."""
        window = income_window(self._pack(pack), incomes, on) if incomes else None
        if window is not None and window.total is not None and facts.get("income_year") is None:
            facts = {**facts, "income_year": window.total}
        verdict = self._evaluator(pack, on, place).assess(self.check_facts(facts), on, ask, asked)
        return verdict if window is None else replace(verdict, income_window=window)

    def explain(self, pack: Pack | str, facts: Mapping[str, object], on: date, place: str | None = None) -> Explanation:
        """The proof as a tree, for every category and every limit of the pack. Raises `FactError`, `NoSuchPack`."""
        return explain(self._evaluator(pack, on, place), self.check_facts(facts))

    def differences(
        self, pack: Pack | str, facts: Mapping[str, object], on: date, place: str | None = None
    ) -> tuple[Difference, ...]:
        """The smallest changes of stated facts after which a settled verdict would not be what it is; none while it is
        open. Raises `FactError`, `NoSuchPack`."""
        return Differences(self._evaluator(pack, on, place)).of(self.check_facts(facts))

    def measures_for(
        self, pack: Pack | str, facts: Mapping[str, object], assessment: Assessment, place: str | None = None
    ) -> tuple[Measure, ...]:
        """Help that certainly fits, with clause and departments; none once the verdict is `not_met`. While it is open:
        what would fit whichever of the possible categories it becomes."""
        return self._evaluator(pack, assessment.date, place).measures(self.check_facts(facts), assessment)

    def barred_for(
        self, pack: Pack | str, facts: Mapping[str, object], assessment: Assessment, place: str | None = None
    ) -> tuple[Barred, ...]:
        """Help that would fit but for an item-wise bar, each with the bar and its clause."""
        return self._evaluator(pack, assessment.date, place).barred(self.check_facts(facts), assessment)

    def holds(self, pack: Pack | str, condition: Condition, facts: Mapping[str, object], on: date) -> bool | None:
        """Whether a condition of the pack (`skip_when` of a step) holds: True, False, or None when unknown."""
        return self._evaluator(pack, on, None).holds(condition, self.check_facts(facts))

    def answer(self, pack: Pack | str, text: str, on: date, place: str | None = None) -> PolicyAnswer:
        """What the document says to a question about policy, with its clause, or honestly that it does not say."""
        pack = self._pack(pack)
        questions = self._asked(pack.id)
        return answer(pack, questions, self.figures(pack, on, place), text, places.names_in(text, self.packs.values()))

    def ask(self, text: str, on: date, place: str | None = None) -> PolicyAnswer:
        """`answer` of the document of the place that the question names itself, or of `place` (free text)."""
        pack = self.pack_named(text) or self.pack_for_place(place)
        return self.answer(pack, text, on, place)

    def sql(self, pack: Pack | str, on: date, dialect: str) -> str:
        """The pack as a statement for a warehouse, with the figures of the day; raises PolicyError."""
        pack = self._pack(pack)
        head = sqltext.HEAD.format(title=pack.title, pack=pack.id, day=on)
        return head + sqltext.statement(pack_sql(self._evaluator(pack, on, None)), dialect)

    def evaluator(self, pack: Pack | str, on: date, place: str | None = None) -> Evaluator:
        """The pack compiled with the figures of the day."""
        return self._evaluator(pack, on, place)

    # Inside -------------------------------------------------------------------------------------------------------

    def _pack(self, pack: Pack | str) -> Pack:
        return self.pack(pack) if isinstance(pack, str) else pack

    def _evaluator(self, pack: Pack | str, on: date, place: str | None) -> Evaluator:
        pack_id = pack if isinstance(pack, str) else pack.id
        number, office = self._office
        place = place if office.places else None
        found = self._recent.get((number, pack_id, on, place))
        if found is None:
            found = self._compiled(self.pack(pack_id).hash, pack_id, tuple(self.figures(pack, on, place).values()))
            if len(self._recent) > EVALUATORS:
                self._recent.clear()
            self._recent[number, pack_id, on, place] = found
        return found

    def _compile(self, _: str, pack_id: str, figures: tuple[Figure, ...]) -> Evaluator:
        return Evaluator(self.pack(pack_id), self.vocabulary, {figure.name: figure for figure in figures})
