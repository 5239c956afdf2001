"""Kinds of departmental lists, as data: one file a kind under `actions/rules/lists/`, and an office's own beside them.

What each key means: docs/lists.md. What is wrong in a file is told at once, with its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from actions.lists.text import header_key, word_key
from actions.rulebook import FOLDER, Entry, read_rules
from actions.screening.files import ListError
from policy_kb import FactError, Library

Combine = Literal["any", "one", "sum", "total"]
Words = tuple[str, ...]
KINDS = FOLDER / "lists"


def _as_texts(value: Any) -> Any:
    """YAML reads 1 and 否 as what they look like; a header or a word is text."""
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return value


class ListColumn(Entry):
    """A column under any of its `headers`: the value of `fact`, or facts by the words that stand in it.

    `combine`: how the members of a household come together. `any`: one is enough. `one`: all must say the same.
    `sum`: rows and members are added. `total`: each row is a running total, so the highest of each member is added.
    """

    headers: Words
    fact: str | None = None
    words: Mapping[str, Mapping[Any, Words]] = Field(default_factory=dict)  # fact → value → words for it
    nothing: Words = ()  # words that state nothing, and are right
    open: bool = False  # any other word may stand there and states nothing
    combine: Combine | None = None
    mark: bool = False  # a list with this column is of this kind

    _texts = field_validator("headers", "nothing", mode="before")(_as_texts)

    @field_validator("words", mode="before")
    @classmethod
    def _word_texts(cls, value: Any) -> Any:
        return {f: {v: _as_texts(words) for v, words in of.items()} for f, of in value.items()}

    @property
    def facts(self) -> tuple[str, ...]:
        return (*((self.fact,) if self.fact else ()), *self.words)


class Alert(Entry):
    """What makes a household worth a visit: a fact that is at least `from` (an amount, a grade, or true)."""

    fact: str
    least: bool | int | float | str = Field(alias="from")


class Example(Entry):
    """Rows of one household, by header, and what they state together."""

    rows: tuple[Mapping[str, str], ...]
    states: Mapping[str, Any]
    alerts: bool


class ListKind(Entry):
    """One kind of list; the keys are explained in docs/lists.md."""

    id: str
    zh: str
    department: str
    about: Literal["person", "household"]
    repeats: Literal["add", "same"]
    names: Words
    keeps_months: int = Field(ge=1)
    dates: Words = ()
    states: Mapping[str, Any] = Field(default_factory=dict)
    columns: tuple[ListColumn, ...] = ()
    alert: Alert | bool = False
    example: Example | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ListKind:
        if not self.states and not any(column.facts for column in self.columns):
            raise ValueError("a list of this kind states no fact; give `states` or a column with `fact` or `words`")
        return self

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact a list of this kind may state."""
        return tuple(dict.fromkeys([*self.states, *(fact for column in self.columns for fact in column.facts)]))

    def marks(self) -> frozenset[str]:
        """The headers by which a list of this kind is known."""
        return frozenset(header_key(name) for column in self.columns if column.mark for name in column.headers)


class KeyHeaders(Entry):
    """The headers of the columns that say whose a row is."""

    household: Words
    id_number: Words
    head_id: Words
    name: Words
    head_name: Words
    town: Words
    village: Words


class RegisterRules(Entry):
    """See the head of register.yml."""

    keys: KeyHeaders
    columns: tuple[ListColumn, ...]
    blank: Words
    units: Mapping[str, float]
    first_rows: int
    no_case: Mapping[str, Words]

    @cached_property
    def blanks(self) -> frozenset[str]:
        return frozenset(word_key(word) for word in self.blank)


@cache
def register_rules() -> RegisterRules:
    """Read and check register.yml; raises RuleError."""
    return read_rules(FOLDER / "register.yml", RegisterRules)


def load_kinds(library: Library, own: Path | None = None) -> dict[str, ListKind]:
    """Every kind by id; those of the folder `own` come on top and may replace one of ours.

    Raises RuleError or ListError with the file and what is wrong in it.
    """
    if own is not None and not own.is_dir():
        raise ListError(f"There is no folder {own}; expected a folder with one YAML file a kind of list.")
    kinds: dict[str, ListKind] = {}
    for folder in (KINDS, *((own,) if own is not None else ())):
        for path in sorted(folder.glob("*.yml")):
            kind = read_rules(path, ListKind)
            _check(kind, path, library)
            kinds[kind.id] = kind
    return kinds


def _check(kind: ListKind, path: Path, library: Library) -> None:
    """Every fact exists and every value is one of its own; raises ListError."""
    stated = [*kind.states.items()]
    stated += [(fact, value) for column in kind.columns for fact, of in column.words.items() for value in of]
    try:
        for fact, value in stated:
            library.check_facts({fact: value})
    except FactError as error:
        raise ListError(f"{path.name}: {error.message}") from None
    unknown = [fact for fact in _named(kind) if fact not in library.vocabulary]
    if unknown:
        raise ListError(f"{path.name}: there is no fact {unknown[0]!r}; `policy_kb/facts/` lists them.")


def _named(kind: ListKind) -> tuple[str, ...]:
    alert = (kind.alert.fact,) if isinstance(kind.alert, Alert) else ()
    return (*kind.facts, *alert)
