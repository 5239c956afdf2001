"""The SQL of a screening: cells read as facts, bad cells named, the pack's verdict where SQL alone is sure.

Rows that SQL leaves open are handed to `exact(facts…)`. Everything is written as DuckDB reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.screening.rules import ScreenRules
from policy_kb import FactSpec, Library, ListShape, PackSql
from policy_kb.sql import WHOLE

RESULT = ("outcome", "category", "possible", "exclusions", "unknown")
PROBLEM = "problem"
BAD = "(bad_ <> '' OR row_bad_ IS NOT NULL)"
NUMBER = r"^[+-]?(\d{1,18}(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?$"
NUMERIC_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "UTINYINT", "UINTEGER")


@dataclass(frozen=True)
class Column:
    """One column of the list; `type` as the database names it."""

    name: str
    type: str = "VARCHAR"


@dataclass(frozen=True)
class Source:
    """A list: `sql` names it in FROM. `row` is the place of a row (the header is row 1); `problem`: what is wrong
    with a row as such, NULL where nothing is."""

    sql: str
    columns: tuple[Column, ...]
    problem: str | None = None


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Query:
    """Writes the statement for one list and one pack."""

    def __init__(self, source: Source, library: Library, rules: ScreenRules, fast: bool = True) -> None:
        """`fast`: casts that may fail are known to the database (TRY_CAST)."""
        self.fast = fast
        self.source, self.rules, self.vocabulary = source, rules, library.vocabulary
        self.passed = [c for c in source.columns if c.name not in (*RESULT, PROBLEM) and c.name != source.problem]
        self.facts = [c for c in source.columns if c.name in library.vocabulary]

    def read(self) -> str:
        """Every row with its place `row_`, the columns passed through as c0, c1 …, facts by id, and `bad_`: the ids
        of facts whose cell cannot be read, each followed by a blank."""
        passed = [f"{quoted(column.name)} AS c{number}" for number, column in enumerate(self.passed)]
        problem = f"{quoted(self.source.problem)} AS row_bad_" if self.source.problem else "NULL AS row_bad_"
        rows = f"SELECT ROW_NUMBER() OVER () + 1 AS row_, {', '.join([*passed, problem])} FROM {self.source.sql}"
        facts = [f"{self._value(column)} AS {column.name}" for column in self.facts]
        values = f"SELECT {', '.join(['*', *facts])} FROM ({rows}) AS rows_"
        bad = [f"CASE WHEN {c.name} IS NULL AND {self._says(c)} THEN '{c.name} ' END" for c in self.facts]
        named = f"CONCAT({', '.join(bad)})" if bad else "''"
        return f"SELECT *, {named} AS bad_ FROM ({values}) AS values_"

    def rows(self) -> str:
        """Every row in its order: its place, what is wrong with it and with its cells, the columns passed through as
        one list of texts, then the facts."""
        cells = ", ".join(f"CAST(c{number} AS VARCHAR)" for number in range(len(self.passed)))
        facts = "".join(f", {column.name}" for column in self.facts)
        return f"SELECT row_, row_bad_, bad_, [{cells}]{facts} FROM ({self.read()}) AS read_ ORDER BY row_"

    def passed_as(self, name: str) -> str | None:
        """The column of `read` that carries the list's column `name` as it stood there."""
        return next((f"c{n}" for n, column in enumerate(self.passed) if column.name == name), None)

    @property
    def numbers(self) -> list[str]:
        """The columns that carry amounts, counts or shares."""
        return [column.name for column in self.facts if self.vocabulary[column.name].numeric]

    def overview(self) -> str:
        """How many rows there are, how many have something wrong, and of each of `numbers` whether all are whole."""
        whole = [f"BOOL_AND({n} IS NULL OR ({n} = FLOOR({n}) AND {n} <= {WHOLE}))" for n in self.numbers]
        counted = ["COUNT(*)", f"COUNT(*) FILTER (WHERE {BAD})", *whole]
        return f"SELECT {', '.join(counted)} FROM ({self.read()}) AS read_"

    def shape(self, whole: Sequence[bool | None]) -> ListShape:
        """What the pack's statement may count on; `whole`: what `overview` says of `numbers`."""
        there = {column.name for column in self.facts}
        absent = frozenset(name for name in self.vocabulary if name not in there)
        return ListShape(absent, frozenset(n for n, is_whole in zip(self.numbers, whole, strict=True) if is_whole))

    def findings(self, limit: int) -> str:
        """Rows with something wrong: place, what is wrong with the row, ids of bad cells, and these cells."""
        cells = ", ".join(f"CAST({self.passed_as(column.name)} AS VARCHAR)" for column in self.facts) or "NULL"
        return (
            f"SELECT row_, row_bad_, bad_, [{cells}] FROM ({self.read()}) AS read_ "
            f"WHERE {BAD} ORDER BY row_ LIMIT {limit}"
        )

    def texts(self, name: str) -> str:
        """One column as text `text_` beside the place of its row `row_`."""
        return (
            f"SELECT ROW_NUMBER() OVER () + 1 AS row_, TRIM(CAST({quoted(name)} AS VARCHAR)) AS text_ "
            f"FROM {self.source.sql}"
        )

    def verdicts(self, pack: PackSql) -> str:
        """The list with its verdict columns and `problem`, in its order."""
        passed = "".join(f"c{number} AS {quoted(column.name)}, " for number, column in enumerate(self.passed))
        parts = ", ".join(
            f"NULLIF(SPLIT_PART(verdict_, '|', {number}), '') AS {name}" for number, name in enumerate(RESULT, 1)
        )
        problem = "NULLIF(TRIM(CONCAT(row_bad_, ' ', bad_)), '')"
        settled = self.settled(pack, exact_call(pack))
        return f"SELECT {passed}{parts}, {problem} AS {PROBLEM} FROM ({settled}) AS settled_"

    def settled(self, pack: PackSql, open_: str) -> str:
        """`read` with `verdict_`: the five parts of a verdict with `|` between them, for an open row `open_`."""
        missing = [name for name in pack.facts if name not in {c.name for c in self.facts}]
        absent = "".join(f", {_null(self.vocabulary[name])} AS {name}" for name in missing)
        facts = f"SELECT *{absent} FROM ({self.read()}) AS read_"
        categories = [f"{sql} AS k{number}" for number, sql in enumerate(pack.categories.values())]
        limits = [f"CASE WHEN {sql} THEN '{name}' END" for name, sql in pack.exclusions.items()]
        excluded = f"CONCAT_WS(';', {', '.join(limits)})" if limits else "''"
        judged = f"SELECT *, {', '.join(categories)}, {excluded} AS x_ FROM ({facts}) AS facts_"
        return f"SELECT *, {self._verdict(pack, open_)} AS verdict_ FROM ({judged}) AS judged_"

    def _verdict(self, pack: PackSql, open_: str) -> str:
        names = list(pack.categories)
        whens = [f"WHEN {BAD} THEN NULL"]
        for number, name in enumerate(names):
            outcome = "CASE WHEN x_ = '' THEN 'meets' ELSE 'excluded' END"
            whens.append(f"WHEN k{number} THEN CONCAT({outcome}, '|{name}|{name}|', x_, '|')")
        none = " AND ".join(f"NOT k{number}" for number in range(len(names)))
        return f"CASE {' '.join(whens)} WHEN {none} THEN CONCAT('not_met|||', x_, '|') ELSE {open_} END"

    def _is_typed(self, column: Column) -> bool:
        kind = self.vocabulary[column.name].kind
        base = column.type.partition("(")[0]
        return base == "BOOLEAN" if kind == "bool" else kind in ("int", "number") and base in NUMERIC_TYPES

    def _text(self, column: Column) -> str:
        return f"LOWER(TRIM(CAST({self.passed_as(column.name)} AS VARCHAR)))"

    def _says(self, column: Column) -> str:
        """Whether a cell says anything at all."""
        cell = self.passed_as(column.name)
        if self._is_typed(column):
            return f"{cell} IS NOT NULL"
        values = {value.lower() for value in self.vocabulary[column.name].values}  # «none» may be one of them
        absent = [word for word in self.rules.absent if word not in values]
        return f"{cell} IS NOT NULL AND {self._text(column)} NOT IN ({_list(absent)})"

    def _value(self, column: Column) -> str:
        """The fact in a cell, NULL where there is none or none that can be read; the usual spelling is tried first."""
        spec, cell, text = self.vocabulary[column.name], self.passed_as(column.name), self._text(column)
        typed = self._is_typed(column)
        if spec.kind == "bool":
            yes, no = _list(self.rules.yes), _list(self.rules.no)
            words = f"CASE WHEN {text} IN ({yes}) THEN TRUE WHEN {text} IN ({no}) THEN FALSE END"
            return str(cell) if typed else f"COALESCE(TRY_CAST({cell} AS BOOLEAN), {words})" if self.fast else words
        if spec.kind == "enum":
            own = self.rules.values.get(spec.id, {})
            spelled = {value: (value.lower(), *own.get(value, ())) for value in spec.values}
            whens = [f"WHEN {text} IN ({_list(w)}) THEN {literal(v)}" for v, w in spelled.items()]
            return f"CASE WHEN {cell} IS NOT NULL THEN CASE {' '.join(whens)} END END"
        if typed:
            return _checked(spec, f"CAST({cell} AS DOUBLE)")
        plain = f"REPLACE({text}, ',', '')"
        read = f"CASE WHEN REGEXP_MATCHES({plain}, '{NUMBER}') THEN CAST({plain} AS DOUBLE) END"
        return _checked(spec, f"COALESCE(TRY_CAST({cell} AS DOUBLE), {read})" if self.fast else read)


def _checked(spec: FactSpec, number: str) -> str:
    """The number where a fact of this kind can have it; infinity is above 1e300, and NaN above infinity."""
    checks = [f"{number} < 1e300", f"{number} >= {spec.lowest:g}"]
    if spec.highest is not None:
        checks.append(f"{number} <= {spec.highest:g}")
    if spec.kind == "int":
        checks.append(f"{number} = FLOOR({number})")
    return f"CASE WHEN {' AND '.join(checks)} THEN {number} END"


def exact_call(pack: PackSql) -> str:
    """The call of the engine for a row."""
    return f"exact({', '.join(pack.facts)})"


def sql_type(spec: FactSpec) -> str:
    return "BOOLEAN" if spec.kind == "bool" else "VARCHAR" if spec.kind == "enum" else "DOUBLE"


def _null(spec: FactSpec) -> str:
    return f"CAST(NULL AS {sql_type(spec)})"


def _list(words: Sequence[str]) -> str:
    return ", ".join(literal(word.lower()) for word in words)
