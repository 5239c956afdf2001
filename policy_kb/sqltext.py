"""A pack as one statement that an office runs in its own warehouse (`shouwang packs show --sql`)."""

from __future__ import annotations

from policy_kb.errors import PolicyError
from policy_kb.sql import PackSql

DIALECTS = ("duckdb", "postgres", "spark", "trino", "clickhouse", "mysql", "oracle", "hive")
HEAD = """\
-- {title} ({pack}), figures of {day}.
-- `households` has one household a row, columns named by fact id: yes/no as BOOLEAN, amounts and counts as DOUBLE,
-- words as text, NULL where nothing is known. A column that you do not have: CAST(NULL AS …) in its place.
-- NULL is "unknown" in the sense of three-valued logic. Where this statement says undetermined, `shouwang screen` may
-- still know the answer, since it treats amounts that depend on one another together; `unknown` lists what is empty.
"""


def statement(pack: PackSql, dialect: str, table: str = "households") -> str:
    """`SELECT *, outcome, category, possible, exclusions, unknown` in a dialect; raises PolicyError for another."""
    if dialect not in DIALECTS:
        raise PolicyError(f"Found the dialect {dialect!r}; expected one of {', '.join(DIALECTS)}.")
    kinds = [f"{sql} AS category_{number}" for number, sql in enumerate(pack.categories.values())]
    names = list(pack.categories)
    judged = f"SELECT *, {', '.join(kinds)}, {_joined([(sql, n) for n, sql in pack.exclusions.items()])} AS exclusions"
    met = " OR ".join(f"category_{number}" for number in range(len(names)))
    category = " ".join(f"WHEN category_{number} THEN '{name}'" for number, name in enumerate(names))
    none = " AND ".join(f"NOT category_{number}" for number in range(len(names)))
    outcome = (
        f"CASE WHEN ({met}) AND exclusions <> '' THEN 'excluded' WHEN {met} THEN 'meets' "
        f"WHEN {none} THEN 'not_met' ELSE 'undetermined' END"
    )
    open_ = _joined([(f"COALESCE(category_{number}, TRUE)", name) for number, name in enumerate(names)])
    possible = f"CASE {category} ELSE {open_} END"
    missing = _joined([(f"{fact} IS NULL", fact) for fact in pack.verdict_facts])
    unknown = f"CASE WHEN ({met}) OR ({none}) THEN '' ELSE {missing} END"
    columns = {"outcome": outcome, "category": f"CASE {category} END", "possible": possible, "unknown": unknown}
    verdict = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    sql = f"SELECT *, {verdict} FROM ({judged} FROM {table}) AS judged"  # noqa: S608 - names of ours
    import sqlglot  # here, because it takes as long as all else that a command loads

    return sqlglot.transpile(sql, read="duckdb", write=dialect, pretty=True)[0]


def _joined(parts: list[tuple[str, str]]) -> str:
    """The names whose condition holds, with `;` between them."""
    if not parts:
        return "''"
    return f"CONCAT_WS(';', {', '.join(f'''CASE WHEN {sql} THEN '{name}' END''' for sql, name in parts)})"
