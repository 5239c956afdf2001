"""The cells of a row, read as what they state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from actions.lists.kinds import Combine, ListColumn, register_rules
from actions.lists.text import header_key, header_unit, read_figure, word_key
from actions.screening.rules import ScreenRules, load_screen_rules
from policy_kb import FactError, FactSpec, Library


@dataclass(frozen=True)
class Said:
    """One fact that one cell states; `header` and `text` as they stand in the list ("" for standing in it at all)."""

    fact: str
    value: object
    combine: Combine
    header: str = ""
    text: str = ""


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be read; `expected` in plain Chinese."""

    header: str
    text: str
    expected: str


class CellReader:
    """Reads the columns of one list; columns named by the id of a fact are read like those of its kind."""

    def __init__(self, library: Library, columns: Iterable[ListColumn], headers: Mapping[str, str]) -> None:
        self.library, self.rules = library, load_screen_rules()
        self.columns: dict[str, tuple[ListColumn, str, float]] = {}
        units = register_rules().units
        own = [ListColumn(headers=(fact,), fact=fact) for fact in library.vocabulary]
        for column in (*(column for column in columns if column.facts), *own):
            key = next((k for name in column.headers if (k := header_key(name)) in headers), None)
            if key is not None:
                self.columns.setdefault(key, (column, headers[key], header_unit(headers[key], units)))
        self._words = {key: _by_word(column) for key, (column, _, _) in self.columns.items()}
        self._absent = {key: self._absent_in(column) for key, (column, _, _) in self.columns.items()}

    @property
    def facts(self) -> frozenset[str]:
        """What this list can state by its columns."""
        return frozenset(fact for column, _, _ in self.columns.values() for fact in column.facts)

    def read(self, cells: Mapping[str, str]) -> tuple[list[Said], list[BadCell]]:
        """What the cells of one row state, and which of them cannot be read."""
        said: list[Said] = []
        bad: list[BadCell] = []
        for key, (column, header, unit) in self.columns.items():
            text = cells.get(key, "")
            if not text or word_key(text) in self._absent[key]:
                continue
            found = self._cell(key, column, text, unit)
            if isinstance(found, str):
                bad.append(BadCell(header, text, found))
            else:
                said += [Said(f, value, self._combine(column, f), header, text) for f, value in found.items()]
        return said, bad

    def _absent_in(self, column: ListColumn) -> frozenset[str]:
        values = {v for fact in column.facts for v in self.library.vocabulary[fact].values}
        return frozenset(word_key(word) for word in self.rules.absent) - {word_key(v) for v in values}

    def _cell(self, key: str, column: ListColumn, text: str, unit: float) -> dict[str, object] | str:
        """Fact → value, or what was expected."""
        word = word_key(text)
        known = self._words[key]
        if word in known:
            return known[word]
        if column.fact is not None:
            spec = self.library.vocabulary[column.fact]
            value = _value(spec, text, unit, self.rules)
            try:
                return dict(self.library.check_facts({spec.id: value})) if value is not None else _expected(spec)
            except FactError:
                return _expected(spec)
        if column.open or word in {word_key(one) for one in column.nothing}:
            return {}
        wanted = [words[0] for of in column.words.values() for words in of.values()] + [*column.nothing[:2]]
        return "、".join(dict.fromkeys(wanted))

    def _combine(self, column: ListColumn, fact: str) -> Combine:
        kind = self.library.vocabulary[fact].kind
        return column.combine or ("any" if kind == "bool" else "one")


def _by_word(column: ListColumn) -> dict[str, dict[str, object]]:
    """Word → the facts it states."""
    found: dict[str, dict[str, object]] = {}
    for fact, of in column.words.items():
        for value, words in of.items():
            for word in (*words, *((value,) if isinstance(value, str) else ())):
                found.setdefault(word_key(word), {})[fact] = value
    return found


def _value(spec: FactSpec, text: str, unit: float, rules: ScreenRules) -> object:
    """The value in a cell, None where it is none of this fact."""
    word = word_key(text)
    if spec.kind == "bool":
        yes, no = ({word_key(one) for one in words} for words in (rules.yes, rules.no))
        return True if word in yes else False if word in no else None
    if spec.kind == "enum":
        own = rules.values.get(spec.id, {})
        return next((v for v in spec.values if word in {word_key(w) for w in (v, *own.get(v, ()))}), None)
    units = register_rules().units if spec.unit.startswith("CNY") else {"元": 1}
    figure = read_figure(text.removesuffix("人") if spec.kind == "int" else text, units)
    if figure is None:
        return None
    value = round(figure * unit, 6)
    return int(value) if spec.kind == "int" and value == int(value) else value


def _expected(spec: FactSpec) -> str:
    if spec.kind == "bool":
        return "是 或 否"
    if spec.kind == "enum":
        return "、".join(spec.values)
    return "不带小数的个数" if spec.kind == "int" else "不小于0的数字"
