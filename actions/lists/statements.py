"""What lists state about a household, each with list, row and day; and what comes of several statements of one fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from actions.lists.cells import Said
from actions.lists.kinds import Combine
from actions.texts import Texts


@dataclass(frozen=True)
class Given:
    """One list as it was given: its kind, what it is called, the file, and its month (None for the register)."""

    kind: str
    zh: str
    file: str
    month: date | None


@dataclass(frozen=True)
class Stated:
    """One statement. `person`: the member's ID number, "" where the row is about the household as a whole."""

    fact: str
    value: object
    combine: Combine
    person: str
    household: bool
    given: Given
    row: int
    said: str

    @classmethod
    def of(cls, one: Said, given: Given, row: int, person: str, household: bool) -> Stated:
        said = f"{one.header}：{one.text}" if one.header else ""
        return cls(one.fact, one.value, one.combine, person, household, given, row, said)

    def words(self, texts: Texts) -> str:
        """Where it stands, for the case: list, file, row and what is written there."""
        key = "lists.words.register" if self.given.month is None else "lists.words.stated"
        month = f"{self.given.month:%Y-%m}" if self.given.month else ""
        said = f"，{self.said}" if self.said else ""
        return texts.say(key, zh=self.given.zh, month=month, file=self.given.file, row=self.row, said=said)


@dataclass(frozen=True)
class Agreed:
    """The value of a fact for the household, and the statements it comes from."""

    value: object
    sources: tuple[Stated, ...]


@dataclass(frozen=True)
class Conflict:
    """Statements of one fact that cannot all be right; the fact stays unknown until a person has looked."""

    fact: str
    sources: tuple[Stated, ...]


def settle(statements: Iterable[Stated]) -> tuple[dict[str, Agreed], list[Conflict]]:
    """Fact → what the statements say together, and the facts on which they do not agree."""
    by_fact: dict[str, list[Stated]] = {}
    for one in statements:
        by_fact.setdefault(one.fact, []).append(one)
    agreed: dict[str, Agreed] = {}
    conflicts: list[Conflict] = []
    for fact, found in by_fact.items():
        counted = [one for one in found if not (one.value is False and not one.household)]  # one member's no is no no
        if not counted:
            continue
        values = {_exact(value): value for value in _values(counted)}
        if len(values) == 1:
            agreed[fact] = Agreed(next(iter(values.values())), tuple(counted))
        else:
            conflicts.append(Conflict(fact, tuple(counted)))
    return agreed, conflicts


def _exact(value: object) -> tuple[str, object]:
    """True is not 1, and 5 is 5.0."""
    return ("bool" if isinstance(value, bool) else "", value)


def _values(found: list[Stated]) -> list[object]:
    """What each kind of list says of the fact; one value, where they agree."""
    values: list[object] = []
    by_kind: dict[str, list[Stated]] = {}
    for one in found:
        by_kind.setdefault(one.given.kind, []).append(one)
    for group in by_kind.values():
        if any(one.combine in ("sum", "total") for one in group):
            values.append(_added(group))
        else:
            values += [one.value for one in group]
    return values


def _added(group: list[Stated]) -> int | float:
    """The sum over members; where a member has a running total, its highest counts and no single sum beside it."""
    single: dict[str, int | float] = {}
    running: dict[str, int | float] = {}
    for one in group:
        assert isinstance(one.value, int | float)
        if one.combine == "total":
            running[one.person] = max(running.get(one.person, 0), one.value)
        else:
            single[one.person] = single.get(one.person, 0) + one.value
    total = sum({**single, **running}.values())
    return total if isinstance(total, int) else round(total, 2)


def facts_of(agreed: Mapping[str, Agreed]) -> dict[str, object]:
    return {fact: one.value for fact, one in agreed.items()}
